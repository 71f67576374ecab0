"""Pictures and words of a conversation about payments: they become one notice for each transfer.

Which notice a picture belongs to, in this order:
1. the one for which an earlier picture of the same set was taken (several sent at once);
2. one for which กองคลัง has asked her for something that she has not answered; one of whose slips
   none is left, unless she has named or tapped for another payment since;
3. her latest one from the chat, unless she has named another kind, amount or reference since, or
   has tapped the menu for another kind: when its last picture came within ten minutes, or while
   it still lacks something and nobody has taken it (for a day);
4. else a notice of its own.
A transfer of its own shows only when its slip has been read: then chat_split parts it.

A text is taken here only where it tells something that a notice lacks, or asks how her payment
stands (chat_standing). It goes to the notice for which กองคลัง has asked, else to her newest; where
that one takes nothing of it or it is of another payment, to the next. Other questions, complaints
and everything else go their usual way, and so does all that is said to an officer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from django.utils import timezone

from bannmae.staff_input import row_id
from chatops.answers import tone
from chatops.answers.decide import Action, Decision
from chatops.cases import opening
from chatops.cases.record import touch
from chatops.inbox import placing
from chatops.inbox.turn import Json, Turn
from chatops.line import incoming
from chatops.models import ChatCase, Message, Resident, Topic
from payments import chat_notice, chat_standing, chat_waiting, chat_words, requests
from payments.chat import taken_elsewhere
from payments.chat_reading import GARBAGE, LAND, SIGNBOARD, Facts, is_only_that
from payments.chat_waiting import OPEN
from payments.intake import Claim, add_message, file_notice
from payments.models import NoticeEntry, PaymentNotice, Slip, Status

TOPICS = chat_notice.TOPICS
#: Pictures of one transfer come within this time.
TOGETHER = dt.timedelta(minutes=10)
# 'ไม่ทราบค่ะ', 'จำเลขไม่ได้ค่ะ', 'ไม่รู้เลขแปลงค่ะ': nothing else is said.
_UNKNOWN = re.compile(
    r"(?:ไม่(?:รู้|ทราบ|แน่ใจ)|จำ\s*(?:เลข\S{0,8}\s*)?ไม่ได้)\s*(?:เลข\S{0,8}|เหมือนกัน|แล้ว|เลย)?"
    r"\s*(?:นะ)?(?:ค่ะ|คะ|ครับ|คับ|จ้า|เจ้า)?"
)
# Messages before a picture that are read with it.
READ_BEFORE = 20
_KINDS_OF_TOPIC = {"garbage-fee": frozenset({GARBAGE}), "tax": frozenset({LAND, SIGNBOARD})}


def take_picture(turn: Turn, said: Message, case: ChatCase) -> bool:
    """Make a picture a slip of her notice, or a notice of its own; False: not paid for here."""
    if taken_elsewhere(turn.resident):
        return False
    in_hand = case.mode == ChatCase.Mode.MANUAL
    topic = case.topic.slug if in_hand else placing.place_of(turn.resident, said)[1].slug
    before = _said_before(turn.resident, said)
    facts = chat_notice.merged(
        chat_notice.read(one.text, said.sent_at, asked=True) for one in before
    )
    notice = _joined(turn.resident, said, facts)
    if notice is not None:
        _join(turn, said, notice, before, facts, in_hand=in_hand, case=case)
        return True
    # What she says goes before the button that she has tapped.
    kind = facts.kind or (GARBAGE if topic == "garbage-fee" else "")
    notice = file_notice(
        resident=turn.resident,
        claim=Claim(revenue=chat_notice.kind_of(kind)),
        via=PaymentNotice.Via.CHAT,
        messages=[said],
        case=case,
        tell=False,
    )
    chat_notice.fill(notice, facts)
    chat_notice.keep_words(notice, [one.text for one in before])
    if not notice.phone:
        chat_notice.fill(notice, Facts(phone=chat_notice.remembered_phone(notice)))
    requests.link(notice)
    notice.save()
    _settle(before)
    messages = [chat_words.received(notice)]
    if turn.may_answer and not in_hand and (question := chat_words.question(notice)):
        messages.append(question)
    turn.reply(
        messages,
        about=f"payment:{notice.pk}",
        dedupe_key=f"notice:{notice.pk}:received",
        can_wait=False,
        case=case,
    )
    return True


def picture_asked_at(resident: Resident) -> dt.datetime | None:
    """Return when she was asked for something that she has not answered yet, or None."""
    if taken_elsewhere(resident):
        return None
    now = timezone.now()
    asked = [
        chat_waiting.asked_at(one)
        for one in chat_waiting.open_ones(resident)
        if chat_waiting.for_clerk(one, now) or chat_waiting.for_slip(one, now)
    ]
    return max(asked, default=None)


def take_words(turn: Turn, said: Message, in_hand: ChatCase | None) -> bool:
    """Read what a notice lacks out of her words, or tell how it stands; True: answered."""
    decision = turn.plan.decision
    if decision is None or decision.action is Action.COMPLAINT:
        return False
    if decision.restricted and decision.topic not in TOPICS:
        return False  # of somebody's health
    alarming = decision.action is Action.EMERGENCY
    if alarming and not is_only_that(said.text):
        return False
    # What might be an alarm is none where it is an amount; how a payment stands is no answer.
    if not alarming and in_hand is None and chat_standing.answer(turn, said):
        return True
    if tone.asks(tone.plain(said.text)):
        return False
    waiting = _waiting_for_words(turn.resident)
    if not waiting:
        return in_hand is None and _announced(turn, said)
    facts = chat_notice.read(said.text, said.sent_at, asked=True)
    return any(_take_words_of(pk, turn, said, decision, facts, in_hand) for pk in waiting)


def _take_words_of(
    pk: int,
    turn: Turn,
    said: Message,
    decision: Decision,
    facts: Facts,
    in_hand: ChatCase | None,
) -> bool:
    """Put her words into one notice; False: they are of another, or it takes nothing of them."""
    notice = _locked(pk)
    if not chat_waiting.for_words(notice, timezone.now()):
        return False  # an officer was quicker
    if not _about_payments(turn.resident, said, in_hand, notice):
        return False
    by_clerk = bool(notice.asked)
    names_it = notice.revenue is not None and facts.kind == notice.revenue.slug
    if not by_clerk and not names_it:
        if _tapped_for_another(turn.resident, notice, chat_waiting.asked_at(notice)):
            return False
    if chat_notice.contradicts(notice, facts):
        return False
    filled = chat_notice.fill(notice, facts)
    unknown = not filled and not by_clerk and _says_unknown(notice, said.text)
    if not filled and not unknown and not (by_clerk and _may_be_an_answer(decision)):
        return False
    # No words are a slip.
    notice.asked, notice.slip_again = "", chat_notice.lacks_slip(notice)
    chat_notice.keep_words(notice, [said.text])
    requests.link(notice)
    chat_notice.save(notice)
    what = "บอกว่าไม่ทราบ" if unknown else "ตอบในแชต"
    what = f"บอกเพิ่มในแชต: {', '.join(filled)}" if filled else what
    chat_notice.note(notice, NoticeEntry.Kind.ADDED, what)
    case = in_hand or opening.open_case(turn.resident, opening.topic_of("slip"), timezone.now())
    preview = incoming.preview(said.kind, said.text, said.details)
    # What only a person understands is the clerk's, not that of whoever has the general questions.
    opening.heard(case, said, preview, needs_person=not filled and not unknown)
    if in_hand is None:
        again = None if unknown else chat_words.question(notice)
        _say(turn, notice, case, [again or chat_words.added(notice, unknown=unknown)])
    return True


def _announced(turn: Turn, said: Message) -> bool:
    """Tell who writes what she has paid before its slip has come that the slip is waited for.

    Her words stand in the chat: the picture is read together with them.
    """
    if not is_only_that(said.text):
        return False
    facts = chat_notice.read(said.text, said.sent_at, asked=True)
    if not (facts.amount or facts.months):
        return False
    now = timezone.now()
    topic = opening.hinted_topic(turn.resident, now)
    if topic not in _KINDS_OF_TOPIC or taken_elsewhere(turn.resident):
        return False
    case = opening.open_case(turn.resident, opening.topic_of(topic), now)
    preview = incoming.preview(said.kind, said.text, said.details)
    opening.heard(case, said, preview, needs_person=False)
    turn.reply([chat_words.announced()], about=f"chat:{case.pk}", case=case)
    return True


def tap(turn: Turn, data: dict[str, str]) -> bool:
    """Note the kind that she has chosen; False for buttons of somebody else."""
    pk, kind = row_id(data.get("payment", "")), chat_notice.kind_of(data.get("kind", ""))
    if pk is None or kind is None:
        return False
    mine = PaymentNotice.objects.select_for_update(of=("self",)).select_related("revenue")
    notice = mine.filter(pk=pk, resident=turn.resident, via=PaymentNotice.Via.CHAT).first()
    if notice is None:
        return False
    if notice.status in OPEN and notice.revenue is None:
        notice.revenue = kind
        chat_notice.fill_again(notice)
        requests.link(notice)
        chat_notice.save(notice)
        chat_notice.note(notice, NoticeEntry.Kind.ADDED, f"เลือกในแชต: {kind.name}")
    answer = chat_words.stands(notice)
    if notice.status in OPEN:
        answer = chat_words.question(notice) or chat_words.added(notice)
    _say(turn, notice, notice.case, [answer])
    return True


# -- which notice ---------------------------------------------------------------------------------


def _joined(resident: Resident, said: Message, facts: Facts) -> PaymentNotice | None:
    """Return the notice, locked, that a picture belongs to; None for a new one."""
    mine = PaymentNotice.objects.filter(resident=resident, status__in=OPEN)
    if group := said.details.get("image_set"):
        slips = Slip.objects.filter(notice__in=mine, message__details__image_set=group)
        pk = slips.order_by("-id").values_list("notice", flat=True).first()
        if pk is not None:
            return _locked(pk)
    now = timezone.now()
    hers = chat_waiting.open_ones(resident)
    if (pk := _first(one for one in hers if chat_waiting.for_clerk(one, now))) is not None:
        return _locked(pk)
    for one in hers:
        if not chat_waiting.for_slip(one, now):
            continue
        notice = _locked(one.pk)
        for_another = _tapped_for_another(resident, notice, chat_waiting.asked_at(notice))
        if not for_another and not chat_notice.contradicts(notice, facts):
            return notice
    if (pk := _first(one for one in hers if chat_waiting.is_fresh(one, now))) is None:
        return None
    notice = _locked(pk)
    if notice.status not in OPEN or chat_notice.contradicts(notice, facts):
        return None
    last = notice.slips.order_by("-id").first()
    since = last.created_at if last is not None else notice.created_at
    if _tapped_for_another(resident, notice, since):
        return None
    lacks = notice.status == Status.RECEIVED and chat_notice.missing(notice)
    return notice if now - since <= TOGETHER or lacks else None


def _first(notices: Iterable[PaymentNotice]) -> int | None:
    return next((one.pk for one in notices), None)


def _locked(pk: int) -> PaymentNotice:
    rows = PaymentNotice.objects.select_for_update(of=("self",)).select_related("revenue")
    return rows.get(pk=pk)


def _tapped_for_another(resident: Resident, notice: PaymentNotice, since: dt.datetime) -> bool:
    """Tell whether she has tapped the menu for another kind since then."""
    if resident.topic_hint_at is None or resident.topic_hint_at <= since or not notice.revenue:
        return False
    kinds = _KINDS_OF_TOPIC.get(opening.hinted_topic(resident, timezone.now()), frozenset())
    return bool(kinds) and notice.revenue.slug not in kinds


def _waiting_for_words(resident: Resident) -> list[int]:
    """Return the notices for which her words are waited: what the clerk asks for, then newest."""
    now = timezone.now()
    hers = [one for one in chat_waiting.open_ones(resident) if chat_waiting.for_words(one, now)]
    hers.sort(key=lambda one: not chat_waiting.for_clerk(one, now))
    return [one.pk for one in hers]


def _says_unknown(notice: PaymentNotice, text: str) -> bool:
    """Tell whether she answers what the chat has asked by saying that she does not know."""
    told = tone.plain(text)
    return bool(_UNKNOWN.fullmatch(told)) and chat_words.questions(notice) > 0


def _may_be_an_answer(decision: Decision) -> bool:
    """Tell whether words out of which nothing was read may answer what the clerk has asked."""
    talked_of = decision.topic in TOPICS or decision.topic in ("", Topic.GENERAL)
    return talked_of and decision.action in (Action.HANDOFF, Action.PAYMENT)


def _about_payments(
    resident: Resident, said: Message, in_hand: ChatCase | None, notice: PaymentNotice
) -> bool:
    """Tell whether the conversation is about payments, or about nothing else."""
    if in_hand is not None:
        return in_hand.topic.slug in TOPICS
    case, topic = placing.place_of(resident, said)
    if topic.slug != Topic.GENERAL:
        return topic.slug in TOPICS
    asked_since = case is not None and case.last_at < chat_waiting.asked_at(notice)
    return case is None or ((bool(notice.asked) or notice.slip_again) and asked_since)


def _said_before(resident: Resident, said: Message) -> list[Message]:
    """Return what she wrote about payments before this picture, and after the one before it."""
    since = said.sent_at - opening.HINT_LIVES
    last = Slip.objects.filter(message__resident=resident).exclude(message=said)
    at = last.order_by("-message__sent_at").values_list("message__sent_at", flat=True).first()
    rows = (
        Message.objects.filter(
            resident=resident,
            kind="text",
            unsent_at=None,
            sent_at__gte=max(since, at) if at else since,
            sent_at__lte=said.sent_at,
        )
        .exclude(text="")
        .select_related("case__topic")
        .order_by("-sent_at", "-id")[:READ_BEFORE]
    )
    ours = [one for one in rows if one.case is None or one.case.topic.slug in TOPICS]
    told = _told_already(resident, since) if ours else {}
    return [
        one
        for one in reversed(ours)
        if (at := told.get(chat_notice.as_line(one.text))) is None or one.sent_at > at
    ]


def _told_already(resident: Resident, since: dt.datetime) -> dict[str, dt.datetime]:
    """Return the words that a notice of hers has taken, and until when: they are not the next's."""
    notices = PaymentNotice.objects.filter(resident=resident, changed_at__gte=since)
    told: dict[str, dt.datetime] = {}
    for words, at in notices.exclude(words="").values_list("words", "changed_at"):
        for line in words.split("\n"):
            told[line] = max(at, told.get(line, at))
    return told


# -- what becomes of it ---------------------------------------------------------------------------


def _join(
    turn: Turn,
    said: Message,
    notice: PaymentNotice,
    before: Sequence[Message],
    facts: Facts,
    *,
    in_hand: bool,
    case: ChatCase,
) -> None:
    group = said.details.get("image_set")
    is_same_set = bool(group) and notice.slips.filter(message__details__image_set=group).exists()
    add_message(notice, said)
    if not chat_notice.contradicts(notice, facts):
        chat_notice.fill(notice, facts)
    chat_notice.keep_words(notice, [one.text for one in before])
    notice.asked, notice.slip_again = "", False
    requests.link(notice)
    chat_notice.save(notice)
    chat_notice.note(notice, NoticeEntry.Kind.ADDED, "ส่งภาพเพิ่มในแชต")
    _settle(before)
    # Several pictures sent at once are one message to her; who talks with an officer hears him.
    if not is_same_set and not in_hand:
        _say(turn, notice, case, [chat_words.added(notice, pictures=True)])


def _settle(before: Sequence[Message]) -> None:
    """Let no chat wait for a person where she has only announced what has now come as a notice."""
    for case in {one.case for one in before if one.case is not None}:
        opening.hold(case)
        if case.state != ChatCase.State.INBOX or case.assignee_id or case.waiting_since is None:
            continue
        asked = case.automatic_answers.filter(at__gte=case.waiting_since)
        settled = [Action.FAQ, Action.SMALLTALK, Action.PAYMENT]
        announced = asked.filter(action=Action.PAYMENT).exists()
        if announced and not asked.exclude(action__in=settled).exists():
            touch(
                case,
                version=case.version + 1,
                state=ChatCase.State.ANSWERED,
                waiting_since=None,
            )


def _say(
    turn: Turn, notice: PaymentNotice, case: ChatCase | None, messages: Sequence[Json]
) -> None:
    turn.reply(messages, about=f"payment:{notice.pk}", case=case)
