"""รับชำระที่เคาน์เตอร์: money over the counter, in the same book as what comes by LINE."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from bannmae.staff_input import row_id
from bannmae.thai.calendar import be_year, local_date
from payments import workflow
from payments.assessments.matching import the_one
from payments.desk.lines import Lines, Row, read, year_name
from payments.desk.notice_confirming import confirmation
from payments.desk.notice_forms import PaymentForm
from payments.desk.notice_issue import issue_confirmed
from payments.desk.notice_preview import closed_today, shown_receipt
from payments.desk.queue_common import list_url, note_act, notice_url, require_handling
from payments.errors import Refused
from payments.intake import Claim, file_notice
from payments.models import Assessment, Household, Method, PaymentNotice, Revenue
from payments.receipts import total_of


class CounterForm(PaymentForm):
    """What is asked at the counter."""

    filing_key = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("revenue", "payer_name", "payer_address", "method", "money_seen_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer what is taken now, cash first."""
        super().__init__(*args, **options)
        self.fields["revenue"].queryset = Revenue.objects.filter(is_active=True)
        self.fields["method"].choices = [
            (one.value, one.label) for one in (Method.CASH, Method.TRANSFER, Method.CHEQUE)
        ]


def counter(request: HttpRequest) -> HttpResponse:
    """Show the form, or take the payment: filed and confirmed at once, then issued."""
    require_handling(request)
    if request.method != "POST":
        initial = {
            "filing_key": uuid4(),
            "method": Method.CASH,
            "money_seen_on": local_date(timezone.now()),
        } | _of_household(request)
        return _page(request, CounterForm(initial=initial), Lines([Row()]))
    form, lines = CounterForm(request.POST), read(request.POST)
    if not form.demand_all() or not lines.is_valid:
        return _page(request, form, lines, status=422)
    key: UUID = form.cleaned_data["filing_key"]
    if earlier := _filed_with(key):
        return _sent_again(request, form, lines, earlier)
    try:
        notice = _take(request, form.cleaned_data, lines)
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, form, lines, status=422)
    except IntegrityError:
        # The same form, a moment earlier: the second of two clicks waits here for the first.
        if not (earlier := _filed_with(key)):
            raise
        return _sent_again(request, form, lines, earlier)
    return _issue(request, notice)


def preview(request: HttpRequest) -> HttpResponse:
    """Answer the form's script with the receipt as it will be; nothing is kept."""
    require_handling(request)
    if request.method != "POST":
        # Whose session ended while he wrote is led back here.
        return redirect("admin:payments_paymentnotice_add")
    form, lines = CounterForm(request.POST), read(request.POST)
    assessment = _assessment(form.cleaned_data) if form.demand_all() else None
    return shown_receipt(request, form, lines, assessment=assessment)


def _assessment(typed: dict[str, Any]) -> Assessment | None:
    """Return what the number on the paper notice that lies on the counter names."""
    return the_one(typed["reference"], typed["revenue"].pk)


def _of_household(request: HttpRequest) -> dict[str, Any]:
    """Return what is known of the household that ?household= names: its page led here."""
    pk = row_id(request.GET.get("household"))
    household = Household.objects.filter(pk=pk).first() if pk else None
    revenue = Revenue.objects.filter(is_active=True, has_households=True).first()
    if household is None or revenue is None:
        return {}
    return {"household": household.pk, "revenue": revenue.pk, "payer_name": household.owner_name}


def _take(request: HttpRequest, typed: dict[str, Any], lines: Lines) -> PaymentNotice:
    """File and confirm in one transaction. Raises Refused."""
    assessment = _assessment(typed)
    seen = confirmation(typed, lines, assessment)
    months = [month for line in lines.lines for month, _ in line.months]
    with transaction.atomic():
        notice = file_notice(
            resident=None,
            claim=Claim(
                revenue=seen.revenue,
                months=tuple(months),
                payer_name=seen.payer_name,
                payer_address=seen.payer_address,
                reference=typed["reference"],
                phone=typed["phone"],
                amount=total_of(seen.lines),
                household=seen.household,
                assessment=seen.assessment,
            ),
            via=PaymentNotice.Via.COUNTER,
            filing_key=typed["filing_key"],
            tell=False,
        )
        notice = workflow.confirm(notice.pk, request.user, notice.version, seen)
        what = f"รับชำระที่เคาน์เตอร์ {notice.get_method_display()} {notice.amount:,.2f} บาท"
        note_act(request, notice, what)
    if assessment is not None:
        paid = f"เลขที่ {assessment.number} ปี {assessment.year} {assessment.payer_name}"
        messages.info(request, f"นับเป็นการชำระรายการประเมิน {paid}")
    return notice


def _issue(request: HttpRequest, notice: PaymentNotice) -> HttpResponse:
    """Issue; what is refused stays confirmed, and the notice's page says why."""
    if notice.revenue and notice.revenue.mode == Revenue.Mode.ELAAS:
        messages.success(
            request, f"รับชำระแล้ว รายการ {notice.number} ขั้นต่อไป บันทึกเลขที่ใบเสร็จจาก e-LAAS"
        )
        return redirect(notice_url(notice.pk))
    try:
        receipt = issue_confirmed(request, notice.pk, notice.version)
    except Refused as error:
        messages.error(request, f"บันทึกการรับเงินแล้ว แต่ยังไม่ได้ออกใบเสร็จ: {error}")
    else:
        messages.success(request, f"รับชำระแล้ว {receipt} จำนวน {receipt.total:,.2f} บาท")
    return redirect(notice_url(notice.pk))


def _filed_with(key: UUID) -> PaymentNotice | None:
    return PaymentNotice.objects.select_related("revenue").filter(filing_key=key).first()


def _sent_again(
    request: HttpRequest, form: CounterForm, lines: Lines, earlier: PaymentNotice
) -> HttpResponse:
    """Lead to the payment that this form has made; what was typed since is another one's."""
    typed = form.cleaned_data
    same = (
        earlier.revenue == typed["revenue"]
        and earlier.payer_name == typed["payer_name"]
        and earlier.amount == lines.total
        and earlier.method == typed["method"]
    )
    if same:
        messages.info(request, f"แบบฟอร์มนี้บันทึกแล้วเป็นรายการ {earlier.number} จึงไม่บันทึกซ้ำ")
        return redirect(notice_url(earlier.pk))
    form.data = form.data.copy()
    form.data["filing_key"] = str(uuid4())
    form.add_error(
        None,
        f"แบบฟอร์มนี้บันทึกไปแล้วเป็นรายการ {earlier.number} แต่ข้อมูลครั้งนี้ต่างออกไป "
        "ถ้าเป็นเงินอีกรายการหนึ่ง โปรดตรวจสอบแล้วกด “รับชำระ” อีกครั้ง",
    )
    return _page(request, form, lines, status=422)


def _page(request: HttpRequest, form: CounterForm, lines: Lines, status: int = 200) -> HttpResponse:
    kinds = form.fields["revenue"].queryset
    # Both yearly taxes are of calendar years, not of the fiscal year that begins in October.
    this_year = year_name(be_year(local_date(timezone.now())))
    if not lines.rows:
        lines.rows = [Row()]
    chosen = form["household"].value()
    household = form.fields["household"].queryset.filter(pk=chosen).first() if chosen else None
    context = {
        **admin.site.each_context(request),
        "title": "รับชำระที่เคาน์เตอร์",
        "form": form,
        "lines": lines,
        "kinds": {
            str(kind.pk): {
                "name": kind.name,
                "mode": kind.mode,
                "households": kind.has_households,
                "reference": kind.reference_label,
                "period": this_year if kind.period == Revenue.Period.YEAR else "",
            }
            for kind in kinds
        },
        "household_url": reverse("admin:payments_households"),
        "household_label": f"{household} {household.owner_name}" if household else "",
        "list_url": list_url(),
        "preview_url": reverse("admin:payments_paymentnotice_add_preview"),
        "fresh": not form.is_bound,
        "closed": closed_today(),
    }
    template = "payments/admin/counter.html"
    response = TemplateResponse(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
