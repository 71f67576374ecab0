"""What the automatic reply does with a message: the one door to this room.

Emergencies first; then greetings, what reads like a complaint or a payment; then the nearest row
of the knowledge base, if it is near enough and nothing else is as near. In doubt, an officer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chatops.answers import knowledge, tone
from chatops.answers.knowledge import Example, Knowledge
from chatops.answers.ranking import Likeness
from chatops.answers.urgent import is_emergency
from chatops.answers.words import normalise, terms
from chatops.models import Topic

EMERGENCY_TOPIC = "disaster"
PRIVATE_TOPIC = "health-privacy"
# Words that ask about nothing by themselves.
EVERYDAY = frozenset("ขอ แจ้ง ช่วย ยื่น จ่าย เงิน ใหม่ ไม่ แม่ เด็ก บ้าน เดือน ปี เปิด คืน เทศบาล วัน".split())
# What is wrong somewhere is one of these; who is accused of something, the lawyer's.
COMPLAINT_TOPICS = ("public-works", "public-health", "disaster", "education")
PAYMENT_TOPICS = ("tax", "garbage-fee")
# Answered from this confidence on.
SURE = 0.65
# What confidence is made of: a logistic regression over the knowledge base's own other ways to ask
# (each left out in turn) and half of the evaluation's questions. Of the margin no more than FAR
# counts; what the text names and no wording of the row does weighs more than it came out.
LEAST_LIKENESS, FAR = 0.3, 0.25
AT_REST, PER_MARGIN, PER_EXPLAINED, PER_LOG_WORDS = -8.0, 14.5, 10.5, 1.7
PER_MISSING, PER_UNNAMED, OTHER_ASKED, APART, SWAPPED = -1.1, -1.0, -1.5, -1.5, -2.5
# Suggested below it, from this likeness on.
WORTH_SUGGESTING = 0.28
SUGGESTIONS = 3
NEAREST = 12
# How much the nearest known things speak for their topic, by place, and a letter of a topic's word.
BY_PLACE, LEAST_VOTE, PER_LETTER = (1.0, 0.6, 0.4, 0.3, 0.2, 0.2), 0.15, 0.03
# Votes that decide: among all topics, and where only some can be meant.
ENOUGH, ENOUGH_OF_FEW = 0.08, 0.02
# Words from which on a text is a story, words that a part must have, what a part's likeness counts.
LONG, PART, PART_COUNTS = 11, 2, 0.9
# Subjects that alone say too little.
VAGUE = frozenset({"!ลงทะเบียน", "!ค่าปรับ", "!ร้องเรียน", "!เวลาทำการ"})


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
    if is_emergency(text):
        return _to(known, Action.EMERGENCY, EMERGENCY_TOPIC, 1.0)
    if not text.strip() or tone.is_smalltalk(text):
        return Decision(Action.SMALLTALK, confidence=1.0 if text.strip() else 0.5)
    told = tone.plain(text)
    found = nearest_to(known, text)
    if tone.asks(told):
        # Who asks reports nothing and pays nothing.
        found = [one for one in found if not _is_deed(one)]
    private = tone.tells_of_health(told)
    if tone.is_payment(told):
        slug = _topic_like(known, told, found, PAYMENT_TOPICS, hint) or "slip"
        return _to(known, Action.PAYMENT, slug, 0.9)
    nearest = found[0] if found else None
    if tone.is_complaint(told):
        about = (*COMPLAINT_TOPICS, "legal") if tone.accuses(told) else COMPLAINT_TOPICS
        slug = _topic_like(known, told, found, about, hint)
        return _to(known, Action.COMPLAINT, slug or Topic.GENERAL, 0.85)
    confidence = _confidence(found, terms(text))
    if nearest is not None and isinstance(nearest.owner, Example):
        example = nearest.owner
        if example.action != Action.HANDOFF and nearest.score >= 0.6 and not tone.asks(told):
            return _to(known, Action(example.action), example.topic, confidence)
    row = known.rows.get(nearest.owner) if nearest and isinstance(nearest.owner, int) else None
    own = tone.is_own_case(told) or tone.wants_an_officer(told)
    if row is not None and row.usable and not own and confidence >= SURE:
        return Decision(
            Action.FAQ,
            row.pk,
            row.question,
            PRIVATE_TOPIC if private and PRIVATE_TOPIC in known.topics else row.topic,
            row.division_name,
            round(confidence, 3),
            restricted=private or known.is_restricted(row.topic),
        )
    slug = _topic_like(known, told, found, None, hint) or Topic.GENERAL
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
    for part in normalise(text).split(" "):
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


def _confidence(found: list[Likeness], words: Sequence[str]) -> float:
    """How likely the nearest thing is what was meant, by how far the next one is above all.

    The next one counts only where it would bring another answer. `words`: the text's.
    """
    says = any(word[0] != "?" and word not in EVERYDAY for word in words)
    if not says or not found or found[0].score < LEAST_LIKENESS:
        return 0.0
    first = found[0]
    rivals = [one.score for one in found[1:] if _differs(first, one)]
    margin = min(first.score - (rivals[0] if rivals else 0.0), FAR)
    told = (
        AT_REST
        + PER_MARGIN * margin
        + PER_EXPLAINED * first.explained
        + PER_LOG_WORDS * math.log(1 + len(words))
        + PER_MISSING * first.missing
        + PER_UNNAMED * first.unnamed
        + OTHER_ASKED * first.asks_other
        + APART * first.apart
        + SWAPPED * bool(first.missing and first.unnamed)
    )
    return 1 / (1 + math.exp(-told))


def _is_deed(one: Likeness) -> bool:
    return isinstance(one.owner, Example) and one.owner.action in (Action.COMPLAINT, Action.PAYMENT)


def _differs(first: Likeness, other: Likeness) -> bool:
    if isinstance(first.owner, Example) and isinstance(other.owner, Example):
        return first.owner.action != other.owner.action
    return True


def _topic_like(
    known: Knowledge, told: str, found: list[Likeness], only: tuple[str, ...] | None, hint: str
) -> str:
    """The topic that the topics' own words and the nearest known things speak for most."""
    votes = dict.fromkeys(known.topics, 0.0)
    for place, one in enumerate(found[: len(BY_PLACE)]):
        slug = known.topic_of(one.owner)
        if slug in votes and one.score >= LEAST_VOTE:
            votes[slug] += one.score**2 * BY_PLACE[place]
    flat = re.sub(r"\s", "", told)
    for slug, topic in known.topics.items():
        longest = max((len(word) for word in topic.words if word in flat), default=0)
        votes[slug] += min(longest, 12) * PER_LETTER
    if only is not None:
        votes = {slug: weight for slug, weight in votes.items() if slug in only}
    best = max(votes, key=lambda slug: votes[slug], default="")
    if best and votes[best] >= (ENOUGH if only is None else ENOUGH_OF_FEW):
        return best
    return hint if hint in known.topics else ""
