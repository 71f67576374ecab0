"""The knowledge base from and to files: the starting set, and lists that a division keeps."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from bannmae.models import Division
from bannmae.thai.text import normalise_text
from chatops.answers.words import DATA
from chatops.models import KnowledgePhrase, KnowledgeRow, Topic

COLUMNS = ("question", "answer", "division", "valid_for", "source")
# More columns that are understood; any other one is passed over.
MORE_COLUMNS = ("valid_until", "other_ways", "topic")
# Characters that a column takes.
LONGEST = {"question": 300, "answer": 2000, "valid_for": 300, "source": 2000}
# The list's own words for 'nobody has confirmed this for Ban Mae'.
_UNCONFIRMED = re.compile(
    r"ยังไม่ยืนยัน|(?:ต้อง)?ให้\S*ยืนยัน|ให้ตรวจ|ต้องตรวจสอบ|แตกต่างตามเทศบาล|รอยืนยัน|ยังไม่ได้ยืนยัน"
)


class BadFile(ValueError):
    """The file cannot be loaded; says why, and in which line."""


@dataclass(frozen=True)
class FileRow:
    """One question of a file, checked. None where the file has no such column."""

    line: int
    question: str
    answer: str
    division: Division
    division_name: str
    valid_for: str
    source: str
    valid_until: date | None = None
    gives_valid_until: bool = False
    topic: Topic | None = None
    other_ways: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What tells whether the file says something new since it was loaded last."""
        parts = (self.answer, self.division_name, self.valid_for, self.source)
        dated = (str(self.valid_until),) if self.gives_valid_until else ()
        topic = (self.topic.slug,) if self.topic else ()
        told = json.dumps([*parts, *dated, *topic], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass
class Report:
    """What an import did, by question."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def is_unconfirmed(valid_for: str, source: str) -> bool:
    """Whether the row's own words say that its validity has not been confirmed.

    >>> is_unconfirmed("แตกต่างตามเทศบาล-ต้องให้เทศบาลยืนยัน", "https://example.go.th")
    True
    >>> is_unconfirmed("ทุกปี (ยืนยันประกาศปี 2569)", "https://example.go.th")
    False
    """
    return bool(_UNCONFIRMED.search(valid_for) or _UNCONFIRMED.search(source))


def divisions_by_name(divisions: Sequence[Any]) -> dict[str, Any]:
    """Return every division under the names that lists write: กอง, งาน, กอง (งาน).

    A short name counts as well as the full one, the two levels in any mix.
    """
    named: dict[str, Any] = {}
    for division in divisions:
        own = [division.name, division.short_name]
        parent = division.parent
        above = [parent.name, parent.short_name] if parent else []
        for name in own:
            named.setdefault(name, division)
            for over in above:
                named[f"{over} ({name})"] = division
                named[f"{over} {name}"] = division
    return named


# -- the starting set ------------------------------------------------------


def starting_rows() -> list[dict[str, Any]]:
    """Return the starting set as data/knowledge.json holds it."""
    rows: list[dict[str, Any]] = json.loads((DATA / "knowledge.json").read_text(encoding="utf-8"))
    return rows


def load_starting_rows(models: Mapping[str, Any]) -> int:
    """Add the starting rows that are not there yet; return how many. For a data migration.

    `models` are the classes of that moment: Division, Topic, KnowledgeRow, KnowledgePhrase.
    Rows whose validity is unconfirmed start as drafts.
    """
    row_model, phrase_model = models["KnowledgeRow"], models["KnowledgePhrase"]
    named = divisions_by_name(list(models["Division"].objects.select_related("parent")))
    topics = {topic.slug: topic for topic in models["Topic"].objects.all()}
    there = set(row_model.objects.values_list("question", flat=True))
    added = 0
    for given in starting_rows():
        division = named.get(given["division"])
        # A municipality that has taken one of the starting divisions away loads rows of its own.
        if division is None or given["question"] in there:
            continue
        draft = is_unconfirmed(given["valid_for"], given["source"])
        row = row_model.objects.create(
            question=given["question"],
            answer=given["answer"],
            division=division,
            division_name=given["division"],
            topic=topics.get(given["topic"]),
            state="draft" if draft else "published",
            valid_for=given["valid_for"],
            valid_until=date.fromisoformat(given["valid_until"]) if given["valid_until"] else None,
            source=given["source"],
        )
        phrase_model.objects.bulk_create(
            [phrase_model(row=row, text=text) for text in given["phrases"]]
        )
        added += 1
    return added


# -- files -----------------------------------------------------------------


def read_text(path: Path) -> str:
    """Return a CSV's text: UTF-8 with or without its mark, or what Thai Excel saves (cp874).

    Raises:
        BadFile: the file cannot be read, or is in neither.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from error
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(f"{path}: neither UTF-8 nor Thai (cp874) text.")


def read_file(path: Path) -> list[FileRow]:
    """Return the file's rows, all checked before anything is loaded.

    Raises:
        BadFile: says what is wrong, and in which line.
    """
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise BadFile(f"{path}: no column {', '.join(missing)} (needed: {','.join(COLUMNS)}).")
    named = divisions_by_name(list(Division.objects.select_related("parent")))
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    rows: list[FileRow] = []
    seen: dict[str, int] = {}
    for line, given in _numbered(reader):
        if not any((value or "").strip() for value in given.values() if isinstance(value, str)):
            continue
        row = _checked(line, given, named, topics)
        if row.question in seen:
            raise BadFile(f"Line {line}: the question stands in line {seen[row.question]} too.")
        seen[row.question] = line
        rows.append(row)
    if not rows:
        raise BadFile(f"{path}: no row.")
    return rows


def _numbered(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with the line in which each begins (an answer may go over several)."""
    begins = reader.line_num + 1
    try:
        for given in reader:
            yield begins, given
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"Line {begins}: not CSV ({error}).") from error


def _checked(
    line: int, given: Mapping[str, Any], named: Mapping[str, Division], topics: Mapping[str, Topic]
) -> FileRow:
    values = {name: normalise_text(given.get(name) or "") for name in (*COLUMNS, *MORE_COLUMNS)}
    for name in ("question", "answer", "division"):
        if not values[name]:
            raise BadFile(f"Line {line}: {name} is empty.")
    for name in ("question", "answer", "valid_for", "source"):
        longest = LONGEST[name]
        if len(values[name]) > longest:
            raise BadFile(f"Line {line}: {name} has more than {longest} characters.")
    division = named.get(values["division"])
    if division is None:
        raise BadFile(f"Line {line}: no division is called “{values['division']}”.")
    if values["topic"] and values["topic"] not in topics:
        raise BadFile(f"Line {line}: no topic is called “{values['topic']}”.")
    until: date | None = None
    if values["valid_until"]:
        try:
            until = date.fromisoformat(values["valid_until"])
        except ValueError as error:
            raise BadFile(
                f"Line {line}: valid_until “{values['valid_until']}” is no day (like 2026-09-30)."
            ) from error
    ways = tuple(dict.fromkeys(filter(None, map(str.strip, values["other_ways"].split("|")))))
    too_long = [way for way in ways if len(way) > 300]
    if too_long:
        raise BadFile(f"Line {line}: other_ways has one of more than 300 characters.")
    return FileRow(
        line,
        values["question"],
        values["answer"],
        division,
        values["division"],
        values["valid_for"],
        values["source"],
        until,
        "valid_until" in given,
        topics.get(values["topic"]),
        ways,
    )


@transaction.atomic
def load(rows: Sequence[FileRow], *, day: date, publish: bool, checked_by: str = "") -> Report:
    """Add or update rows by their question, all or none.

    Other ways to ask are added to, never taken away. What the file says just as at its last
    loading is left as it stands, so that an owner's edits survive. Rows whose validity is
    unconfirmed become drafts; with `publish`, the person named vouches for every row.
    A row that its owner has retired stays retired.

    Raises:
        ValueError: `publish` without a name.
    """
    if publish and not checked_by.strip():
        raise ValueError("who has checked the rows must be named")
    report = Report()
    there = {row.question: row for row in KnowledgeRow.objects.select_for_update()}
    default_topics = _topics_of_divisions()
    for given in rows:
        row = there.get(given.question)
        is_new = row is None
        if row is None:
            row = KnowledgeRow(question=given.question, topic=default_topics.get(given.division.pk))
        before = _facts(row)
        if row.file_digest != given.digest:
            _take_over(row, given)
        if publish and row.state != KnowledgeRow.State.RETIRED:
            row.state = KnowledgeRow.State.PUBLISHED
            row.checked_by = checked_by.strip()[:150]
            row.checked_on = day
        if is_new or _facts(row) != before:
            row.save()
        ways = set() if is_new else set(row.phrases.values_list("text", flat=True))
        fresh = [way for way in given.other_ways if way not in ways]
        KnowledgePhrase.objects.bulk_create([KnowledgePhrase(row=row, text=way) for way in fresh])
        if fresh and not is_new:
            row.save(update_fields=["changed_at"])
        told = report.added if is_new else report.changed
        told = told if is_new or fresh or _facts(row) != before else report.unchanged
        told.append(row.question)
        if row.state == KnowledgeRow.State.DRAFT:
            report.drafts.append(row.question)
        elif row.state == KnowledgeRow.State.RETIRED:
            report.retired.append(row.question)
        elif row.valid_until and row.valid_until < day:
            report.expired.append(row.question)
    return report


def _take_over(row: KnowledgeRow, given: FileRow) -> None:
    says_the_same = row.pk is not None and (row.answer, row.valid_for, row.source) == (
        given.answer,
        given.valid_for,
        given.source,
    )
    row.answer, row.division = given.answer, given.division
    row.division_name = given.division_name
    row.valid_for, row.source = given.valid_for, given.source
    row.file_digest = given.digest
    if given.gives_valid_until:
        row.valid_until = given.valid_until
    if given.topic:
        row.topic = given.topic
    if says_the_same or row.state == KnowledgeRow.State.RETIRED:
        return
    # Another text is another thing to vouch for.
    row.checked_by, row.checked_on = "", None
    row.state = (
        KnowledgeRow.State.DRAFT
        if is_unconfirmed(given.valid_for, given.source)
        else KnowledgeRow.State.PUBLISHED
    )


def _facts(row: KnowledgeRow) -> tuple[object, ...]:
    return (
        row.answer,
        row.division_id,
        row.division_name,
        row.topic_id,
        row.state,
        row.valid_for,
        row.valid_until,
        row.source,
        row.checked_by,
        row.checked_on,
        row.file_digest,
    )


def _topics_of_divisions() -> dict[int, Topic]:
    """The first open topic of each division: where a new row of it belongs until told otherwise."""
    topics: dict[int, Topic] = {}
    for topic in Topic.objects.filter(is_active=True, restricted=False).order_by("order"):
        topics.setdefault(topic.division_id, topic)
    return topics
