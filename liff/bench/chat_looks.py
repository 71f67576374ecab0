"""What is done with chats to be measured: at the desk, by a worker, by the clock.

Each look prepares what it needs, then returns what is measured; that raises RuntimeError where it
did something else than it was to.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from bannmae import reference
from chatops import worker
from chatops.alerts import telling
from chatops.answers import knowledge
from chatops.answers.decide import decide
from chatops.answers.words import DATA
from chatops.cases import clock
from chatops.desk.common import micros
from chatops.desk.polling import OVERLAP
from chatops.inbox import handling
from chatops.models import ChatCase, OutboundMessage, Resident, StaffLink
from liff.bench import chat_cast
from liff.bench.queries import captured

Act = Callable[[], None]
QUESTIONS = DATA.parent / "evaluation" / "questions.csv"
# What a resident writes: a row of the knowledge base answers it; nothing does; an officer has her.
ANSWERED = "เบี้ยยังชีพผู้สูงอายุได้เดือนละเท่าไร"
UNANSWERED = "ขอทราบว่าลานกีฬาหลังวัดจะซ่อมพื้นเสร็จทันงานเดือนหน้าหรือเปล่าคะ"
IN_HAND = "ขอบคุณค่ะ พรุ่งนี้จะเข้าไปตอนบ่ายนะคะ"
Out = OutboundMessage.State


def take(look: str) -> dict[str, Any]:
    """Do what is called `look` once; return its seconds and statements."""
    act = LOOKS[look]()
    with captured() as statements:
        start = time.perf_counter()
        act()
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "statements": statements}


def answers(most: int) -> dict[str, Any]:
    """Return the seconds of making the index, and of deciding each of `most` questions."""
    with QUESTIONS.open(encoding="utf8", newline="") as file:
        questions = [row["text"] for row in csv.DictReader(file)][:most]
    decide(questions[0])
    knowledge._made = None
    start = time.perf_counter()
    knowledge.current()
    index = time.perf_counter() - start
    taken = []
    for question in questions:
        start = time.perf_counter()
        decide(question)
        taken.append(time.perf_counter() - start)
    return {"index": index, "seconds": taken}


# -- the desk ----------------------------------------------------------------------------------


@functools.cache
def _browser(who: str) -> Any:
    """Return a browser in which `who` (a function of chat_cast.py) is signed in."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(getattr(chat_cast, who)(), "django.contrib.auth.backends.ModelBackend")
    return client


def _get(who: str, name: str, *args: Any, **query: Any) -> Any:
    answer = _browser(who).get(reverse(f"admin:chatops_chatcase_{name}", args=args), query)
    if answer.status_code != 200:
        raise RuntimeError(f"{name} was answered with {answer.status_code}")
    return answer


def _nothing_kept() -> None:
    cache.clear()
    reference.forget_all()


def _desk_opens(who: str) -> Act:
    """The page, and the list that it asks for at once."""
    _browser(who)
    _nothing_kept()

    def act() -> None:
        _get(who, "changelist")
        rows = _get(who, "poll").json()["list"]["rows"]
        if not rows:
            raise RuntimeError("an empty list")

    return act


def _tab(tab: str) -> Act:
    _browser(OFFICER)
    _nothing_kept()
    return lambda: _expect(bool(_get(OFFICER, "poll", tab=tab).json()["list"]["rows"]), "no rows")


def _conversation_opens() -> Act:
    """The newest bubbles, and the resident's side."""
    case = chat_cast.long_case()
    _browser(OFFICER)
    _nothing_kept()

    def act() -> None:
        shown = _get(OFFICER, "open", case.pk).json()["bubbles"]
        _get(OFFICER, "resident", case.pk)
        _expect(len(shown) == 60, f"{len(shown)} bubbles")

    return act


def _open_page() -> tuple[ChatCase, dict[str, Any]]:
    """Return the open case and what the page sends with its next poll."""
    case = chat_cast.long_case()
    cache.clear()
    shown = _get(OFFICER, "open", case.pk).json()["bubbles"]
    first = _get(OFFICER, "poll", case=case.pk, tab="working").json()
    last = max(one["pk"] for one in shown if one["side"] == "in")
    return case, {
        "case": case.pk,
        "tab": "working",
        "last": last,
        "listed": first["listed"],
        "tag": first["tag"],
        # As if the last look had been longer ago than the looks overlap.
        "stamp": micros(timezone.now() + OVERLAP),
    }


def _nothing_new() -> Act:
    _case, sent = _open_page()

    def act() -> None:
        told = _get(OFFICER, "poll", **sent).json()
        _expect(set(told) == {"stamp", "here"}, f"news: {sorted(told)}")

    return act


def _one_message() -> Act:
    case, sent = _open_page()
    _handle(case.resident, IN_HAND)

    def act() -> None:
        told = _get(OFFICER, "poll", **sent).json()
        _expect(len(told["bubbles"]) == 1 and "list" in told, f"not one: {sorted(told)}")

    return act


# -- the worker --------------------------------------------------------------------------------


def _arrival(text: str, *, answered: bool) -> Act:
    """A message of somebody whom the account knows, from the kept event to the waiting reply.

    One of somebody else went before: what a worker keeps is kept.
    """
    reference.forget_all()
    _handle(chat_cast.new_resident(), text)
    return _work(chat_cast.new_resident(), text, answered=answered)


def _arrival_in_hand() -> Act:
    case = chat_cast.long_case()
    reference.forget_all()
    _handle(case.resident, IN_HAND)
    return _work(case.resident, IN_HAND, answered=False)


def _work(resident: Resident, text: str, *, answered: bool) -> Act:
    event = chat_cast.new_event(resident, text)

    def act() -> None:
        now = timezone.now()
        handling.finish_ownerless(now)
        _expect(list(worker._due_residents(now, set())) == [resident.pk], "others are due")
        told = Resident.objects.select_related("channel").get(pk=resident.pk)
        found = worker._next_event(told, now)
        if found is None or found.pk != event.pk:
            raise RuntimeError("the event is not found")
        handling.handle(found, told)
        reply = worker._next_message(told, timezone.now())
        _expect((reply is not None) == answered, "no reply" if answered else "a reply")

    return act


def _handle(resident: Resident, text: str) -> None:
    """Have a message handled, and its reply out of the way."""
    handling.handle(chat_cast.new_event(resident, text), _sent_all(resident))
    _sent_all(resident)


def _sent_all(resident: Resident) -> Resident:
    waiting = OutboundMessage.objects.filter(state__in=OutboundMessage.WAITING)
    waiting.update(state=Out.SENT, sent_at=timezone.now(), sent_via="reply")
    return Resident.objects.select_related("channel").get(pk=resident.pk)


def _nobody_due() -> Act:
    _sent_all(chat_cast.long_case().resident)

    def act() -> None:
        handling.finish_ownerless(timezone.now())
        _expect(not list(worker._due_residents(timezone.now(), set())), "somebody is due")

    return act


# -- the clock ---------------------------------------------------------------------------------


def _tick() -> Act:
    return lambda: _expect(clock.tick() == 0, "a case was moved")


def _tell_staff() -> Act:
    """Something happened somewhere, and nothing of it is news to any linked officer."""
    now = timezone.now()
    StaffLink.objects.update(told_at=now - dt.timedelta(minutes=10))
    done = ChatCase.objects.filter(state=ChatCase.State.DONE).order_by("pk")[:1]
    ChatCase.objects.filter(pk__in=list(done.values_list("pk", flat=True))).update(
        changed_at=now - dt.timedelta(minutes=8)
    )
    return lambda: _expect(telling.tell_all() == 0, "somebody was told")


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RuntimeError(otherwise)


OFFICER, ADMINISTRATOR = "chat_officer", "administrator"
LOOKS: dict[str, Callable[[], Act]] = {
    "desk opens, officer": lambda: _desk_opens(OFFICER),
    "desk opens, administrator": lambda: _desk_opens(ADMINISTRATOR),
    "the tab of what is done": lambda: _tab("done"),
    "a conversation of 60 bubbles": _conversation_opens,
    "poll, nothing new": _nothing_new,
    "worker's look, nobody due": _nobody_due,
    "the clock, nothing due": _tick,
    "telling staff, nothing new": _tell_staff,
    "message arrives, officer has it": _arrival_in_hand,
    "poll, one message": _one_message,
    "message arrives, answered": lambda: _arrival(ANSWERED, answered=True),
    "message arrives, handed over": lambda: _arrival(UNANSWERED, answered=True),
}
