"""Counting what reached the phones: once, twice, never, in which order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bannmae.tests.faults.town import Town

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


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
    disordered: int = 0
    retries: int = 0
    # On a phone, and nobody knows why.
    unexplained: int = 0
    unfinished: str = ""
    # Where the decision is that rather two answers come than none.
    may_double: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """True when every figure is zero that must be."""
        wrong = self.lost + self.disordered + self.unexplained
        wrong += 0 if self.may_double else self.doubled
        return not wrong and not self.unfinished and self.expected > 0


def count(town: Town, fault: str, residents: Sequence[str], *, may_double: bool = False) -> Row:
    """Compare what LINE's events call for with what stands on the phones of `residents`."""
    unfinished = town.settle(residents)
    events = town.events(residents)
    cause = {event.token: event.event_id for event in events}
    for key, dedupe_key in town.ask(
        "SELECT m.retry_key::text, m.dedupe_key FROM chatops_outboundmessage m "
        "JOIN chatops_resident r ON r.id = m.resident_id WHERE r.line_user_id = ANY(%s)",
        list(residents),
    ):
        if named := ULID.search(dedupe_key):
            cause[key] = named[0]
    # One call is one answer, of however many messages: its first stands for it.
    calls = list(town.wire.calls)
    of_message = {call.message_ids[0]: cause.get(call.key) for call in calls if call.message_ids}
    rest = {one for call in calls for one in call.message_ids[1:]}
    arrived: Counter[str] = Counter()
    row = Row(fault, len(residents), len(events), len(events), may_double=may_double)
    for resident, message_ids in town.on_phones(residents).items():
        order: list[str] = []
        for message_id in message_ids:
            if message_id in rest:
                continue
            event_id = of_message.get(message_id)
            if event_id is None:
                row.unexplained += 1
                continue
            arrived[event_id] += 1
            if arrived[event_id] == 1:
                order.append(event_id)
        moment = {event.event_id: event.at for event in events if event.resident == resident}
        times = [moment[event_id] for event_id in order]
        row.disordered += sum(one > other for one, other in zip(times, times[1:], strict=False))
    row.once = sum(arrived[event.event_id] == 1 for event in events)
    row.lost = sum(arrived[event.event_id] == 0 for event in events)
    row.doubled = sum(times - 1 for times in arrived.values() if times > 1)
    tried = sum(call.key in cause for call in calls)
    row.retries = tried - sum(arrived.values())
    row.unfinished = unfinished
    return row


HEADS = ("fault", "residents", "events", "answers expected", "arrived once")
MORE = ("lost", "doubled", "out of order", "retries")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table; what must not be is marked."""
    lines = ["| " + " | ".join(HEADS + MORE) + " |", "|---" + "|---:" * 8 + "|"]
    for row in rows:
        doubled = f"{row.doubled} (allowed)" if row.may_double else str(row.doubled)
        figures = [row.residents, row.events, row.expected, row.once, row.lost, doubled]
        figures += [row.disordered, row.retries]
        mark = "" if row.holds else f" **fails** {row.unfinished} {row.unexplained or ''}".rstrip()
        lines.append(f"| {row.fault}{mark} | " + " | ".join(map(str, figures)) + " |")
    return "\n".join(lines)
