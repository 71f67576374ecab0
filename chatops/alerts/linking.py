"""Linking an officer's own LINE: a code from his page, sent by himself from that LINE.

The code proves both ends: who shows it is signed in as the officer, who sends it holds the
LINE. It lives for ten minutes, works once, and is kept as a keyed digest only.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bannmae.accounts import ALPHABET
from bannmae.models import AccessLog, Staff
from bannmae.privacy.blind_index import blind_index, blind_index_candidates
from chatops.line.cards import text_message
from chatops.models import LinkAttempt, Resident, StaffLink

WORD = "ผูก"
LETTERS = ALPHABET.upper()  # none that is mistaken for another
LENGTH = 6
CODE_LIVES = dt.timedelta(minutes=10)
# Of 887 million codes; who reaches either number waits until an hour is over.
CODES_AN_HOUR = 5
TRIES_AN_HOUR = 5
HOUR = dt.timedelta(hours=1)
_PURPOSE = "chatops.stafflink.code"
# As people type it: with or without spaces or a dash, large or small.
_CODE = re.compile(rf"\s*{WORD}[\s:–-]*([A-Za-z0-9]{{3}})[\s–-]?([A-Za-z0-9]{{3}})\s*")

LINKED = (
    "เชื่อมบัญชีแล้ว เมื่อมีแชต เรื่องร้องเรียน หรือเรื่องส่งต่อใหม่ของท่าน ระบบจะแจ้งจำนวนพร้อมลิงก์ในแชตนี้ "
    "ยกเลิกได้ที่หน้า “เชื่อม LINE ของฉัน” ในระบบงานเจ้าหน้าที่"
)
WRONG = "รหัสเชื่อมบัญชีเจ้าหน้าที่ไม่ถูกต้องหรือหมดอายุแล้ว โปรดขอรหัสใหม่ที่หน้า “เชื่อม LINE ของฉัน” ในระบบงานเจ้าหน้าที่"
OTHERS = "LINE นี้เชื่อมกับบัญชีเจ้าหน้าที่อื่นอยู่แล้ว โปรดยกเลิกการเชื่อมเดิมก่อน ที่หน้า “เชื่อม LINE ของฉัน” แล้วส่งรหัสอีกครั้ง"


class TooManyCodes(Exception):
    """An officer asked for more codes than an hour allows; its text says so in Thai."""


@transaction.atomic
def make_code(staff: Staff) -> tuple[str, dt.datetime]:
    """Return a new code for `staff` and when it ends; an earlier one is void from now on.

    Raises TooManyCodes. An officer whose LINE is linked keeps that until the code is used.
    """
    now = timezone.now()
    # The row is the lock: two presses of the button are counted one after the other.
    StaffLink.objects.get_or_create(staff=staff)
    link = StaffLink.objects.select_for_update().get(staff=staff)
    LinkAttempt.objects.filter(staff=staff, at__lte=now - HOUR).delete()
    if LinkAttempt.objects.filter(staff=staff).count() >= CODES_AN_HOUR:
        raise TooManyCodes(f"ขอรหัสได้ไม่เกิน {CODES_AN_HOUR} ครั้งต่อชั่วโมง โปรดลองใหม่ภายหลัง")
    LinkAttempt.objects.create(staff=staff, at=now)
    code = _unused_code(now)
    link.code_hash = blind_index(code, _PURPOSE)
    link.code_expires_at = now + CODE_LIVES
    link.save(update_fields=["code_hash", "code_expires_at"])
    return code, link.code_expires_at


def holds_code(text: str) -> bool:
    """Tell whether `text` is such a code, right or wrong: its words are nothing to keep."""
    return _CODE.fullmatch(text) is not None


def try_link(resident: Resident, text: str) -> list[dict[str, Any]] | None:
    """Link the LINE of `resident` by the code in `text`; return what she is answered.

    None where `text` is no such code, or after too many wrong ones within an hour: codes from
    this LINE are then not looked at. Call it in the transaction of her event, while a worker
    holds the lease on her, and keep nothing of a text that `holds_code`.
    """
    found = _CODE.fullmatch(text)
    if found is None:
        return None
    now = timezone.now()
    LinkAttempt.objects.filter(resident=resident, at__lte=now - HOUR).delete()
    if LinkAttempt.objects.filter(resident=resident).count() >= TRIES_AN_HOUR:
        return None
    code = "".join(found.groups()).upper()
    link = (
        StaffLink.objects.select_related("staff")
        .filter(
            code_hash__in=blind_index_candidates(code, _PURPOSE),
            code_expires_at__gt=now,
            staff__is_active=True,
            staff__is_staff=True,
        )
        .first()
    )
    if link is None:
        LinkAttempt.objects.create(resident=resident, at=now)
        return [text_message(WRONG)]
    if StaffLink.objects.filter(resident=resident).exclude(pk=link.pk).exists():
        return [text_message(OTHERS)]
    # Conditional: sent from two phones at once, the code works for one of them.
    used = StaffLink.objects.filter(pk=link.pk, code_hash=link.code_hash).update(
        resident=resident, code_hash="", code_expires_at=None, linked_at=now, told_at=None
    )
    if not used:
        return [text_message(WRONG)]
    LinkAttempt.objects.filter(resident=resident).delete()
    _log(link.staff, "เชื่อม LINE ของตน")
    return [text_message(LINKED)]


@transaction.atomic
def unlink(staff: Staff) -> bool:
    """Forget the LINE of `staff` and any code; False where there was none."""
    linked = StaffLink.objects.filter(staff=staff).exclude(resident=None)
    was = bool(
        linked.update(
            resident=None, code_hash="", code_expires_at=None, linked_at=None, told_at=None
        )
    )
    StaffLink.objects.filter(staff=staff).update(code_hash="", code_expires_at=None)
    if was:
        _log(staff, "ยกเลิกการเชื่อม LINE ของตน")
    return was


def forget_closed(staff: Staff) -> None:
    """Unlink the LINE of an account that was closed, for good."""
    if not staff.is_active:
        StaffLink.objects.filter(staff=staff.pk).delete()


def _unused_code(now: dt.datetime) -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        taken = Q(code_hash__in=blind_index_candidates(code, _PURPOSE), code_expires_at__gt=now)
        if not StaffLink.objects.filter(taken).exists():
            return code


def _log(staff: Staff, detail: str) -> None:
    AccessLog.objects.create(
        staff=staff,
        action=AccessLog.Action.ACCOUNT,
        subject=f"staff:{staff.username}",
        detail=detail,
    )
