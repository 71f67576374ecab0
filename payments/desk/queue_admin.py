"""The queue of payment notices in the admin: the list, its pages, the side menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from bannmae import access_log, navigation
from bannmae.staff_input import row_id
from bannmae.staff_lists import SEARCH_LIMIT, CappedListAdmin
from chatops import audience
from payments import access
from payments.desk import (
    counter,
    notice_acts,
    notice_page,
    notice_preview,
    queue_alerts,
    queue_batch,
    queue_chat,
    queue_counts,
    queue_households,
    queue_rows,
    slip_file,
)
from payments.desk.permissions import ReadByFinance
from payments.desk.queue_common import list_url, notice_url, receipt_url
from payments.models import PaymentNotice, Receipt, Status

OLDEST_FIRST = ("created_at", "id")
NEWEST_FIRST = ("-created_at", "-id")


@admin.register(PaymentNotice)
class PaymentNoticeAdmin(ReadByFinance, CappedListAdmin):
    """แจ้งชำระเงิน. Every page asks access.may_see; every change goes through workflow."""

    list_display = ["number"]
    list_filter = list(queue_rows.FILTERS)
    list_fullwidth = True
    search_fields = ["number"]
    search_help_text = "ค้นหา เลขที่ ผู้ชำระ เลขอ้างอิง จำนวนเงิน หรือโทรศัพท์"
    actions = None
    change_list_template = "payments/admin/queue.html"

    # -- who may do what -----------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        """At the counter; see counter.py."""
        return access.may_handle(request.user)

    # -- the list --------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentNotice]:
        """What the officer may see, with what a line shows."""
        return queue_rows.listed(access.visible_to(request.user, PaymentNotice.objects.all()))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The queue is worked off from its oldest; what is done is looked up from its newest."""
        status = request.GET.get("status", "")
        if not status:
            return NEWEST_FIRST if request.GET.get("q", "").strip() else OLDEST_FIRST
        done = (Status.RECEIPTED, Status.REJECTED, "all")
        return NEWEST_FIRST if status in done else OLDEST_FIRST

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PaymentNotice], search_term: str
    ) -> tuple[QuerySet[PaymentNotice], bool]:
        """Search by number, payer, references, amount and whole phones."""
        return queue_rows.find(queryset, search_term[:SEARCH_LIMIT]), False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> None:
        """The list's own template makes them."""
        return

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list as our own rows."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        changelist = context.get("cl") if context else None
        if changelist is None:
            return response
        handles = access.may_handle(request.user)
        confirmed = queue_batch.ready()[: queue_batch.AT_ONCE + 1].count() if handles else 0
        context |= {
            "title": "แจ้งชำระเงิน",
            "rows": queue_rows.rows_of(changelist.result_list),
            "bar": queue_rows.bar(changelist.filter_specs),
            "narrowed": bool(changelist.query)
            or any(request.GET.get(name) for name in queue_rows.NARROWING),
            "may_handle": handles,
            "to_issue": navigation.figure(confirmed, queue_batch.AT_ONCE) if confirmed else "",
        }
        return response

    # -- one notice ------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one notice; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return notice_page.notice_page(request, pk)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """รับชำระที่เคาน์เตอร์."""
        return counter.counter(request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page itself shows what happened."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Add what the pages post and show."""
        wrap = self.admin_site.admin_view
        one = "<int:pk>/"
        slip = require_safe(slip_file.slip)
        name = "payments_paymentnotice_{}".format
        return [
            path(f"{one}act/", wrap(_posted(notice_acts.act)), name=name("act")),
            path(
                f"{one}preview/", wrap(_posted(notice_preview.preview_view)), name=name("preview")
            ),
            path(f"{one}slip/<str:token>/", wrap(slip), name=name("slip")),
            path(
                f"{one}slip/<str:token>/small/", wrap(slip), {"size": "small"}, name("slip_small")
            ),
            path(f"{one}slip/<str:token>/file/", wrap(slip), {"size": "file"}, name("slip_file")),
            path("add/preview/", wrap(counter.preview), name=name("add_preview")),
            path("issue-all/", wrap(queue_batch.batch), name=name("issue_all")),
            path(
                "households/",
                wrap(require_safe(queue_households.households)),
                name="payments_households",
            ),
            *super().get_urls(),
        ]


def _posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let POST alone through to `view`; whoever comes by a link is shown the notice instead.

    Whose session ended while he wrote comes so: signing in leads back to where he sent it.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def posted(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        return view(request, pk, **kwargs) if request.method == "POST" else redirect(notice_url(pk))

    return posted


def _notices_of(staff: Any) -> QuerySet[PaymentNotice]:
    return access.visible_to(staff, PaymentNotice.objects.all())


def _receipts_of(staff: Any) -> QuerySet[Receipt]:
    return access.visible_to(staff, Receipt.objects.all())


# -- what the lower rooms show of ours --------------------------------------------------------

audience.add_topic(audience.Topic("payment", _notices_of, notice_url, access.SEES, closed=True))
audience.add_topic(audience.Topic("receipt", _receipts_of, receipt_url, access.SEES, closed=True))
access_log.guard(access_log.Guarded(prefix="payment", visible=_notices_of, field="number"))
queue_alerts.register()
queue_chat.register()
navigation.add_tiles(queue_counts.tiles)
navigation.add_worklists(queue_counts.worklists)
navigation.add_entry(
    navigation.Entry(
        title="แจ้งชำระเงิน",
        url=list_url,
        icon="payments",
        allowed=lambda request: access.may_see(request.user),
        order=1,
        badge=queue_counts.badge,
        group=navigation.MONEY,
    )
)
navigation.add_entry(
    navigation.Entry(
        title="รับชำระที่เคาน์เตอร์",
        url=lambda: reverse("admin:payments_paymentnotice_add"),
        icon="point_of_sale",
        allowed=lambda request: access.may_handle(request.user),
        order=2,
        inner=True,
        group=navigation.MONEY,
    )
)
