"""Who gets a letter: one label for each address of a payer, however many assessments are hers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from payments.models import Assessment
from payments.papers.forms import LabelRow

PART = 500  # ids of one query
WIDEST = 42  # characters of a line on a label
_POSTCODE = re.compile(r"\s*([0-9]{5})\s*$")


def labels_of(pks: Sequence[int]) -> list[LabelRow]:
    """Return who is written to for the assessments `pks`, in their order."""
    found: dict[tuple[str, str], list[Assessment]] = {}
    for start in range(0, len(pks), PART):
        rows = Assessment.objects.filter(pk__in=pks[start : start + PART])
        for row in rows.select_related("revenue").order_by("pk"):
            found.setdefault((row.payer_name, row.address), []).append(row)
    return [
        LabelRow(name=name, lines=address_lines(address), note=_note(rows))
        for (name, address), rows in found.items()
    ]


def address_lines(address: str) -> tuple[str, ...]:
    """Return an address as lines of a label: broken at words, the postcode on the last.

    >>> address_lines("12 หมู่ 3 ต.บ้านแม อ.สันป่าตอง จ.เชียงใหม่ 50120")
    ('12 หมู่ 3 ต.บ้านแม อ.สันป่าตอง', 'จ.เชียงใหม่ 50120')
    >>> address_lines("")
    ()
    """
    lines: list[str] = []
    words = address.split()
    if len(words) > 1 and _POSTCODE.fullmatch(words[-1]):
        words[-2:] = [f"{words[-2]} {words[-1]}"]
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= WIDEST:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _note(rows: list[Assessment]) -> str:
    first = rows[0]
    numbers = ", ".join(row.number for row in rows[:5])
    more = f" และอีก {len(rows) - 5} ฉบับ" if len(rows) > 5 else ""
    return f"{first.revenue.menu_name} ปี {first.year} เลขที่ {numbers}{more}"
