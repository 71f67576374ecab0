"""Any sequence of what clerks, approvers and time do leaves books that an auditor can follow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bannmae import testing
from bannmae.thai.calendar import BANGKOK, fiscal_year
from payments import days, receipts
from payments.errors import Refused
from payments.models import (
    DailyRemittance,
    FiscalYear,
    PaymentSettings,
    Receipt,
    ReceiptBook,
    ReceiptVoid,
)
from payments.tests import cast

AMOUNTS = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)


class Office(RuleBasedStateMachine):
    """Two clerks and a head, from the end of one fiscal year into the next."""

    def __init__(self) -> None:
        super().__init__()
        # Hypothesis rolls nothing back between examples of a machine.
        self.example = transaction.atomic()
        self.example.__enter__()
        self.clerk, self.head = testing.make_finance_clerk(), testing.make_finance_head()
        PaymentSettings.objects.update_or_create(pk=1, defaults={"leaves_per_book": 3})
        self.now = dt.datetime(2026, 9, 29, 9, tzinfo=BANGKOK)
        self.clock = time_machine.travel(self.now, tick=False)
        self.clock.start()
        self.snapshots: dict[int, tuple[object, ...]] = {}

    def teardown(self) -> None:
        """Give the clock back, and leave nothing behind."""
        self.clock.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @rule(amount=AMOUNTS, kind=st.sampled_from(["land_building_tax", "garbage_fee"]))
    def issue(self, amount: Decimal, kind: str) -> None:
        today = cast.today()
        closed = DailyRemittance.objects.filter(day=today, reopened_at=None).exists()
        try:
            receipt = cast.issued(self.clerk, slug=kind, amount=str(amount))
        except Refused:
            assert closed
            return
        assert not closed
        assert (receipt.issued_on, receipt.fiscal_year_id) == (today, fiscal_year(today))
        self.snapshots[receipt.pk] = _said(receipt)

    @rule(place=st.integers(0, 30), by_head=st.booleans())
    def ask_void(self, place: int, by_head: bool) -> None:
        if receipt := _pick(place):
            try:
                receipts.ask_void(receipt, self.head if by_head else self.clerk, "ผิด")
            except Refused:
                assert receipt.voids.exclude(state="declined").exists() or days.is_closed(
                    receipt.issued_on
                )

    @rule(place=st.integers(0, 30), approve=st.booleans())
    def decide(self, place: int, approve: bool) -> None:
        waiting = list(ReceiptVoid.objects.order_by("id"))
        if not waiting:
            return
        void = waiting[place % len(waiting)]
        try:
            if approve:
                receipts.approve_void(void, self.head)
            else:
                receipts.decline_void(void, self.head, "ไม่ผิด")
        except Refused:
            assert (
                void.state != "asked"
                or void.asked_by == self.head
                or days.is_closed(void.receipt.issued_on)
            )

    @rule(back=st.integers(0, 3))
    def close_day(self, back: int) -> None:
        try:
            days.close_day(cast.today() - dt.timedelta(days=back), self.clerk)
        except Refused:
            pass

    @rule(back=st.integers(0, 3))
    def reopen_day(self, back: int) -> None:
        try:
            days.reopen_day(cast.today() - dt.timedelta(days=back), self.head, "แก้ไข")
        except Refused:
            pass

    @rule()
    def next_day(self) -> None:
        self.now += dt.timedelta(days=1)
        self.clock.stop()
        self.clock = time_machine.travel(self.now, tick=False)
        self.clock.start()

    @rule()
    def close_year(self) -> None:
        try:
            days.close_year(2569, self.head)
        except Refused:
            assert (
                days.open_days(2569)
                or fiscal_year(cast.today()) <= 2569
                or FiscalYear.objects.get(year=2569).closed_at
            )

    @invariant()
    def no_number_is_missing_or_twice(self) -> None:
        for book in ReceiptBook.objects.all():
            leaves = list(book.receipts.order_by("leaf").values_list("leaf", flat=True))
            assert leaves == list(range(1, book.used + 1))
            dates = list(book.receipts.order_by("leaf").values_list("issued_on", flat=True))
            assert dates == sorted(dates)
        for book in ReceiptBook.objects.filter(number__gt=1):
            before = ReceiptBook.objects.get(
                fiscal_year=book.fiscal_year_id, revenue=book.revenue_id, number=book.number - 1
            )
            assert before.used == before.leaves

    @invariant()
    def no_receipt_ever_changes(self) -> None:
        assert {one.pk: _said(one) for one in Receipt.objects.all()} == self.snapshots

    @invariant()
    def void_is_what_two_people_made_void(self) -> None:
        for receipt in Receipt.objects.all():
            approved = receipt.voids.filter(state="approved").first()
            assert receipt.is_void == (approved is not None)
            assert approved is None or approved.asked_by_id != approved.decided_by_id

    @invariant()
    def a_closed_day_says_what_its_receipts_say(self) -> None:
        for closed in DailyRemittance.objects.filter(reopened_at=None):
            sums = days.totals_of(
                Receipt.objects.filter(issued_on=closed.day).select_related("revenue")
            )
            assert (closed.total, closed.receipts_count, closed.voids_count) == (
                sums.total,
                sums.count,
                sums.voids,
            )
            assert sum(map(Decimal, closed.by_method.values())) == closed.total

    @invariant()
    def remittances_are_numbered_without_a_gap(self) -> None:
        for year in FiscalYear.objects.all():
            numbers = set(year.days.values_list("number", flat=True))
            assert numbers == set(range(1, year.remittances + 1))


def _pick(place: int) -> Receipt | None:
    rows = list(Receipt.objects.order_by("id"))
    return rows[place % len(rows)] if rows else None


def _said(receipt: Receipt) -> tuple[object, ...]:
    return (str(receipt), receipt.total, receipt.payer_name, receipt.issued_on, receipt.token)


class TestBooks(TestCase, Office.TestCase):  # type: ignore[misc]
    """Runs the machine."""

    settings = settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
