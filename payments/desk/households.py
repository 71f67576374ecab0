"""ครัวเรือน (ค่าเก็บขยะ): the list, the report of arrears, and where the other pages hang."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from bannmae.models import Municipality
from bannmae.staff_input import row_id
from bannmae.staff_lists import SEARCH_LIMIT, CappedListAdmin
from payments import access
from payments.desk import households_import, households_page
from payments.desk.permissions import HandledByFinance, posted
from payments.desk.register_common import (
    add_entry,
    note_act,
    require_sees,
    sheet_response,
    today,
)
from payments.errors import Refused
from payments.garbage import listing, rules
from payments.garbage.months import month_words
from payments.models import Household

OWES = {1: "ค้างตั้งแต่ 1 เดือน", 3: "3 เดือนขึ้นไป", 6: "6 เดือนขึ้นไป", 12: "12 เดือนขึ้นไป"}


class VillageFilter(SimpleListFilter):
    """One หมู่."""

    title = "หมู่ที่"
    parameter_name = "village"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that have households."""
        found = Household.objects.order_by("village").values_list("village", flat=True).distinct()
        return [(str(one), f"หมู่ที่ {one}") for one in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow down."""
        village = row_id(self.value() or "")
        return queryset.filter(village=village) if village and village < 100 else queryset


class OwesFilter(SimpleListFilter):
    """How many months are owed at least."""

    title = "ค้างชำระ"
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """A month, a quarter, half a year, a year; and those without a rate."""
        return [*((str(least), words) for least, words in OWES.items()), ("rate", "ยังไม่มีอัตรา")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow down."""
        if self.value() == "rate":
            return listing.without_rate(queryset)
        least = row_id(self.value() or "")
        return listing.owing(queryset, least) if least in OWES else queryset


@admin.register(Household)
class HouseholdAdmin(HandledByFinance, CappedListAdmin):
    """Whose bin is emptied. Everything goes through payments/garbage/register.py."""

    list_display = ["house", "owner_name", "rate", "paid_until", "owed_months", "owed_baht"]
    list_filter = [VillageFilter, OwesFilter]
    list_fullwidth = True
    list_before_template = "payments/admin/household_list_head.html"
    search_fields = ["search_text"]
    search_help_text = "ค้นหา บ้านเลขที่ หมู่ที่ (ม.3) หรือชื่อ"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Household]:
        """With what each owes; rates and paid months come for the page's rows alone."""
        # Not the admin's own: it would order by what is not there yet.
        rows = access.visible_to(request.user, Household.objects.defer("phone"))
        return listing.with_months(listing.in_order(listing.with_what_is_owed(rows)))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Along the street; a click on a column's head orders by that."""
        return listing.ORDER

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Every word must be there."""
        return listing.search(queryset, search_term[:SEARCH_LIMIT]), False

    def get_urls(self) -> list[Any]:
        """Add the pages beside the list, and what they post."""
        wrap = self.admin_site.admin_view
        name = "payments_household_{}".format
        return [
            path("import/", wrap(households_import.import_page), name=name("import")),
            path("arrears.xlsx", wrap(require_safe(self.arrears)), name=name("arrears")),
            path("rate/", wrap(households_page.rates_page), name=name("rates")),
            path("<int:pk>/rate/", wrap(posted(households_page.set_rate)), name=name("rate")),
            path("<int:pk>/edit/", wrap(households_page.edit), name=name("edit")),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new one."""
        return households_page.add(request)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One of them; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return households_page.household_page(request, pk)

    def arrears(self, request: HttpRequest) -> HttpResponseBase:
        """Give who owes, as far as the list is narrowed down, as a spreadsheet."""
        # A slow import: only when somebody asks for the file.
        from payments.garbage.report import arrears_xlsx

        staff = require_sees(request)
        changelist = self.get_changelist_instance(request)
        village = row_id(request.GET.get("village", ""))
        narrowed = f"เฉพาะหมู่ที่ {village}" if village else ""
        rows = access.visible_to(staff, changelist.get_queryset(request))
        try:
            data = arrears_xlsx(rows, Municipality.get_solo().name, today(), narrowed)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("admin:payments_household_changelist")
        note_act(request, "money:households", f"พิมพ์รายงานค้างชำระค่าเก็บขยะ {narrowed}".strip())
        return sheet_response(data, f"arrears-{today():%Y%m%d}")

    # -- columns ---------------------------------------------------------------------------

    @admin.display(description="บ้านเลขที่", ordering="village")
    def house(self, row: Household) -> str:
        """Which house."""
        return str(row)

    @admin.display(description="บาท/เดือน")
    def rate(self, row: Household) -> str:
        """The rate of this month."""
        current = rules.current_month()
        rates = [(one.since, one.amount) for one in row.rates.all()]
        amount = rules.rate_on(rates, max(current, row.since))
        return f"{amount:,.2f}" if amount is not None else "ยังไม่มีอัตรา"

    @admin.display(description="ชำระถึง")
    def paid_until(self, row: Household) -> str:
        """The last month before the first one that is not paid."""
        first = next((one.month for one in rules.months_payable(row)), None)
        paid = [one.month for one in row.paid_months.all()]
        months = [month for month in paid if first is None or month < first]
        return month_words(max(months)) if months else "–"

    @admin.display(description="ค้าง (เดือน)", ordering="owed")
    def owed_months(self, row: Any) -> str:
        """How many months are owed."""
        if not row.owed:
            return format_html('<span class="bm-chip bm-done">{}</span>', "ไม่ค้าง")
        tone = "late" if row.owed >= 3 else "warn"
        return format_html('<span class="bm-chip bm-{}">{} เดือน</span>', tone, row.owed)

    @admin.display(description="เป็นเงิน (บาท)")
    def owed_baht(self, row: Household) -> str:
        """What they cost."""
        owed = sum((one.amount for one in rules.months_owed(row)), rules.NOTHING)
        return f"{owed:,.2f}" if owed else "–"


add_entry(
    "ครัวเรือน (ค่าเก็บขยะ)",
    lambda: reverse("admin:payments_household_changelist"),
    "home_work",
    50,
)
