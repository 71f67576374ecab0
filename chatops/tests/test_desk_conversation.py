"""What the conversation shows: every kind, older ones, files."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from bannmae import testing
from bannmae.models import Staff
from chatops.models import (
    ChatCase,
    MessageContent,
)
from chatops.tests.desk import (
    as_,
    at,
    make_case,
    say,
    send_out,
    welfare_officer,
)

pytestmark = pytest.mark.django_db
State = ChatCase.State


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return welfare_officer()


def test_older_bubbles_come_page_by_page_without_a_gap(officer: Staff) -> None:
    case = make_case(words="", minutes=1000)
    start = timezone.now() - dt.timedelta(minutes=900)
    for index in range(70):
        say(case, f"ถาม {index}", when=start + dt.timedelta(minutes=index))
        send_out(
            case,
            {"type": "text", "text": f"ตอบ {index}"},
            when=start + dt.timedelta(minutes=index, seconds=20),
        )
    client = as_(officer)
    told = client.get(at(case, "open")).json()
    keys = [one["key"] for one in told["bubbles"]]
    while told["more"]:
        told = client.get(at(case, "older"), {"before": told["bubbles"][0]["at"]}).json()
        keys = [one["key"] for one in told["bubbles"]] + keys
    assert len(keys) == len(set(keys)) == 141, "70 questions, 70 answers, and that it began"
    assert keys[0].startswith("e")


def test_many_words_of_one_moment_are_not_lost_between_pages(officer: Staff) -> None:
    case = make_case(words="", minutes=10)
    moment = timezone.now() - dt.timedelta(minutes=5)
    for index in range(61):
        say(case, f"พร้อมกัน {index}", when=moment)
    told = as_(officer).get(at(case, "open")).json()
    assert sum(one["side"] == "in" for one in told["bubbles"]) == 61


def test_every_kind_is_told_as_what_it_is(officer: Staff) -> None:
    case = make_case(words="")
    say(case, kind="sticker", details={"keywords": ["ขอบคุณ"]})
    say(case, kind="location", details={"title": "วัด", "latitude": 18.6, "longitude": 98.9})
    say(case, kind="location", details={"title": "ไม่รู้", "latitude": "javascript:", "longitude": 1})
    say(case, kind="file", details={"file_name": "ก.pdf"})
    say(case, kind="hologram")
    say(case, "ลับ", unsent_at=timezone.now())
    shown = [
        one for one in as_(officer).get(at(case, "open")).json()["bubbles"] if one["side"] == "in"
    ]
    sticker, place, nowhere, file, other, unsent = shown
    assert sticker["text"] == "ขอบคุณ"
    assert place["place"]["url"].endswith("query=18.6,98.9")
    assert nowhere["place"]["url"] == ""
    assert file["content"]["name"] == "ก.pdf"
    assert other["text"] == "[ข้อความชนิดอื่น]"
    assert "ลับ" not in json.dumps(unsent, ensure_ascii=False)


def test_files_are_for_who_may_see_the_case(
    officer: Staff, engineer: Staff, executive: Staff
) -> None:
    case = make_case()
    name = default_storage.save("chat/a.jpg", ContentFile(testing.picture()))
    row = MessageContent.objects.create(
        message=say(case, kind="image"),
        token="a" * 40,
        state="stored",
        file=name,
        thumbnail=name,
        content_type="image/jpeg",
    )
    root = testing.make_staff(is_superuser=True)
    for small in ("", "small/"):
        url = f"/admin/chatops/content/{row.token}/{small}"
        for who in (officer, root):
            answer = as_(who).get(url)
            assert answer.status_code == 200
            b"".join(answer.streaming_content)
        for other in (engineer, executive):
            assert as_(other).get(url).status_code == 404
        assert Client().get(url).status_code == 302
    assert as_(officer).get(f"/admin/chatops/content/{'b' * 40}/").status_code == 404
    type(row.message).objects.filter(pk=row.message_id).update(case=None)
    assert as_(officer).get(f"/admin/chatops/content/{row.token}/").status_code == 404
    answer = as_(root).get(f"/admin/chatops/content/{row.token}/")
    assert answer.status_code == 200
    b"".join(answer.streaming_content)
