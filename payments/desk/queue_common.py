"""What the pages of payments share: which notice, who may, what is noted of a look or an act."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from bannmae.access_log import record
from bannmae.models import AccessLog
from payments import access
from payments.models import PaymentNotice, Receipt

LOOK_SECONDS = 3600
SHOWN = ("revenue", "resident", "checker", "confirmed_by", "household", "assessment", "case")


def list_url(**query: str) -> str:
    """Return the address of the queue with these filters."""
    tail = f"?{urlencode(query)}" if query else ""
    return reverse("admin:payments_paymentnotice_changelist") + tail


def notice_url(pk: int) -> str:
    """Return the address of a notice's page."""
    return reverse("admin:payments_paymentnotice_change", args=[pk])


def receipt_print_url(receipt: Receipt) -> str:
    """Return where staff print a receipt."""
    return reverse("admin:payments_receipt_print", args=[receipt.pk])


def receipt_url(pk: int) -> str:
    """Return the page of a receipt in the register."""
    return reverse("admin:payments_receipt_change", args=[pk])


def notice_for(request: HttpRequest, pk: int) -> PaymentNotice:
    """Return a notice with what its page shows; Http404 for who sees no payments."""
    rows = access.visible_to(request.user, PaymentNotice.objects.select_related(*SHOWN))
    notice = rows.filter(pk=pk).first()
    if notice is None:
        raise Http404
    return notice


def require_handling(request: HttpRequest) -> None:
    """Raise Http404 for who sees no payments, PermissionDenied for who only looks."""
    if not access.may_see(request.user):
        raise Http404
    if not access.may_handle(request.user):
        raise PermissionDenied


def subject(notice: PaymentNotice) -> str:
    """Return how the access log names a notice."""
    return f"payment:{notice.number}"


def note_look(request: HttpRequest, notice: PaymentNotice) -> None:
    """Note that the officer looks at a payment; an hour's looking is one row."""
    if cache.add(f"payment-look:{request.user.pk}:{notice.pk}", True, LOOK_SECONDS):
        record(request, AccessLog.Action.VIEW_PAYMENT, subject(notice))


def note_act(request: HttpRequest, notice: PaymentNotice, what: str) -> None:
    """Note what the officer did; call it in the transaction of the act itself."""
    record(request, AccessLog.Action.MONEY, subject(notice), what)


def is_fetch(request: HttpRequest) -> bool:
    """True when our own script asks, and not the browser for a page."""
    return request.headers.get("X-Requested-With") == "fetch"
