"""From a chat to its papers: the sheet of the conversation, the memo to the executives.

National IDs and telephone numbers inside what people wrote are masked, internal notes are left
out. The municipality's own numbers stay: an answer that says where to call must still say it.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from bannmae import access_log
from bannmae.models import AccessLog, Division, Municipality, Staff
from bannmae.paper import memo_words
from bannmae.paper.memo import MemoPaper, PaperPhoto
from bannmae.paper.memo_words import MemoText
from bannmae.paper.text import without_emoji
from bannmae.privacy.masking import mask_text
from bannmae.thai.calendar import BANGKOK, format_datetime
from bannmae.thai.text import normalise_text, shorten
from chatops.cases.record import record
from chatops.desk.bubbles import CONTENT_KINDS, bubbles
from chatops.desk.common import desk_url
from chatops.desk.listing import state_text
from chatops.models import (
    ChatCase,
    ChatEntry,
    Message,
    MessageContent,
    OutboundMessage,
    SharedPicture,
)

if TYPE_CHECKING:
    from chatops.desk.conversation_paper import ConversationPaper, Said

SHEET, MEMO = "สรุปการสนทนา", "บันทึกข้อความ"
RELATED = ("resident__channel", "topic", "division__parent", "assignee")
#: So many lines of a conversation are printed at once, the newest; so many pictures of them.
MAX_LINES = 400
MAX_PICTURES = 60
MAX_ENCLOSED = 12
_MEMO_LINES = 8
_MEMO_LINE = 300
# Above each line of hers; the whole name stands once, at the top.
_NAME = 40
_EMOJI = "[อีโมจิ]"
# Who did what stands on paper; what colleagues told each other does not.
_UNTOLD = (ChatEntry.Kind.NOTE, ChatEntry.Kind.PRINTED, ChatEntry.Kind.MODE, ChatEntry.Kind.SILENT)
_NOT_SENT = {"wait", "held", "failed", "cancelled"}
_TOKEN = re.compile(r"/pictures/([\w-]{20,60})(?:-480)?\.jpg$", re.ASCII)
# Stands for a number of ours while the others are masked.
_KEPT = "\ue000"

Row = Message | OutboundMessage | ChatEntry


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a conversation is printed; both days included, None: from the beginning, to now."""

    since: dt.date | None = None
    until: dt.date | None = None
    pictures: bool = True


def number_of(case: ChatCase) -> str:
    """Return what staff call a chat on paper; it has no public number."""
    return f"แชตที่ {case.pk}"


def case_url(case: ChatCase) -> str:
    """Return the address that the paper's QR leads to: the case at the desk."""
    return f"{settings.PUBLIC_URL}{desk_url(case.pk)}"


# -- the sheet -------------------------------------------------------------------------------


def sheet(case: ChatCase, by: Staff, choice: Choice) -> ConversationPaper:
    """Return the sheet of `case` (with RELATED); as many queries however long it is."""
    from chatops.desk.conversation_paper import ConversationPaper

    rows, more = _rows(case, choice)
    return ConversationPaper(
        municipality=Municipality.get_solo().name,
        number=number_of(case),
        facts=_facts(case),
        said=tuple(_said(case, by, rows, choice)),
        left_out=_left_out(choice, more),
        case_url=case_url(case),
        printed_at=timezone.now(),
        printed_by=str(by),
    )


def _facts(case: ChatCase) -> tuple[tuple[str, str], ...]:
    resident = case.resident
    since = resident.followed_at or resident.created_at
    return (
        ("หัวข้อ", case.topic.name),
        ("กอง/งาน", case.division.full_name),
        ("ชื่อใน LINE", _name(case, masking())),
        ("ติดต่อทาง LINE ตั้งแต่", format_datetime(since)),
        ("เริ่มสนทนาเมื่อ", format_datetime(case.opened_at)),
        ("ผู้รับผิดชอบ", str(case.assignee or "")),
        ("สถานะ", state_text(case)),
        ("เจ้าหน้าที่ตอบครั้งแรก", _moment(case.first_answer_at)),
        ("เสร็จสิ้นเมื่อ", _moment(case.closed_at)),
    )


def _moment(moment: dt.datetime | None) -> str:
    return format_datetime(moment) if moment else ""


def _left_out(choice: Choice, more: bool) -> str:
    parts = []
    if choice.since or choice.until:
        parts.append("แสดงเฉพาะช่วงเวลาที่เลือก")
    if more:
        parts.append(f"แสดง {MAX_LINES} รายการล่าสุด ข้อความก่อนหน้านั้นไม่ได้พิมพ์")
    if not choice.pictures:
        parts.append("ไม่รวมรูปภาพ")
    return " · ".join(parts)


def _rows(case: ChatCase, choice: Choice) -> tuple[list[Row], bool]:
    """Return the newest MAX_LINES lines of `choice`, oldest first, and if there are more."""
    limit = MAX_LINES + 1
    messages = case.messages.select_related("content").filter(_within("sent_at", choice))
    outbound = case.outbound.select_related("author", "resent_by")
    outbound = outbound.filter(_within("created_at", choice))
    entries = case.entries.select_related("by", "division", "colleague").exclude(kind__in=_UNTOLD)
    entries = entries.filter(_within("at", choice))
    found: list[tuple[dt.datetime, int, int, Row]] = [
        *((row.sent_at, 0, row.pk, row) for row in messages.order_by("-sent_at", "-id")[:limit]),
        *((row.at, 1, row.pk, row) for row in entries.order_by("-at", "-id")[:limit]),
        *(
            (row.created_at, 2, row.pk, row)
            for row in outbound.order_by("-created_at", "-id")[:limit]
        ),
    ]
    found.sort(key=lambda one: one[:3])
    return [row for *_, row in found[-MAX_LINES:]], len(found) > MAX_LINES


def _within(field: str, choice: Choice) -> Q:
    within = Q()
    if choice.since:
        within &= Q(**{f"{field}__gte": _midnight(choice.since)})
    if choice.until:
        within &= Q(**{f"{field}__lt": _midnight(choice.until + dt.timedelta(days=1))})
    return within


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BANGKOK)


def _said(case: ChatCase, by: Staff, rows: Sequence[Row], choice: Choice) -> list[Said]:
    from chatops.desk.conversation_paper import Said

    masked = masking()
    pictures = _Pictures(rows, MAX_PICTURES if choice.pictures else 0)
    name = shorten(_name(case, masked), _NAME)
    said = []
    for row, shown in zip(rows, bubbles(case, by, rows), strict=True):
        if isinstance(row, ChatEntry):
            title = masked(str(shown["title"]))
            said.append(Said(row.at, who=str(row.by or ""), text=title, event=True))
            continue
        found = pictures.of(row)
        quote = masked(str(shown.get("quote") or ""))
        if isinstance(row, Message):
            text = masked(_her_words(shown, bool(found)))
            said.append(Said(row.sent_at, name, text, quote=quote, pictures=found))
        else:
            hint = str(shown["state"]) if shown["tone"] in _NOT_SENT else ""
            who = str(row.author) if row.author else "ตอบอัตโนมัติ"
            text = masked(_our_words(shown, bool(found)))
            said.append(Said(row.created_at, who, text, True, False, quote, hint, found))
    return said


def _her_words(shown: dict[str, Any], pictured: bool) -> str:
    kind = shown["kind"]
    if kind == "unsent":
        return "[ยกเลิกข้อความแล้ว]"
    if kind == "sticker":
        return f"[สติกเกอร์] {shown['text']}".strip()
    if kind == "location":
        place = shown["place"]
        return "\n".join(part for part in ("[ตำแหน่ง]", place["title"], place["address"]) if part)
    if kind not in CONTENT_KINDS:
        return str(shown["text"])
    if pictured:
        return ""
    content = shown["content"]
    word = {"image": "รูปภาพ", "video": "วิดีโอ", "audio": "ข้อความเสียง"}.get(kind, "ไฟล์")
    words = content["name"] or (
        content["words"] if content["state"] != MessageContent.State.STORED else ""
    )
    return f"[{word}] {words}".strip()


def _our_words(shown: dict[str, Any], pictured: bool) -> str:
    lines: list[str] = []
    for part in shown["parts"]:
        if part["type"] == "text":
            lines.append(part["text"])
        elif part["type"] == "image":
            lines += [] if pictured else ["[รูปภาพ]"]
        else:
            for card in part["cards"]:
                words = [card["band"], card["title"], *card["lines"]]
                lines += [word for word in words if word]
    return "\n".join(lines)


class _Pictures:
    """The stored pictures of some rows, at most `most` of them, the newest."""

    def __init__(self, rows: Sequence[Row], most: int) -> None:
        tokens = {row.pk: _tokens(row) for row in rows if isinstance(row, OutboundMessage)}
        wanted = {token for found in tokens.values() for token in found} if most else set()
        shared = SharedPicture.objects.filter(token__in=wanted) if wanted else ()
        files = {row.token: row.thumbnail or row.file for row in shared}
        self._names: dict[tuple[type, int], list[str]] = {}
        for row in reversed(rows):
            names: list[str] = []
            if isinstance(row, Message):
                names = _stored_picture(row)
            elif isinstance(row, OutboundMessage):
                names = [files[token] for token in tokens[row.pk] if token in files]
            self._names[type(row), row.pk] = names[:most]
            most -= len(names[:most])

    def of(self, row: Row) -> tuple[PaperPhoto, ...]:
        names = self._names[type(row), row.pk]
        return tuple(PaperPhoto(source=functools.partial(_stored, name)) for name in names)


def _tokens(row: OutboundMessage) -> list[str]:
    """Return the names of the pictures that an answer of ours sent."""
    urls = [
        str(one.get("originalContentUrl") or "")
        for one in row.messages
        if isinstance(one, dict) and one.get("type") == "image"
    ]
    return [found.group(1) for url in urls if (found := _TOKEN.search(url))]


def _stored_picture(row: Message) -> list[str]:
    content: MessageContent | None = getattr(row, "content", None)
    if row.kind != "image" or row.unsent_at is not None or content is None:
        return []
    if content.state != MessageContent.State.STORED:
        return []
    name = content.thumbnail or content.file
    return [name] if name else []


def _stored(name: str) -> bytes:
    with default_storage.open(name, "rb") as file:
        return bytes(file.read())


# -- the memo ---------------------------------------------------------------------------------


def memo_text(case: ChatCase, by: Staff) -> MemoText:
    """Return the words that a memo on `case` (with RELATED) begins with."""
    masked = masking(emoji="")
    name = _name(case, masked)
    about = case.topic.name
    asked = "ขอข้อมูลข่าวสาร" if case.topic.slug == "news" else f"สอบถามเรื่อง{about}"
    return memo_words.memo_text(
        by,
        subject=f"รายงานประชาชน{asked}ทาง LINE",
        background=(
            f"ด้วย{Municipality.get_solo().name}ได้รับข้อความทาง LINE จากผู้ใช้ชื่อ {name} "
            f"{asked} ตาม{number_of(case)} เมื่อวันที่ {format_datetime(case.opened_at)} "
            f"ซึ่งอยู่ในความรับผิดชอบของ {case.division.full_name}"
        ),
        facts=_memo_facts(case, name, masked),
        law="",
        consideration=_consideration(case),
    )


def _memo_facts(case: ChatCase, name: str, masked: Callable[[str], str]) -> str:
    hers = list(
        case.messages.filter(kind="text", unsent_at=None).order_by("sent_at", "id")[:_MEMO_LINES]
    )
    parts = [f"ผู้ใช้ชื่อ {name} แจ้งว่า"] if hers else []
    parts += [words for row in hers if (words := _line(masked(row.text)))]
    ours = case.outbound.filter(author__isnull=False).order_by("-created_at", "-id").first()
    words = [
        str(one.get("text"))
        for one in (ours.messages if ours else [])
        if isinstance(one, dict) and one.get("type") in ("text", "textV2") and one.get("text")
    ]
    if ours and words:
        parts.append(
            f"เจ้าหน้าที่ได้ตอบเมื่อวันที่ {format_datetime(ours.created_at)} ว่า "
            f"{_line(masked(' '.join(words)))}"
        )
    return "\n".join(parts)


def _line(text: str) -> str:
    return shorten(" ".join(text.split()), _MEMO_LINE)


def _consideration(case: ChatCase) -> str:
    if case.state == ChatCase.State.DONE:
        return "เห็นควรรายงานให้ผู้บริหารทราบ"
    todo = "พิจารณาดำเนินการในส่วนที่เกี่ยวข้อง และตอบประชาชนทาง LINE ต่อไป"
    return f"เห็นควรมอบหมายให้ {case.division.full_name} {todo}"


def memo(case: ChatCase, text: MemoText, by: Staff, *, pictures: bool) -> MemoPaper:
    """Return the memo on `case` (with RELATED) with these words, and her pictures if asked for."""
    division = memo_words.proposing_division(by, case.division)
    return memo_words.memo_paper(
        text,
        number=str(case.pk),
        number_word="แชตที่",
        department=memo_words.department_line(division),
        first=memo_words.head_of(division),
        photos=enclosed(case) if pictures else (),
        case_url=case_url(case),
    )


def enclosed(case: ChatCase) -> tuple[PaperPhoto, ...]:
    """Return the pictures that the resident sent, at most MAX_ENCLOSED, the newest."""
    rows = case.messages.filter(
        kind="image", unsent_at=None, content__state=MessageContent.State.STORED
    ).exclude(content__file="")
    files = rows.order_by("-sent_at", "-id").values_list("content__file", flat=True)
    newest = list(files[:MAX_ENCLOSED])
    return tuple(PaperPhoto(source=functools.partial(_stored, name)) for name in newest[::-1])


# -- what both need -----------------------------------------------------------------------------


def _name(case: ChatCase, masked: Callable[[str], str]) -> str:
    """Return her name in LINE as paper can show it."""
    return masked(without_emoji(str(case.resident))) or f"ผู้ใช้ LINE {case.resident_id}"


def masking(emoji: str = _EMOJI) -> Callable[[str], str]:
    """Return what makes a text fit for paper: numbers of persons masked, emoji replaced.

    The municipality's own telephone numbers stay.
    """
    profile = Municipality.get_solo()
    written = [profile.phone, *Division.objects.values_list("phone", flat=True)]
    own = {"".join(re.findall(r"\d", number)) for number in written}
    patterns = [
        rf"(?<!\d){'[ ./–-]?'.join(digits)}(?!\d)"
        for digits in sorted(own, key=len, reverse=True)
        if len(digits) >= 8
    ]
    ours = re.compile("|".join(patterns)) if patterns else None

    def masked(text: str) -> str:
        text = without_emoji(normalise_text(text), emoji)
        if ours is None:
            return mask_text(text)
        kept = ours.findall(text)
        parts = mask_text(ours.sub(_KEPT, text.replace(_KEPT, ""))).split(_KEPT)
        return "".join(
            part + (kept[index] if index < len(kept) else "") for index, part in enumerate(parts)
        )

    return masked


def record_printing(request: HttpRequest, case: ChatCase, what: str) -> None:
    """Write into the case and the access log that it was printed; call it in a transaction."""
    held = ChatCase.objects.select_for_update().get(pk=case.pk)
    record(held, ChatEntry.Kind.PRINTED, by=request.user, text=f"พิมพ์{what}")
    access_log.record(request, AccessLog.Action.PRINT, f"chat:{case.pk}", what)
