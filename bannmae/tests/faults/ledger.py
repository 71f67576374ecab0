"""Counting what reached the phones: once, twice, never, in which order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bannmae.tests.faults.town import Town, Unsettled
from chatops.line import REPLY_TOKEN_LIFE

# What an answer is for: LINE's id of an event, or the key under which an officer sent his.
CAUSE = re.compile(r"^event:([0-9A-HJKMNP-TV-Z]{26})|^desk:.*:([0-9a-f-]{36})$")

# Milliseconds in which two deliveries of LINE's are under way side by side and have no order.
AT_ONCE = 1000


@dataclass
class Row:
    """One line of the table of faults."""

    fault: str
    residents: int = 0
    events: int = 0
    expected: int = 0
    once: int = 0
    lost: int = 0
    doubled: int = 0
    # Doubled where decision 2 has its one gap, as the records on both sides prove.
    in_the_gap: int = 0
    disordered: int = 0
    # Answered after a later one, because LINE delivered it after that one (only where asked for).
    came_late: int = 0
    retries: int = 0
    # On a phone, and nobody knows why.
    unexplained: int = 0
    unfinished: str = ""

    @property
    def holds(self) -> bool:
        """True when every figure is zero that must be."""
        wrong = self.lost + self.doubled + self.disordered + self.unexplained
        return not wrong and not self.unfinished and self.expected > 0


@dataclass(frozen=True)
class Said:
    """An officer's answer that the desk took: under which key, to whom."""

    key: str
    resident: str


def count(
    town: Town,
    fault: str,
    residents: Sequence[str],
    *,
    officers: Sequence[Said] = (),
    unanswered: Collection[str] = (),
    redelivered: bool = False,
) -> Row:
    """Compare what the events call for, and `officers` said, with what stands on the phones.

    `unanswered` are the ids of events that get no answer by themselves; `redelivered`: LINE had
    to try again, so that what it delivered in another order may be answered in that one.
    """
    unfinished = ""
    try:
        town.settle(residents)
    except Unsettled as error:
        unfinished = str(error)
    events = town.events(residents)
    asking = [event for event in events if event.event_id not in unanswered]
    cause, aged = _causes(town, residents)
    # Where the answer's row has let go of its token, the event still knows it.
    cause = {event.token: event.event_id for event in events} | cause
    # One call is one answer, of however many messages: its first stands for it.
    calls = list(town.wire.calls)
    of_message = {
        call.message_ids[0]: (cause.get(call.key), call.kind) for call in calls if call.message_ids
    }
    rest = {one for call in calls for one in call.message_ids[1:]}
    came = town.delivered_at() if redelivered else {}
    row = Row(fault, len(residents), len(events), unfinished=unfinished)
    arrived: Counter[str] = Counter()
    for resident, message_ids in town.on_phones(residents).items():
        queues = [
            [event.event_id for event in asking if event.resident == resident],
            [said.key for said in officers if said.resident == resident],
        ]
        expected = {key for queue in queues for key in queue}
        row.expected += len(expected)
        first: list[str] = []
        ways: dict[str, list[str]] = {}
        for message_id in message_ids:
            key, kind = of_message.get(message_id, (None, ""))
            if message_id in rest:
                continue
            if key is None or key not in expected:
                row.unexplained += 1
                continue
            arrived[key] += 1
            if key not in ways:
                first.append(key)
            ways.setdefault(key, []).append(kind)
        for key in expected:
            row.once += arrived[key] == 1
            row.lost += arrived[key] == 0
            if ways.get(key) == ["reply", "push"] and key in aged:
                row.in_the_gap += 1
            else:
                row.doubled += max(0, arrived[key] - 1)
        for queue in queues:
            there = [key for key in first if key in queue]
            for one, other in zip(there, there[1:], strict=False):
                if queue.index(one) < queue.index(other):
                    continue
                if came and came[one] <= came[other] + AT_ONCE:
                    row.came_late += 1
                else:
                    row.disordered += 1
    tried = sum(call.key in cause for call in calls)
    row.retries = tried - sum(arrived.values())
    return row


def _causes(town: Town, residents: Sequence[str]) -> tuple[dict[str, str], set[str]]:
    """Return what each reply token and retry key was used for, and which answers aged.

    Those were first pushed when their reply token could not be asked by any more: it had grown
    too old, or the clock had been set back behind its beginning (`fresh_reply_token`).
    """
    cause: dict[str, str] = {}
    aged: set[str] = set()
    for retry_key, token, dedupe_key, was_aged in town.ask(
        "SELECT m.retry_key::text, m.reply_token, m.dedupe_key, "
        "m.first_push_at >= m.reply_token_expires_at "
        "OR m.first_push_at < m.reply_token_expires_at - %s FROM chatops_outboundmessage m "
        "JOIN chatops_resident r ON r.id = m.resident_id WHERE r.line_user_id = ANY(%s)",
        REPLY_TOKEN_LIFE,
        list(residents),
    ):
        found = CAUSE.search(dedupe_key)
        if not found:
            continue
        key = found[1] or found[2]
        cause[retry_key] = key
        if token:
            cause[token] = key
        if was_aged:
            aged.add(key)
    return cause, aged


HEADS = ("fault", "residents", "events", "answers expected", "arrived once")
MORE = ("lost", "doubled", "doubled in the one gap", "out of order", "delivered late", "retries")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table; what must not be is marked."""
    heads = HEADS + MORE
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for row in rows:
        figures = [row.residents, row.events, row.expected, row.once, row.lost, row.doubled]
        figures += [row.in_the_gap, row.disordered, row.came_late, row.retries]
        mark = "" if row.holds else f" **fails** {row.unfinished} {row.unexplained or ''}".rstrip()
        lines.append(f"| {row.fault}{mark} | " + " | ".join(map(str, figures)) + " |")
    return "\n".join(lines)
