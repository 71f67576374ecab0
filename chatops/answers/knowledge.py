"""The knowledge base as each process keeps it: rows, topics and an index, made anew on change."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from bannmae.models import Division
from bannmae.reference import forget_when_saved, kept
from chatops.answers.learned import taught
from chatops.answers.ranking import Ranking, Wording
from chatops.answers.words import normalise, terms
from chatops.models import KnowledgePhrase, KnowledgeRow, Topic

# A row's answer helps to find it, a little.
ANSWER_WEIGHT = 0.35


@dataclass(frozen=True)
class Row:
    """A row of the knowledge base, as far as deciding needs it."""

    pk: int
    question: str
    topic: str
    division_name: str
    # Published and valid today. What is not is recognised all the same, and handed over.
    usable: bool
    # Of the starting set: what was learned from knows of it. Of a row that came later, what was
    # learned (that no row answers such a question) says nothing.
    learned: bool


@dataclass(frozen=True)
class Example:
    """A message that no row of the starting set answers, and whose it is."""

    text: str
    topic: str


@dataclass(frozen=True)
class TopicFacts:
    """A topic: whose it is, and the words that tell it."""

    division: int
    restricted: bool
    words: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """Everything that deciding reads, at one moment. Never changed: made anew."""

    rows: dict[int, Row]
    topics: dict[str, TopicFacts]
    names: dict[int, str]
    ranking: Ranking

    def division_name(self, topic: str) -> str:
        """The name of the topic's division, spelled as the rows of that division spell it."""
        facts = self.topics.get(topic)
        return self.names.get(facts.division, "") if facts else ""

    def topic_of(self, owner: object) -> str:
        """The topic of a row (by its key) or an example."""
        if isinstance(owner, Example):
            return owner.topic
        return self.rows[owner].topic if isinstance(owner, int) else ""

    def is_restricted(self, topic: str) -> bool:
        """Whether only named readers may see that topic."""
        facts = self.topics.get(topic)
        return facts is not None and facts.restricted


_lock = threading.Lock()
_made: tuple[object, Knowledge] | None = None

# Looked at again at once when it was saved here, within seconds when it was elsewhere.
_LOOKED = "knowledge-mark"
for _model in (KnowledgeRow, KnowledgePhrase, Topic, Division):
    forget_when_saved(_model, lambda _row: [_LOOKED])


def current() -> Knowledge:
    """Return the knowledge base as it is, at most a few seconds old. Safe from any thread."""
    global _made
    mark = kept(_LOOKED, _mark)
    made = _made
    if made is None or made[0] != mark:
        with _lock:
            made = _made
            if made is None or made[0] != mark:
                made = _made = (mark, _make(timezone.localdate()))
    return made[1]


def _mark() -> object:
    """A fingerprint of all that deciding reads, today included: four plain queries."""
    read = (
        KnowledgeRow.objects.order_by("pk").values_list(
            "pk",
            "question",
            "answer",
            "state",
            "valid_until",
            "division_id",
            "division_name",
            "topic_id",
        ),
        KnowledgePhrase.objects.order_by("pk").values_list("pk", "row_id", "text"),
        Topic.objects.order_by("pk").values_list(
            "pk", "slug", "words", "division_id", "restricted", "is_active"
        ),
        Division.objects.order_by("pk").values_list("pk", "name", "parent__name"),
    )
    told = hashlib.sha256()
    for rows in read:
        for row in rows:
            told.update(repr(row).encode())
    return timezone.localdate(), told.digest()


def _make(today: date) -> Knowledge:
    usable = set(KnowledgeRow.objects.usable(today).values_list("pk", flat=True))
    rows: dict[int, Row] = {}
    wordings: list[Wording] = []
    answers: list[Wording] = []
    divisions = {one.pk: one for one in Division.objects.select_related("parent")}
    spelled: dict[int, Counter[str]] = {}
    learned = {one.row for one in taught()}
    in_use = KnowledgeRow.objects.exclude(state=KnowledgeRow.State.RETIRED)
    for row in in_use.select_related("topic").prefetch_related("phrases").order_by("pk"):
        if row.division_name:
            spelled.setdefault(row.division_id, Counter())[row.division_name] += 1
        name = row.division_name or divisions[row.division_id].full_name
        slug = row.topic.slug if row.topic else ""
        rows[row.pk] = Row(
            row.pk, row.question, slug, name, row.pk in usable, row.question in learned
        )
        wordings.append(Wording(row.pk, row.question))
        wordings.extend(Wording(row.pk, phrase.text) for phrase in row.phrases.all())
        answers.append(Wording(row.pk, row.answer, ANSWER_WEIGHT))
    names = {
        pk: spelled[pk].most_common(1)[0][0] if pk in spelled else division.full_name
        for pk, division in divisions.items()
    }
    topics = {
        topic.slug: TopicFacts(topic.division_id, topic.restricted, _words_of(topic))
        for topic in Topic.objects.filter(is_active=True)
    }
    wordings.extend(_examples(topics, [one for one in wordings if rows[_pk(one)].usable]))
    return Knowledge(rows, topics, names, Ranking([*wordings, *answers]))


def _pk(wording: Wording) -> int:
    assert isinstance(wording.owner, int)  # noqa: S101 - only rows' wordings are handed in
    return wording.owner


def _words_of(topic: Topic) -> tuple[str, ...]:
    keys = (normalise(line).replace(" ", "") for line in topic.words.splitlines())
    return tuple(key for key in keys if len(key) > 1)


def _examples(topics: Collection[str], of_rows: list[Wording]) -> list[Wording]:
    """What no row answers, without what a row says as well: a new row takes precedence."""
    said = {frozenset(terms(one.text)) for one in of_rows}
    examples = (Example(one.text, one.topic) for one in taught() if one.action == "handoff")
    return [
        Wording(example, example.text)
        for example in examples
        if example.topic in topics and frozenset(terms(example.text)) not in said
    ]
