"""จับคู่เงินเข้ากับแจ้งชำระ: what is proposed, and what stands alone on either side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from bannmae.staff_input import row_id
from bannmae.thai.calendar import format_date, format_datetime
from payments import access
from payments.desk.queue_common import notice_url
from payments.desk.register_common import note_act, note_look, page, require_sees
from payments.errors import Refused
from payments.models import BankAccount, PaymentNotice, StatementImport, StatementLine
from payments.statements import acts
from payments.statements.matching import DAY, Pair

SHOWN = 50  # pairs of each kind, and rows that stand alone
BADGE = 99
FRESH = timedelta(days=60)
CERTAINTY = {
    "sure": ("แน่ใจ", "done"),
    "likely": ("น่าจะใช่", "news"),
    "ambiguous": ("ไม่แน่ชัด", "warn"),
}


def match_page(request: HttpRequest) -> HttpResponse:
    """Show what is proposed."""
    staff = require_sees(request)
    note_look(request, "money:statements")
    overview = acts.overview()
    sure = [pair for pair in overview.pairs if pair.is_sure]
    others = [pair for pair in overview.pairs if not pair.is_sure]
    shown_sure, shown_others = sure[: acts.AT_ONCE], others[:SHOWN]
    alone = overview.alone[:SHOWN]
    lines, notices = _rows([*shown_sure[:SHOWN], *shown_others], alone)
    context = {
        "sure": _shown(shown_sure[:SHOWN], lines, notices),
        "sure_count": len(sure),
        "sure_all": [f"{pair.line}:{pair.notice}" for pair in shown_sure],
        "others": _shown(shown_others, lines, notices),
        "others_count": len(others),
        "shown": SHOWN,
        "lines_alone": overview.lines - len(overview.pairs),
        "notices_alone": len(overview.alone),
        "notices": [notice_words(notices[pk]) for pk in alone if pk in notices],
        "rejected": acts.of_rejected(StatementLine.objects.all())[: BADGE + 1].count(),
        "is_whole": overview.is_whole,
        "limits": (acts.LINES, acts.NOTICES),
        "may_handle": access.may_handle(staff),
        "has_accounts": BankAccount.objects.exists(),
        "imports": StatementImport.objects.select_related("account", "by").order_by("-id")[:5],
    }
    return page(request, "statement_match", "จับคู่เงินเข้ากับแจ้งชำระ", context)


def match_sure(request: HttpRequest) -> HttpResponseBase:
    """Match the sure pairs that the page showed, as far as they still are."""
    wanted = set()
    for sent in request.POST.getlist("pair")[: acts.AT_ONCE]:
        line, _, notice = sent.partition(":")
        pair = row_id(line), row_id(notice)
        if pair[0] is not None and pair[1] is not None:
            wanted.add((pair[0], pair[1]))
    pairs = acts.sure_among(wanted)
    try:
        with transaction.atomic():
            count = acts.match_all(pairs, request.user)
            note_act(request, "money:statements", f"จับคู่ที่แน่ใจ {count:,} คู่")
    except Refused as error:
        messages.error(request, str(error))
    else:
        left = len(wanted) - count
        messages.success(
            request,
            f"จับคู่แล้ว {count:,} คู่"
            + (f" อีก {left:,} คู่เปลี่ยนไปแล้วจึงไม่จับคู่" if left else "")
            + " ยอดเงินยังต้องยืนยันในหน้าแจ้งชำระ",
        )
    return redirect("admin:payments_statement_match")


def notice_words(notice: PaymentNotice) -> dict[str, Any]:
    """Return what a pair's page shows of a notice."""
    return {
        "pk": notice.pk,
        "url": notice_url(notice.pk),
        "number": notice.number,
        "payer": notice.payer_name or "ไม่ได้บอกชื่อ",
        "revenue": notice.revenue.menu_name if notice.revenue else "ยังไม่ระบุประเภท",
        "amount": notice.amount,
        "when": format_datetime(notice.paid_at, short=True)
        if notice.paid_at
        else f"แจ้ง {format_datetime(notice.created_at, short=True)}",
        "status": notice.get_status_display(),
    }


def _line_words(line: StatementLine) -> dict[str, Any]:
    return {
        "pk": line.pk,
        "when": format_datetime(line.at, short=True)
        if line.has_time
        else format_date(line.at, short=True),
        "amount": line.amount,
        "text": " · ".join(filter(None, (line.description, line.reference))) or "–",
        "account": str(line.account),
    }


def _rows(
    shown: Sequence[Pair], more: Sequence[int]
) -> tuple[dict[int, StatementLine], dict[int, PaymentNotice]]:
    lines = StatementLine.objects.select_related("account").in_bulk([one.line for one in shown])
    notices = PaymentNotice.objects.select_related("revenue").in_bulk(
        [*(one.notice for one in shown), *more]
    )
    return lines, notices


def _shown(
    pairs: Iterable[Pair],
    lines: dict[int, StatementLine],
    notices: dict[int, PaymentNotice],
) -> list[dict[str, Any]]:
    return [
        {
            "line": _line_words(lines[pair.line]),
            "notice": notice_words(notices[pair.notice]),
            "why": why(pair),
            "certainty": CERTAINTY[pair.certainty][0],
            "tone": CERTAINTY[pair.certainty][1],
        }
        for pair in pairs
        if pair.line in lines and pair.notice in notices
    ]


def why(pair: Pair) -> str:
    """Say what speaks for a pair, and what against."""
    parts = ["จำนวนเงินตรง"]
    if pair.by_reference:
        parts.append("เลขอ้างอิงในสลิปตรง")
    if pair.by_name:
        parts.append("ชื่อผู้ชำระตรง")
    parts.append(apart(pair.minutes))
    if pair.rivals:
        parts.append(f"มีอีก {pair.rivals} คู่ที่ใกล้เคียงกัน")
    return " · ".join(parts)


def apart(minutes: int) -> str:
    """Say how far apart two moments are."""
    if minutes >= DAY:
        return f"ห่าง {minutes // DAY} วัน"
    if minutes >= 60:
        return f"ห่าง {minutes // 60} ชม. {minutes % 60} นาที"
    return f"ห่าง {minutes} นาที" if minutes else "เวลาตรงกัน"
