"""Which case a resident's words belong to, and what the automatic reply says to them.

Emergencies come first, whatever the mode (what only might be one may be an answer that an upper
room waits for: 'ม.ค.-มี.ค.'); then what the menu answers; then an officer who has
her in hand is left alone with her; then the knowledge base; and what nothing answers waits for
a person in the inbox of the division that answers for it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from bannmae.thai.text import normalise_text, search_key
from chatops.alerts import linking
from chatops.answers import model, unanswered
from chatops.answers.decide import Action, Decision, decide
from chatops.answers.wording import answer_text
from chatops.cases import hours, opening
from chatops.inbox import placing
from chatops.inbox.turn import Json, Turn, may_answer, part, storable
from chatops.line import incoming
from chatops.line.cards import QuickReply, signed_by, text_message, with_quick_replies
from chatops.line.client import LineError, client_for
from chatops.menu import answers, registry
from chatops.models import (
    AutomaticAnswer,
    ChatCase,
    ChatSettings,
    KnowledgeRow,
    Message,
    Resident,
    Topic,
    WebhookEvent,
)

logger = logging.getLogger(__name__)

# A sticker is a nod, not a question, and so is a text without words. Whatever else LINE brings,
# also what it does not bring yet, is for a person to see.
NODS = {"sticker", "text"}
PAYMENT_TOPICS = {"tax", "garbage-fee", "slip"}
ASKS_FOR_A_PERSON = {
    search_key(words)
    for words in (
        "คุยกับเจ้าหน้าที่",
        "ขอคุยกับเจ้าหน้าที่",
        "ติดต่อเจ้าหน้าที่",
        "คุยกับคน",
        "ขอสายเจ้าหน้าที่",
    )
}
# Said among other words: no guesses are offered then.
WANTS_A_PERSON = re.compile(
    r"(?:คุย|ติดต่อ|สอบถาม|ขอสาย|ปรึกษา)\S{0,8}(?:เจ้าหน้าที่|จนท)|คุยกับคน|ขอคน(?:ตอบ|จริง)"
)
LOADING_SECONDS = 5
LOADING_RESTS = 60  # seconds, after a call that LINE did not answer


@dataclass(frozen=True)
class Plan:
    """What was worked out about a text before the transaction; `decision` None for no text."""

    decision: Decision | None = None
    # A language model's choice of row and words, where one is on and had something to say.
    improved: model.Improved | None = None


def plan(event: WebhookEvent, payload: Json, resident: Resident, renew: Callable[[], None]) -> Plan:
    """Work out what to say to an event: all that takes time, outside the transaction."""
    words = _words(payload) if event.kind == "message" else ""
    if not words or linking.holds_code(words) or _is_a_command(words):
        return Plan()
    now = timezone.now()
    in_hand = opening.conversation_of(resident, now)
    talk = in_hand or opening.latest_of(resident, now)
    # What names no topic is about what she tapped or talked of just before.
    hint = opening.hinted_topic(resident, now) or (talk.topic.slug if talk else "")
    decision = placing.in_talk(words, decide(words, hint=hint), talk)
    if not may_answer(payload) or (
        in_hand is not None and not placing.is_elsewhere(decision, in_hand)
    ):
        return Plan(decision)
    if decision.action is not Action.EMERGENCY:
        renew()
        _show_loading(resident)
    return Plan(decision, _improved(words, decision, resident, payload, renew))


def message(turn: Turn, said: Message) -> None:
    """Put a message into its case and answer it, or leave it to a person."""
    linked = linking.try_link(turn.resident, said.text) if said.text else None
    if linked is not None:
        turn.reply(linked, about="staff-link")
        return
    now = timezone.now()
    # A code is an officer's secret: it stands in no list.
    words = "" if linking.holds_code(said.text) else said.text
    preview = incoming.preview(said.kind, words, said.details)
    decision = turn.plan.decision
    entry = registry.by_words(_key(said.text)) if said.text else None
    in_hand = placing.in_hand(turn.resident, said)
    if decision is not None and _is_cared_for(turn, said, decision, in_hand):
        return
    if decision is not None and decision.action is Action.EMERGENCY:
        _emergency(turn, said, preview)
    elif entry is not None and (in_hand is None or not entry.topic):
        # Manual in one topic does not silence what is asked of the menu.
        menu_entry(turn, entry)
    elif said.kind == "image" and in_hand and _turned_to_payments(turn.resident, in_hand):
        _receive_file(turn, said, preview)
    elif in_hand is not None and not (decision and placing.is_elsewhere(decision, in_hand)):
        opening.heard(in_hand, said, preview, needs_person=False)
        if said.kind == "image" and in_hand.topic.slug in PAYMENT_TOPICS:
            _take_picture(turn, said, in_hand)
    elif said.text and _key(said.text) in ASKS_FOR_A_PERSON:
        _ask_for_person(turn, placing.current_case(turn.resident, said), said, preview)
    elif decision is not None:
        _answer_text(turn, said, preview, decision)
    elif said.kind not in NODS:
        _receive_file(turn, said, preview)
    elif (case := opening.latest_of(turn.resident, now)) is not None:
        opening.heard(case, said, preview, needs_person=False)


def tap(turn: Turn, data: dict[str, str]) -> None:
    """Do what a button asks for; whatever it is gets a short answer, but for the menu's tabs."""
    if "tab" in data:
        return  # of the rich menu: that it has turned is its answer
    if (entry := registry.get(data.get("menu", ""))) is not None:
        menu_entry(turn, entry)
        return
    given = _given_answer(turn.resident, data.get("answer", ""))
    if data.get("do") == "human":
        if given is not None:
            _note_outcome(given, AutomaticAnswer.Outcome.HANDED_OVER)
        case = given.case if given is not None and given.case is not None else None
        _ask_for_person(turn, case or placing.current_case(turn.resident))
    elif data.get("do") == "solved":
        if given is not None:
            _note_outcome(given, AutomaticAnswer.Outcome.SOLVED)
            if given.case is not None:
                opening.resolved(given.case)
        turn.reply([text_message(answers.auto_text("solved"))], case=given.case if given else None)
    elif given is not None and (row := _usable_row(data.get("row", ""))) is not None:
        _chosen(turn, given, row)
    else:
        if not any(handle(turn, data) for handle in registry.tap_handlers()):
            # A button of long ago: what it meant is gone, what can be done is shown.
            turn.reply(answers.free_text())


def menu_entry(turn: Turn, entry: registry.Entry) -> None:
    """Send what a menu entry says, and remember what she writes next is about."""
    opening.remember_hint(turn.resident, entry.topic)
    turn.reply(entry.answer(turn.resident), about=f"menu:{entry.key}", can_wait=not entry.urgent)


# -- what a text gets --------------------------------------------------------------------------


def _emergency(turn: Turn, said: Message, preview: str) -> None:
    case = opening.open_case(turn.resident, opening.topic_of("disaster"), timezone.now())
    opening.heard(case, said, preview, needs_person=True, urgent=True)
    _note_answer(turn, Action.EMERGENCY, said, case, confidence=1.0)
    turn.reply(answers.emergency(turn.resident), about=f"chat:{case.pk}", can_wait=False, case=case)


def _answer_text(turn: Turn, said: Message, preview: str, decision: Decision) -> None:
    if decision.action is Action.SMALLTALK:
        case = opening.latest_of(turn.resident, timezone.now())
        if case is not None:
            opening.heard(case, said, preview, needs_person=False)
        _note_answer(turn, Action.SMALLTALK, said, case, confidence=decision.confidence)
        turn.reply([text_message(answers.auto_text("smalltalk"), answers.MENU_REPLIES)], case=case)
        return
    improved = turn.plan.improved
    row = (
        KnowledgeRow.objects.select_related("division")
        .filter(pk=(improved.row if improved else decision.row) or 0)
        .first()
    )
    topic = placing.topic_for(turn.resident, said, decision, row)
    case = opening.open_case(turn.resident, topic, timezone.now())
    was_waiting = case.state == ChatCase.State.INBOX and case.waiting_since is not None
    known = row is not None and (decision.action is Action.FAQ or improved is not None)
    # Where another module has the conversation nothing of ours goes out: a person must see it.
    answered = known and turn.may_answer
    case = opening.heard(case, said, preview, needs_person=not answered)
    if answered and row is not None:
        _send_row(turn, case, row, said, decision.confidence, improved)
        return
    note = _note_answer(turn, decision.action, said, case, confidence=decision.confidence)
    if decision.action is Action.COMPLAINT:
        _send(turn, case, _with_officer(answers.open_form("complaint_offer"), note))
    elif decision.action is Action.PAYMENT:
        _send(turn, case, _with_officer(_payment_answer(turn.resident, topic), note))
    else:
        if not (known or topic.restricted or decision.restricted):
            unanswered.collect(said, said.text, topic.division)
        offered = () if WANTS_A_PERSON.search(said.text) else decision.suggestions
        _hand_over(turn, case, note, offered, again=was_waiting)


def _send_row(
    turn: Turn,
    case: ChatCase,
    row: KnowledgeRow,
    said: Message | None,
    confidence: float,
    improved: model.Improved | None = None,
) -> None:
    note = _note_answer(
        turn, Action.FAQ, said, case, row=row, confidence=confidence, by_model=improved is not None
    )
    KnowledgeRow.objects.filter(pk=row.pk).update(times_answered=F("times_answered") + 1)
    words = answer_text(row, timezone.localdate(), improved.text if improved else "")
    opening.answered_automatically(case)
    text = text_message(words, _outcome_replies(note))
    turn.reply([signed_by(text, row.division.short_name)], about=f"chat:{case.pk}", case=case)


def _chosen(turn: Turn, given: AutomaticAnswer, row: KnowledgeRow) -> None:
    """She picked one of the questions that were offered."""
    case = given.case or opening.open_case(
        turn.resident, opening.topic_of(row.topic.slug if row.topic else ""), timezone.now()
    )
    opening.choice_made(case)
    _send_row(turn, case, row, None, 1.0)


def _hand_over(
    turn: Turn,
    case: ChatCase,
    note: AutomaticAnswer,
    suggestions: Sequence[int] = (),
    *,
    again: bool = False,
) -> None:
    rows = {row.pk: row for row in KnowledgeRow.objects.filter(pk__in=suggestions)}
    offered = [rows[pk] for pk in suggestions if pk in rows]
    if offered:
        choices = [
            QuickReply(row.question, data=f"answer={note.pk}&row={row.pk}") for row in offered
        ]
        listed = "\n".join(f"{place}. {row.question}" for place, row in enumerate(offered, 1))
        words = f"{answers.auto_text('unsure')}\n{listed}"
        _send(turn, case, [text_message(words, [*choices, _officer_reply(note)])])
        return
    _send(turn, case, [text_message(_who_and_when(case, again=again))])


def _ask_for_person(
    turn: Turn, case: ChatCase, said: Message | None = None, preview: str = ""
) -> None:
    again = case.state == ChatCase.State.INBOX
    if said is not None:
        opening.heard(case, said, preview, needs_person=True)
    case = opening.asked_for_person(case)
    if case.mode == ChatCase.Mode.MANUAL:
        # In good hands already; a tap still gets its short answer.
        again = True
    _send(turn, case, [text_message(_who_and_when(case, again=again))])


def _receive_file(turn: Turn, said: Message, preview: str) -> None:
    case, topic = placing.place_of(turn.resident, said)
    key = "file_received"
    is_slip = topic.slug in PAYMENT_TOPICS and said.kind in ("image", "file")
    if is_slip or (said.kind == "image" and _is_asked_for(turn.resident, case, topic)):
        # A slip shows names and account numbers: named persons' only.
        case, topic, key = None, opening.topic_of("slip"), "slip_received"
    case = case or opening.open_case(turn.resident, topic, timezone.now())
    if key == "slip_received" and said.kind == "image" and _take_picture(turn, said, case):
        opening.heard(case, said, preview, needs_person=False)
        return
    if case.state == ChatCase.State.INBOX and case.waiting_since is not None:
        key = "handover_again"  # she has been told already what becomes of it
    opening.heard(case, said, preview, needs_person=True)
    words = answers.auto_text(
        key, division=case.division.name, when=hours.when_answered(timezone.now())
    )
    # Several pictures sent at once are one message to her: one answer.
    group = said.details.get("image_set")
    replies = ()
    if key == "file_received":
        is_picture = said.kind == "image"
        replies = answers.PICTURE_REPLIES if is_picture else answers.MENU_REPLIES
    turn.reply(
        [signed_by(text_message(words, replies), case.division.short_name)],
        about=f"chat:{case.pk}",
        dedupe_key=f"imageset:{group}" if group else "",
        case=case,
    )


# -- pieces ---------------------------------------------------------------------------------------


def _take_picture(turn: Turn, said: Message, case: ChatCase) -> bool:
    """Offer a picture to the rooms above; one that lies outside LINE is nobody's evidence."""
    if said.details.get("provider") == incoming.EXTERNAL:
        return False
    return any(take(turn, said, case) for take in registry.picture_handlers())


def _is_asked_for(resident: Resident, case: ChatCase | None, topic: Topic) -> bool:
    """Tell whether a room above has asked her for a picture since she talked of something else."""
    if case is None and topic.slug != Topic.GENERAL:
        return False  # she has tapped another button
    asked_at = registry.picture_asked_at(resident)
    if asked_at is None:
        return False
    return topic.slug == Topic.GENERAL or (case is not None and case.last_at < asked_at)


def _turned_to_payments(resident: Resident, in_hand: ChatCase) -> bool:
    """Tell whether she has tapped the menu to pay, or was asked, since she or the officer wrote.

    A slip is not for the eyes of an officer who talks with her about something else.
    """
    if in_hand.topic.slug in PAYMENT_TOPICS:
        return False
    asked_at = registry.picture_asked_at(resident)
    if asked_at is not None and asked_at > in_hand.last_at:
        return True
    if resident.topic_hint_at is None:
        return False
    tapped = opening.hinted_topic(resident, timezone.now())
    return tapped in PAYMENT_TOPICS and resident.topic_hint_at > in_hand.last_at


def _is_cared_for(turn: Turn, said: Message, decision: Decision, in_hand: ChatCase | None) -> bool:
    """Offer a text to the rooms above: an alarm only where it is more likely that it is none."""
    alarming = decision.action is Action.EMERGENCY
    if alarming and decision.confidence >= placing.LIKELY_ALARM:
        return False
    return any(take(turn, said, in_hand) for take in registry.words_handlers())


def _words(payload: Json) -> str:
    text = part(payload, "message").get("text")
    return normalise_text(storable(str(text))) if text else ""


def _is_a_command(words: str) -> bool:
    return registry.by_words(_key(words)) is not None or _key(words) in ASKS_FOR_A_PERSON


def _key(text: str) -> str:
    return search_key(normalise_text(text))


def _send(turn: Turn, case: ChatCase, messages: Sequence[Json]) -> None:
    turn.reply(
        [signed_by(one, case.division.short_name) for one in messages],
        about=f"chat:{case.pk}",
        case=case,
    )


def _who_and_when(case: ChatCase, *, again: bool) -> str:
    return answers.auto_text(
        "handover_again" if again else "handover",
        division=case.division.name,
        when=hours.when_answered(timezone.now()),
    )


def _payment_answer(resident: Resident, topic: Topic) -> Sequence[Json]:
    entry = registry.get("garbage" if topic.slug == "garbage-fee" else "tax")
    return entry.answer(resident) if entry is not None else answers.free_text()


def _officer_reply(note: AutomaticAnswer) -> QuickReply:
    return QuickReply("คุยกับเจ้าหน้าที่", data=f"answer={note.pk}&do=human")


def _outcome_replies(note: AutomaticAnswer) -> list[QuickReply]:
    return [QuickReply("ได้คำตอบแล้ว", data=f"answer={note.pk}&do=solved"), _officer_reply(note)]


def _with_officer(messages: Sequence[Json], note: AutomaticAnswer) -> list[Json]:
    """Put คุยกับเจ้าหน้าที่ under the last of `messages`, where LINE shows quick replies."""
    return [*messages[:-1], with_quick_replies(messages[-1], [_officer_reply(note)])]


def _note_answer(
    turn: Turn,
    action: Action,
    said: Message | None,
    case: ChatCase | None,
    *,
    row: KnowledgeRow | None = None,
    confidence: float,
    by_model: bool = False,
) -> AutomaticAnswer:
    return AutomaticAnswer.objects.create(
        message=said,
        resident=turn.resident,
        case=case,
        row=row,
        action=action,
        confidence=confidence,
        by_model=by_model,
        at=timezone.now(),
    )


def _given_answer(resident: Resident, pk: str) -> AutomaticAnswer | None:
    """Return the answer that a button stood under, if it was given to her."""
    if not pk.isdecimal() or len(pk) > 18:
        return None
    rows = AutomaticAnswer.objects.select_related(
        "case__topic", "case__division", "case__resident__channel", "row"
    )
    return rows.filter(pk=int(pk), resident=resident).first()


def _note_outcome(given: AutomaticAnswer, outcome: AutomaticAnswer.Outcome) -> None:
    """Count what became of an answer: her last word on it counts, and once."""
    if given.outcome == outcome:
        return
    column = {
        AutomaticAnswer.Outcome.SOLVED: "times_solved",
        AutomaticAnswer.Outcome.HANDED_OVER: "times_handed_over",
    }
    if given.row_id:
        changes = {column[outcome]: F(column[outcome]) + 1}
        if given.outcome:
            before = column[AutomaticAnswer.Outcome(given.outcome)]
            changes[before] = F(before) - 1
        KnowledgeRow.objects.filter(pk=given.row_id).update(**changes)
    given.outcome, given.outcome_at = outcome, timezone.now()
    given.save(update_fields=["outcome", "outcome_at"])


def _usable_row(pk: str) -> KnowledgeRow | None:
    if not pk.isdecimal() or len(pk) > 18:
        return None
    rows = KnowledgeRow.objects.usable(timezone.localdate())
    return rows.select_related("division", "topic").filter(pk=int(pk)).first()


def _improved(
    words: str, decision: Decision, resident: Resident, payload: Json, renew: Callable[[], None]
) -> model.Improved | None:
    """Ask the language model, where one is on, about what is nobody's private matter."""
    if decision.restricted or decision.action not in (Action.FAQ, Action.HANDOFF):
        return None
    if not model.is_on(ChatSettings.get_solo()) or placing.is_private(resident, payload):
        return None
    keys = [pk for pk in (decision.row, *decision.suggestions) if pk is not None]
    rows = {row.pk: row for row in KnowledgeRow.objects.filter(pk__in=keys)}
    offered = [rows[pk] for pk in dict.fromkeys(keys) if pk in rows]
    if not offered:
        return None
    renew()
    return model.improve(words, offered)


def _show_loading(resident: Resident) -> None:
    """Show her that an answer is coming; it disappears with the answer.

    https://developers.line.biz/en/docs/messaging-api/use-loading-indicator/
    """
    failed = f"loading-failed:{resident.channel_id}"
    if cache.get(failed):
        return
    try:
        client_for(resident.channel).start_loading(resident.line_user_id, LOADING_SECONDS)
    except LineError:
        cache.set(failed, True, LOADING_RESTS)
