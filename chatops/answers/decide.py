"""What the automatic reply does with a message: the one door to this room.

Emergencies first; then greetings, what reads like a complaint or a payment; then the nearest row
of the knowledge base, if it is near enough and nothing else is as near. In doubt, an officer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bannmae.thai.text import normalise_text
from chatops.answers import knowledge, tone
from chatops.answers.knowledge import Example, Knowledge, Row
from chatops.answers.learned import STANDING, Reading, read, standing_rows, standing_terms
from chatops.answers.ranking import Likeness
from chatops.answers.words import normalise, terms
from chatops.models import Topic

EMERGENCY_TOPIC = "disaster"
PRIVATE_TOPIC = "health-privacy"
# Words that ask about nothing by themselves.
EVERYDAY = frozenset("ขอ แจ้ง ช่วย ยื่น จ่าย เงิน ใหม่ ไม่ แม่ เด็ก บ้าน เดือน ปี เปิด คืน เทศบาล วัน".split())
# What a message may do beside asking and crying for help.
CALM = ("complaint", "payment", "smalltalk")
# An emergency from this near to its border on, less half of what else it reads like. Set so that
# the evaluation misses none, because a false alarm costs a tap.
ALARMING, ELSE_COUNTS = -0.6, 0.5
# No topic from this far from all borders on, where a button was tapped and where none was.
UNLIKE_HINTED, UNLIKE_ANY = -0.3, -0.8
# Answered from this confidence on.
SURE = 0.45
# What confidence is made of: a logistic regression over the evaluation's questions, each set
# foretold from the others. Of a margin no more than FAR counts.
LEAST_LIKENESS, FAR = 0.3, 0.25
AT_REST, PER_MARGIN, PER_MARGIN_TO_EXAMPLE, PER_LIKENESS = -5.14, 14.66, 6.62, 0.23
PER_EXPLAINED, PER_LOG_WORDS, PER_TOPIC_GAP, PER_UNANSWERED = 3.28, 0.07, 3.3, -2.31
# Suggested below it, from this likeness on.
WORTH_SUGGESTING = 0.28
SUGGESTIONS = 3
NEAREST = 12
# Words from which on a text is a story, words that a part must have, what a part's likeness counts.
LONG, PART, PART_COUNTS = 11, 2, 0.9
# Parts that are looked at: nobody's question needs more.
PARTS = 40
# Subjects that alone say too little.
VAGUE = frozenset({"!ลงทะเบียน", "!ค่าปรับ", "!ร้องเรียน", "!เวลาทำการ"})
# Who only asks how it stands needs no more characters, none but these, and none of the words that
# are no terms and yet may say what has befallen her.
LONGEST_STANDING, NOT = 100, "ไม่"
_PLAINLY_SAID = re.compile(r"(?!(?s:.)*(?:โดน|ถูก|บ่|ขา(?!ด)))[ก-ฺเ-๎a-zA-Z\s?.,…🙏😊🙂☺\ufe0f]*")


class Action(StrEnum):
    """What to do with a message."""

    FAQ = "faq"
    HANDOFF = "handoff"
    COMPLAINT = "complaint"
    PAYMENT = "payment"
    EMERGENCY = "emergency"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True)
class Decision:
    """What to do, from which row, and whose it is.

    `row` and `suggestions` are primary keys of knowledge rows; `question` the row's question,
    '' without one; `topic` a slug and `division_name` a name, '' where there is none;
    `confidence` goes from 0 to 1. `restricted`: not for a language model, nor for every eye.
    """

    action: Action
    row: int | None = None
    question: str = ""
    topic: str = ""
    division_name: str = ""
    confidence: float = 0.0
    suggestions: tuple[int, ...] = ()
    restricted: bool = False


def decide(text: str, *, hint: str = "") -> Decision:
    """Return what the automatic reply does with `text`. Reads the database, writes nothing.

    `hint` is the slug of the topic whose menu button was tapped just before: it tells where a
    message goes whose own words do not.
    """
    known = knowledge.current()
    if tone.calls_for_help(text):
        return _to(known, Action.EMERGENCY, EMERGENCY_TOPIC, 1.0)
    reading = read(text)
    deed = deed_of(reading)
    if deed is Action.EMERGENCY:
        return _to(known, Action.EMERGENCY, EMERGENCY_TOPIC, _likelihood(alarm(reading)))
    if deed is Action.SMALLTALK or not tone.says_something(text):
        return Decision(Action.SMALLTALK, confidence=1.0 if text.strip() else 0.5)
    told = tone.plain(text)
    found = nearest_to(known, text)
    private = tone.tells_of_health(told)
    if deed is not None:
        slug = PRIVATE_TOPIC if private and PRIVATE_TOPIC in known.topics else ""
        return _to(known, deed, slug or _topic(known, reading, hint), 0.9, private=private)
    row, confidence = _answering(known, found, terms(text), reading)
    if row is not None and row.usable and confidence >= SURE:
        return Decision(
            Action.FAQ,
            row.pk,
            row.question,
            PRIVATE_TOPIC if private and PRIVATE_TOPIC in known.topics else row.topic,
            row.division_name,
            round(confidence, 3),
            restricted=private or known.is_restricted(row.topic),
        )
    slug = _topic(known, reading, hint)
    if private and PRIVATE_TOPIC in known.topics:
        slug = PRIVATE_TOPIC
    suggestions = tuple(
        one.owner
        for one in found
        if isinstance(one.owner, int)
        and known.rows[one.owner].usable
        and one.score >= WORTH_SUGGESTING
    )[:SUGGESTIONS]
    return _to(known, Action.HANDOFF, slug, 1 - confidence, suggestions, private)


def asks_how_it_stands(text: str, about: Collection[str]) -> bool:
    """Tell whether the text asks how far something of hers has come, or what is to do next.

    It says so only of what is talked of: for who knows that something of hers is. `about`: the
    subjects ('!ใบเสร็จ', see words.terms) that she may name; who names another asks of that.

    'เด็กจมน้ำแล้วต้องทำอะไรต่อ' asks what is to do next as well: nothing may stand in the text but
    what such questions are made of. With a word that they do not know, a figure, another script, a
    picture, a 'not' that is not about one of `about` ('ออกไม่ได้') it is no such question.
    """
    told = normalise_text(text)
    if len(told) > LONGEST_STANDING or not _PLAINLY_SAID.fullmatch(told):
        return False
    words = terms(text)
    named = [word for word in words if word[0] == "!"]
    if not standing_terms().issuperset(words):
        return False
    if NOT in words and not named and words not in standing_rows():
        return False
    actions = read(text).actions
    sure = actions[STANDING] > max(0.0, actions["emergency"])
    return sure and all(word in about for word in named)


def nearest_to(known: Knowledge, text: str, *, without: str | None = None) -> list[Likeness]:
    """Return what is known that is most like the text, best first.

    A long text tells a story around its question: the part that asks is looked at by itself as
    well. `without`: see `Ranking.rank`.
    """
    whole = terms(text)
    found = known.ranking.rank_words(whole, NEAREST, without=without)
    if len(whole) < LONG:
        return found
    subjects = [word for word in dict.fromkeys(whole) if word[0] == "!"]
    best = {one.owner: one for one in found}
    for part in dict.fromkeys(normalise(text).split(" ")[:PARTS]):
        words = terms(part)
        if len(words) < PART or not tone.asks(part):
            continue
        if not any(word[0] == "!" and word not in VAGUE for word in words):
            # What it asks about was said before.
            words = (*words, *(word for word in subjects if word not in words))
        for one in known.ranking.rank_words(words, NEAREST, without=without):
            kept = best.get(one.owner)
            if kept is None or kept.score < one.score * PART_COUNTS:
                best[one.owner] = replace(one, score=one.score * PART_COUNTS)
    return sorted(best.values(), key=lambda one: -one.score)[:NEAREST]


def _to(
    known: Knowledge,
    action: Action,
    slug: str,
    confidence: float,
    suggestions: tuple[int, ...] = (),
    private: bool = False,
) -> Decision:
    return Decision(
        action,
        topic=slug,
        division_name=known.division_name(slug),
        confidence=round(min(1.0, max(0.0, confidence)), 3),
        suggestions=suggestions,
        restricted=private or known.is_restricted(slug),
    )


def _answering(
    known: Knowledge, found: list[Likeness], words: Sequence[str], reading: Reading
) -> tuple[Row | None, float]:
    """The row that is nearest, and how likely it is what was meant. `words`: the text's."""
    rows = [one for one in found if isinstance(one.owner, int)]
    says = any(word[0] != "?" and word not in EVERYDAY for word in words)
    if not says or not rows or rows[0].score < LEAST_LIKENESS:
        return None, 0.0
    first = rows[0]
    assert isinstance(first.owner, int)  # noqa: S101 - of the rows
    row = known.rows[first.owner]
    rival = rows[1].score if len(rows) > 1 else 0.0
    unanswered, topic_gap, handed_over = 0.0, 0.0, 0.0
    if row.learned:
        topics = reading.topics
        topic_gap = topics.get(row.topic, -1.0) - max(topics.values())
        handed_over = reading.actions["handoff"]
        unanswered = max((one.score for one in found if isinstance(one.owner, Example)), default=0)
    told = (
        AT_REST
        + PER_MARGIN * min(first.score - rival, FAR)
        + PER_MARGIN_TO_EXAMPLE * min(first.score - unanswered, FAR)
        + PER_LIKENESS * first.score
        + PER_EXPLAINED * first.explained
        + PER_LOG_WORDS * math.log(1 + len(words))
        + PER_TOPIC_GAP * topic_gap
        + PER_UNANSWERED * handed_over
    )
    return row, 1 / (1 + math.exp(-told))


def deed_of(reading: Reading) -> Action | None:
    """Return what the message does, None where it asks."""
    if alarm(reading) > ALARMING:
        return Action.EMERGENCY
    likest = _likest(reading)
    return None if likest == "question" else Action(likest)


def alarm(reading: Reading) -> float:
    """How far a message reads more like an emergency than like anything else; ALARMING and up."""
    return reading.actions["emergency"] - ELSE_COUNTS * reading.actions[_likest(reading)]


def _likest(reading: Reading) -> str:
    return max((*CALM, "question"), key=lambda name: reading.actions[name])


def _likelihood(far: float) -> float:
    """A distance as a likelihood: 0.5 at the line."""
    return 1 / (1 + math.exp(-3 * far))


def _topic(known: Knowledge, reading: Reading, hint: str) -> str:
    """The topic that it reads like, of those in use; the tapped one where it reads like none."""
    hinted = hint in known.topics
    # Who tapped a button and says nothing clear means that, and not 'something general'.
    topics = {
        slug: far
        for slug, far in reading.topics.items()
        if slug in known.topics and not (hinted and slug == Topic.GENERAL)
    }
    best = max(topics, key=lambda slug: topics[slug], default="")
    if best and topics[best] > (UNLIKE_HINTED if hinted else UNLIKE_ANY):
        return best
    return hint if hinted else Topic.GENERAL
