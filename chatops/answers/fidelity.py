"""Whether a rewording says what the row says: same figures, dates, links, and nothing more.

Strict on purpose. A good rewording that is thrown away costs nothing: the row's own words go.
"""

from __future__ import annotations

import re
from collections import Counter

from bannmae.thai.calendar import MONTHS, MONTHS_SHORT, WEEKDAYS
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text
from chatops.models import KnowledgeRow

SHORTEST, LONGEST = 2, 1500  # characters
GROWTH = 1.5  # times the row's length, and some room for courtesy
ROOM = 60
SHARED = 0.55  # of the rewording's letter groups must stand in the row

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORD = re.compile(
    r"(?:หนึ่ง|เอ็ด|สอง|ยี่สิบ|สาม(?!าร|ี|ัญ)|สี่|ห้า(?!ง|ม)|หก(?!ล้ม)|เจ็ด|แปด|เก้า(?!อี้)|สิบ|ร้อย(?!ละ)|พัน(?!ธ)|หมื่น|แสน(?!ดง)"
    r"|ล้าน|ครึ่ง|เท่าตัว)+"
)
_LINK = re.compile(
    r"(?:https?://|www\.|line\.me/)[^\s)\]]+|[\w.+-]+@[\w-]+\.[\w.-]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b",
    re.IGNORECASE,
)
_MONTH = re.compile("|".join(re.escape(name) for name in (*MONTHS, *MONTHS_SHORT)))
_WEEKDAY = re.compile("|".join(f"วัน{name}" for name in WEEKDAYS))
_NEGATION = re.compile(r"ไม่(?!ว่า)|มิได้|ห้าม|งด|ยกเว้น|เว้นแต่")
_ASKS = re.compile(r"(?:ใช่|ได้|หรือ)ไม่(?=\s|$|\?)")
# What belongs to no answer: code, markup, the model speaking of itself, questions about the person.
_FOREIGN = re.compile(
    r"[{}<>`\\]|\*\*|AI\b|ChatGPT|โมเดลภาษา|ปัญญาประดิษฐ์|เลขบัตรประชาชนของ(?:คุณ|ท่าน)|กรุณา(?:ส่ง|พิมพ์|แจ้ง)เลข",
    re.IGNORECASE,
)
_THAI = re.compile("[ก-ฮ]")


def keeps_to(row: KnowledgeRow, words: str) -> bool:
    """Tell whether `words` may go out as the answer of `row`.

    The figures are the row's, all of them and in its order: who leaves some out has worked out
    what is due to somebody. No month, weekday, number in letters or link is new, nothing is
    denied that was not denied before, and most of it is the row's own wording.
    """
    words, source = normalise_text(words), normalise_text(row.answer)
    known = f"{normalise_text(row.question)}\n{source}"
    if not SHORTEST <= len(words) <= min(LONGEST, GROWTH * len(source) + ROOM):
        return False
    if not _THAI.search(words) or (_FOREIGN.search(words) and not _FOREIGN.search(source)):
        return False
    return (
        figures(words) == figures(source)
        and months(words) <= months(known)
        and set(_WEEKDAY.findall(words)) <= set(_WEEKDAY.findall(known))
        and set(_NUMBER_WORD.findall(words)) <= set(_NUMBER_WORD.findall(known))
        and links(words) <= links(known)
        and _denials(words) == _denials(source)
        and _shared(words, known) >= SHARED
    )


def figures(text: str) -> list[str]:
    """Return the figures of a text in their order, each in one form.

    >>> figures("๑,๐๐๐ บาท ภายใน 30 มิ.ย. 2569 ร้อยละ 0.30")
    ['1000', '30', '2569', '0.30']
    """
    return [
        re.sub(r",(?=\d{3}(?:\D|$))", "", found)
        for found in _FIGURE.findall(to_arabic_digits(text))
    ]


def months(text: str) -> set[int]:
    """Return the months that a text names, in full or short.

    >>> sorted(months("ม.ค.-มี.ค. และเมษายน"))
    [1, 3, 4]
    """
    found = _MONTH.findall(text)
    return {(MONTHS.index(one) if one in MONTHS else MONTHS_SHORT.index(one)) + 1 for one in found}


def links(text: str) -> set[str]:
    """Return addresses, sites and mailboxes that a text names, in lower case."""
    return {found.rstrip(".,/").lower() for found in _LINK.findall(text)}


def _denials(text: str) -> Counter[str]:
    return Counter(_NEGATION.findall(_ASKS.sub("", text)))


def _shared(words: str, known: str) -> float:
    """Return how much of `words`, as groups of three letters, stands in `known`."""
    groups = _groups(words)
    return len(groups & _groups(known)) / len(groups) if groups else 0.0


def _groups(text: str) -> set[str]:
    letters = re.sub(r"[\W_]+", "", text.casefold())
    return {letters[start : start + 3] for start in range(len(letters) - 2)}
