"""Which column of a bank's file is which. Kept per account; guessed from the headers at first.

The headers are what KTB, BAAC, GSB, SCB and KBank are known or likely to print; a clerk corrects
the guess once, and it is kept (BankAccount.layout) together with the headers that it was made
for. A file with other headers is guessed anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bannmae.thai.text import search_key
from payments import cells
from payments.tables import MAX_COLUMNS, Cell, Row, text_of

HEADER_WITHIN = 60  # rows: what stands above the header is the bank's letterhead
LOOKED_AT = 200  # rows, for the order of a date

DATE, TIME, CREDIT, DEBIT = "date", "time", "credit", "debit"
AMOUNT, MARK, REFERENCE, DESCRIPTION, DETAIL = (
    "amount",
    "mark",
    "reference",
    "description",
    "detail",
)
ROLES = {
    DATE: "วันที่",
    TIME: "เวลา",
    CREDIT: "เงินเข้า (ฝาก)",
    DEBIT: "เงินออก (ถอน)",
    AMOUNT: "จำนวนเงิน (บวกคือเข้า ลบคือออก)",
    MARK: "เครื่องหมายเข้า/ออก (CR/DR)",
    REFERENCE: "เลขอ้างอิง",
    DESCRIPTION: "รายการ/คำอธิบาย",
    DETAIL: "รายละเอียดเพิ่มเติม",
}

# Each role with what its header may say; the first that fits wins, in this order of roles.
_NAMES: dict[str, tuple[str, ...]] = {
    CREDIT: (
        r"(จำนวน)?เงิน(ที่)?(ฝาก|เข้า)|ฝาก(เงิน)?|เงินเข้า|(ยอด)?เครดิต|credit(s| amount)?|deposits?"
        r"( amount)?|paid in|cr\.?|ฝาก.*credit|deposit.*|money in|in",
    ),
    DEBIT: (
        r"(จำนวน)?เงิน(ที่)?(ถอน|ออก)|ถอน(เงิน)?|เงินออก|(ยอด)?เดบิต|debit(s| amount)?|"
        r"withdraw(al|als|n)?( amount)?|paid out|dr\.?|ถอน.*debit|withdraw.*|money out|out",
    ),
    DATE: (
        r"วันที่(ทำ)?รายการ|transaction date|trans\.? ?date|txn date|tran date|posting date|"
        r"วันที่(/|และ| )?เวลา|date ?(/|and|&)? ?time|วัน ?เดือน ?ปี|วดป|ว/ด/ป|วันที่|date|"
        r"วันที่มีผล|effective date|value date",
    ),
    TIME: (r"เวลา(ทำรายการ|ที่ทำรายการ)?|time|transaction time|trans\.? ?time|txn time|เวลา.*time",),
    MARK: (
        r"ประเภท ?\(?(dr/cr|cr/dr|d/c|c/d)\)?|dr ?/ ?cr|cr ?/ ?dr|d/c|c/d|เดบิต ?/ ?เครดิต|"
        r"debit ?/ ?credit|credit ?/ ?debit|ฝาก ?/ ?ถอน|ถอน ?/ ?ฝาก|เครื่องหมาย|sign",
    ),
    AMOUNT: (
        r"จำนวนเงิน( ?\(?บาท\)?)?|amount( ?\(?(thb|baht)\)?)?|transaction amount|ยอดเงิน|จำนวน|"
        r"(ถอนเงิน ?/ ?ฝากเงิน|ถอน/ฝาก|ฝาก/ถอน).*",
    ),
    REFERENCE: (
        r"(เลขที่?|หมายเลข|รหัส)?อ้างอิง( ?[12])?|เลขที่รายการ|เลขที่อ้างอิง|ref(erence)?\.?( ?(no|"
        r"number|id|code)?\.?)?( ?1)?|trans(action)? ?(ref|id|no)\.?.*|เลขที่เช็ค|"
        r"cheque ?(no|number)\.?|chq.*|teller( ?id)?.*|ref.*",
    ),
    DESCRIPTION: (
        r"รายการ|คำอธิบาย( ?รายการ)?|description|descriptions|transaction( description| type| detail"
        r"s?)?|ประเภท(ของ)?รายการ|trans\.? ?code|รหัสรายการ|code|particulars|narrative",
    ),
    DETAIL: (
        r"รายละเอียด(รายการ)?|details?|หมายเหตุ|remarks?|note|memo|ชื่อ(บัญชี)?ผู้โอน|ผู้โอน|ผู้ฝาก|"
        r"sender( name)?|from account( name)?|payer( name)?|counterparty.*|บันทึก.*|"
        r"ช่องทาง(การทำรายการ)?|channel",
    ),
}
_PATTERNS = {
    role: [re.compile(pattern) for pattern in patterns] for role, patterns in _NAMES.items()
}
# They are no money in, although they look like it.
_BALANCE = re.compile(r".*(คงเหลือ|balance|outstanding|ยกมา|ยกไป).*")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column (0-based) holds what, and how days are written.

    `header` are the texts of the header's row, by which it is found again; empty where the file
    has none, and the first row is money already.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    order: str = "dmy"

    @property
    def is_complete(self) -> bool:
        """Whether a line can be read with it: a day, and money that came in."""
        return DATE in self.columns and bool({CREDIT, AMOUNT} & self.columns.keys())

    def missing(self) -> str:
        """Say what is missing, '' for nothing."""
        wanted = []
        if DATE not in self.columns:
            wanted.append("วันที่")
        if not {CREDIT, AMOUNT} & self.columns.keys():
            wanted.append("เงินเข้า หรือจำนวนเงิน")
        return " และ ".join(wanted)

    def to_json(self) -> dict[str, Any]:
        """Return what is kept in BankAccount.layout."""
        return {
            "columns": dict(self.columns),
            "header": list(self.header),
            "order": self.order,
        }


def from_json(stored: Any) -> Layout | None:
    """Return the layout that was kept, None where there is none or it makes no sense."""
    if not isinstance(stored, dict) or not isinstance(stored.get("columns"), dict):
        return None
    columns = {
        role: at
        for role, at in stored["columns"].items()
        if role in ROLES and isinstance(at, int) and 0 <= at < MAX_COLUMNS
    }
    header = stored.get("header")
    order = stored.get("order")
    found = Layout(
        columns=columns,
        header=tuple(str(one) for one in header) if isinstance(header, list) else (),
        order=order if order in cells.ORDERS else "dmy",
    )
    return found if found.is_complete else None


def header_texts(row: Sequence[Cell]) -> tuple[str, ...]:
    """Return a row's cells as a header is compared."""
    return tuple(search_key(text_of(cell)) for cell in row)


def find_header(rows: Sequence[Row], layout: Layout) -> int | None:
    """Return the index of the row with the header of `layout`; -1 where the file has none.

    None: this file has another header.
    """
    if not layout.header:
        return -1
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        if header_texts(row.cells) == layout.header:
            return at
    return None


def guess(rows: Sequence[Row]) -> tuple[Layout, int]:
    """Return the likely layout of a file and the index of its header's row, -1 for none."""
    best: tuple[int, dict[str, int], int] = (0, {}, -1)
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        columns = _columns(header_texts(row.cells))
        weight = len(columns) + 3 * Layout(columns).is_complete
        if weight > best[0]:
            best = (weight, columns, at)
    weight, columns, at = best
    if weight < 2:
        return Layout(), -1
    body = rows[at + 1 : at + 1 + LOOKED_AT]
    order = guess_order([row.cell(columns.get(DATE)) for row in body])
    return Layout(columns=columns, header=header_texts(rows[at].cells), order=order), at


def guess_order(days: Sequence[Cell]) -> str:
    """Return how the numbers of days are ordered, by the days that can be read only one way."""
    firsts, seconds = [], []
    for cell in days:
        found = re.match(r"([0-9]{1,4})[./\- ]([0-9]{1,2})[./\- ]", text_of(cell).strip())
        if found:
            if len(found[1]) == 4:
                return "ymd"
            firsts.append(int(found[1]))
            seconds.append(int(found[2]))
    if any(number > 12 for number in seconds) and not any(number > 12 for number in firsts):
        return "mdy"
    return "dmy"


def _columns(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    taken: set[int] = set()
    texts = [_BALANCE.sub("", re.sub(r"\s*\n\s*", " ", text)).strip(" :*") for text in header]
    for role, patterns in _PATTERNS.items():
        for at, text in enumerate(texts):
            if at in taken or not text or role in columns:
                continue
            if any(pattern.fullmatch(text) for pattern in patterns):
                columns[role] = at
                taken.add(at)
    return columns
