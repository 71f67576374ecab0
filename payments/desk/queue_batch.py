"""ออกใบเสร็จทุกรายการที่ยืนยันแล้ว: many receipts at once, each in a transaction of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse

from bannmae.staff_input import row_id
from payments import access
from payments.desk.notice_issue import issue_confirmed
from payments.desk.queue_common import (
    is_fetch,
    list_url,
    notice_url,
    receipt_print_url,
    require_handling,
)
from payments.desk.queue_rows import what_for
from payments.errors import Refused, Stale
from payments.models import PaymentNotice, Receipt, Revenue, Status

logger = logging.getLogger(__name__)
AT_ONCE = 200
# What the script sends at a time: its bar moves about each second.
CHUNK = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notice. States: issued, already, refused."""

    pk: int
    number: str
    url: str
    state: str
    text: str
    print_url: str = ""


def ready() -> QuerySet[PaymentNotice]:
    """Return the confirmed notices of kinds whose receipts are ours, oldest first."""
    rows = PaymentNotice.objects.filter(
        is_open=True, status=Status.CONFIRMED, revenue__mode=Revenue.Mode.OWN
    )
    return rows.select_related("revenue").order_by("created_at", "id")


def batch(request: HttpRequest) -> HttpResponse:
    """Show what would be issued; posted, issue what was ticked and say what became of it."""
    if not access.may_see(request.user):
        raise Http404
    require_handling(request)
    if request.method != "POST":
        return _page(request)
    outcomes = [_issue(request, pk, version) for pk, version in _sent(request)]
    if is_fetch(request):
        return JsonResponse({"outcomes": [_json(one) for one in outcomes]})
    return _page(request, outcomes)


def _sent(request: HttpRequest) -> list[tuple[int, int]]:
    """Return each ticked notice once, with the version that was on the page."""
    found: dict[int, int] = {}
    for value in request.POST.getlist("notice"):
        key, _, version = value.partition(":")
        pk, seen = row_id(key), row_id(version)
        if pk is not None and seen is not None:
            found[pk] = seen
    return list(found.items())[:AT_ONCE]


def _issue(request: HttpRequest, pk: int, version: int) -> Outcome:
    notice = PaymentNotice.objects.filter(pk=pk).first()
    if notice is None:
        return Outcome(pk, str(pk), "", "refused", "ไม่พบรายการนี้")
    known = {"pk": pk, "number": notice.number, "url": notice_url(pk)}
    try:
        receipt = issue_confirmed(request, pk, version)
    except Stale as error:
        # A second click, or a colleague: what is issued is issued once.
        issued = Receipt.objects.filter(notice=pk, is_void=False).first()
        if issued is None:
            return Outcome(**known, state="refused", text=str(error))
        return Outcome(
            **known,
            state="already",
            text=f"ออกใบเสร็จแล้วก่อนหน้านี้: {issued}",
            print_url=receipt_print_url(issued),
        )
    except Refused as error:
        return Outcome(**known, state="refused", text=str(error))
    except Exception:
        # Whatever is wrong with one, its neighbours are issued all the same.
        logger.exception("No receipt for notice %s", notice.number)
        return Outcome(**known, state="refused", text="ระบบขัดข้องที่รายการนี้ โปรดลองออกทีละรายการ")
    return Outcome(**known, state="issued", text=str(receipt), print_url=receipt_print_url(receipt))


def _json(outcome: Outcome) -> dict[str, Any]:
    return {
        "pk": outcome.pk,
        "number": outcome.number,
        "state": outcome.state,
        "text": outcome.text,
        "print_url": outcome.print_url,
    }


def _page(request: HttpRequest, outcomes: list[Outcome] | None = None) -> HttpResponse:
    rows = list(ready()[: AT_ONCE + 1])
    more = len(rows) > AT_ONCE
    rows = rows[:AT_ONCE]
    elsewhere = PaymentNotice.objects.filter(is_open=True, status=Status.CONFIRMED).exclude(
        revenue__mode=Revenue.Mode.OWN
    )
    done = outcomes or []
    context = {
        **admin.site.each_context(request),
        "title": "ออกใบเสร็จทุกรายการที่ยืนยันแล้ว",
        "rows": [
            {
                "value": f"{row.pk}:{row.version}",
                "pk": row.pk,
                "number": row.number,
                "url": notice_url(row.pk),
                "payer": row.payer_name,
                "what": what_for(row),
                "amount": row.amount,
                "method": row.get_method_display(),
            }
            for row in rows
        ],
        "total": sum((row.amount or Decimal(0) for row in rows), Decimal("0.00")),
        "more": more,
        "limit": AT_ONCE,
        "chunk": CHUNK,
        "elsewhere": elsewhere.count(),
        "elsewhere_url": list_url(status="confirmed"),
        "outcomes": done,
        "issued": sum(one.state == "issued" for one in done),
        "already": sum(one.state == "already" for one in done),
        "refused": [one for one in done if one.state == "refused"],
        "list_url": list_url(),
    }
    response = TemplateResponse(request, "payments/admin/batch.html", context)
    response["Cache-Control"] = "no-store"
    return response
