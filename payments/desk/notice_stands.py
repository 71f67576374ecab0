"""What stands now in a notice that somebody else has changed while a clerk had it open.

Each page carries a mark of what it showed. Where a field was changed since and the clerk has typed
something else, it says beside the field what stands now, who changed it and when: what he presses
next is a decision. His own corrections, and fields in which both agree, show nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, Model

from bannmae.thai.calendar import format_date, format_datetime, local_datetime
from bannmae.thai.phone import format_phone
from payments import workflow
from payments.desk.lines import Lines
from payments.desk.notice_forms import NoticeForm, initial_of
from payments.models import Household, Method, NoticeEntry, PaymentNotice
from payments.receipts import Line, total_of

Kind = NoticeEntry.Kind
LINES = "lines"
EMPTY = "(ว่าง)"
LONGEST_MARK = 5000
# In the order of the page; the lines of the receipt come after them.
FIELDS = (
    "revenue",
    "method",
    "money_seen_on",
    "payer_name",
    "payer_address",
    "assessment",
    "household",
    "duplicate_reason",
    "fiscal_year",
    "reference",
    "phone",
    "amount",
    "paid_at",
)
# What only a confirmation writes.
_BY_CONFIRMING = {"method", "money_seen_on", "duplicate_reason", LINES}


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands in a field now.

    `value` is what the form's field would hold, None: no offer. `anchor` is where the field is,
    '' where the page does not ask for it any more.
    """

    label: str
    anchor: str
    text: str
    by: str
    at: str
    value: str | None


def mark_of(notice: PaymentNotice) -> str:
    """Return what tells a later look which fields of `notice` were changed since, and by whom.

    The newest entry is read with the version: one that came after `notice` was read tells of what
    this page does not show. Then every entry counts as new.
    """
    as_read = PaymentNotice.objects.filter(pk=notice.pk, version=notice.version)
    newest = as_read.aggregate(newest=Max("entries__pk"))["newest"]
    hashes = {name: _hash(value) for name, value in _standing(notice).items()}
    return json.dumps({"entry": newest or 0, "fields": hashes})


def differing(notice: PaymentNotice, form: NoticeForm, lines: Lines, mark: str) -> dict[str, Stand]:
    """Return by field what others have changed and `form` would overwrite.

    `mark` is that of the page that was sent; without one, whatever differs is told.
    """
    since, hashes = _read(mark)
    now, mine = _standing(notice), _typed(form, lines if notice.lines else None)
    names = [
        name
        for name, value in mine.items()
        if value != now[name] and hashes.get(name) != _hash(now[name])
    ]
    if not names:
        return {}
    rows = notice.entries.filter(pk__gt=since).exclude(kind=Kind.NOTE)
    entries = list(rows.select_related("by").order_by("-id")[:200])
    found = {}
    for name in names:
        entry = _changer(name, entries)
        found[name] = Stand(
            label="รายการในใบเสร็จ" if name == LINES else str(form[name].label),
            anchor=_anchor(notice, form, name),
            text=_words(notice, name) or EMPTY,
            by=_person(entry),
            at=format_datetime(entry.at, short=True) if entry else "",
            value=now[name] if _holds(form, name, now[name]) else None,
        )
    return found


def unsaved(notice: PaymentNotice, form: NoticeForm, lines: Lines, *, whole: bool) -> bool:
    """Tell whether `form` holds what does not stand in `notice`.

    `whole`: what a confirmation keeps, its lines and the amount that they make included.
    """
    now, mine = _standing(notice), _typed(form, lines if whole else None)
    passed_over = {"amount"} if whole else _BY_CONFIRMING
    return any(value != now[name] for name, value in mine.items() if name not in passed_over)


def mine_alone(notice: PaymentNotice, form: NoticeForm) -> list[str]:
    """Return what was typed and does not stand in `notice`, in words to be copied."""
    now, mine = _standing(notice), _typed(form)
    return [
        f"{form[name].label}: {form[name].value()}"
        for name, value in mine.items()
        if name in ("payer_name", "payer_address", "reference", "phone", "amount")
        and value
        and value != now[name]
    ]


# -- values, as they compare ------------------------------------------------------------------


def _standing(notice: PaymentNotice) -> dict[str, str]:
    """Return each field as it stands; lines that nobody has confirmed are proposals, not his."""
    initial = initial_of(notice) | {"assessment": notice.assessment_id}
    values = {name: _plain(initial[name]) for name in FIELDS}
    values[LINES] = _lines(notice.lines) if notice.lines else ""
    return values


def _typed(form: NoticeForm, lines: Lines | None = None) -> dict[str, str]:
    """Return what was sent, of the fields that the page asks for and lines that may be lost."""
    form.is_valid()
    cleaned = form.cleaned_data
    values = {
        name: _plain(cleaned[name] if name in cleaned else form[name].value())
        for name in FIELDS
        if name in form.data
    }
    if lines is not None and "line_text" in form.data:
        read = [workflow.as_stored(line) for line in lines.lines]
        # What could not be read is not what stands.
        values[LINES] = _lines(read) if lines.is_valid else "?"
    return values


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case Model():
            return str(value.pk)
        case Decimal():
            return f"{value:.2f}"
        case dt.datetime():
            return f"{local_datetime(value):%Y-%m-%dT%H:%M}"
        case dt.date():
            return value.isoformat()
    return str(value).strip()


def _lines(stored: list[dict[str, Any]]) -> str:
    return json.dumps(stored, ensure_ascii=False, sort_keys=True)


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _read(mark: str) -> tuple[int, dict[str, str]]:
    """Return the newest entry and the hashes that a page carried; nothing of what is no mark."""
    try:
        sent = json.loads(mark[:LONGEST_MARK])
        return int(sent["entry"]), {str(key): str(one) for key, one in sent["fields"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return 0, {}


# -- words ------------------------------------------------------------------------------------


def _words(notice: PaymentNotice, name: str) -> str:
    """Return what stands, as people read it; '' for nothing."""
    value = getattr(notice, name) if name != "money_seen_on" else initial_of(notice)[name]
    if not value:
        return ""
    match name:
        case "method":
            return str(Method(value).label)
        case "money_seen_on":
            return format_date(value)
        case "paid_at":
            return format_datetime(value)
        case "amount":
            return f"{value:,.2f} บาท"
        case "phone":
            return format_phone(value)
        case "lines":
            return _lines_words([workflow.as_line(one) for one in value])
    if isinstance(value, Household):
        return f"{value} {value.owner_name}"
    return str(value)


def _lines_words(lines: Iterable[Line]) -> str:
    shown = list(lines)
    words = " · ".join(
        " ".join(part for part in (line.text, line.period, _money(line)) if part) for line in shown
    )
    return f"{words} · รวม {total_of(shown):,.2f} บาท"


def _money(line: Line) -> str:
    plus = f" + เงินเพิ่ม {line.surcharge:,.2f}" if line.surcharge else ""
    return f"{line.amount:,.2f}{plus}"


def _anchor(notice: PaymentNotice, form: NoticeForm, name: str) -> str:
    match name:
        case "lines":
            return "pay-lines"
        case "household":
            return "pay-household-search"
        case "assessment" if not form.fields[name].offered:
            return ""
        case "duplicate_reason" if not workflow.doubt_about(notice):
            return ""
    return str(form[name].id_for_label)


def _holds(form: NoticeForm, name: str, value: str) -> bool:
    """Tell whether the field of the page can be given `value` by one press."""
    if name in (LINES, "household"):
        return False
    choices = getattr(form.fields[name], "choices", None)
    return choices is None or value in {str(key) for key, _ in choices}


# -- who ----------------------------------------------------------------------------------------


def _changer(name: str, entries: list[NoticeEntry]) -> NoticeEntry | None:
    """Return the newest of `entries` (newest first) that changed the field, as far as it is told.

    A correction names its fields (workflow.edit).
    """
    for entry in entries:
        if name in entry.fields:
            return entry
        if entry.kind == Kind.CONFIRMED and name in _BY_CONFIRMING:
            return entry
    others = [entry for entry in entries if entry.kind != Kind.EDITED]
    return next(iter(others or entries), None)


def _person(entry: NoticeEntry | None) -> str:
    if entry is None:
        return ""
    return str(entry.by) if entry.by else "ผู้ชำระหรือระบบ"
