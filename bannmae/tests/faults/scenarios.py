"""The faults. Each takes the town, how much to send and dice, and returns what it counted."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bannmae.tests.faults.ledger import Row, count
from bannmae.tests.faults.officers import (
    ASKS,
    CHATS,
    HIRE,
    NAMES,
    Officer,
    answer_all,
    cases,
)
from bannmae.tests.faults.town import PATIENCE, WORKERS, Event, Town, pause
from bannmae.tests.servers import until

HOUR = 3600.0
# A little longer than a killed worker's lease on a resident (chatops/outbox/claim.py).
LEASE = 16.0
MANAGE = ("python", "manage.py")
# To one resident five automatic answers are pushed in a day; the sixth waits for a free reply.
PUSHED = 3
KILLS = ("reply: kill after", "push: kill after", "reply: kill", "push: kill")


@dataclass(frozen=True)
class Size:
    """How much is sent: so many residents, so many messages of each, each fault so often.

    In a `hurry` the clocks are moved on over what would only be waited for.
    """

    residents: int
    rounds: int
    times: int
    hurry: bool = False


Scenario = Callable[[Town, Size, random.Random], Row]


def _posts(events: list[Event], each: int) -> list[list[Event]]:
    return [events[start : start + each] for start in range(0, len(events), each)]


def calm(town: Town, size: Size, dice: random.Random) -> Row:
    """Nothing is wrong: what the others are compared with."""
    people = town.residents("calm", size.residents)
    town.talk(people, size.rounds, dice)
    return count(town, "none", people)


def duplicates(town: Town, size: Size, dice: random.Random) -> Row:
    """LINE sends each event twice, and once more when it has been answered."""
    people = town.residents("duplicates", size.residents)
    town.line.faults(webhook_duplicate=True)
    town.talk(people, size.rounds, dice)
    town.line.faults(webhook_duplicate=False)
    town.settle(people)
    for post in _posts(town.events(people), 50):
        again = [event.body | {"deliveryContext": {"isRedelivery": True}} for event in post]
        assert town.line.webhook(*again)["status"] == 200
    return count(town, "webhooks doubled, and again after the answer", people)


def reordered(town: Town, size: Size, dice: random.Random) -> Row:
    """Events come in any order while the workers are busy elsewhere."""
    people = town.residents("reordered", size.residents)
    with town.unheard():
        town.talk(people, size.rounds, dice)
    events = town.events(people)
    dice.shuffle(events)
    with town.standing_still():
        for post in _posts(events, 3):
            town.hand_over(post)
    return count(town, "webhooks in any order", people)


def hundred_at_once(town: Town, size: Size, dice: random.Random) -> Row:
    """100 events in one POST, newest first."""
    people = town.residents("hundred", 10)
    with town.unheard():
        town.talk(people, 10 * size.times, dice)
    for post in _posts(town.events(people), 100):
        town.hand_over(post[::-1])
    return count(town, "100 events in one POST, newest first", people)


def _under(
    town: Town, size: Size, dice: random.Random, name: str, *faults: str, every: int
) -> list[str]:
    """Let people write until each of `faults` has struck a reply, and others until a push."""
    people = town.residents(name, size.residents)
    pushed = town.residents(f"{name}, pushed", size.residents)
    both = [f"{kind}: {one}" for kind in ("reply", "push") for one in faults] * size.times
    town.wire.play(*dice.sample(both, len(both)), every=every)
    town.talk(people, size.rounds, dice)
    town.talk_without_tokens(pushed, min(size.rounds, PUSHED), dice)
    _until_played(town, people, pushed, dice)
    return people + pushed


def _until_played(town: Town, people: list[str], pushed: list[str], dice: random.Random) -> None:
    """Settle; while a fault still waits for a call of its kind, let some write once more.

    Who is pushed something then is added to `pushed`.
    """
    end = time.monotonic() + 2 * PATIENCE
    town.settle(people + pushed)
    while left := town.wire.left:
        assert time.monotonic() < end, f"never struck: {left}"
        town.talk(people, 1, dice)
        more = town.residents("one more, pushed", 2)
        pushed += more
        town.talk_without_tokens(more, 2, dice)
        town.settle(people + pushed)


def refusals(town: Town, size: Size, dice: random.Random) -> Row:
    """LINE answers 500 and 429, connections drop: it has not taken the message."""
    people = _under(town, size, dice, "refusals", "500", "429", "drop", every=2)
    return count(town, "LINE answers 500, 429; connection drops", people)


def lost_answers(town: Town, size: Size, dice: random.Random) -> Row:
    """LINE has taken the message and says 500 or breaks off: the next try meets 409 or 400."""
    people = _under(town, size, dice, "lost answers", "500 after", "drop after", every=2)
    return count(town, "500 or drop after LINE took it (then 409, or token used)", people)


def time_outs(town: Town, size: Size, dice: random.Random) -> Row:
    """LINE has taken the message and is silent."""
    people = _under(town, size, dice, "time-outs", "time-out after", every=2)
    return count(town, "time-out after LINE took it", people)


def killed(town: Town, size: Size, dice: random.Random) -> Row:
    """Workers are killed in mid-send: before LINE has the call, and after.

    Each time a reply and a push, of different residents.
    """
    before = town.kills
    people = town.residents("killed", size.residents)
    pushed: list[str] = []
    for _ in range(size.times):
        town.wire.play(*KILLS)
        town.talk(people, size.rounds, dice)
        pushed += (new := town.residents("killed, pushed", size.residents))
        town.talk_without_tokens(new, min(size.rounds, PUSHED), dice)
        if size.hurry:
            until(lambda: not town.wire.left, PATIENCE, "kills")
            town.pass_time(LEASE)
        _until_played(town, people, pushed, dice)
    row = count(town, "", people + pushed)
    return _counting_kills(
        row, "worker killed in mid-send", town.kills - before, len(KILLS) * size.times
    )


def officers_answer(town: Town, size: Size, dice: random.Random) -> Row:
    """Officers answer at the desk, by free replies and by pushes, while workers are killed."""
    town.run([*MANAGE, "shell", "-c", HIRE])
    officers = [Officer(town, name) for name in NAMES]
    people = town.residents("officers", size.residents)
    for one in people:
        town.line.text(one, ASKS)
    town.settle(people)
    open_cases = cases(town, people)
    assert len(open_cases) == len(people), open_cases
    said = answer_all(officers, open_cases, 1)  # and takes her chat: nothing answers by itself
    town.settle(people)
    asked = {event.event_id for event in town.events(people)}
    before = town.kills
    kills = KILLS[::3] if size.hurry else KILLS
    for _ in range(size.times):
        for one in people:
            town.line.text(one, CHATS)
        town.settle(people)
        town.wire.play(*kills)
        said += answer_all(officers, open_cases, size.rounds)
        if size.hurry:
            until(lambda: not town.wire.left, PATIENCE, "kills")
            town.pass_time(LEASE)
        town.settle(people)
        assert not town.wire.left, town.wire.left
    chats = {event.event_id for event in town.events(people)} - asked
    row = count(town, "", people, officers=said, unanswered=chats)
    asked_for = len(kills) * size.times
    return _counting_kills(row, "officers answer, worker killed", town.kills - before, asked_for)


def _counting_kills(row: Row, name: str, kills: int, asked: int) -> Row:
    row.fault = f"{name} ({kills} times)"
    if kills < asked:
        row.unfinished += f" only {kills} of {asked} kills"
    return row


def broker_away(town: Town, size: Size, dice: random.Random) -> Row:
    """Redis stops, people write, Redis comes back empty."""
    people = town.residents("broker", size.residents)
    for _ in range(size.times):
        town.talk(people, 1, dice)
        town.redis.stop()
        town.talk(people, size.rounds, dice)
        town.redis.start()
        town.talk(people, 1, dice)
    return count(town, "Redis stopped and started", people)


def database_away(town: Town, size: Size, dice: random.Random) -> Row:
    """PostgreSQL stops under the workers and the webhook; LINE delivers again."""
    people = town.residents("database", size.residents)
    for _ in range(size.times):
        town.talk(people, size.rounds, dice)
        town.postgres.stop()
        town.talk(people, 1, dice)
        pause(0.5)
        town.postgres.start()
        until(lambda: town.get("/readyz").status == 200, PATIENCE, "readyz")
        # LINE's own next tries come after 1, 5, 30 … seconds: here at once.
        until(lambda: _delivered_at_last(town), PATIENCE, "deliveries")
        town.talk(people, 1, dice)
    return count(town, "PostgreSQL restarted", people, redelivered=True)


def _delivered_at_last(town: Town) -> bool:
    if town.all_delivered():
        return True
    town.line.retry_deliveries()
    return False


def clock_moved(town: Town, size: Size, dice: random.Random) -> Row:
    """The machine's clock jumps an hour on, back, over midnight; work is under way each time."""
    everybody: list[str] = []
    now = datetime.now(ZoneInfo("Asia/Bangkok"))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    to_midnight = (midnight - now).total_seconds() - 3
    jumps = [HOUR, 0.0, to_midnight, 0.0, -HOUR, 0.0]
    for seconds in jumps[:3] if size.hurry else jumps:
        # Others each time: what was under way is pushed, since its reply token's time is unknown.
        everybody += (people := town.residents("clock", size.residents))
        # Some wait for their next try, some are not even looked at, some come afterwards.
        # One of LINE's answers is still awaited: by token nobody can ask for it after the jump.
        town.wire.play("500", "429", "reply: time-out after")
        town.talk(people, 1, dice)
        until(lambda: not town.wire.left, PATIENCE, "tries that failed")
        with town.standing_still():
            town.talk(people, min(size.rounds, PUSHED), dice)
            until(town.all_delivered, PATIENCE, "deliveries")
            town.clock(seconds)
        town.talk(people, 1, dice)
        town.settle(people)
    town.clock(0)
    return count(town, "clock ± 1 h, over midnight", everybody)


def reply_lost_within_its_minute(town: Town, size: Size, dice: random.Random) -> Row:
    """LINE took the reply, the worker died; its successor asks by the same token."""
    people = town.residents("minute", size.residents)
    before = town.kills
    for _ in range(size.times):
        town.wire.play("reply: kill after")
        town.talk(people, 1, dice)
        until(lambda: not town.wire.left, PATIENCE, "a worker killed in mid-reply")
        if size.hurry:
            town.pass_time(LEASE)
        town.settle(people)
    row = count(town, "reply's answer lost, next try within its minute", people)
    # The decision says that the second try tells for sure.
    row.doubled, row.in_the_gap = row.doubled + row.in_the_gap, 0
    if town.kills - before < size.times:
        row.unfinished += f"only {town.kills - before} kills"
    return row


def reply_lost_for_longer(town: Town, size: Size, dice: random.Random) -> Row:
    """LINE took the reply, and nobody could ask before its token was too old."""
    people = town.residents("later", size.residents)
    town.revive = False
    town.wire.play("reply: kill after")
    town.talk(people, 1, dice)
    until(lambda: town.dead, PATIENCE, "a worker killed in mid-reply")
    for name in WORKERS:
        town.kill(name)
    town.pass_time(120)
    town.raise_the_dead()
    return count(town, "the same, all workers away for two minutes", people)


SCENARIOS: dict[str, Scenario] = {
    "none": calm,
    "duplicates": duplicates,
    "reordered": reordered,
    "hundred": hundred_at_once,
    "refusals": refusals,
    "lost-answers": lost_answers,
    "time-outs": time_outs,
    "killed": killed,
    "officers": officers_answer,
    "redis": broker_away,
    "postgresql": database_away,
    "clock": clock_moved,
    "reply-minute": reply_lost_within_its_minute,
    "reply-later": reply_lost_for_longer,
}


def play(name: str, town: Town, size: Size, dice: random.Random) -> Row:
    """Take one fault; whatever became of it, the next finds nothing broken."""
    try:
        return SCENARIOS[name](town, size, dice)
    finally:
        town.mend()
