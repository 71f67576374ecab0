"""A file of assessments: kept encrypted until somebody confirms what it would do, then taken in.

Taking in again changes what has changed and deletes nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from bannmae.media import storage
from bannmae.models import Staff
from bannmae.privacy.keys import DecryptionError, decrypt, encrypt
from payments.assessments.identity import number_key, seal
from payments.assessments.reading import File, Line, read_file
from payments.errors import Refused
from payments.models import Assessment, AssessmentImport, Revenue
from payments.tables import TableRefused

FOLDER = "assessments"
CHUNK = 500  # rows of one transaction: others write in between
UNCONFIRMED_LIVES = timedelta(days=7)
_FIELDS = ("payer_name", "national_id", "owner_code", "amount", "due_on", "address")
_LABELS = {
    "number": "เลขที่",
    "payer_name": "ผู้เสียภาษี",
    "national_id": "เลขประจำตัวประชาชน",
    "owner_code": "ผ.ท.4",
    "amount": "จำนวนเงิน",
    "due_on": "ครบกำหนด",
    "address": "ที่อยู่",
}

Key = tuple[int, int, str]  # kind, year, number_key of the number


@dataclass(slots=True)
class Change:
    """A row that is there already and would be changed: what of it, in Thai."""

    line: Line
    row: Assessment
    names: list[str]


@dataclass(slots=True)
class Preview:
    """What taking a file in would do."""

    file: File
    new: list[Line] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0

    @property
    def takes(self) -> int:
        """How many rows would be written."""
        return len(self.new) + len(self.changed)


def keep(
    data: bytes, *, file_name: str, revenue: Revenue, year: int, by: Staff
) -> AssessmentImport:
    """Keep a file that can be read, until it is confirmed; nothing of it counts.

    Raises:
        TableRefused: it cannot be read.
    """
    read_file(data, revenue=revenue, year=year, kinds=list(Revenue.objects.all()))
    sealed = encrypt(base64.b64encode(data).decode("ascii"))
    (name,) = storage.store_all(FOLDER, [(".bin", sealed.encode("ascii"))])
    try:
        return AssessmentImport.objects.create(
            revenue=revenue,
            year=year,
            file_name=file_name[:200],
            sha256=hashlib.sha256(data).hexdigest(),
            by=by,
            file=name,
        )
    except BaseException:
        storage.delete([name])
        raise


def preview(batch: AssessmentImport) -> Preview:
    """Return what taking `batch` in would do now. Raises Refused where its file is gone."""
    found = Preview(_read(batch))
    known = _known(found.file.right)
    for lines in _chunks(found.file.right):
        there = _there(lines, known)
        for line in lines:
            row = there.get(_key_of(line))
            if row is None:
                found.new.append(line)
            elif names := _differences(line, row):
                found.changed.append(Change(line, row, [_LABELS[one] for one in names]))
            else:
                found.same += 1
    return found


def take_in(batch: AssessmentImport) -> AssessmentImport:
    """Write the right rows of a file that was confirmed; the wrong ones are passed over.

    Some hundred rows at a time: who is stopped in the middle confirms again, and what is there
    already stays as it is. Call it outside a transaction.

    Raises:
        Refused: it was taken in or thrown away already.
    """
    found = _read(batch)
    known = _known(found.right)
    changed = same = 0
    for lines in _chunks(found.right):
        try:
            more = _write(batch, lines, known)
        except IntegrityError:  # the same file is being taken in beside us
            known = _known(found.right)
            more = _write(batch, lines, known)
        changed, same = changed + more[0], same + more[1]
    name = batch.file
    added = Assessment.objects.filter(source=batch).count() - changed
    done = AssessmentImport.objects.filter(pk=batch.pk, taken_at__isnull=True).update(
        taken_at=timezone.now(), file="", added=max(0, added), changed=changed, same=same
    )
    if not done:
        raise Refused("นำเข้าไฟล์นี้ไปแล้ว")
    storage.delete([name])
    batch.refresh_from_db()
    return batch


def throw_away(batch: AssessmentImport) -> bool:
    """Forget a file that was not confirmed; False where it was taken in meanwhile."""
    unused = AssessmentImport.objects.filter(pk=batch.pk, taken_at__isnull=True)
    # Half of it may have been written before somebody stopped: then the row stays, as its source.
    if Assessment.objects.filter(source=batch).exists():
        done = unused.update(file="", taken_at=timezone.now())
    else:
        done, _ = unused.delete()
    if done:
        storage.delete([batch.file])
    return bool(done)


def forget_unconfirmed() -> int:
    """Throw away files that nobody has confirmed for a week; returns how many."""
    before = timezone.now() - UNCONFIRMED_LIVES
    old = AssessmentImport.objects.filter(taken_at__isnull=True, at__lt=before)
    return sum(throw_away(batch) for batch in old)


def _read(batch: AssessmentImport) -> File:
    if batch.taken_at is not None or not batch.file:
        raise Refused("นำเข้าไฟล์นี้ไปแล้ว หรือไฟล์ถูกลบแล้ว")
    try:
        with default_storage.open(batch.file) as stored:
            data = base64.b64decode(decrypt(stored.read().decode("ascii")))
        kinds = list(Revenue.objects.all())
        return read_file(data, revenue=batch.revenue, year=batch.year, kinds=kinds)
    except (OSError, ValueError, DecryptionError) as error:
        if isinstance(error, TableRefused):
            raise Refused(str(error)) from error
        raise Refused("ไม่พบไฟล์ที่อัปโหลดไว้ โปรดอัปโหลดใหม่") from error


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while part := list(islice(rest, CHUNK)):
        yield part


def _key_of(one: Line | Assessment) -> Key:
    revenue = one.revenue.pk if isinstance(one, Line) else one.revenue_id
    return revenue, one.year, number_key(one.number)


def _known(lines: Iterable[Line]) -> dict[Key, int]:
    """Return the rows that are there, however their numbers were typed at the time."""
    wanted = {_key_of(line) for line in lines}
    rows = Assessment.objects.filter(
        revenue__in={one for one, _, _ in wanted}, year__in={year for _, year, _ in wanted}
    )
    found = rows.order_by().values_list("pk", "revenue_id", "year", "number")
    keys = {(revenue, year, number_key(number)): pk for pk, revenue, year, number in found}
    return {key: pk for key, pk in keys.items() if key in wanted}


def _there(lines: list[Line], known: Mapping[Key, int]) -> dict[Key, Assessment]:
    pks = [known[key] for line in lines if (key := _key_of(line)) in known]
    return {_key_of(row): row for row in Assessment.objects.filter(pk__in=pks)}


def _differences(line: Line, row: Assessment) -> list[str]:
    """Name what differs. What the file does not say (an empty cell) changes nothing."""
    return [
        name
        for name in _FIELDS
        if getattr(line, name) not in ("", None) and getattr(line, name) != getattr(row, name)
    ]


@transaction.atomic
def _write(batch: AssessmentImport, lines: list[Line], known: Mapping[Key, int]) -> tuple[int, int]:
    """Write rows; return how many were changed and how many stayed as they are."""
    there = _there(lines, known)
    new: list[Assessment] = []
    changed: list[Assessment] = []
    for line in lines:
        row = there.get(_key_of(line))
        if row is None:
            row = Assessment(revenue=line.revenue, year=line.year, number=line.number, source=batch)
            _fill(row, line, _FIELDS)
            new.append(row)
        elif names := _differences(line, row):
            _fill(row, line, names)
            row.source = batch
            changed.append(row)
    Assessment.objects.bulk_create(new, batch_size=200)
    digests = ("national_id_index", "proof_index", "source")
    Assessment.objects.bulk_update(changed, [*_FIELDS, *digests], batch_size=100)
    return len(changed), len(lines) - len(new) - len(changed)


def _fill(row: Assessment, line: Line, names: Iterable[str]) -> None:
    for name in names:
        setattr(row, name, getattr(line, name))
    seal(row)
