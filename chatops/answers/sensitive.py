"""Residents' questions without what tells who they are, and which are nobody else's matter."""

from __future__ import annotations

import re

from bannmae.privacy.logging import scrub
from bannmae.privacy.masking import PHONE_MASK
from bannmae.reference import kept
from bannmae.thai.national_id import FULL_MASK
from bannmae.thai.text import normalise_text, search_key
from chatops.models import Topic
from chatops.models.chat import TOPICS

HIDDEN = "…"
_RESTRICTED = f"{TOPICS}-restricted-words"

_LINK = re.compile(r"\b(?:https?://|www\.|line\.me/)\S+", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
# Accounts, cards, tax numbers, bills: seven digits and more, however they are set apart.
_LONG_NUMBER = re.compile(r"(?<![\d,])\d(?:[ \-/]?\d){6,}(?![\d,])")
_HOUSE = re.compile(r"((?:บ้าน)?เลขที่(?:บ้าน)?)\s*\d+(?:\s*/\s*\d+)?")
_LINE_ID = re.compile(r"((?:ไลน์|line)\s?(?:id|ไอดี))\s*:?\s*[A-Za-z0-9@._-]+", re.IGNORECASE)
# Words that begin like a title and name nobody: the mayor, the registrar, a lawyer.
_OFFICES = (
    r"กเทศ|กอบ[ตจ]|ก\s*อบ[ตจ]|กรัฐ|กฯ|ก(?![ก-๛])|กสมาคม|ทะเบียน|ช่าง|อำเภอ|จ้าง|หน้า|แพทย์|ตำรวจ"
    r"|ทหาร|ตรวจ|ประกัน|เงิน"
)
_TITLE = (
    rf"(?<!ท)(?<!เจ้า)นาย(?!{_OFFICES})|นางสาว|นาง(?!สาว|ฟ้า|แบบ|งาม|รำ|พยาบาล|นวล|เอก)"
    r"|น\.\s?ส\.(?!\s?\d)|ด\.\s?[ชญ]\.|เด็กชาย(?=\s)|เด็กหญิง(?=\s)|\b(?:Mr|Mrs|Ms|Miss)\b\.?"
    r"|(?:ผม|ฉัน|หนู|ข้าพเจ้า|พี่|แม่|พ่อ|ยาย|ตา)\s?ชื่อ"
    r"|(?:^|(?<=\s))ชื่อ(?:\s?-?\s?(?:นาม)?สกุล)?(?:\s*:)?(?!\s*(?:อะไร|ว่า|ใคร|ไหน|ใน|ของ|ที่|เจ้าบ้าน|เทศบาล"
    r"|โครงการ|ถนน|หมู่บ้าน|ซอย|ร้าน|บัญชี))"
)
# A second word is a family name unless what she wants begins with it.
_GOES_ON = (
    r"สอบถาม|ถาม|ขอ(?!ง)|อยาก|ต้องการ|แจ้ง|ไม่|ครับ|ค่ะ|คะ|บ้านเลขที่|หมู่|ม\.|โทร|เบอร์|เลขที่|อายุ|เรื่อง|ชำระ|จ่าย"
    r"|ทราบ|สนใจ|อยู่|บัตร"
)
_LETTERS = r"[ก-\u0e3a\u0e40-\u0e4e]"
_NAME = re.compile(
    rf"(?P<title>{_TITLE})\s*(?P<given>{_LETTERS}{{2,}}|[A-Za-z]{{2,}})"
    rf"(?:[ \t]+(?:ณ[ \t]+)?(?!(?:{_GOES_ON}))(?:{_LETTERS}{{2,}}|[A-Za-z]{{2,}}))?"
)
_MASKS = re.compile(
    rf"(?:(?:ผม|ดิฉัน|ฉัน|หนู)?\s*(?:{_TITLE})|โทร\S*|เบอร์|บัตร\S*|บัญชี\S*|อีเมล|บ้านเลขที่|เลขที่)?\s*"
    rf"(?:{re.escape(HIDDEN)}|{re.escape(FULL_MASK)}|{re.escape(PHONE_MASK)})"
)


def masked(text: str) -> str:
    """Return a question without national IDs, phones, e-mail, account numbers, names, links.

    Where a name ends cannot be told from Thai letters that stand without spaces: rather a word
    too many goes than a name stays.

    >>> masked("นายสมชาย ใจดี บัตร 1-2345-67890-12-1 ถามเรื่องภาษีที่ดิน โทร 081 234 5678")
    'นาย… บัตร x-xxxx-xxxxx-xx-x ถามเรื่องภาษีที่ดิน โทร xxx-xxx-xxxx'
    >>> masked("โอนเข้าบัญชี 123-4-56789-0 แล้ว ใบเสร็จส่งที่ a.b@example.com นะคะ")
    'โอนเข้าบัญชี … แล้ว ใบเสร็จส่งที่ … นะคะ'
    >>> masked("นายกเทศมนตรีคือใคร ขอ น.ส.3 ก. ได้ไหม")
    'นายกเทศมนตรีคือใคร ขอ น.ส.3 ก. ได้ไหม'
    """
    plain = _EMAIL.sub(HIDDEN, _LINK.sub(HIDDEN, normalise_text(text)))
    plain = _LONG_NUMBER.sub(HIDDEN, scrub(plain))
    plain = _LINE_ID.sub(rf"\1 {HIDDEN}", _HOUSE.sub(rf"\1 {HIDDEN}", plain))
    return _NAME.sub(lambda found: f"{found['title']}{HIDDEN}", plain)


def words_left(text: str) -> str:
    """Return the letters of a masked text, without the masks: what is still asked."""
    for mask in (FULL_MASK, PHONE_MASK, HIDDEN):
        text = text.replace(mask, "")
    return re.sub(r"[^ก-\u0e4eA-Za-z]", "", text)


def without_masks(text: str) -> str:
    """Return a masked text as the question of anybody: the masks and what led to them left out.

    >>> without_masks("นาย… อยากเช่าแผงตลาด โทร xxx-xxx-xxxx")
    'อยากเช่าแผงตลาด'
    """
    return " ".join(_MASKS.sub(" ", text).split())


def is_restricted(text: str) -> bool:
    """Tell whether words of a restricted topic stand in a text: health, disability, slips."""
    words = kept(_RESTRICTED, _restricted_words)
    key = search_key(text)
    squeezed = key.replace(" ", "")
    return any(word in key or word in squeezed for word in words)


def _restricted_words() -> tuple[str, ...]:
    rows = Topic.objects.filter(restricted=True).values_list("words", flat=True)
    words = {search_key(line) for row in rows for line in row.splitlines()}
    return tuple(sorted(word for word in words if len(word) > 1))
