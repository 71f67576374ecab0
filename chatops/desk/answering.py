"""Sending an officer's words, pictures and cards; internal notes; sending again."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, JsonResponse

from bannmae.media import photos
from bannmae.media.errors import FileRefused
from bannmae.media.photos import StoredPhoto
from bannmae.staff_input import row_id
from bannmae.thai.text import utf16_length
from chatops.cases import workflow
from chatops.desk import pictures, quick_links
from chatops.desk.common import MOVES, answer, case_for, require
from chatops.desk.conversation import head
from chatops.desk.moving import refused
from chatops.line.cards import MAX_MESSAGES, MAX_TEXT
from chatops.models import ChatCase, OutboundMessage
from chatops.outbox import send_again

Json = dict[str, Any]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class NotSent(Exception):
    """Words, pictures or a card that cannot be sent; its text tells why, in Thai."""


def send_answer(request: HttpRequest, pk: int) -> JsonResponse:
    """Send what was written. The same key is sent once, however often it is posted."""
    require(request, MOVES)
    case = case_for(request, pk)
    try:
        key = f"desk:{case.pk}:{request.user.pk}:{UUID(request.POST.get('key', ''))}"
    except ValueError:
        return answer({"error": "โปรดโหลดหน้านี้ใหม่แล้วลองอีกครั้ง"}, 400)
    if OutboundMessage.objects.filter(dedupe_key=key).exists():
        return answer({"sent": True, "case": head(case, request.user)})
    taken: list[StoredPhoto] = []
    try:
        said = _words(request, case)
        files = request.FILES.getlist("pictures")
        if not said and not files:
            raise NotSent("โปรดพิมพ์ข้อความ")
        if len(said) + len(files) > MAX_MESSAGES:
            raise NotSent(f"ส่งได้ครั้งละไม่เกิน {MAX_MESSAGES} ข้อความ (รวมรูปภาพ)")
        for file in files:
            taken.append(photos.take_in(file))
        with transaction.atomic():
            rows = [pictures.share(photo, case, request.user) for photo in taken]
            said += [pictures.message_of(row) for row in rows]
            workflow.answer(case.pk, request.user, said, dedupe_key=key)
    except (NotSent, FileRefused) as error:
        _discard(taken)
        return answer({"error": str(error)}, 400)
    except workflow.MoveRefused as error:
        _discard(taken)
        return refused(request, pk, error)
    except BaseException:
        _discard(taken)
        raise
    return answer({"sent": True, "case": head(case_for(request, pk), request.user)})


def again(request: HttpRequest, pk: int, message: int) -> JsonResponse:
    """Queue what did not arrive once more."""
    require(request, MOVES)
    case = case_for(request, pk)
    row = case.outbound.filter(pk=message).first()
    if row is None:
        raise Http404
    if not send_again(row, request.user):
        return answer({"error": "ข้อความนี้ไม่ได้อยู่ในสถานะที่ส่งอีกครั้งได้แล้ว"}, 409)
    return answer({"sent": True})


def note(request: HttpRequest, pk: int) -> JsonResponse:
    """Write something that only colleagues read."""
    require(request, MOVES)
    case_for(request, pk)
    try:
        workflow.add_note(pk, request.user, _clean(request.POST.get("text", "")))
    except workflow.MoveRefused as error:
        return refused(request, pk, error)
    return answer({"case": head(case_for(request, pk), request.user)})


def _words(request: HttpRequest, case: ChatCase) -> list[Json]:
    said: list[Json] = []
    text = _clean(request.POST.get("text", ""))
    if text:
        if utf16_length(text) > MAX_TEXT:
            raise NotSent(
                f"ข้อความยาว {utf16_length(text):,} ตัวอักษร LINE รับได้ไม่เกิน {MAX_TEXT:,} โปรดแบ่งส่ง"
            )
        said.append({"type": "text", "text": text})
        if token := _quote_token(request, case):
            said[0]["quoteToken"] = token
    if link := request.POST.get("link", ""):
        said += quick_links.messages_of(link, case.resident)
    return said


def _quote_token(request: HttpRequest, case: ChatCase) -> str:
    quoted = row_id(request.POST.get("quote", ""))
    row = case.messages.filter(pk=quoted, unsent_at=None).first() if quoted else None
    return row.quote_token if row else ""


def _clean(text: str) -> str:
    """Return what can be stored and sent: plain line ends, no control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _discard(taken: list[StoredPhoto]) -> None:
    photos.delete([name for one in taken for name in (one.name, one.thumbnail_name)])
