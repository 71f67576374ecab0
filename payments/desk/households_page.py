"""One household: its years month by month, its receipts, its rate; and its form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from bannmae.staff_input import row_id
from bannmae.thai import phone
from bannmae.thai.calendar import BE_OFFSET, MONTHS_SHORT, format_date
from payments import access
from payments.desk.households_forms import HouseholdForm, RateForm, RatesForm
from payments.desk.queue_common import receipt_url
from payments.desk.register_common import note_act, note_look, page, require_handles, require_sees
from payments.errors import Refused
from payments.garbage import listing, register, rules
from payments.garbage import months as calendar
from payments.models import Household, HouseholdMonth, HouseholdRate, Receipt

YEARS = 8  # shown at once; older ones are summed up
RECEIPTS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of the grid: its name, how it stands, and a word."""

    name: str
    tone: str  # paid, owed, now, ahead, none
    words: str
    url: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the grid, in the Buddhist era, with what was paid and is owed in it."""

    year: int
    cells: list[Cell]
    paid: Decimal
    owed: Decimal


def household_for(request: HttpRequest, pk: int) -> Household:
    """Return a household; Http404 for who sees no money."""
    staff = require_sees(request)
    rows = access.visible_to(staff, Household.objects.all())
    household = listing.with_months(rows).filter(pk=pk).first()
    if household is None:
        raise Http404
    return household


def household_page(
    request: HttpRequest, pk: int, *, rate_form: RateForm | None = None, status: int = 200
) -> HttpResponse:
    """Show it, with whatever form was refused."""
    household = household_for(request, pk)
    note_look(request, f"money:household-{pk}")
    paid = list(
        HouseholdMonth.objects.filter(household=household, released_at=None).select_related(
            "receipt"
        )
    )
    owed = rules.months_owed(household)
    rates = list(household.rates.all())
    current = rules.current_month()
    years = grid(household, paid, owed, current)
    context = {
        "household": household,
        "phone": phone.format_phone(household.phone) if household.phone else "",
        "rate": rules.rate_on(
            [(one.since, one.amount) for one in rates], max(current, household.since)
        ),
        "rates": [(calendar.month_words(one.since), one.amount) for one in reversed(rates)],
        "since": calendar.month_words(household.since),
        "until": calendar.month_words(household.until) if household.until else "",
        "owed_count": len(owed),
        "owed_words": calendar.words([one.month for one in owed]),
        "owed_baht": sum((one.amount for one in owed), rules.NOTHING),
        "years": years[:YEARS],
        "older": len(years) - YEARS if len(years) > YEARS else 0,
        "names": MONTHS_SHORT,
        "receipts": _receipts(household),
        "rate_form": rate_form or RateForm(initial={"since": calendar.add(current, 1)}),
        "rate_refused": rate_form is not None,
        "may_handle": access.may_handle(request.user),
        "counter_url": f"{reverse('admin:payments_paymentnotice_add')}?household={pk}",
        "list_url": reverse("admin:payments_household_changelist"),
    }
    return page(request, "household_page", str(household), context, status)


def grid(
    household: Household,
    paid: Sequence[HouseholdMonth],
    owed: Sequence[rules.Month],
    current: dt.date,
) -> list[Year]:
    """Return the household's years month by month, the newest first."""
    by_month = {one.month: one for one in paid}
    due = {one.month: one for one in owed}
    ahead = {one.month: one for one in rules.months_payable(household) if one.month > current}
    last = max([current, *by_month, *due])
    found = []
    for year in range(last.year, household.since.year - 1, -1):
        months = [dt.date(year, number, 1) for number in range(1, 13)]
        found.append(
            Year(
                year=year + BE_OFFSET,
                cells=[
                    _cell(month, by_month.get(month), due.get(month), ahead.get(month))
                    for month in months
                ],
                paid=sum(
                    (by_month[one].amount for one in months if one in by_month), rules.NOTHING
                ),
                owed=sum((due[one].amount for one in months if one in due), rules.NOTHING),
            )
        )
    return found


def _cell(
    month: dt.date,
    paid: HouseholdMonth | None,
    due: rules.Month | None,
    ahead: rules.Month | None,
) -> Cell:
    name = calendar.month_words(month)
    if paid is not None:
        how, url = "ชำระก่อนเริ่มใช้ระบบ", ""
        if receipt := paid.receipt:
            url = receipt_url(receipt.pk)
            how = f"{receipt} วันที่ {format_date(receipt.issued_on, short=True)}"
        return Cell(name, "paid", "ชำระแล้ว", url, f"{name} {paid.amount:,.2f} บาท {how}")
    if due is not None:
        tone, words = ("owed", "ค้าง") if due.is_arrears else ("now", "เดือนนี้")
        return Cell(name, tone, words, "", f"{name} {words} {due.amount:,.2f} บาท")
    if ahead is not None:
        return Cell(name, "ahead", "", "", f"{name} ยังไม่ถึงกำหนด {ahead.amount:,.2f} บาท")
    return Cell(name, "none", "–", "", f"{name} ไม่เก็บ")


def _receipts(household: Household) -> list[dict[str, Any]]:
    """Return the receipts of its months, void ones too, the newest first."""
    rows = (
        Receipt.objects.filter(months__household=household)
        .annotate(count=Count("months"))
        .order_by("-id")
    )
    return [
        {
            "label": str(one),
            "url": receipt_url(one.pk),
            "day": format_date(one.issued_on, short=True),
            "total": one.total,
            "count": one.count,
            "is_void": one.is_void,
            "payer": one.payer_name,
        }
        for one in rows[:RECEIPTS]
    ]


# -- forms ----------------------------------------------------------------------------------------


def add(request: HttpRequest) -> HttpResponse:
    """Add a household."""
    staff = require_handles(request)
    form = HouseholdForm(request.POST or None, initial={"since": rules.current_month()})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = register.add(form.entry(), form.cleaned_data["rate"], staff)
                note_act(request, f"money:household-{made.pk}", f"เพิ่มครัวเรือน {made}")
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"เพิ่ม {made} แล้ว")
            return redirect("admin:payments_household_change", made.pk)
    back = reverse("admin:payments_household_changelist")
    return _form(request, form, "เพิ่มครัวเรือน", back)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a household; its rate has a form of its own."""
    staff = require_handles(request)
    household = household_for(request, pk)
    initial = {
        name: getattr(household, name)
        for name in ("house_no", "village", "owner_name", "phone", "since", "until", "note")
    }
    form = HouseholdForm(request.POST or None, initial=initial)
    del form.fields["rate"]
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                register.change(pk, form.entry(), staff)
                changed = ", ".join(str(form.fields[name].label) for name in form.changed_data)
                note_act(request, f"money:household-{pk}", f"แก้ไขครัวเรือน {household}: {changed}")
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกแล้ว")
            return redirect("admin:payments_household_change", pk)
    back = reverse("admin:payments_household_change", args=[pk])
    return _form(request, form, f"แก้ไข {household}", back)


def set_rate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Set the rate of one household from a month on."""
    household = household_for(request, pk)
    form = RateForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            with transaction.atomic():
                register.set_rate([pk], typed["since"], typed["amount"], request.user)
                since = calendar.month_words(typed["since"])
                said = f"อัตรา {typed['amount']:,.2f} บาท ตั้งแต่ {since}"
                note_act(request, f"money:household-{pk}", f"{household}: {said}")
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"กำหนด{said} แล้ว เดือนที่ชำระไปแล้วไม่เปลี่ยน")
            return redirect("admin:payments_household_change", pk)
    return household_page(request, pk, rate_form=form, status=422)


def rates_page(request: HttpRequest) -> HttpResponse:
    """Set the rate of all households that have another one: shown first, then done."""
    staff = require_handles(request)
    form = RatesForm(request.POST or None)
    found: QuerySet[Household] | None = None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        found = with_rate(typed["old"], typed["since"], typed["village"])
        sent = row_id(request.POST.get("count", ""))
        keys = list(found.values_list("pk", flat=True))
        if "confirm" in request.POST and sent == len(keys) and keys:
            try:
                with transaction.atomic():
                    done = register.set_rate(keys, typed["since"], typed["amount"], staff)
                    said = (
                        f"{done:,} ครัวเรือน จาก {typed['old']:,.2f} เป็น {typed['amount']:,.2f} บาท "
                        f"ตั้งแต่ {calendar.month_words(typed['since'])}"
                    )
                    note_act(request, "money:households", f"เปลี่ยนอัตราค่าเก็บขยะ {said}")
            except Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"เปลี่ยนอัตราแล้ว {said}")
                return redirect("admin:payments_household_changelist")
        elif "confirm" in request.POST:
            form.add_error(None, "จำนวนครัวเรือนเปลี่ยนไปแล้ว โปรดตรวจอีกครั้ง")
    count = found.count() if found is not None else None
    context = {
        "form": form,
        "count": count,
        "examples": list(listing.in_order(found)[:5]) if found is not None else [],
        "back_url": reverse("admin:payments_household_changelist"),
    }
    status = 422 if form.errors else 200
    return page(request, "household_rates", "เปลี่ยนอัตราหลายครัวเรือน", context, status)


def with_rate(old: Decimal, since: dt.date, village: int | None) -> QuerySet[Household]:
    """Return the households that pay `old` in the month `since`, and are collected from then."""
    in_force = (
        HouseholdRate.objects.filter(household=OuterRef("pk"), since__lte=since)
        .order_by("-since")
        .values("amount")[:1]
    )
    rows = Household.objects.alias(in_force=Subquery(in_force)).filter(
        in_force=old, since__lte=since
    )
    return rows.filter(village=village) if village else rows


def _form(request: HttpRequest, form: forms.Form, title: str, back: str) -> HttpResponse:
    context = {"form": form, "back_url": back}
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "household_form", title, context, status)
