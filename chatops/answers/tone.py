# ruff: noqa: E501 - patterns
"""What is told of a message by its words alone: that it asks, that it is of somebody's health."""

from __future__ import annotations

import re

from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text
from chatops.answers.words import normalise

# คำเมือง and what it means: (?!…) keeps out words of central Thai that look alike.
_DIALECT = [
    (re.compile(said), means)
    for said, means in (
        ("ผ่อ(?!น)", "ดู"),
        ("ขี้เหยื้อ", "ขยะ"),
        ("แป๋ง|แปง", "ซ่อม"),
        ("เปิ้น", "เขา"),
        ("แหม", "อีก"),
        ("ก่าขยะ", "ค่าขยะ"),
        ("โตย", "ด้วย"),
        ("กำเจ้า|กำเน้อ", "หน่อย"),
        ("เต๊อะ", "เถอะ"),
        ("สลิ๊ป|สลีป|สะลิป", "สลิป"),
        ("ตังค์|ตัง", "เงิน"),
        ("บ่(?!อ(?!อ))", "ไม่"),
        ("เ?ฮือน", "บ้าน"),
        ("จ้วย", "ช่วย"),
        ("ต๋าย", "ตาย"),
        ("ฮู้", "รู้"),
        ("ตั๋ว", "ตัว"),
        ("ใจ๋", "ใจ"),
        ("ละอ่อน", "เด็ก"),
        ("ตี้", "ที่"),
        ("ตี๋น", "เท้า"),
        ("ตี๋", "ตี"),
        ("ขบ", "กัด"),
        ("ต๋ก", "ตก"),
        ("กั๋น", "กัน"),
        ("ปื๋น", "ปืน"),
        ("กำเดียว", "เดี๋ยวนี้"),
        ("ฮ้อง", "ร้อง"),
        ("โฮง", "โรง"),
        ("ป้อ(?!ง)", "พ่อ"),
        ("หื้อ", "ให้"),
        ("ขะใจ๋", "ด่วน"),
    )
]

_ASKS = re.compile(
    r"[?？]|(?<!แห่ง)[ไใ]หน|หรือ\S{3,24}(?:คะ|ครับ|คับ)(?: |$)|(?<!มี)(?<!เห็น)ใคร|(?<!มี)ไผ|อะไร|หยัง|ยังไง|อย่างไร|ทำไง|จะใด|เท่า(?:ไ|ใ)|เต้าใด|กี่|เมื่อ(?:ไ|ใ)|(?:วัน|มื้อ|ตี้|ที่|ยาม|เดือน)ใด|ตอนไหน|ยามใด|ภายใน|ไหม|มั้ย|มัย|ไม๊|มั๊ย|ป่าว|เปล่า|หรือไม่|ได้ก่อ|ก่อ(?:ครับ|เจ้า|คะ|ค่ะ|$)|หรือยัง|รึยัง|หรอ|เหรอ|ทำไม"
    r"|ต้องใช้|ใช้เอกสาร|ขั้นตอน|วิธี|\b(?:how|what|where|when|who|which|can|should|do i|is there)\b"
)
_ILL = re.compile(
    r"เอดส์|เอชไอวี|hiv|ติดเชื้อ|พิการ|จิตเวช|ติดเตียง|ซึมเศร้า|มะเร็ง|วัณโรค|ไตวาย|ฟอกไต|ยาต้าน|ออทิสติก|หูหนวก|ตาบอด|โรคประจำตัว|aids|disab"
)

# Written alone, with nothing but politeness: ambulance, police, fire.
_CALLS = re.compile(r"(?:โทร\.?\s*)?(?:1669|191|199)(?:\s*(?:ด้วย|ที|ค่ะ|คะ|ครับ|คับ|เจ้า|!))*")


def plain(text: str) -> str:
    """Return the normalised text with the commonest คำเมือง told in central Thai."""
    told = normalise(text)
    for said, means in _DIALECT:
        told = said.sub(means, told)
    return told


def asks(told: str) -> bool:
    """Whether the text (from `plain`) asks something."""
    return bool(_ASKS.search(told))


def calls_for_help(text: str) -> bool:
    """Whether nothing is written but a number that is called in an emergency.

    >>> calls_for_help("๑๙๑ ค่ะ"), calls_for_help("199 บาท")
    (True, False)
    """
    return bool(_CALLS.fullmatch(to_arabic_digits(normalise_text(text)).strip()))


def says_something(text: str) -> bool:
    """Whether there are letters or figures in it, and not only signs and pictures."""
    return bool(re.search(r"[a-zก-๎0-9]", plain(text)))


def tells_of_health(told: str) -> bool:
    """Whether the text names an illness or a disability: not for everybody's eyes."""
    return bool(_ILL.search(told))
