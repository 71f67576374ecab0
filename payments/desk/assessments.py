"""รายการประเมิน: what each payer is to pay for a year, and what has come of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone

from bannmae.navigation import list_url
from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai import national_id
from bannmae.thai.calendar import format_date, local_date
from payments.assessments.identity import person_candidates
from payments.assessments.queries import HALF_A_SATANG, rest_of, unpaid, with_payments
from payments.assessments.surcharge import due_of, estimate
from payments.desk.permissions import HandledByFinance, posted
from payments.desk.register_common import add_entry, note_act, note_look, page, require_sees
from payments.models import Assessment, AssessmentImport, Receipt, TaxpayerLink, TaxTerms

STATES = {
    "unpaid": "ยังไม่ชำระ",
    "paid": "ชำระแล้ว",
    "cancelled": "ยกเลิก",
}
ACTS = {
    # name: (button, what is noted)
    "paid": ("ชำระทางอื่นแล้ว", "ทำเครื่องหมายว่าชำระทางอื่นแล้ว"),
    "unpaid": ("ยังไม่ได้ชำระ", "ถอนเครื่องหมายชำระทางอื่น"),
    "cancel": ("ยกเลิกรายการ", "ยกเลิกรายการประเมิน"),
    "restore": ("นำกลับมาใช้", "นำรายการประเมินกลับมาใช้"),
}


def state_of(row: Assessment) -> tuple[str, str]:
    """Return how an assessment (of with_payments) stands: words and tone."""
    if row.cancelled_at is not None:
        return "ยกเลิก", "late"
    if row.paid_at is not None:
        return "ชำระทางอื่นแล้ว", "done"
    rest = rest_of(row)
    if rest <= 0:
        return "ชำระแล้ว", "done"
    if rest < row.amount:
        return f"ชำระบางส่วน เหลือ {rest:,.2f}", "warn"
    if row.has_notice:  # type: ignore[attr-defined]
        return "แจ้งชำระแล้ว รอตรวจสอบ", "news"
    return "ยังไม่ชำระ", "ask"


class StateFilter(SimpleListFilter):
    """Paid or not; receipts tell."""

    title = "สถานะ"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three ways that it may stand."""
        return list(STATES.items())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Assessment]
    ) -> QuerySet[Assessment]:
        """Narrow down."""
        if self.value() == "cancelled":
            return queryset.filter(cancelled_at__isnull=False)
        if self.value() == "unpaid":
            return unpaid(queryset)
        if self.value() == "paid":
            enough = {"paid_sum__gte": F("amount") - HALF_A_SATANG}
            return with_payments(queryset.filter(cancelled_at__isnull=True)).filter(
                Q(paid_at__isnull=False) | Q(**enough)
            )
        return queryset


class YearFilter(SimpleListFilter):
    """The year of the tax: those that were taken in, the newest first."""

    title = "ปี"
    parameter_name = "year"
    MOST = 20

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each year of the files."""
        years = AssessmentImport.objects.order_by("-year").values_list("year", flat=True)
        return [(str(year), str(year)) for year in years.distinct()[: self.MOST]]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Assessment]
    ) -> QuerySet[Assessment]:
        """Narrow down."""
        year = self.value() or ""
        return queryset.filter(year=year) if year.isdecimal() and len(year) == 4 else queryset


@admin.register(Assessment)
class AssessmentAdmin(HandledByFinance, CappedListAdmin):
    """The list; rows come from files alone."""

    list_display = ["number", "payer_name", "kind", "year", "shown_amount", "due", "state"]
    list_filter = [StateFilter, "revenue", YearFilter]
    search_fields = ["number", "payer_name", "owner_code"]
    search_help_text = "เลขที่หนังสือแจ้ง ชื่อ รหัส ผ.ท.4 หรือเลขประจำตัวประชาชน 13 หลัก"
    ordering = ["-year", "-id"]
    actions = None
    list_before_template = "payments/admin/assessment_list_head.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        """With what was paid; the encrypted columns are not opened."""
        rows: QuerySet[Assessment] = super().get_queryset(request)
        return with_payments(rows.select_related("revenue").defer("national_id", "address"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A whole ID finds what is its owner's."""
        if national_id.is_valid(search_term):
            digests = person_candidates(national_id.normalise(search_term))
            return queryset.filter(national_id_index__in=digests), False
        found: tuple[QuerySet[Any], bool] = super().get_search_results(
            request, queryset, search_term
        )
        return found

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list names payers: who looks is noted."""
        require_sees(request)
        note_look(request, "money:assessments")
        return super().changelist_view(request, *args, **kwargs)

    @admin.display(description="ประเภท", ordering="revenue")
    def kind(self, row: Assessment) -> str:
        """Its short name."""
        return row.revenue.menu_name

    @admin.display(description="จำนวนเงิน", ordering="amount")
    def shown_amount(self, row: Assessment) -> str:
        """In baht."""
        return f"{row.amount:,.2f}"

    @admin.display(description="ครบกำหนด", ordering="due_on")
    def due(self, row: Assessment) -> str:
        """Its own day; '' as the year's terms say."""
        return format_date(row.due_on, short=True) if row.due_on else "ตามประกาศของปี"

    @admin.display(description="สถานะ")
    def state(self, row: Assessment) -> str:
        """How it stands."""
        return state_of(row)[0]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from files."""
        return False

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none."""
        raise Http404

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One assessment; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return look(request, pk)

    def get_urls(self) -> list[Any]:
        """Add what the page posts."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/act/<slug:name>/", wrap(act), name="payments_assessment_act"),
            *super().get_urls(),
        ]


def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one assessment: the ID as a mask, what was paid, what paying today would cost."""
    require_sees(request)
    row = (
        with_payments(Assessment.objects.select_related("revenue", "source")).filter(pk=pk).first()
    )
    if row is None:
        raise Http404
    note_look(request, f"money:assessment:{pk}")
    terms = TaxTerms.objects.filter(revenue=row.revenue_id, year=row.year).first()
    rest = rest_of(row)
    today = local_date(timezone.now())
    linked = (
        TaxpayerLink.objects.filter(
            national_id_index=row.national_id_index, ended_at__isnull=True
        ).count()
        if row.national_id_index
        else 0
    )
    words, tone = state_of(row)
    context = {
        "row": row,
        "masked_id": national_id.mask(row.national_id),
        "due": due_of(row, terms),
        "rest": rest,
        "estimate": estimate(rest, due_of(row, terms), terms, today) if rest > 0 else None,
        "receipts": Receipt.objects.filter(notice__assessment=row).order_by("-pk"),
        "notices": row.notices.order_by("-pk"),
        "linked": linked,
        "state": words,
        "tone": tone,
        "acts": [(name, ACTS[name][0]) for name in _possible(row)],
        "back_url": reverse("admin:payments_assessment_changelist"),
    }
    return page(request, "assessment", f"รายการประเมิน {row.number}", context)


@posted
def act(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Mark as paid elsewhere or cancel, and take either back; with a reason, which is noted."""
    back = redirect("admin:payments_assessment_change", pk)
    reason = " ".join(request.POST.get("reason", "").split())[:200]
    if name not in ACTS:
        raise Http404
    if not reason:
        messages.error(request, "โปรดระบุเหตุผล")
        return back
    with transaction.atomic():
        row = with_payments(Assessment.objects.filter(pk=pk)).first()
        if row is None:
            raise Http404
        if name not in _possible(row):
            messages.error(request, "รายการนี้เปลี่ยนไปแล้ว โปรดดูข้อมูลล่าสุด")
            return back
        now = timezone.now()
        changes: dict[str, dict[str, Any]] = {
            "paid": {"paid_at": now},
            "unpaid": {"paid_at": None},
            "cancel": {"cancelled_at": now},
            "restore": {"cancelled_at": None},
        }
        Assessment.objects.filter(pk=pk).update(**changes[name])
        note_act(request, f"money:assessment:{pk}", f"{ACTS[name][1]}: {reason}")
    messages.success(request, "บันทึกแล้ว")
    return back


def _possible(row: Assessment) -> list[str]:
    if row.cancelled_at is not None:
        return ["restore"]
    if row.paid_at is not None:
        return ["unpaid", "cancel"]
    return ["paid", "cancel"] if rest_of(row) > 0 else []


add_entry("รายการประเมินภาษี", list_url("payments_assessment"), "request_quote", 60)
