"""The conversation in the middle: her words, our words, what happened in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, Q
from django.urls import reverse

from bannmae.models import Staff
from bannmae.thai.text import shorten
from chatops.audience import closed_to
from chatops.desk.common import MOVES, micros
from chatops.desk.flex import part_of
from chatops.line.incoming import preview
from chatops.models import ChatCase, ChatEntry, Message, MessageContent, OutboundMessage

Json = dict[str, Any]
Out = OutboundMessage.State
WINDOW = 60
NEWEST = 300  # of her messages between two looks of a page
QUOTE_LENGTH = 80
# What is looked through for an outbound message that somebody quotes.
QUOTES_WITHIN = 200
OTHER_CASE = "ข้อความในเรื่องอื่น"
# In place of what only another division may read.
CLOSED = "[ข้อความของกอง/งานอื่น ท่านไม่มีสิทธิ์อ่าน]"
STATES = {
    Out.QUEUED: ("รอส่ง", "wait"),
    Out.SENDING: ("กำลังส่ง", "wait"),
    Out.RETRYING: ("กำลังลองส่งอีกครั้ง", "wait"),
    Out.HELD: ("พักไว้ จะส่งพร้อมข้อความถัดไปของประชาชน", "held"),
    Out.SENT: ("ส่งแล้ว (LINE รับแล้ว)", "sent"),
    Out.UNREACHED: ("ส่งไม่ถึง: ผู้ใช้บล็อกบัญชีนี้", "failed"),
    Out.DEAD: ("ส่งไม่สำเร็จ", "failed"),
    Out.CANCELLED: ("ยกเลิก", "cancelled"),
}
AGAIN = (Out.DEAD, Out.UNREACHED)
CONTENT_KINDS = ("image", "video", "audio", "file")


def window(case: ChatCase, staff: Staff, before: dt.datetime | None = None) -> Json:
    """Return the newest WINDOW bubbles, or those before a moment, oldest first."""
    messages = case.messages.select_related("content").order_by("-sent_at", "-id")
    outbound = case.outbound.select_related("author", "resent_by").order_by("-created_at", "-id")
    entries = case.entries.select_related("by", "division", "colleague").order_by("-at", "-id")
    if before is not None:
        messages = messages.filter(sent_at__lt=before)
        outbound = outbound.filter(created_at__lt=before)
        entries = entries.filter(at__lt=before)
    found = [
        *((row.sent_at, 0, row.pk, row) for row in messages[: WINDOW + 1]),
        *((row.created_at, 2, row.pk, row) for row in outbound[: WINDOW + 1]),
        *((row.at, 1, row.pk, row) for row in entries[: WINDOW + 1]),
    ]
    found.sort(key=lambda one: one[:3], reverse=True)
    kept = found[:WINDOW]
    # What bears the same moment as the oldest would be missed by whoever asks for earlier ones.
    kept += [one for one in found[WINDOW:] if one[0] == kept[-1][0]]
    rows = [row for *_, row in reversed(kept)]
    return {"bubbles": bubbles(case, staff, rows), "more": len(found) > len(kept)}


def changed(case: ChatCase, staff: Staff, since: dt.datetime, last: int) -> list[Json]:
    """Return the bubbles that came or changed since a moment; bounded, the newest kept.

    Her messages bear LINE's time, which may be long ago: new ones are those that the page has
    not, whose newest is the one with the id `last`.
    """
    messages = list(
        case.messages.select_related("content")
        .filter(Q(pk__gt=last) | Q(unsent_at__gt=since) | Q(content__changed_at__gt=since))
        .order_by("-id")[:NEWEST]
    )
    outbound = case.outbound.select_related("author", "resent_by").filter(changed_at__gt=since)
    entries = case.entries.select_related("by", "division", "colleague").filter(at__gt=since)
    found: list[Any] = [
        *messages,
        *outbound.order_by("-id")[:WINDOW],
        *entries.order_by("-id")[:WINDOW],
    ]
    return bubbles(case, staff, found)


def has_changes(case_id: int, since: dt.datetime) -> Any:
    """Return the condition, for one query, that anything of a case changed since a moment."""
    return (
        Exists(ChatCase.objects.filter(pk=case_id, changed_at__gt=since))
        | Exists(OutboundMessage.objects.filter(case=case_id, changed_at__gt=since))
        | Exists(Message.objects.filter(case=case_id, unsent_at__gt=since))
        | Exists(MessageContent.objects.filter(message__case=case_id, changed_at__gt=since))
    )


def bubbles(
    case: ChatCase, staff: Staff, rows: Sequence[Message | OutboundMessage | ChatEntry]
) -> list[Json]:
    """Return what the page shows of these rows."""
    quotes = _Quotes(case, rows)
    may_send = staff.has_perm(MOVES)
    closed = closed_to(staff, [row for row in rows if isinstance(row, OutboundMessage)])
    shown = []
    for row in rows:
        if isinstance(row, Message):
            shown.append(_message(row, quotes))
        elif isinstance(row, OutboundMessage):
            whole = _outbound(row, staff, quotes, may_send)
            parts = [{"type": "text", "text": CLOSED}]
            shown.append(whole | {"parts": parts, "quick": []} if row.pk in closed else whole)
        else:
            shown.append(_entry(row))
    return shown


# -- her words ---------------------------------------------------------------------------


def _message(row: Message, quotes: _Quotes) -> Json:
    shown: Json = {
        "key": f"m{row.pk}",
        "pk": row.pk,
        "side": "in",
        "at": micros(row.sent_at),
        "order": 0,
    }
    if row.unsent_at is not None or row.kind == "unsent":
        return shown | {"kind": "unsent"}
    shown |= {"kind": row.kind, "text": row.text, "quotable": bool(row.quote_token)}
    if row.quoted_message_id:
        shown["quote"] = quotes.of(row.quoted_message_id)
    details = row.details if isinstance(row.details, dict) else {}
    if row.kind == "sticker":
        words = details.get("keywords") or []
        shown["text"] = str(details.get("text") or (words[0] if words else ""))
    elif row.kind == "location":
        shown["place"] = {
            "title": str(details.get("title") or ""),
            "address": str(details.get("address") or ""),
            "url": _map_url(details),
        }
    elif row.kind in CONTENT_KINDS:
        shown["content"] = _content(row, details)
    elif row.kind != "text":
        shown["text"] = preview(row.kind, row.text, details)
    return shown


def _map_url(details: Json) -> str:
    latitude, longitude = details.get("latitude"), details.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return ""
    return f"https://www.google.com/maps/search/?api=1&query={latitude},{longitude}"


def _content(row: Message, details: Json) -> Json:
    content: MessageContent | None = getattr(row, "content", None)
    shown: Json = {
        "name": str(details.get("file_name") or ""),
        "seconds": round((details.get("duration_ms") or 0) / 1000),
        "size": details.get("file_size") or 0,
    }
    if content is None:
        return shown | {"state": "gone", "words": "ไม่มีไฟล์ของข้อความนี้"}
    shown |= {"state": content.state, "words": MessageContent.State(content.state).label}
    if content.error and content.state == MessageContent.State.GONE:
        shown["words"] = content.error
    if content.state == MessageContent.State.STORED:
        url = reverse("chat-content", args=[content.token])
        shown |= {
            "url": url,
            "small": reverse("chat-thumbnail", args=[content.token]) if content.thumbnail else "",
            "type": content.content_type,
            "size": content.size or shown["size"],
            "width": content.width,
            "height": content.height,
        }
    return shown


# -- ours --------------------------------------------------------------------------------


def _outbound(row: OutboundMessage, staff: Staff, quotes: _Quotes, may_send: bool) -> Json:
    words, tone = STATES[Out(row.state)]
    why = row.last_error if row.state in (Out.DEAD, Out.UNREACHED, Out.RETRYING) else ""
    messages = [one for one in row.messages if isinstance(one, dict)]
    shown: Json = {
        "key": f"o{row.pk}",
        "side": "out",
        "at": micros(row.created_at),
        "order": 2,
        "by": str(row.author) if row.author else "ระบบ",
        "auto": row.author_id is None,
        "state": words,
        "tone": tone,
        "why": why,
        "parts": [part_of(one) for one in messages],
        "quick": [label for one in messages for label in _quick_labels(one)],
    }
    token = next((one["quoteToken"] for one in messages if one.get("quoteToken")), "")
    if token:
        shown["quote"] = quotes.by_token(token)
    if row.author_id == staff.pk and row.dedupe_key.startswith("desk:"):
        shown["sent_key"] = row.dedupe_key.rpartition(":")[2]
    if may_send and row.state in AGAIN:
        shown["again"] = row.pk
    return shown


def _quick_labels(message: Json) -> list[str]:
    items = (message.get("quickReply") or {}).get("items") or []
    return [str((item.get("action") or {}).get("label") or "") for item in items]


# -- what happened -----------------------------------------------------------------------


def _entry(row: ChatEntry) -> Json:
    title = str(ChatEntry.Kind(row.kind).label)
    if row.kind == ChatEntry.Kind.HANDED_OVER:
        to = [
            str(row.colleague) if row.colleague else "",
            row.division.name if row.division else "",
        ]
        title = f"{title}ถึง {' · '.join(part for part in to if part)}"
    return {
        "key": f"e{row.pk}",
        "side": "note" if row.kind == ChatEntry.Kind.NOTE else "event",
        "at": micros(row.at),
        "order": 1,
        "title": title,
        "by": str(row.by) if row.by else "",
        "text": row.text,
    }


# -- what somebody quotes ----------------------------------------------------------------


class _Quotes:
    """What is quoted in some bubbles, found in a constant number of queries.

    Only words of the same case are shown: another one may be closed to the reader.
    """

    def __init__(self, case: ChatCase, rows: Iterable[Any]) -> None:
        rows = list(rows)
        hers = [row for row in rows if isinstance(row, Message)]
        ours = [row for row in rows if isinstance(row, OutboundMessage)]
        ids = {row.quoted_message_id for row in hers if row.quoted_message_id}
        tokens = {
            one["quoteToken"]
            for row in ours
            for one in row.messages
            if isinstance(one, dict) and one.get("quoteToken")
        }
        self._words: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        for row in hers:
            self._add(row)
        if missing := (ids - set(self._words)) | (tokens - set(self._tokens)):
            quoted = Q(line_message_id__in=missing) | Q(quote_token__in=missing)
            for row in case.messages.filter(quoted):
                self._add(row)
        self._add_ours(ours)
        if ids - set(self._words):
            self._add_ours(case.outbound.order_by("-id")[:QUOTES_WITHIN])

    def _add(self, row: Message) -> None:
        words = "ยกเลิกข้อความ" if row.unsent_at else preview(row.kind, row.text, row.details)
        self._words[row.line_message_id] = self._tokens[row.quote_token] = _short(words)

    def _add_ours(self, rows: Iterable[OutboundMessage]) -> None:
        for row in rows:
            for line_id, message in zip(row.line_message_ids, row.messages, strict=False):
                words = message.get("text") or message.get("altText") or "[รูปภาพ]"
                self._words[str(line_id)] = _short(str(words))

    def of(self, line_message_id: str) -> str:
        return self._words.get(line_message_id, OTHER_CASE)

    def by_token(self, token: str) -> str:
        return self._tokens.get(token, OTHER_CASE)


def _short(words: str) -> str:
    return shorten(" ".join(words.split()), QUOTE_LENGTH)
