"""Registers that a worker makes: asked for, waited for, taken away, forgotten after a week."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from bannmae.media import storage
from bannmae.models import Staff
from payments import access, alarm, drawing
from payments.desk import register_output
from payments.desk.register_common import page, require_sees
from payments.desk.register_narrowing import Narrowing
from payments.models import RegisterFile

LIVES = timedelta(days=7)
# Longer than the longest takes on a busy machine.
LEASE = timedelta(minutes=10)
TRIES = 5
MOST_WAITING = 3  # of one officer
FAILED = "สร้างทะเบียนไม่สำเร็จ โปรดลองใหม่ หรือเลือกช่วงให้แคบลง"
# One at a time in a worker process: answers to residents must not wait for a year's register.
_slot = threading.BoundedSemaphore(1)


def order(
    request: HttpRequest, staff: Staff, form: RegisterFile.Form, ask: Narrowing, count: int
) -> HttpResponseBase:
    """Have a register made; what the officer has asked for already is not made twice."""
    waiting = RegisterFile.objects.filter(asked_by=staff, due_at__isnull=False)
    row = waiting.filter(form=form, query=ask.query()).first()
    if row is None and waiting.count() >= MOST_WAITING:
        messages.error(request, f"มีทะเบียนที่กำลังสร้างอยู่ {MOST_WAITING} ไฟล์แล้ว โปรดรอให้เสร็จก่อน")
        return _back(ask.query())
    row = row or RegisterFile.objects.create(
        form=form,
        query=ask.query(),
        receipts_count=count,
        asked_by=staff,
        due_at=timezone.now(),
    )
    alarm.ring_for_registers()
    return redirect("admin:payments_receipt_register_file", row.pk)


@never_cache
def look(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show how it stands, and give it when it is made; only to who asked for it."""
    row = _own(request, pk)
    form = RegisterFile.Form(row.form)
    ask = register_output.asked_again(row.query)
    if row.made_at is not None and request.GET.get("open"):
        try:
            with default_storage.open(row.file, "rb") as stored:
                data = stored.read()
        except OSError:
            messages.error(request, "เปิดไฟล์ไม่ได้ โปรดสั่งสร้างใหม่")
            return _back(row.query)
        name = f"receipt-register-{row.pk}"
        return register_output.answer(request, form, data, name, ask)
    seconds = register_output.seconds_for(form, row.receipts_count)
    context = {
        "file": row,
        "ask": ask,
        "is_waiting": row.due_at is not None,
        "seconds": seconds,
        # Behind another, or its worker was killed and is succeeded when his lease ends.
        "is_late": timezone.now() - row.asked_at > 2 * timedelta(seconds=seconds),
        "kept_until": row.asked_at + LIVES,
    }
    return page(request, "register_file", str(row), context)


def draw_due() -> int:
    """Make what is asked for, one after the other; return how many.

    Call it outside a database transaction.
    """
    if not _slot.acquire(blocking=False):
        return 0
    try:
        return drawing.draw_due(RegisterFile, _draw, lease=LEASE)
    finally:
        _slot.release()


def forget_old() -> int:
    """Throw away what was asked for a week ago; return how many."""
    old = RegisterFile.objects.filter(asked_at__lt=timezone.now() - LIVES)
    gone = 0
    for row in old:
        if not storage.delete([row.file]):
            row.delete()
            gone += 1
    return gone


def _back(query: str) -> HttpResponseBase:
    return redirect(f"{reverse('admin:payments_receipt_changelist')}?{query}")


def _own(request: HttpRequest, pk: int) -> RegisterFile:
    staff = require_sees(request)
    row = RegisterFile.objects.filter(pk=pk, asked_by=staff).first()
    if row is None:
        raise Http404
    return row


def _draw(row: RegisterFile) -> bool:
    form = RegisterFile.Form(row.form)
    ask = register_output.asked_again(row.query)
    if row.attempts > TRIES or not access.may_see(row.asked_by):
        drawing.give_up(row, FAILED)
        return False
    if register_output.count_of(row.asked_by, ask, form) > register_output.MOST[form]:
        drawing.give_up(row, register_output.too_many(form))
        return False
    data, _name = register_output.made(row.asked_by, ask, form)
    names = storage.store_all("registers", [(f".{form}", data)])
    # Where the lease ran out a successor was faster.
    is_mine = drawing.landed(row, file=names[0])
    if not is_mine:
        storage.delete(names)
    return is_mine
