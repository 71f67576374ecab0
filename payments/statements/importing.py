"""Taking a bank's file in: a line once, whichever files it stands in and whoever imports them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from bannmae.models import Staff
from bannmae.thai.calendar import BANGKOK, local_date, local_datetime
from payments import access
from payments.errors import Refused
from payments.models import BankAccount, StatementImport, StatementLine
from payments.statements.layout import Layout
from payments.statements.reading import Read, fingerprints

CHUNK = 500
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """Lines of a file beside what is known of the account; each line stands in one list.

    `doubtful` are new by their words, but another line of that day, amount and minute is known
    that this file does not have: perhaps the same one, written another way.
    """

    new: list[Read]
    known: list[Read]
    doubtful: list[Read]


def compare(account: BankAccount, lines: Sequence[Read]) -> Compared:
    """Tell which lines of a file are new to the account. One query."""
    marks = fingerprints(lines)
    there = _there(account, lines)
    known = there.keys() & set(marks)
    # What the account has in these days that the file does not have.
    others = Counter(place for mark, place in there.items() if mark not in known)
    found = Compared([], [], [])
    for line, mark in zip(lines, marks, strict=True):
        place = _place(line.at, line.has_time, line.amount)
        if mark in known:
            found.known.append(line)
        elif others[place] > 0:
            others[place] -= 1
            found.doubtful.append(line)
        else:
            found.new.append(line)
    return found


@transaction.atomic
def take_in(
    account: BankAccount,
    lines: Sequence[Read],
    by: Staff,
    *,
    file_name: str,
    data: bytes,
    how: Layout,
    with_doubtful: bool = False,
) -> StatementImport:
    """Keep the lines that are new, and how the account's files are laid out.

    One import of an account after another: the account's row is the lock.

    Raises:
        Refused: not allowed, or the file has no money in.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    if not lines:
        raise Refused("ไม่พบรายการเงินเข้าในไฟล์นี้")
    account = BankAccount.objects.select_for_update().get(pk=account.pk)
    compared = compare(account, lines)
    fresh = {id(line) for line in compared.new}
    if with_doubtful:
        fresh |= {id(line) for line in compared.doubtful}
    taken = [
        (line, mark)
        for line, mark in zip(lines, fingerprints(lines), strict=True)
        if id(line) in fresh
    ]
    source = StatementImport.objects.create(
        account=account,
        file_name=file_name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        by=by,
        lines_count=len(taken),
        repeated_count=len(lines) - len(taken),
    )
    StatementLine.objects.bulk_create(
        (
            StatementLine(
                account=account,
                source=source,
                at=line.at,
                has_time=line.has_time,
                amount=line.amount,
                reference=line.reference,
                description=line.description,
                fingerprint=mark,
            )
            for line, mark in taken
        ),
        batch_size=CHUNK,
    )
    if account.layout != how.to_json():
        account.layout = how.to_json()
        account.save(update_fields=["layout"])
    return source


Place = tuple[date, Decimal, str]


def _place(at: datetime, has_time: bool, amount: Decimal) -> Place:
    """Return the day, the amount and the minute: what two wordings of one line share."""
    here = local_datetime(at)
    return here.date(), amount, f"{here:%H:%M}" if has_time else ""


def _there(account: BankAccount, lines: Sequence[Read]) -> dict[str, Place]:
    """Return the account's lines of the days of a file, by fingerprint."""
    if not lines:
        return {}
    first, last = min(line.at for line in lines), max(line.at for line in lines)
    rows = account.lines.filter(at__gte=_midnight(first), at__lt=_midnight(last) + ONE_DAY)
    told = rows.order_by().values_list("fingerprint", "at", "has_time", "amount")
    return {mark: _place(at, has_time, amount) for mark, at, has_time, amount in told.iterator()}


def _midnight(at: datetime) -> datetime:
    return datetime.combine(local_date(at), time(), tzinfo=BANGKOK)
