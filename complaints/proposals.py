"""A case from a chat: an officer draws it up, its teller confirms it, intake files it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from bannmae.media import photos as photo_intake
from bannmae.media import storage
from bannmae.media.photos import StoredPhoto
from bannmae.models import Staff
from chatops.cases import opening
from chatops.cases.access import sees
from chatops.cases.record import record
from chatops.inbox.turn import Turn
from chatops.line.cards import Band, Button, Card, card_message, signed_by, text_message
from chatops.line.links import liff_link
from chatops.models import ChatCase, ChatEntry, Message, MessageContent
from chatops.outbox import send
from complaints.intake import Place, Reporter, file_complaint
from complaints.models import Category, Complaint, Proposal

State = Proposal.State
# A form that nobody has answered by then is no order any more.
LIVES = dt.timedelta(days=7)
SHOWN_DETAILS = 300  # characters on the card; all of them are in the case


class Refused(Exception):
    """A proposal that was not made; its text tells the officer why, in Thai."""


@dataclass(frozen=True)
class Draft:
    """What the officer has drawn up; checked and normalised by his form."""

    category: Category
    subject: str
    details: str
    full_name: str
    phone: str
    village: int | None = None
    place: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    hide_name: bool = False


def copy_pictures(contents: Sequence[MessageContent]) -> list[StoredPhoto]:
    """Return copies of a chat's pictures that live as long as the case, not as the chat does.

    Call it outside a transaction. When one fails none remains, and its error goes on.
    """
    copies: list[StoredPhoto] = []
    try:
        for content in contents:
            with default_storage.open(content.file) as whole:
                picture = whole.read()
            with default_storage.open(content.thumbnail) as small:
                thumbnail = small.read()
            name, thumbnail_name = storage.store_all(
                "photos", [(".jpg", picture), ("-480.jpg", thumbnail)]
            )
            copies.append(
                StoredPhoto(
                    name=name,
                    thumbnail_name=thumbnail_name,
                    width=content.width or 0,
                    height=content.height or 0,
                    bytes=len(picture),
                )
            )
    except BaseException:
        forget_pictures(copies)
        raise
    return copies


def forget_pictures(copies: Sequence[StoredPhoto]) -> None:
    """Delete copies that no case has taken over."""
    photo_intake.delete(name for one in copies for name in (one.name, one.thumbnail_name))


def propose(
    case_id: int,
    by: Staff,
    draft: Draft,
    photos: Sequence[StoredPhoto],
    *,
    key: UUID,
    messages: Sequence[Message] = (),
) -> Proposal:
    """Keep a draft, made of `messages`, and ask its teller to confirm it; the same `key` asks once.

    Raises Refused where `by` may not see the chat (any more), IntegrityError for a key that is
    there already.
    """
    with transaction.atomic():
        case = (
            ChatCase.objects.select_for_update(of=("self",))
            .select_related("resident__channel", "topic", "division")
            .filter(pk=case_id)
            .first()
        )
        if case is None or not sees(by, case):
            raise Refused("ไม่พบแชตนี้ หรือถูกส่งต่อให้กอง/งานอื่นแล้ว")
        proposal = Proposal.objects.create(
            key=key,
            chat=case,
            resident=case.resident,
            by=by,
            at=timezone.now(),
            photos=[_stored_form(photo) for photo in photos],
            **{name: getattr(draft, name) for name in draft.__dataclass_fields__},
        )
        proposal.messages.set(messages)
        record(case, ChatEntry.Kind.FILED, by=by, text=f"ส่งให้ประชาชนยืนยัน: {draft.subject}")
        send(
            case.resident,
            [signed_by(card_message(_card(proposal)), case.division.short_name)],
            dedupe_key=f"proposal:{key}",
            about=f"chat:{case.pk}",
            case=case,
            author=by,
            reply_to_latest=True,
        )
    return proposal


def tap(turn: Turn, data: dict[str, str]) -> bool:
    """Do what the buttons of a proposal say; False for buttons of somebody else."""
    if "proposal" not in data:
        return False
    try:
        key = UUID(data["proposal"])
    except ValueError:
        return False
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("category__division", "chat__division", "resident__channel")
        # Another's is no proposal to her.
        .filter(key=key, resident=turn.resident)
        .first()
    )
    if proposal is None:
        return False
    case = opening.fetched(proposal.chat_id)
    if proposal.state == State.OFFERED and timezone.now() - proposal.at > LIVES:
        _expire(proposal)
    if proposal.state == State.OFFERED:
        confirmed = data.get("do") == "confirm"
        words = _confirm(proposal, case) if confirmed else _decline(proposal, case)
    else:
        words = _said_before(proposal)
    if words:
        turn.reply(
            [signed_by(text_message(words), case.division.short_name)],
            about=f"chat:{case.pk}",
            case=case,
        )
    else:
        turn.answered = True  # the case's acknowledgement says it
    return True


def _confirm(proposal: Proposal, case: ChatCase) -> str:
    complaint = file_complaint(
        category=proposal.category,
        subject=proposal.subject,
        details=proposal.details,
        reporter=Reporter(full_name=proposal.full_name, phone=proposal.phone),
        place=Place(
            village=proposal.village,
            text=proposal.place,
            latitude=proposal.latitude,
            longitude=proposal.longitude,
        ),
        hide_name=proposal.hide_name,
        photos=[StoredPhoto(**photo) for photo in proposal.photos],
        resident=proposal.resident,
        via=Complaint.Via.CHAT,
        # The card said what confirming it means, beside the way to the notice.
        notice_acknowledged=True,
        filing_key=proposal.key,
    )
    proposal.state, proposal.complaint = State.CONFIRMED, complaint
    proposal.save(update_fields=["state", "complaint"])
    record(case, ChatEntry.Kind.FILED, text=f"ประชาชนยืนยันแล้ว เป็นเรื่องเลขที่ {complaint.number}")
    return ""


def _decline(proposal: Proposal, case: ChatCase) -> str:
    proposal.state = State.DECLINED
    proposal.save(update_fields=["state"])
    _forget_pictures_of(proposal)
    opening.asked_for_person(case)
    return "รับทราบค่ะ ยังไม่ได้แจ้งเรื่องนี้ พิมพ์บอกสิ่งที่ต้องแก้ไขได้เลย เจ้าหน้าที่จะดูให้"


def _said_before(proposal: Proposal) -> str:
    if proposal.complaint is not None:
        return f"เรื่องนี้แจ้งไว้แล้ว เลขที่ {proposal.complaint.number}"
    if proposal.state == State.TAKEN_BACK:
        return "ท่านยกเลิกข้อความของเรื่องนี้แล้ว จึงไม่ได้แจ้งเรื่อง หากต้องการแจ้ง พิมพ์บอกเจ้าหน้าที่ได้เลย"
    if proposal.state == State.EXPIRED:
        return "แบบฟอร์มนี้เกิน 7 วันแล้ว หากยังต้องการแจ้งเรื่อง พิมพ์บอกเจ้าหน้าที่ได้เลย"
    return "ท่านแจ้งว่าไม่ยืนยันเรื่องนี้ไว้แล้ว หากต้องการแจ้งเรื่อง พิมพ์บอกเจ้าหน้าที่ได้เลย"


def forget_taken_back(message: Message) -> None:
    """Let go of drafts that hold words or pictures that she has taken back.

    What she confirmed before that is a case by now, and stays one.
    """
    for proposal in Proposal.objects.select_for_update(of=("self",)).filter(
        messages=message, state=State.OFFERED
    ):
        proposal.state, proposal.subject, proposal.details = State.TAKEN_BACK, "", ""
        proposal.place, proposal.latitude, proposal.longitude = "", None, None
        proposal.save()
        _forget_pictures_of(proposal)
        case = opening.fetched(proposal.chat_id)
        record(case, ChatEntry.Kind.FILED, text="ประชาชนยกเลิกข้อความ ร่างเรื่องจึงเป็นอันยกเลิก")


def expire_old(now: dt.datetime | None = None) -> int:
    """Let go of what nobody has confirmed in time, pictures included; returns how many."""
    before = (now or timezone.now()) - LIVES
    gone = 0
    for pk in list(
        Proposal.objects.filter(state=State.OFFERED, at__lt=before)
        .order_by("id")
        .values_list("id", flat=True)[:500]
    ):
        with transaction.atomic():
            proposal = (
                Proposal.objects.select_for_update(of=("self",))
                .filter(pk=pk, state=State.OFFERED)
                .first()
            )
            if proposal is not None:
                _expire(proposal)
                gone += 1
    return gone


def _expire(proposal: Proposal) -> None:
    proposal.state = State.EXPIRED
    proposal.save(update_fields=["state"])
    _forget_pictures_of(proposal)


def _forget_pictures_of(proposal: Proposal) -> None:
    copies = [StoredPhoto(**photo) for photo in proposal.photos]
    if copies:
        proposal.photos = []
        proposal.save(update_fields=["photos"])
        transaction.on_commit(lambda: forget_pictures(copies))


def _stored_form(photo: StoredPhoto) -> dict[str, object]:
    kept = ("name", "thumbnail_name", "width", "height", "bytes")
    return {name: value for name, value in asdict(photo).items() if name in kept}


def _card(proposal: Proposal) -> Card:
    details = " ".join(proposal.details.split())
    if len(details) > SHOWN_DETAILS:
        details = details[:SHOWN_DETAILS] + "…"
    where = f"ม.{proposal.village} {proposal.place}" if proposal.village else proposal.place
    lines = [
        f"ประเภท: {proposal.category.name}",
        details,
        f"สถานที่: {where.strip()}" if where.strip() else "",
        "มีพิกัดจุดเกิดเหตุ" if proposal.latitude is not None else "",
        f"แนบภาพ {len(proposal.photos)} ภาพ" if proposal.photos else "",
        "เจ้าหน้าที่สรุปจากแชตให้แล้ว โปรดตรวจสอบก่อนกดยืนยัน",
    ]
    return Card(
        band="ตรวจสอบและยืนยันแจ้งเรื่อง",
        title=proposal.subject,
        lines=[line for line in lines if line],
        colour=Band.ASK,
        buttons=[
            Button("ยืนยันแจ้งเรื่อง", data=f"proposal={proposal.key}&do=confirm"),
            Button("ไม่ถูกต้อง", data=f"proposal={proposal.key}&do=decline"),
            Button("ประกาศความเป็นส่วนตัว", uri=liff_link("privacy")),
        ],
        footnote="การกดยืนยันถือว่ารับทราบประกาศความเป็นส่วนตัวของเทศบาล",
        alt_text="โปรดตรวจสอบและยืนยันแจ้งเรื่อง",
    )


__all__ = ["Draft", "IntegrityError", "Refused", "copy_pictures", "expire_old", "propose", "tap"]
