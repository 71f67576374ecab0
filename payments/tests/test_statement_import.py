"""Taking statements in: a line once, whichever files it stands in and whoever is quicker."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bannmae.models import Staff
from bannmae.thai.calendar import BANGKOK
from payments.errors import Refused
from payments.models import BankAccount, StatementImport, StatementLine
from payments.statements import importing, reading
from payments.statements.layout import Layout
from payments.statements.reading import Read

HOW = Layout(columns={"date": 0, "credit": 1}, header=("วันที่", "เงินเข้า"))


@pytest.fixture
def account(db: None) -> BankAccount:
    return BankAccount.objects.create(name="กรุงไทย", bank="006", number="1234567890")


def line(day: int, amount: str = "100", text: str = "", clock: str = "") -> Read:
    hour, _, minute = clock.partition(":")
    at = datetime(2026, 11, day, int(hour or 0), int(minute or 0), tzinfo=BANGKOK)
    return Read(1, at, bool(clock), Decimal(amount), "", text)


def take(
    account: BankAccount, lines: list[Read], by: Staff, doubtful: bool = False
) -> StatementImport:
    return importing.take_in(
        account, lines, by, file_name="a.csv", data=b"x", how=HOW, with_doubtful=doubtful
    )


def test_the_same_file_twice_adds_nothing(account: BankAccount, finance_clerk: Staff) -> None:
    lines = [line(1), line(1), line(2, "50")]
    first, second = take(account, lines, finance_clerk), take(account, lines, finance_clerk)
    assert (first.lines_count, first.repeated_count) == (3, 0)
    assert (second.lines_count, second.repeated_count) == (0, 3)
    assert StatementLine.objects.count() == 3
    account.refresh_from_db()
    assert account.layout == HOW.to_json()


def test_files_that_overlap_make_one_row_of_lines(
    account: BankAccount, finance_clerk: Staff
) -> None:
    take(account, [line(1), line(2), line(2)], finance_clerk)
    # The day was not over when the first one was made; a bank may list the newest first.
    again = take(account, [line(3), line(2), line(2), line(2)], finance_clerk)
    assert (again.lines_count, again.repeated_count) == (2, 2)
    assert StatementLine.objects.count() == 5


def test_another_account_has_its_own_lines(account: BankAccount, finance_clerk: Staff) -> None:
    other = BankAccount.objects.create(name="ธ.ก.ส.", bank="034", number="99")
    take(account, [line(1)], finance_clerk)
    assert take(other, [line(1)], finance_clerk).lines_count == 1


def test_what_may_be_a_known_line_in_other_words_waits_for_the_clerk(
    account: BankAccount, finance_clerk: Staff
) -> None:
    take(account, [line(1, text="โอนเข้า", clock="10:05"), line(2, "70")], finance_clerk)
    other_words = [line(1, text="TRANSFER", clock="10:05"), line(1, text="x", clock="11:00")]
    compared = importing.compare(account, other_words)
    assert (compared.doubtful, compared.new) == ([other_words[0]], [other_words[1]])
    assert take(account, other_words, finance_clerk).lines_count == 1
    assert take(account, other_words, finance_clerk, doubtful=True).lines_count == 1
    assert StatementLine.objects.count() == 4


def test_others_import_nothing(account: BankAccount, executive: Staff, engineer: Staff) -> None:
    for staff in (executive, engineer):
        with pytest.raises(Refused, match="กองคลัง"):
            take(account, [line(1)], staff)
    assert not StatementImport.objects.exists()


lines_of_a_month = st.lists(
    st.builds(
        line,
        st.integers(1, 3),
        st.sampled_from(["100", "200"]),
        st.sampled_from(["", "ก"]),
        st.sampled_from(["", "10:00"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=100)
@given(lines_of_a_month, st.randoms(use_true_random=False))
def test_a_files_order_does_not_change_what_its_lines_are(
    lines: list[Read], random: st.DataObject
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    marks = reading.fingerprints(lines)
    assert len(set(marks)) == len(lines)
    assert set(marks) == set(reading.fingerprints(shuffled))
    # A part of a file is known once the whole is.
    assert set(reading.fingerprints(lines[: len(lines) // 2])) <= set(marks)
