"""What the automatic reply does with a message: the one door to this room.

Emergencies first; then greetings, what reads like a complaint or a payment; then the nearest row
of the knowledge base, if it is near enough and nothing else is as near. In doubt, an officer.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from chatops.answers import knowledge, tone
from chatops.answers.knowledge import Example, Knowledge
from chatops.answers.ranking import Likeness
from chatops.answers.urgent import is_emergency
from chatops.models import Topic

EMERGENCY_TOPIC = "disaster"
PRIVATE_TOPIC = "health-privacy"
# Answered from this confidence on (calibrated by `make eval`: chatops/answers/evaluation).
SURE = 0.5
# Suggested below it, from this likeness on.
WORTH_SUGGESTING = 0.28
SUGGESTIONS = 3


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
    found = known.ranking.rank(text, best=12)
    private = tone.tells_of_health(told)
    if tone.is_payment(told):
        slug = _topic_like(known, told, found, ("tax", "garbage-fee"), hint) or "slip"
        return _to(known, Action.PAYMENT, slug, 0.9)
    nearest = found[0] if found else None
    if tone.is_complaint(told):
        slug = _topic_like(known, told, found, None, hint)
        return _to(known, Action.COMPLAINT, slug or Topic.GENERAL, 0.85)
    confidence = _confidence(known, found)
    if nearest is not None and isinstance(nearest.owner, Example):
        example = nearest.owner
        if example.action != Action.HANDOFF and nearest.score >= 0.6 and not tone.asks(told):
            if example.action == Action.SMALLTALK:
                return Decision(Action.SMALLTALK, confidence=confidence)
            return _to(known, Action(example.action), example.topic, confidence)
    row = known.rows.get(nearest.owner) if nearest and isinstance(nearest.owner, int) else None
    own = tone.is_own_case(told)
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


def _confidence(known: Knowledge, found: list[Likeness]) -> float:
    """How likely the nearest thing is what was meant: its likeness, and how far the next one is.

    The next one counts only where it would bring another answer.
    """
    if not found:
        return 0.0
    first = found[0]
    rivals = [one.score for one in found[1:] if _differs(known, first, one)]
    margin = first.score - (rivals[0] if rivals else 0.0)
    told = -6.0 + 9.0 * first.score + 8.0 * min(margin, 0.25) + 2.0 * first.explained
    return 1 / (1 + math.exp(-told))


def _differs(known: Knowledge, first: Likeness, other: Likeness) -> bool:
    if isinstance(first.owner, Example) and isinstance(other.owner, Example):
        return first.owner.action != other.owner.action
    return True


def _topic_like(
    known: Knowledge, told: str, found: list[Likeness], only: tuple[str, ...] | None, hint: str
) -> str:
    """The topic that the topics' own words and the nearest known things speak for most."""
    votes = dict.fromkeys(known.topics, 0.0)
    for place, one in enumerate(found[:6]):
        slug = one.owner.topic if isinstance(one.owner, Example) else known.rows[one.owner].topic  # type: ignore[index]
        if slug in votes and one.score >= 0.15:
            votes[slug] += one.score * (1.0, 0.6, 0.4, 0.3, 0.2, 0.2)[place]
    flat = re.sub(r"\s", "", told)
    for slug, topic in known.topics.items():
        longest = max((len(word) for word in topic.words if word in flat), default=0)
        votes[slug] += min(longest, 12) * 0.03
    if only is not None:
        votes = {slug: weight for slug, weight in votes.items() if slug in only}
    best = max(votes, key=lambda slug: votes[slug], default="")
    if best and votes[best] >= 0.2:
        return best
    return hint if hint in known.topics else ""
