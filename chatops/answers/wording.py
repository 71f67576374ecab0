"""What a resident reads of a row: its answer, the year that it holds for, whose it is."""

from __future__ import annotations

import re
from datetime import date

from bannmae.thai.calendar import BE_OFFSET, fiscal_year, format_date
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import grapheme_length, shorten, utf16_length
from chatops.models import KnowledgeRow

LIMIT = 5000  # UTF-16 units of a text message
# https://developers.line.biz/en/reference/messaging-api/#text-message

_YEAR = r"[2๒][5๕]\d\d"
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
# What a clerk wrote to his colleagues, not to residents.
_REMARK = re.compile(
    r"ไม่ยืนยัน|ไม่ได้ยืนยัน|ต้องตรวจ|ให้ตรวจ|ควรตรวจ|โปรดตรวจ|รอตรวจ|ตรวจสอบก่อนใช้|ต้องให้|ให้.{0,20}ยืนยัน|รอยืนยัน"
    r"|แตกต่างตาม|แตกต่างกัน|ข่าวบางสำนัก|มีข้อเสนอ|^ถ้า|^หาก|^หมายเหตุ"
)
_GENERAL = re.compile(r"(?:ข้อมูล)?ทั่วไป")
_YEAR_PHRASE = re.compile(rf"(?:ปีงบประมาณ|ปีภาษี|ปีการศึกษา|ปี|พ\.ร\.บ\.)\s?(?:พ\.ศ\.\s?)?{_YEAR}")
_DATED_YEAR = re.compile(rf"(ปีงบประมาณ|ปีภาษี|ปีการศึกษา|^ปี)\s?(?:พ\.ศ\.\s?)?({_YEAR})")
_LAW = ("พ.ร.", "พระราช", "ระเบียบ", "ประกาศ", "กฎ", "เทศบัญญัติ", "มติ", "หลักเกณฑ์", "แนวปฏิบัติ")


def answer_text(row: KnowledgeRow, today: date, answer: str = "") -> str:
    """Return what is sent: the answer, a line on its year or validity, then the owner.

    `answer` is another wording of the row's own. Never longer than LINE's 5000 UTF-16 units:
    the answer is cut, the two lines below it never are.
    """
    below = f"\n\n{validity(row, today)}\nสอบถามเพิ่มเติม: {owner(row)}"
    return _cut((answer or row.answer).strip(), LIMIT - utf16_length(below)) + below


def owner(row: KnowledgeRow) -> str:
    """Return whose answer it is, to the letter of the list it came from, and the telephone."""
    name = row.division_name or row.division.full_name
    return f"{name} โทร. {row.division.phone}" if row.division.phone else name


def validity(row: KnowledgeRow, today: date) -> str:
    """Return which year or period an answer is for, in a resident's words."""
    held = [_in_words(phrase) for phrase in periods(row.valid_for)]
    held = [f"ข้อมูลนี้{first}" for first in held[:1]] + [
        later.removeprefix("เป็นไป") for later in held[1:]
    ]
    if row.valid_until:
        until = f"ใช้ได้ถึง {format_date(row.valid_until)}"
        held.append(until if held else f"ข้อมูลนี้{until}")
    if outdated := _earlier_year(row.valid_for, today):
        held.append(outdated)
    if row.checked_on:
        held = held or ["ข้อมูลทั่วไป ไม่ได้กำหนดปี"]
        held.append(f"ตรวจสอบล่าสุด {format_date(row.checked_on)}")
    return " · ".join(held) or "ข้อมูลทั่วไป ไม่ได้กำหนดปี หากต้องการคำยืนยันโปรดคุยกับเจ้าหน้าที่"


def periods(valid_for: str) -> list[str]:
    """Return what `valid_for` says of years and laws, without clerks' remarks.

    >>> periods("ตั้งแต่ 1 ต.ค. 2563; ให้ตรวจมติ ครม. ล่าสุด (มีข้อเสนอ 1,000 บาทถ้วนหน้า)")
    ['ตั้งแต่ 1 ต.ค. 2563']
    >>> periods("ปีภาษี 2569 (เดือนงวด); เงื่อนไข: ยังไม่ยืนยัน ต้องตรวจสอบ"), periods("ทั่วไป")
    (['ปีภาษี 2569'], [])
    """
    found = []
    for part in re.split(r"\s*[;\n]\s*", valid_for):
        phrase = " ".join(_BRACKETS.sub(_worth_keeping, part).split())
        phrase = re.sub(r"^ยืนยัน(?=ประกาศ)", "ตาม", phrase)
        phrase = re.sub(r"^ยืนยัน(?=งวด)", "เป็นข้อมูลของ", phrase)
        if _REMARK.search(phrase):
            year = _YEAR_PHRASE.match(phrase)
            phrase = year.group() if year else ""
        if phrase and not _GENERAL.fullmatch(phrase) and phrase not in found:
            found.append(phrase)
    return found


def _worth_keeping(found: re.Match[str]) -> str:
    inside = re.sub(r"^ยืนยัน(?=ประกาศ)", "ตาม", found.group(1).strip())
    keeps = re.search(_YEAR, inside) and not _REMARK.search(inside)
    return f" ({inside})" if keeps else ""


def _in_words(phrase: str) -> str:
    """Return a period as it goes on after 'this information …'."""
    phrase = re.sub(r"(?<![ก-๛])ม\.(?=\s?\d)", "มาตรา ", phrase).removeprefix("หลักเกณฑ์ตาม")
    if phrase.startswith("ตั้งแต่"):
        return "ใช้" + re.sub(rf"^ตั้งแต่\s?(?={_YEAR})", "ตั้งแต่ปี ", phrase)
    if phrase.startswith(_LAW):
        return f"เป็นไปตาม{' ' if phrase.startswith('พ.ร.') else ''}{phrase}"
    if phrase.startswith(("ปี", "รอบ", "ทุกปี", "งวด", "เดือน", "ช่วง")):
        return f"สำหรับ{phrase}"
    if phrase.startswith("ตาม"):
        return f"เป็นไป{phrase}"
    if phrase.startswith("อัตรา"):
        return f"เป็น{phrase}"
    return phrase if phrase.startswith(("เป็น", "ใช้")) else f"ใช้กับ {phrase}"


def _earlier_year(valid_for: str, today: date) -> str:
    """Say so when the latest year that an answer names is over."""
    named = [
        (int(to_arabic_digits(found.group(2))), found.group(1))
        for phrase in periods(valid_for)
        for found in _DATED_YEAR.finditer(phrase)
    ]
    if not named:
        return ""
    year, kind = max(named)
    now = fiscal_year(today) if kind == "ปีงบประมาณ" else today.year + BE_OFFSET
    return f"{kind} {now} อาจเปลี่ยนแปลง โปรดสอบถามอีกครั้ง" if year < now else ""


def _cut(text: str, units: int) -> str:
    seen = grapheme_length(text)
    while (over := utf16_length(text) - units) > 0:
        # A seen character takes one unit at least, mostly one or two.
        seen -= max(1, over // 4)
        text = shorten(text, max(1, seen))
    return text
