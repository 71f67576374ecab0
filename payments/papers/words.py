"""How figures and days are written on the papers of payments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from bannmae.paper.text import paper_numerals, without_emoji
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.national_id import FULL_MASK
from bannmae.thai.numerals import to_thai_digits
from payments.papers.forms import NOTHING, Signatory

NONE = "–"
# A person's thirteen digits, with spaces, dashes or nothing between.
_NATIONAL_ID = re.compile(r"(?<!\d)[1-9๑-๙](?:[- ]?\d){12}(?!\d)")
# A number stays on the line of its word; a PDF's copied text has a plain space there.
_BEFORE_NUMBER = re.compile(r"(หมู่ที่|เลขที่|เล่มที่|เดือน|พ\.ศ\.) (?=\d)")
#: How money comes, in the order of the papers; other words follow in the order of the alphabet.
METHODS = ("เงินสด", "เงินโอน", "เช็ค")


def baht(amount: Decimal) -> str:
    """Write an amount in figures.

    >>> baht(Decimal("1250.5")), baht(Decimal("0"))
    ('1,250.50', '0.00')
    """
    return f"{amount:,.2f}"


def baht_or_none(amount: Decimal) -> str:
    """Write an amount, a dash where there is none."""
    return baht(amount) if amount else NONE


def clean(text: str) -> str:
    """Return what people typed as paper may show it: one line, no emoji, no national ID.

    The tax ID of a company begins with 0 and stays: its receipt has to name it.

    >>> clean("นายคำ  🙏 บัตร 1-2345-67890-12-1")
    'นายคำ บัตร x-xxxx-xxxxx-xx-x'
    """
    return _NATIONAL_ID.sub(FULL_MASK, " ".join(without_emoji(text).split()))


def day(date: dt.date | None, *, short: bool = False) -> str:
    """Write a day; '' for none."""
    return format_date(date, short=short) if date else ""


def leaf_label(book: str, number: str) -> str:
    """Return book and number as a list's column writes them; some receipts have no book.

    >>> leaf_label("2/2570", "000042"), leaf_label("", "RCPT-99999/69")
    ('2/2570/000042', 'RCPT-99999/69')
    """
    return f"{book}/{number}" if book else number


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum in baht with two places."""
    return sum(amounts, NOTHING)


def methods_of(found: Iterable[str]) -> list[str]:
    """Return the ways of paying that a table has columns for: the usual three and what else came.

    >>> methods_of(["เช็ค", "บัตรเครดิต"])
    ['เงินสด', 'เงินโอน', 'เช็ค', 'บัตรเครดิต']
    """
    return [*METHODS, *sorted(set(found) - set(METHODS))]


def printed(at: dt.datetime | None, by: str) -> str:
    """Return the foot's line of who printed it and when; '' where nothing is known."""
    words = [f"พิมพ์เมื่อ {format_datetime(at, short=True)}"] if at else []
    return " ".join([*words, *([f"โดย {by}"] if by else [])])


def signs(person: Signatory, role: str = "") -> dict[str, Any]:
    """Return somebody who signs as the templates name it; `role` stands after the dotted line."""
    return {
        "name": clean(person.name),
        "position": [line.strip() for line in person.position.splitlines() if line.strip()],
        "role": role or person.heading,
    }


def on_page(value: Any, thai: bool = False) -> Any:
    """Return a template's names with numbers kept beside their words, as Thai numerals if asked.

    Markup (QR codes, charts) and web addresses stay as they are.
    """
    if isinstance(value, SafeString):
        return value
    if isinstance(value, str):
        return paper_numerals(value) if thai else _BEFORE_NUMBER.sub("\\1\u00a0", value)
    if isinstance(value, dict):
        return {name: on_page(one, thai) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [on_page(one, thai) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return to_thai_digits(str(value)) if thai else value
    return value
