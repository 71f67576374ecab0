"""The desk's addresses: who may, who may not, what they tell."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from bannmae.models import Staff
from chatops.models import (
    ChatCase,
    OutboundMessage,
)
from chatops.tests.desk import (
    LIST,
    as_,
    at,
    make_case,
    send_out,
    welfare_officer,
)

pytestmark = pytest.mark.django_db
State = ChatCase.State


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return welfare_officer()


def poll(staff: Staff, **query: Any) -> dict[str, Any]:
    """What the desk is told."""
    answer = as_(staff).get(f"{LIST}poll/", query)
    assert answer.status_code == 200
    return answer.json()


def names(staff: Staff, **query: Any) -> list[str]:
    """The names in the list."""
    return [row["name"] for row in poll(staff, **query)["list"]["rows"]]


def test_the_desk_opens_for_who_may_see_chats_and_for_nobody_else(
    officer: Staff, executive: Staff, outsider: Staff
) -> None:
    case = make_case()
    assert as_(officer).get(LIST).status_code == 200
    for other in (executive, outsider):
        client = as_(other)
        assert client.get(LIST).status_code == 403
        assert client.get(f"{LIST}poll/").status_code == 403
        assert client.get(f"{LIST}poll/", {"case": case.pk, "stamp": 1}).status_code == 403
        for name in ("open", "older", "resident", "choices"):
            assert client.get(at(case, name)).status_code in (403, 404), name


def test_another_division_finds_nothing_by_any_address(officer: Staff, engineer: Staff) -> None:
    case = make_case()
    message = send_out(case, state=OutboundMessage.State.DEAD)
    client = as_(engineer)
    assert names(engineer) == []
    assert poll(engineer, case=case.pk)["gone"] == case.pk
    for name in ("open", "older", "resident", "choices"):
        assert client.get(at(case, name)).status_code == 404, name
    for name, more in (
        ("read", ()),
        ("answer", ()),
        ("note", ()),
        ("again", (message.pk,)),
        ("move", ("take",)),
        ("resident_note", ()),
        ("label", ()),
    ):
        answer = client.post(
            at(case, name, *more), {"text": "x", "key": uuid.uuid4(), "version": 1}
        )
        assert answer.status_code == 404, name
    case.refresh_from_db()
    assert (case.state, case.version) == (State.INBOX, 1)
    assert names(officer) == ["สมศรี"]
