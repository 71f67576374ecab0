"""ใบแจ้งยอด in the admin: the list of what residents were asked to pay, and each one's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse

from bannmae import access_log, navigation
from bannmae.models import Staff
from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai.calendar import format_date
from chatops import audience
from chatops.desk.registry import ResidentRow, add_action, add_resident_section
from payments import access, requests
from payments.desk import request_page
from payments.desk.from_chat import from_chat
from payments.desk.permissions import ReadByFinance
from payments.models import PaymentRequest

SHOWN = 5


@admin.register(PaymentRequest)
class PaymentRequestAdmin(ReadByFinance, CappedListAdmin):
    """Seen by กองคลัง alone; made from the chat, never edited."""

    list_display = ["number", "day", "what_for", "baht", "payer", "state"]
    search_fields = ["number", "what_for", "ref1"]
    search_help_text = "ค้นหา เลขที่ รายการ หรือ Ref.1"
    list_select_related = ["notice", "resident"]
    actions = None
    ordering = ["-id"]

    @admin.display(description="วันที่")
    def day(self, one: PaymentRequest) -> str:
        """When it was sent."""
        return format_date(one.at, short=True)

    @admin.display(description="จำนวนเงิน")
    def baht(self, one: PaymentRequest) -> str:
        """The amount."""
        return f"{one.amount:,.2f}"

    @admin.display(description="ผู้รับ")
    def payer(self, one: PaymentRequest) -> str:
        """Who was asked."""
        return str(one.resident)

    @admin.display(description="สถานะ")
    def state(self, one: PaymentRequest) -> str:
        """How it stands."""
        return state_of(one)[0]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return request_page.request_page(request, pk)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Its notice shows what happened."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Add the form and the way back."""
        wrap = self.admin_site.admin_view
        return [
            path("take-from-chat/", wrap(from_chat), name="payments_notice_from_chat"),
            path("from-chat/", wrap(request_page.from_chat), name="payments_request_from_chat"),
            path(
                "<int:pk>/cancel/", wrap(request_page.cancel), name="payments_paymentrequest_cancel"
            ),
            *super().get_urls(),
        ]


def state_of(one: PaymentRequest) -> tuple[str, str]:
    """Return how a request stands, in words and as a chip's colour."""
    if one.cancelled_at is not None:
        return "ยกเลิกแล้ว", "ended"
    if one.is_answered:
        return f"แจ้งชำระแล้ว ({one.notice})", "done"
    return "รอชำระ", "ask"


def url_of(pk: int) -> str:
    """Return the page of a request."""
    return reverse("admin:payments_paymentrequest_change", args=[pk])


def _requests_of(staff: Staff) -> QuerySet[PaymentRequest]:
    return access.visible_to(staff, PaymentRequest.objects.all())


def _rows(staff: Staff, resident_ids: Sequence[int]) -> list[ResidentRow]:
    """Return what she was asked to pay lately, for who may see payments."""
    if not access.may_see(staff):
        return []
    mine = PaymentRequest.objects.filter(resident__in=list(resident_ids)).select_related("notice")
    rows = []
    for one in mine.order_by("-id")[:SHOWN]:
        state, tone = state_of(one)
        rows.append(
            ResidentRow(
                text=f"{one.number} {one.what_for}",
                url=url_of(one.pk),
                hint=f"{one.amount:,.2f} บาท · {format_date(one.at, short=True)}",
                state=state,
                tone=tone,
            )
        )
    return rows


audience.add_topic(audience.Topic(requests.ABOUT, _requests_of, url_of, access.SEES, closed=True))
access_log.guard(access_log.Guarded(prefix=requests.ABOUT, visible=_requests_of, field="number"))
add_action(
    "payment-request",
    "แจ้งยอดให้ชำระ",
    allowed=access.may_handle,
    url=lambda: reverse("admin:payments_request_from_chat"),
)
add_action(
    "payment-notice",
    "บันทึกเป็นแจ้งชำระเงิน",
    allowed=access.may_handle,
    url=lambda: reverse("admin:payments_notice_from_chat"),
)
add_resident_section("ใบแจ้งยอด", _rows)
navigation.add_entry(
    navigation.Entry(
        title="ใบแจ้งยอด",
        url=navigation.list_url("payments_paymentrequest"),
        icon="request_quote",
        allowed=lambda request: access.may_see(request.user),
        order=8,
        group=navigation.MONEY,
    )
)
