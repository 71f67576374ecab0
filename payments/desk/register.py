"""ทะเบียนคุมใบเสร็จรับเงิน: the list of what was issued. Nothing of it is added or changed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from django.contrib import admin
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedPaginator, StaffModelAdmin
from bannmae.thai.calendar import format_date
from payments import access
from payments.desk import register_files, register_output, register_page, register_print, voids
from payments.desk.permissions import ReadByFinance
from payments.desk.register_common import add_entry, page, require_sees
from payments.desk.register_narrowing import (
    STATES,
    Narrowing,
    is_asked,
    narrowing_of,
    sums_of,
)
from payments.models import Receipt, ReceiptBook, RegisterFile, Revenue

PER_PAGE = 50
BOOKS_OFFERED = 100
# Not shown in a line.
NOT_LISTED = ("municipality_address", "total_text", "payer_address", "note")


@dataclass(frozen=True, slots=True)
class Row:
    """A receipt as a line of the list."""

    url: str
    day: str
    book: str
    number: str
    payer: str
    revenue: str
    method: str
    total: Any
    state: str
    tone: str
    elaas: bool


def rows_of(receipts: Any) -> list[Row]:
    """Return the lines of `receipts` (see `listed`); asks the database nothing."""
    return [
        Row(
            url=reverse("admin:payments_receipt_change", args=[one.pk]),
            day=format_date(one.issued_on, short=True),
            book=one.book_label,
            number=one.number_label,
            payer=one.payer_name,
            revenue=one.revenue_name,
            method=one.get_method_display(),
            total=one.total,
            state="ยกเลิก" if one.is_void else "รออนุมัติ" if one.asked else "ใช้ได้",
            tone="late" if one.is_void else "warn" if one.asked else "done",
            elaas=one.mode == Receipt.Mode.ELAAS,
        )
        for one in receipts
    ]


def listed(receipts: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """Return `receipts` with what a line shows, newest first."""
    return receipts.defer(*NOT_LISTED).annotate(asked=is_asked()).order_by("-id")


def _books(chosen: ReceiptBook | None) -> list[ReceiptBook]:
    books = list(
        ReceiptBook.objects.select_related("revenue").order_by(
            "-fiscal_year", "revenue__order", "-number"
        )[:BOOKS_OFFERED]
    )
    if chosen is not None and chosen not in books:
        books.append(chosen)
    return books


def the_list(request: HttpRequest) -> HttpResponse:
    """Show the register."""
    staff = require_sees(request)
    ask: Narrowing = narrowing_of(request.GET)
    receipts = ask.apply(access.visible_to(staff, Receipt.objects.all()))
    paginator = CappedPaginator(listed(receipts), PER_PAGE)
    shown: Page[Receipt] = paginator.get_page(row_id(request.GET.get("p", "")) or 1)
    query = ask.query()
    return page(
        request,
        "register",
        "ทะเบียนคุมใบเสร็จรับเงิน",
        {
            "ask": ask,
            "rows": rows_of(shown.object_list),
            "pages": shown,
            "paginator": paginator,
            "numbers": paginator.get_elided_page_range(shown.number, on_ends=1),
            "sums": None if ask.is_none else sums_of(receipts),
            "revenues": list(Revenue.objects.order_by("order", "id")),
            "books": _books(ask.book),
            "modes": Receipt.Mode.choices,
            "states": STATES,
            "query": query,
            "most": register_output.MOST,
        },
    )


@admin.register(Receipt)
class ReceiptAdmin(ReadByFinance, StaffModelAdmin):
    """What was issued. Issuing, voiding and reprinting go through payments.receipts."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the register."""
        return require_safe(the_list)(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one receipt; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return register_page.receipt_page(request, pk)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none."""
        raise Http404

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none."""
        raise Http404

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The notice's entries and the access log are the history."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Add what the receipt's page posts, the register's papers, and the voids."""
        wrap = self.admin_site.admin_view
        own = [
            ("print/", _posted(register_print.print_receipt), "print"),
            ("original/", require_safe(register_print.original), "original"),
            ("void/", _posted(register_page.ask_void), "void"),
            ("revoke/", _posted(register_page.revoke), "revoke"),
            ("approve/", _posted(voids.approve), "approve"),
            ("decline/", _posted(voids.decline), "decline"),
        ]
        return [
            path("voids/", wrap(require_safe(voids.the_list)), name="payments_receipt_voids"),
            *(
                path(
                    f"register.{form}",
                    wrap(partial(register_output.give, form=form)),
                    name=f"payments_receipt_register_{form}",
                )
                for form in RegisterFile.Form
            ),
            path(
                "registers/<int:pk>/",
                wrap(require_safe(register_files.look)),
                name="payments_receipt_register_file",
            ),
            *(
                path(f"<int:pk>/{tail}", wrap(view), name=f"payments_receipt_{name}")
                for tail, view, name in own
            ),
            *super().get_urls(),
        ]


def _posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let POST alone through to `view`; whoever comes by a link is shown the receipt instead."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def posted(request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            return view(request, pk)
        return redirect("admin:payments_receipt_change", pk)

    return posted


add_entry("ทะเบียนใบเสร็จ", lambda: reverse("admin:payments_receipt_changelist"), "receipt_long", 20)
