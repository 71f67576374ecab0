"""What the page of a notice posts. Whatever is refused, what was typed stays on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from bannmae.staff_input import row_id
from bannmae.thai.text import normalise_text
from payments import workflow
from payments.desk.lines import read
from payments.desk.notice_confirming import confirmation
from payments.desk.notice_forms import NoticeForm
from payments.desk.notice_issue import ElaasForm, issue_confirmed, issue_elaas
from payments.desk.notice_page import Typed, following, notice_page
from payments.desk.notice_stands import unsaved
from payments.desk.queue_common import (
    list_url,
    note_act,
    notice_for,
    notice_url,
    receipt_print_url,
    require_handling,
)
from payments.desk.queue_rows import EDITABLE
from payments.errors import Refused, Stale
from payments.models import (
    NoticeEntry,
    PaymentNotice,
    Receipt,
    Revenue,
)

Kind = NoticeEntry.Kind
ALREADY = "บันทึกไว้แล้วตั้งแต่ครั้งก่อน จึงไม่บันทึกซ้ำ"
# A second click of the same button comes within this.
AGAIN = timedelta(minutes=2)
DOES = {
    "save": Kind.EDITED,
    "take": Kind.CHECKING,
    "confirm": Kind.CONFIRMED,
    "issue": Kind.RECEIPTED,
    "elaas": Kind.RECEIPTED,
    "ask": Kind.ASKED,
    "reject": Kind.REJECTED,
    "take_back": Kind.UNCONFIRMED,
    "look_again": Kind.REOPENED,
}
# What is typed is kept by these, the lines of the receipt by those that confirm.
CONFIRMS = frozenset({"confirm", "issue"})
KEEPS = CONFIRMS | {"save", "take", "ask"}


def act(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
    """Do what the pressed button says."""
    require_handling(request)
    notice = notice_for(request, pk)
    name = request.POST.get("act", "save")
    doing = ACTS.get(name)
    if doing is None:
        raise Http404
    typed = typed_of(request, notice)
    try:
        return doing(request, notice, typed)
    except Stale:
        if _done_already(request, pk, name, typed):
            messages.info(request, ALREADY)
            return redirect(notice_url(pk))
        typed.overtaken = True
        return _refused(request, pk, typed)
    except Refused as error:
        return _refused(request, pk, typed, str(error))


def typed_of(request: HttpRequest, notice: PaymentNotice) -> Typed:
    """Return what was sent, as it is shown again."""
    sent = request.POST
    return Typed(
        act=sent.get("act", ""),
        form=NoticeForm(notice, sent),
        lines=read(sent),
        ask_text=normalise_text(sent.get("ask_text", "")).strip(),
        reason=normalise_text(sent.get("reason", "")).strip(),
        note=normalise_text(sent.get("note", "")).strip(),
        version=row_id(sent.get("version", "")) or 0,
        whole="payer_name" in sent,
        mark=sent.get("mark", ""),
    )


def _refused(request: HttpRequest, pk: int, typed: Typed, error: str = "") -> HttpResponse:
    if error:
        typed.errors.append(error)
    return notice_page(request, pk, typed=typed, status=422)


def _done_already(request: HttpRequest, pk: int, name: str, typed: Typed) -> bool:
    """Tell whether the newest that happened is this very act, by the same officer.

    What was typed in another tab since is not: it would be lost without a word.
    """
    newest = NoticeEntry.objects.filter(notice=pk).exclude(kind=Kind.NOTE).order_by("-id").first()
    if newest is None or newest.by_id != request.user.pk or newest.kind != DOES.get(name):
        return False
    words = {"ask": typed.ask_text[:500], "reject": typed.reason[:500]}
    if name in words and newest.text != words[name]:
        return False
    if newest.at <= timezone.now() - AGAIN:
        return False
    if name not in KEEPS or not typed.whole:
        return True
    notice = PaymentNotice.objects.get(pk=pk)
    return not unsaved(notice, typed.form, typed.lines, whole=name in CONFIRMS)


# -- the acts -------------------------------------------------------------------------------


def _edited(
    notice: PaymentNotice, request: HttpRequest, typed: Typed, **further: Any
) -> PaymentNotice:
    """Keep what was corrected of the payer's words; inside the act's own transaction."""
    fields = typed.form.claim() | further
    return workflow.edit(notice.pk, request.user, typed.version, **fields)


def _save(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    if not typed.form.is_valid():
        return _refused(request, notice.pk, typed)
    after = _edited(notice, request, typed)
    if after.version != typed.version:
        messages.success(request, "บันทึกข้อมูลแล้ว")
    # The lines are kept by the browser until they are confirmed.
    return redirect(f"{notice_url(notice.pk)}?kept={typed.version}")


def _take(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    if not typed.form.is_valid():
        return _refused(request, notice.pk, typed)
    with transaction.atomic():
        after = _edited(notice, request, typed)
        workflow.take(notice.pk, request.user, after.version)
        note_act(request, notice, "รับตรวจ")
    messages.success(request, f"ท่านรับตรวจรายการ {notice.number} แล้ว")
    return redirect(f"{notice_url(notice.pk)}?kept={typed.version}")


def _ask(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    if not typed.form.is_valid():
        return _refused(request, notice.pk, typed)
    with transaction.atomic():
        after = _edited(notice, request, typed)
        workflow.ask(notice.pk, request.user, after.version, typed.ask_text)
        note_act(request, notice, "ถามผู้ชำระ")
    return _onwards(request, notice, f"ส่งคำถามถึงผู้ชำระรายการ {notice.number} แล้ว")


def _reject(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    with transaction.atomic():
        workflow.reject(notice.pk, request.user, typed.version, typed.reason)
        note_act(request, notice, "ตรวจสอบไม่ผ่าน")
    return _onwards(request, notice, f"รายการ {notice.number} ตรวจสอบไม่ผ่าน แจ้งเหตุผลแล้ว")


def _take_back(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    if not typed.reason:
        raise Refused("โปรดระบุเหตุผลที่ถอนการยืนยัน")
    with transaction.atomic():
        workflow.take_back(notice.pk, request.user, typed.version, typed.reason)
        note_act(request, notice, "ถอนการยืนยัน")
    messages.success(request, "ถอนการยืนยันแล้ว แก้ข้อมูลและยืนยันใหม่ได้")
    return redirect(notice_url(notice.pk))


def _look_again(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    with transaction.atomic():
        workflow.look_again(notice.pk, request.user, typed.version)
        note_act(request, notice, "นำกลับมาตรวจใหม่")
    messages.success(request, "นำกลับมาตรวจใหม่แล้ว")
    return redirect(notice_url(notice.pk))


def _note(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    newest = notice.entries.order_by("-id").first()
    text = typed.note[:1000]
    if newest and newest.kind == Kind.NOTE and newest.by == request.user and newest.text == text:
        messages.info(request, ALREADY)
    else:
        workflow.add_note(notice.pk, request.user, typed.note)
        messages.success(request, "บันทึกภายในแล้ว ผู้ชำระไม่เห็นข้อความนี้")
    return redirect(f"{notice_url(notice.pk)}?kept={typed.version}")


def _confirm(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    after = _confirmed(request, notice, typed)
    if after is None:
        return _refused(request, notice.pk, typed)
    text = f"ยืนยันยอดเงินรายการ {notice.number} แล้ว {after.amount:,.2f} บาท"
    if after.revenue and after.revenue.mode == Revenue.Mode.OWN:
        return _onwards(request, notice, text)
    messages.success(request, text)
    return redirect(notice_url(notice.pk))


def _issue(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    """Issue; of what is not confirmed yet, confirm first: that stays, whatever becomes of it."""
    version = typed.version
    if notice.status in EDITABLE:
        after = _confirmed(request, notice, typed)
        if after is None:
            return _refused(request, notice.pk, typed)
        version = after.version
        if after.revenue and after.revenue.mode == Revenue.Mode.ELAAS:
            messages.success(request, "ยืนยันยอดเงินแล้ว ขั้นต่อไป บันทึกเลขที่ใบเสร็จจาก e-LAAS")
            return redirect(notice_url(notice.pk))
        try:
            receipt = issue_confirmed(request, notice.pk, version)
        except Refused as error:
            messages.success(request, "ยืนยันยอดเงินแล้ว")
            messages.error(request, f"ยังไม่ได้ออกใบเสร็จ: {error}")
            return redirect(notice_url(notice.pk))
    else:
        receipt = issue_confirmed(request, notice.pk, version)
    return _issued(request, notice, receipt)


def _elaas(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> HttpResponse:
    typed.elaas = ElaasForm(request.POST, request.FILES)
    receipt = issue_elaas(request, notice.pk, typed.elaas) if typed.elaas.is_valid() else None
    if receipt is None:
        return _refused(request, notice.pk, typed)
    return _issued(request, notice, receipt)


ACTS: dict[str, Callable[[HttpRequest, PaymentNotice, Typed], HttpResponse]] = {
    "save": _save,
    "take": _take,
    "ask": _ask,
    "reject": _reject,
    "take_back": _take_back,
    "look_again": _look_again,
    "note": _note,
    "confirm": _confirm,
    "issue": _issue,
    "elaas": _elaas,
}


# -- pieces ---------------------------------------------------------------------------------


def _confirmed(request: HttpRequest, notice: PaymentNotice, typed: Typed) -> PaymentNotice | None:
    """Keep the corrections and confirm; None where a field is wrong (told in `typed`)."""
    form = typed.form
    if not form.demand_all() or not typed.lines.is_valid:
        typed.wants_lines = True
        return None
    assessment = form.cleaned_data["assessment"]
    seen = confirmation(form.cleaned_data, typed.lines, assessment)
    with transaction.atomic():
        # An amount that is not what the payer said is a correction too: the history keeps hers.
        before = _edited(notice, request, typed, amount=typed.lines.total)
        after = workflow.confirm(notice.pk, request.user, before.version, seen)
        note_act(request, notice, f"ยืนยันยอดเงิน {after.amount:,.2f} บาท")
    return after


def _issued(request: HttpRequest, notice: PaymentNotice, receipt: Receipt) -> HttpResponse:
    text = format_html(
        "ออกใบเสร็จ {} แล้ว (รายการ {}, {} บาท) "
        '<a class="bm-link" href="{}" target="_blank">พิมพ์ใบเสร็จ</a>',
        receipt,
        notice.number,
        f"{receipt.total:,.2f}",
        receipt_print_url(receipt),
    )
    if notice.via == PaymentNotice.Via.COUNTER:
        # Somebody stands there and waits for the paper.
        messages.success(request, text)
        return redirect(notice_url(notice.pk))
    return _onwards(request, notice, text)


def _onwards(request: HttpRequest, notice: PaymentNotice, text: str) -> HttpResponse:
    """Say what was done, with the way back to it, and go on to the next one in the queue."""
    link = '<a class="bm-link" href="{}">ดูรายการ {}</a>'
    back = format_html(link, notice_url(notice.pk), notice.number)
    messages.success(request, format_html("{} · {}", text, back))
    asked = row_id(request.POST.get("next", ""))
    following_one = following(notice, waiting=True)
    if asked and asked != notice.pk:
        waits = PaymentNotice.objects.filter(pk=asked, status__in=EDITABLE)
        following_one = asked if waits.exists() else following_one
    return redirect(notice_url(following_one) if following_one else list_url())
