"""From the municipality's own rows to a memo: its words, who proposes, who signs.

What the memo is about is the room's that prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from bannmae.models import Division, Municipality, Staff
from bannmae.models import Signatory as SignatoryRow
from bannmae.paper.memo import MemoPaper, PaperPhoto, Signatory
from bannmae.paper.office_picture import office_picture

if TYPE_CHECKING:
    import datetime as dt

Office = SignatoryRow.Office
_HEAD = "หัวหน้าสำนักปลัดเทศบาล"
_CLERK = "ปลัดเทศบาลตำบลบ้านแม"


@dataclass(frozen=True, slots=True)
class MemoText:
    """The words of a memo, as the officer left them."""

    subject: str
    to: str
    through: str
    background: str
    facts: str
    law: str
    consideration: str
    signer_name: str
    signer_position: str
    document_number: str = ""
    date: dt.date | None = None


def memo_text(
    by: Staff, *, subject: str, background: str, facts: str, law: str, consideration: str
) -> MemoText:
    """Return the words that a memo begins with: proposed by `by`, to the mayor, of today."""
    clerk = _in_charge(Office.CLERK)
    return MemoText(
        subject=subject,
        to=Municipality.get_solo().mayor_title,
        through=clerk.title if clerk else _CLERK,
        background=background,
        facts=facts,
        law=law,
        consideration=consideration,
        signer_name=by.signature_block[0].strip("()"),
        signer_position="\n".join(line for line in by.signature_block[1:] if line),
        date=timezone.localdate(),
    )


def memo_paper(
    text: MemoText,
    *,
    number: str,
    department: str,
    first: Signatory,
    photos: tuple[PaperPhoto, ...],
    case_url: str,
    number_word: str = "เรื่องเลขที่",
) -> MemoPaper:
    """Return the memo with these words; `first` comments before the clerk, the mayor orders."""
    profile = Municipality.get_solo()
    return MemoPaper(
        municipality=profile.name,
        number=number,
        number_word=number_word,
        department=department,
        subject=text.subject,
        to=text.to,
        through=text.through,
        background=text.background,
        facts=text.facts,
        law=text.law,
        consideration=text.consideration,
        signer=Signatory(name=text.signer_name, position=text.signer_position),
        endorsers=(first, _signs(Office.CLERK, f"ความเห็น{_CLERK}", _CLERK)),
        order_by=_signs(Office.MAYOR, "คำสั่งนายกเทศมนตรี", profile.mayor_title),
        document_number=text.document_number,
        date=text.date,
        photos=photos,
        case_url=case_url,
        garuda=_garuda(profile),
    )


def proposing_division(by: Staff, otherwise: Division) -> Division:
    """Return the division (with its parent) for which `by` proposes: his first, or `otherwise`."""
    own = by.divisions.select_related("parent").order_by("order", "name")
    return next(iter(own), otherwise)


def department_line(division: Division) -> str:
    """Return the line ส่วนราชการ of a division (with its parent): both levels and a telephone."""
    phone = division.phone or Municipality.get_solo().phone
    return f"{division.full_name} โทร. {phone}" if phone else division.full_name


def head_of_clerk_office() -> Signatory:
    """Return หัวหน้าสำนักปลัดเทศบาล, who comments first on what his office proposes."""
    return _signs(Office.HEAD, f"ความเห็น{_HEAD}", _HEAD)


def head_of(division: Division) -> Signatory:
    """Return who comments first on what a division (with its parent) proposes.

    The head of its กอง, whom no row names: a dotted line is left for the name.
    """
    top = division.parent or division
    if not top.name.startswith("กอง"):
        return head_of_clerk_office()
    title = f"ผู้อำนวยการ{top.name}"
    return Signatory(position=title, heading=f"ความเห็น{title}")


def _in_charge(office: SignatoryRow.Office) -> SignatoryRow | None:
    return SignatoryRow.objects.on(timezone.localdate()).filter(office=office).first()


def _signs(office: SignatoryRow.Office, heading: str, title: str) -> Signatory:
    row = _in_charge(office)
    if row is None:
        return Signatory(position=title, heading=heading)
    position = "\n".join(part for part in (row.title, row.acting) if part)
    return Signatory(name=row.name, position=position, heading=heading)


def _garuda(profile: Municipality) -> bytes | None:
    """Return the picture; while storage does not answer its place stays blank."""
    try:
        return office_picture(profile.garuda)
    except OSError:
        return None
