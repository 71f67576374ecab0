"""Registers that a worker makes: asked for, waited for, taken away, forgotten after a week."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
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
FAILED = "สร้างทะเบียนไม่สำเร็จ โปรดลองใหม่ หรือเลือกช่วงให้แคบลง"
# One at a time in a worker process: answers to residents must not wait for a year's register.
_slot = threading.BoundedSemaphore(1)


def order(
    request: HttpRequest, staff: Staff, form: RegisterFile.Form, ask: Narrowing, count: int
) -> HttpResponseBase:
    """Have a register made; what the officer has asked for already is not made twice."""
    waiting = RegisterFile.objects.filter(
        asked_by=staff, form=form, query=ask.query(), due_at__isnull=False
    )
    row = waiting.first() or RegisterFile.objects.create(
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
        with default_storage.open(row.file, "rb") as stored:
            data = stored.read()
        name = f"receipt-register-{row.pk}"
        return register_output.answer(request, form, data, name, ask)
    context = {
        "file": row,
        "ask": ask,
        "is_waiting": row.due_at is not None,
        "seconds": register_output.seconds_for(form, row.receipts_count),
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


def _own(request: HttpRequest, pk: int) -> RegisterFile:
    staff = require_sees(request)
    row = RegisterFile.objects.filter(pk=pk, asked_by=staff).first()
    if row is None:
        raise Http404
    return row


def _draw(row: RegisterFile) -> None:
    form = RegisterFile.Form(row.form)
    ask = register_output.asked_again(row.query)
    if row.attempts > TRIES or not access.may_see(row.asked_by):
        drawing.give_up(row, FAILED)
        return
    if register_output.count_of(row.asked_by, ask, form) > register_output.MOST[form]:
        drawing.give_up(row, register_output.too_many(form))
        return
    data, _name = register_output.made(row.asked_by, ask, form)
    names = storage.store_all("registers", [(f".{form}", data)])
    # Where the lease ran out a successor was faster.
    if not drawing.landed(row, file=names[0]):
        storage.delete(names)
