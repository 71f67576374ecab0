"""Several clerks at once: a line is taken in once, and money is one payer's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bannmae import testing
from bannmae.thai.calendar import BANGKOK
from payments.errors import Refused
from payments.models import BankAccount, NoticeEntry, StatementImport, StatementLine
from payments.statements import acts, importing
from payments.statements.layout import Layout
from payments.statements.reading import Read
from payments.tests.cast import claimed

pytestmark = pytest.mark.django_db(transaction=True)
CLERKS = 6
BEGUN = datetime(2026, 11, 1, 8, 0, tzinfo=BANGKOK)


def at_once(work: Callable[[int], object]) -> list[object]:
    """Return what each of CLERKS threads came to, an exception in its place."""
    start = threading.Barrier(CLERKS)
    outcome: list[object] = [None] * CLERKS

    def run(place: int) -> None:
        try:
            start.wait(30)
            outcome[place] = work(place)
        except Exception as error:  # the test looks at it
            outcome[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(CLERKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcome


def lines(first: int, last: int) -> list[Read]:
    """Return the lines of some hours; each hour has two that are alike."""
    return [
        Read(1, BEGUN + timedelta(hours=hour), True, Decimal(100), "", "รับโอน")
        for hour in range(first, last)
        for _twin in range(2)
    ]


def test_overlapping_files_taken_in_at_once_make_each_line_once() -> None:
    account = BankAccount.objects.create(name="กรุงไทย", bank="006", number="1234567890")
    staff = [testing.make_finance_clerk() for _ in range(CLERKS)]
    how = Layout(columns={"date": 0, "credit": 1}, header=("วันที่", "เงินเข้า"))

    def take(place: int) -> int:
        done = importing.take_in(
            account,
            lines(5 * place, 5 * place + 30),
            staff[place],
            file_name=f"{place}.csv",
            data=b"x",
            how=how,
        )
        return done.lines_count

    counts = at_once(take)
    assert all(isinstance(one, int) for one in counts), counts
    expected = 2 * (5 * (CLERKS - 1) + 30)
    assert sum(one for one in counts if isinstance(one, int)) == expected
    assert StatementLine.objects.count() == expected
    assert StatementImport.objects.count() == CLERKS
    assert StatementLine.objects.values("at").distinct().count() == expected // 2


def test_one_line_and_one_notice_are_matched_once() -> None:
    account = BankAccount.objects.create(name="กรุงไทย", bank="006", number="1234567890")
    staff = [testing.make_finance_clerk() for _ in range(CLERKS)]
    source = StatementImport.objects.create(account=account, file_name="x", sha256="", by=staff[0])
    paid = BEGUN + timedelta(hours=1)
    notices = [claimed(None, slip=False, paid_at=paid + timedelta(days=n)) for n in range(4)]
    rows = [
        StatementLine.objects.create(
            account=account,
            source=source,
            at=paid + timedelta(days=n),
            amount=Decimal("1250.50"),
            fingerprint=str(n),
        )
        for n in range(4)
    ]
    pairs = [(row.pk, notice.pk) for row, notice in zip(rows, notices, strict=True)]

    def match(place: int) -> int:
        # Some press the button for all, some take another pairing by hand.
        if place % 2:
            acts.match(rows[place % 4].pk, notices[(place + 1) % 4].pk, staff[place])
            return 1
        return acts.match_all(acts.sure_among(pairs), staff[place])

    outcome = at_once(match)
    wrong = [one for one in outcome if not isinstance(one, int | Refused)]
    assert not wrong, wrong
    done = sum(one for one in outcome if isinstance(one, int))
    matched = StatementLine.objects.filter(notice__isnull=False)
    assert matched.count() == done
    assert NoticeEntry.objects.filter(kind=NoticeEntry.Kind.MATCHED).count() == done
