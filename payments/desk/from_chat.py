"""บันทึกเป็นแจ้งชำระเงิน: an officer makes a notice of pictures that came into another conversation.

Whoever sends a slip without tapping the menu first talks to somebody else; once the chat is with
กองคลัง, the clerk chooses the messages and takes them in.
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from bannmae.access_log import record
from bannmae.models import AccessLog
from bannmae.staff_input import row_id
from chatops.cases import record as chats
from chatops.cases.access import visible_to
from chatops.desk.common import desk_url, note_look
from chatops.models import ChatCase, ChatEntry, Message
from payments import access, chat_notice, notices, requests
from payments.desk.queue_common import notice_url
from payments.intake import Claim, file_notice
from payments.models import NoticeEntry, PaymentNotice, Slip

MAX_MESSAGES = 100


def from_chat(request: HttpRequest) -> HttpResponse:
    """Show what would be taken in, or take it in."""
    if not access.may_see(request.user):
        raise Http404
    if not access.may_handle(request.user):
        raise PermissionDenied
    pk = row_id(request.GET.get("case"))
    case = visible_to(request.user).select_related("topic").filter(pk=pk or 0).first()
    if case is None:
        raise Http404
    note_look(request, case)
    chosen = _chosen(request, case)
    if request.method == "POST":
        with transaction.atomic():
            case = ChatCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
            if _pictures(chosen) and not _slips(chosen):
                notice = _take(request, case, chosen)
                messages.success(request, f"บันทึกเป็นแจ้งชำระเงิน {notice.number} แล้ว")
                return redirect(notice_url(notice.pk))
    return _page(request, case, chosen)


def _take(request: HttpRequest, case: ChatCase, chosen: list[Message]) -> PaymentNotice:
    words = [one for one in chosen if one.text]
    notice = file_notice(
        resident=case.resident,
        claim=Claim(),
        via=PaymentNotice.Via.CHAT,
        messages=_pictures(chosen),
        case=case,
        tell=False,
    )
    chat_notice.fill(
        notice,
        chat_notice.merged(chat_notice.read(one.text, one.sent_at, asked=True) for one in words),
    )
    chat_notice.keep_words(notice, [one.text for one in words])
    requests.link(notice)
    notice.save()
    NoticeEntry.objects.create(
        notice=notice, kind=NoticeEntry.Kind.NOTE, by=request.user, text="บันทึกจากข้อความในแชต"
    )
    chats.record(
        case,
        ChatEntry.Kind.NOTE,
        by=request.user,
        text=f"บันทึกเป็นแจ้งชำระเงิน {notice.number}",
    )
    record(request, AccessLog.Action.MONEY, f"payment:{notice.number}", "บันทึกจากแชต")
    notices.tell_received(notice)
    return notice


def _chosen(request: HttpRequest, case: ChatCase) -> list[Message]:
    """Return the messages that were ticked, those of this case alone, in their order."""
    sent = request.GET.get("messages", "").split(",")[:MAX_MESSAGES]
    ids = [pk for pk in map(row_id, sent) if pk is not None]
    rows = Message.objects.filter(case=case, pk__in=ids, unsent_at=None)
    return list(rows.select_related("content").order_by("sent_at", "id"))


def _pictures(chosen: list[Message]) -> list[Message]:
    return [one for one in chosen if one.kind == "image" and hasattr(one, "content")]


def _slips(chosen: list[Message]) -> list[Slip]:
    return list(Slip.objects.filter(message__in=chosen).select_related("notice"))


def _page(request: HttpRequest, case: ChatCase, chosen: list[Message]) -> HttpResponse:
    taken = {slip.notice_id: slip.notice for slip in _slips(chosen)}
    pictures = _pictures(chosen)
    response = TemplateResponse(
        request,
        "payments/admin/request_from_chat.html",
        {
            **admin.site.each_context(request),
            "title": "บันทึกเป็นแจ้งชำระเงิน",
            "case": case,
            "pictures": [one.content for one in pictures],
            "words": [one.text for one in chosen if one.text],
            "taken": [(one.number, notice_url(one.pk)) for one in taken.values()],
            "may_take": bool(pictures) and not taken,
            "back_url": desk_url(case.pk),
        },
        status=409 if request.method == "POST" else 200,
    )
    response["Cache-Control"] = "no-store"
    return response
