"""Linking an officer's own LINE by a one-time code: who gets linked, and that none is guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from bannmae import testing
from bannmae.accounts import close_account
from bannmae.models import AccessLog, Staff
from chatops.alerts import linking
from chatops.alerts.linking import TooManyCodes, holds_code, make_code, try_link, unlink
from chatops.models import LinkAttempt, Resident, StaffLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def his_line() -> Resident:
    """The officer's own LINE: to the chat a resident as any other."""
    return testing.make_resident("ชายชาย")


def answer_to(resident: Resident, text: str) -> str:
    """What the text is answered; '' for nothing."""
    answers = try_link(resident, text)
    return answers[0]["text"] if answers else ""


def wrong_code() -> str:
    """A code that nobody was given."""
    return f"ผูก {linking._unused_code(timezone.now())}"


def test_the_code_links_the_line_that_sends_it_and_works_once(
    engineer: Staff, his_line: Resident, neighbour: Resident
) -> None:
    code, until = make_code(engineer)
    assert timedelta(minutes=9) < until - timezone.now() <= timedelta(minutes=10)
    assert answer_to(his_line, f"ผูก {code}").startswith("เชื่อมบัญชีแล้ว")
    link = StaffLink.objects.get(staff=engineer)
    assert link.resident == his_line
    assert link.linked_at is not None
    assert link.code_hash == ""
    assert answer_to(neighbour, f"ผูก {code}") == linking.WRONG
    assert AccessLog.objects.filter(staff=engineer, detail="เชื่อม LINE ของตน").count() == 1


def test_the_answer_tells_nobody_s_name(engineer: Staff, his_line: Resident) -> None:
    code, _ = make_code(engineer)
    said = answer_to(his_line, f"ผูก {code}")
    for secret in (engineer.first_name, engineer.last_name, engineer.username, code):
        assert secret not in said


@pytest.mark.parametrize(
    "typed", ["ผูก {0}", "ผูก{0}", " ผูก  {1} ", "ผูก: {0}", "ผูก {2}-{3}", "ผูก\n{2} {3}"]
)
def test_a_code_is_understood_however_it_is_typed(
    typed: str, engineer: Staff, his_line: Resident
) -> None:
    code, _ = make_code(engineer)
    text = typed.format(code, code.lower(), code[:3], code[3:])
    assert holds_code(text)
    assert answer_to(his_line, text).startswith("เชื่อมบัญชีแล้ว")


@pytest.mark.parametrize(
    "text",
    ["", "ผูก", "ผูกมิตร", "ผูก ABC12", "ผูก ABCD123", "ABC234", "ขอผูก ABC234", "ผูก ABC234 ค่ะ"],
)
def test_other_words_are_the_chat_s(text: str, his_line: Resident) -> None:
    assert not holds_code(text)
    assert try_link(his_line, text) is None
    assert not LinkAttempt.objects.exists()


def test_other_words_cost_no_query(his_line: Resident, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        try_link(his_line, "ไฟทางหน้าบ้านดับสามวันแล้ว")


def test_a_code_has_no_letters_that_are_mistaken_and_is_kept_as_a_digest(engineer: Staff) -> None:
    code, _ = make_code(engineer)
    assert len(code) == 6
    assert not set(code) & set("0O1IL")
    link = StaffLink.objects.get(staff=engineer)
    assert len(link.code_hash) == 64
    assert code not in link.code_hash


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(
    engineer: Staff, his_line: Resident
) -> None:
    first, _ = make_code(engineer)
    second, _ = make_code(engineer)
    assert answer_to(his_line, f"ผูก {first}") == linking.WRONG
    StaffLink.objects.update(code_expires_at=timezone.now())
    assert answer_to(his_line, f"ผูก {second}") == linking.WRONG
    assert StaffLink.objects.get().resident is None


def test_after_five_wrong_codes_an_hour_s_are_not_looked_at(
    engineer: Staff, his_line: Resident, neighbour: Resident
) -> None:
    code, _ = make_code(engineer)
    for _ in range(5):
        assert answer_to(his_line, wrong_code()) == linking.WRONG
    assert try_link(his_line, f"ผูก {code}") is None, "nor the right one"
    assert StaffLink.objects.get().resident is None
    assert holds_code(f"ผูก {code}"), "its words are still nothing to keep"
    # Another LINE is not held up by this one.
    assert answer_to(neighbour, f"ผูก {code}").startswith("เชื่อมบัญชีแล้ว")


def test_an_hour_later_codes_are_looked_at_again(engineer: Staff, his_line: Resident) -> None:
    for _ in range(6):
        try_link(his_line, wrong_code())
    LinkAttempt.objects.update(at=timezone.now() - timedelta(minutes=61))
    code, _ = make_code(engineer)
    assert answer_to(his_line, f"ผูก {code}").startswith("เชื่อมบัญชีแล้ว")


def test_five_codes_an_hour_are_made_and_no_more(engineer: Staff, health_officer: Staff) -> None:
    for _ in range(5):
        make_code(engineer)
    with pytest.raises(TooManyCodes, match="5 ครั้ง"):
        make_code(engineer)
    make_code(health_officer)
    LinkAttempt.objects.filter(staff=engineer).update(at=timezone.now() - timedelta(minutes=61))
    make_code(engineer)


def test_one_line_serves_one_officer(
    engineer: Staff, health_officer: Staff, his_line: Resident
) -> None:
    code, _ = make_code(engineer)
    try_link(his_line, f"ผูก {code}")
    other, _ = make_code(health_officer)
    assert answer_to(his_line, f"ผูก {other}") == linking.OTHERS
    assert StaffLink.objects.get(staff=engineer).resident == his_line
    assert StaffLink.objects.get(staff=health_officer).resident is None


def test_an_officer_with_a_new_phone_links_that_in_place_of_the_old(
    engineer: Staff, his_line: Resident, neighbour: Resident
) -> None:
    code, _ = make_code(engineer)
    try_link(his_line, f"ผูก {code}")
    again, _ = make_code(engineer)
    assert StaffLink.objects.get().resident == his_line, "until the code is used"
    try_link(neighbour, f"ผูก {again}")
    assert StaffLink.objects.get().resident == neighbour


def test_unlinking_forgets_the_line_and_the_code(engineer: Staff, his_line: Resident) -> None:
    assert not unlink(engineer)
    code, _ = make_code(engineer)
    try_link(his_line, f"ผูก {code}")
    later, _ = make_code(engineer)
    assert unlink(engineer)
    assert StaffLink.objects.get().resident is None
    assert answer_to(his_line, f"ผูก {later}") == linking.WRONG


def test_a_closed_account_is_unlinked_and_cannot_be_linked(
    engineer: Staff, legal_officer: Staff, his_line: Resident
) -> None:
    code, _ = make_code(engineer)
    try_link(his_line, f"ผูก {code}")
    close_account(engineer, legal_officer)
    assert not StaffLink.objects.exists()

    code, _ = make_code(legal_officer)
    Staff.objects.filter(pk=legal_officer.pk).update(is_active=False)
    assert answer_to(his_line, f"ผูก {code}") == linking.WRONG


def test_no_code_stands_anywhere_in_the_database(engineer: Staff, his_line: Resident) -> None:
    code, _ = make_code(engineer)
    try_link(his_line, wrong_code())
    with connection.cursor() as cursor:
        for table in ("chatops_stafflink", "chatops_linkattempt", "bannmae_accesslog"):
            cursor.execute(f"SELECT * FROM {table}")
            assert code not in str(cursor.fetchall())
