"""Which case, or at least which topic, a resident's words belong to."""

from __future__ import annotations

from django.utils import timezone

from chatops.answers.decide import Action, Decision
from chatops.cases import opening
from chatops.inbox.turn import Json, part
from chatops.line import incoming
from chatops.models import ChatCase, KnowledgeRow, Message, Resident, Topic

# So sure of another topic that an officer's conversation is not meant.
SURE = 0.97
# Of a few words in the middle of a talk ('หมู่ 9'): an alarm less likely than that is none.
LIKELY_ALARM = 0.5
FEW_WORDS = 20  # characters


def in_hand(resident: Resident, said: Message) -> ChatCase | None:
    """Return the case that an officer has in hand and that these words belong to."""
    case = opening.quoted_case(resident, said.quoted_message_id)
    if case is None:
        case = opening.conversation_of(resident, timezone.now())
    # Locked before it is judged: he may be closing it this very moment.
    if case is None or opening.hold(case).mode != ChatCase.Mode.MANUAL or not case.is_open:
        return None
    return case


def in_talk(words: str, decision: Decision, talk: ChatCase | None) -> Decision:
    """Return `decision` as it is meant in the middle of `talk`.

    By itself every doubt is an alarm; a short reply that only might be one stays in the talk.
    """
    if (
        talk is None
        or decision.action is not Action.EMERGENCY
        or decision.confidence >= LIKELY_ALARM
        or len(words) > FEW_WORDS
    ):
        return decision
    return Decision(Action.HANDOFF, topic=talk.topic.slug, restricted=talk.topic.restricted)


def is_elsewhere(decision: Decision, case: ChatCase) -> bool:
    """Tell whether these words surely ask something of another topic than the officer's."""
    return (
        decision.action is Action.FAQ
        and decision.confidence >= SURE
        and decision.topic != case.topic.slug
        and opening.topic_of(decision.topic).division_id != case.division_id
    )


def place_of(resident: Resident, said: Message | None = None) -> tuple[ChatCase | None, Topic]:
    """Return the case, or else the topic, that what names no topic belongs to.

    The one that she quotes, whose button she tapped, that was talked in last, or the general.
    """
    now = timezone.now()
    case = opening.quoted_case(resident, said.quoted_message_id) if said else None
    if case is not None and not case.is_open:
        # What is done is opened again by its topic's rule: another one may be open by now.
        return None, case.topic
    hint = opening.hinted_topic(resident, now)
    if case is None and not hint:
        case = opening.latest_of(resident, now)
    return (case, case.topic) if case is not None else (None, opening.topic_of(hint))


def current_case(resident: Resident, said: Message | None = None) -> ChatCase:
    """Return the case of `place_of`, opened where there is none."""
    case, topic = place_of(resident, said)
    return case or opening.open_case(resident, topic, timezone.now())


def topic_for(
    resident: Resident, said: Message, decision: Decision, row: KnowledgeRow | None
) -> Topic:
    """Return the topic of a text that is not an officer's: the quoted case's, else by its words."""
    quoted = opening.quoted_case(resident, said.quoted_message_id)
    # What is for named persons alone stays so, whatever message it is said under.
    if quoted is not None and (quoted.topic.restricted or not decision.restricted):
        return quoted.topic
    if decision.topic and decision.topic != Topic.GENERAL:
        return opening.topic_of(decision.topic)
    if row is not None:
        return opening.topic_of(decision.topic)
    # What names no topic is about what she tapped or talked of just before.
    return place_of(resident)[1]


def is_private(resident: Resident, payload: Json) -> bool:
    """Tell whether words that name no topic belong to a restricted one: nothing for a model."""
    quoted_id = incoming.quoted_message_id(part(payload, "message"))
    quoted = opening.quoted_case(resident, quoted_id)
    topic = quoted.topic if quoted is not None else place_of(resident)[1]
    return topic.restricted
