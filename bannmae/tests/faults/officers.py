"""Officers at the chat desk, by the very requests that its pages send."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bannmae.tests.faults.ledger import Said
from bannmae.tests.faults.town import Town

NAMES = ("officer-1", "officer-2")
PASSWORD = "a password of made-up officers"
HIRE = f"""
from bannmae import roles, testing
from chatops.models import Topic
division = Topic.objects.get(slug=Topic.GENERAL).division.slug
for name in {NAMES!r}:
    officer = testing.make_staff(name, divisions=(division,), role=roles.OFFICER)
    officer.set_password({PASSWORD!r})
    officer.save()
"""
# A tap that waits for a person, and what she says to a person: the first gets an automatic word.
ASKS, CHATS = "คุยกับเจ้าหน้าที่", "แล้วหนูต้องทำอย่างไรต่อ"


class Officer:
    """One of them, signed in."""

    def __init__(self, town: Town, name: str) -> None:
        self._town = town
        self._cookies: dict[str, str] = {}
        self._ask("GET", "/admin/login/")
        fields = {"username": name, "password": PASSWORD, "next": "/admin/"}
        assert self._ask("POST", "/admin/login/", fields).status == 302

    def answer(self, case: int, text: str, *, twice: bool = False) -> str:
        """Send `text`, the button pressed `twice` or once; return the key under which it went."""
        key = str(uuid.uuid4())
        for _ in range(2 if twice else 1):
            sent = self._ask(
                "POST", f"/admin/chatops/chatcase/{case}/answer/", {"key": key, "text": text}
            )
            assert sent.status == 200, (sent.status, sent.data[:300])
            assert json.loads(sent.data)["sent"]
        return key

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Any:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Referer": self._town.url + path,
            "X-CSRFToken": next((v for k, v in self._cookies.items() if "csrf" in k), ""),
            "X-Requested-With": "fetch",
        }
        answer = self._town.request(method, path, fields=fields, headers=headers)
        for line in answer.headers.getlist("Set-Cookie"):
            name, value = re.match(r"([^=]+)=([^;]*)", line).groups()
            self._cookies[name] = value
        return answer


def cases(town: Town, residents: Sequence[str]) -> dict[str, int]:
    """Return the newest case of each resident."""
    return dict(
        town.ask(
            "SELECT r.line_user_id, max(c.id) FROM chatops_chatcase c "
            "JOIN chatops_resident r ON r.id = c.resident_id "
            "WHERE r.line_user_id = ANY(%s) GROUP BY r.line_user_id",
            list(residents),
        )
    )


def answer_all(officers: Sequence[Officer], open_cases: dict[str, int], times: int) -> list[Said]:
    """Have the officers answer side by side, each resident by one of them, so many `times`."""

    def work(officer: Officer, whom: Sequence[str]) -> list[Said]:
        return [
            Said(officer.answer(open_cases[one], f"คำตอบที่ {n + 1}", twice=not n), one)
            for n in range(times)
            for one in whom
        ]

    shares = [list(open_cases)[start :: len(officers)] for start in range(len(officers))]
    with ThreadPoolExecutor(len(officers)) as pool:
        said = pool.map(work, officers, shares)
        return [one for share in said for one in share]
