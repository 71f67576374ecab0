"""Questions that nothing answered: masked, grouped by likeness, kept for a year at most.

Officers turn a group into a row of the knowledge base (unanswered_admin.py).
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from bannmae.models import Division
from bannmae.thai.text import grapheme_length, shorten
from chatops.answers import likeness, sensitive
from chatops.models import KnowledgeRow, Message, Question, QuestionGroup

LENGTH = 300  # characters that are kept of a question
SHORTEST = 4  # letters as read; less than that asks nothing
COMPARED = 500  # groups, the ones asked most lately
EXAMPLES = 200  # questions kept of a group; beyond that they are counted
KEPT = timedelta(days=365)
BATCH = 500

State = QuestionGroup.State


def collect(message: Message | None, text: str, division: Division | None) -> Question | None:
    """Keep a question that nothing answered; return it, None where it is not to be kept.

    Called in the transaction that handles the message; a message is kept once, however often
    it is handled. Health and slips never are.
    """
    if (message is not None and _is_closed(message)) or sensitive.is_restricted(text):
        return None
    asked = _shortened(" ".join(sensitive.masked(text).split()))
    if grapheme_length(sensitive.words_left(asked)) < SHORTEST:
        return None
    if message is not None and Question.objects.filter(message=message).exists():
        return None
    now = timezone.now()
    group = _group_like(asked)
    if group is None:
        group = QuestionGroup.objects.create(
            text=asked, key=likeness.key_of(asked), division=division, first_at=now, last_at=now
        )
    QuestionGroup.objects.filter(pk=group.pk).update(times=F("times") + 1, last_at=now)
    question = Question.objects.create(group=group, message=message, text=asked, at=now)
    _drop_beyond(group)
    return question


def forget(message: Message) -> None:
    """Forget the question of a message that its writer took back."""
    question = Question.objects.select_related("group").filter(message=message).first()
    if question is None:
        return
    group = question.group
    with transaction.atomic():
        question.delete()
        left = group.questions.order_by("id").first()
        if left is None:
            group.delete()
            return
        changes: dict[str, object] = {"times": F("times") - 1}
        if group.text == question.text:
            changes |= {"text": left.text, "key": likeness.key_of(left.text)}
        QuestionGroup.objects.filter(pk=group.pk, times__gt=0).update(**changes)


def forget_old() -> int:
    """Delete groups that were answered or dismissed and not asked for a year; return how many.

    Open ones that nobody has asked for a year go too: a single question of last year tells nobody
    what is missing.
    """
    before = timezone.now() - KEPT
    over = QuestionGroup.objects.filter(last_at__lt=before)
    gone = 0
    while ids := list(over.order_by("id").values_list("id", flat=True)[:BATCH]):
        deleted = QuestionGroup.objects.filter(pk__in=ids).delete()[1]
        gone += deleted.get("chatops.QuestionGroup", 0)
    return gone


def _group_like(asked: str) -> QuestionGroup | None:
    """Return the group that a question belongs to.

    What was dismissed stays so when it is asked again; what was made into a draft waits for that.
    """
    key = likeness.key_of(asked)
    waiting = (
        QuestionGroup.objects.filter(
            Q(state__in=[State.OPEN, State.DISMISSED])
            | Q(state=State.ANSWERED, row__state=KnowledgeRow.State.DRAFT)
        )
        .order_by("-last_at")
        .only("id", "key")
    )
    for group in waiting[:COMPARED]:
        if group.key == key or likeness.alike(group.key, key):
            return group
    return None


def _drop_beyond(group: QuestionGroup) -> None:
    """Keep the newest examples of a group that everybody asks."""
    too_old = group.questions.order_by("-id").values_list("id", flat=True)[EXAMPLES:]
    if ids := list(too_old[:BATCH]):
        Question.objects.filter(pk__in=ids).delete()


def _is_closed(message: Message) -> bool:
    return message.case is not None and message.case.topic.restricted


def _shortened(text: str) -> str:
    for seen in range(LENGTH, 0, -20):
        if len(text) <= LENGTH:
            break
        text = shorten(text, seen)
    return text[:LENGTH]
