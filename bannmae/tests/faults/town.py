"""The production form with two workers, a wire to break and a clock to move, and its residents."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bannmae.tests.faults.wire import Wire
from bannmae.tests.production import ROOT, SERVICES, Production

# What the menu answers by itself, in one call each. Few words, so that equal ones repeat.
WORDS = ("ติดต่อ", "เว็บไซต์", "e-Service", "ติดตามสถานะ")
WORKERS = ("worker", "worker-2")
ANSWERED = ("message", "postback", "follow")
# Nothing should come near it; a machine that is busy with other things may take long.
PATIENCE = 300.0
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
# libfaketime 0.9.10 miscounts sleeps that have an absolute end on the steady clock, which is
# how Python sleeps: it would raise. `select` waits just as well.
SITE = """
import select, time
def sleep(seconds):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)
time.sleep = sleep
"""


class Unsettled(AssertionError):
    """Something was left to do when there should have been nothing."""


@dataclass(frozen=True)
class Event:
    """An event of a resident that calls for one answer, as LINE knows it."""

    event_id: str
    resident: str
    at: int
    token: str
    body: dict[str, Any]


class Town(Production):
    """All of it, running, with two workers that are started again when they die."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.wire = Wire(self.process_id, self.kill)
        stack.callback(self.wire.close)
        self.kills = 0
        self.revive = True
        self.dead: list[str] = []
        self._lock = threading.Lock()
        self._clock = folder / "clock"
        self._passed = 0.0
        self._told: dict[int, Event | None] = {}
        self._database: psycopg.Connection | None = None
        self.clock(0)
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(SITE)
        self._site = site
        super().__init__(folder, stack)
        self.start(WORKERS[1])
        stack.callback(self.stop, WORKERS[1])
        self.line.settings(quota=None)

    # -- processes ------------------------------------------------------------------

    def environment(self, service: str = "web") -> dict[str, str]:
        """Return that of production, with LINE behind the wire and a clock that can be moved."""
        self.wire.upstream = self.values["LINE_API_URL"]
        given = super().environment(service.partition("-")[0])
        given["LINE_API_URL"] = self.wire.url(service)
        if FAKETIME:
            given |= {
                "LD_PRELOAD": str(FAKETIME[0]),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # Its remedy for an old glibc makes whoever waits for the interpreter spin.
                "FAKETIME_FORCE_MONOTONIC_FIX": "0",
                "NO_FAKE_STAT": "1",
                "PYTHONPATH": str(self._site),
            }
        return given

    def start(self, *services: str) -> None:
        """Start `services`; `worker-2` is another worker."""
        copies = [name for name in services if name not in SERVICES]
        super().start(*(name for name in services if name in SERVICES))
        for name in copies:
            with self.log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    SERVICES[name.partition("-")[0]]["command"],
                    cwd=ROOT,
                    env=self.environment(name),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def process_id(self, service: str) -> int:
        """Return the id of the process that is `service` now, 0 for none."""
        process = self.processes.get(service)
        return process.pid if process else 0

    def kill(self, service: str, process: int = 0) -> bool:
        """SIGKILL, then start it again, as compose does; with `revive` off, later.

        False when it is dead already, or (where `process` is given) another process by now.
        """
        with self._lock:
            running = self.processes[service]
            if running.poll() is not None or process not in (0, running.pid):
                return False
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            self.kills += 1
            if self.revive:
                self.start(service)
            else:
                self.dead.append(service)
            return True

    def raise_the_dead(self) -> None:
        """Start the workers again that were killed while `revive` was off."""
        with self._lock:
            self.revive = True
            while self.dead:
                self.start(self.dead.pop())

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Stop the workers where they stand, and let them go on afterwards."""
        for name in WORKERS:
            os.killpg(self.processes[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for name in WORKERS:
                os.killpg(self.processes[name].pid, signal.SIGCONT)

    def clock(self, seconds: float) -> None:
        """Set the clock of our processes `seconds` from LINE's, at once."""
        new = self._clock.with_suffix(".new")
        new.write_text(f"{self._passed + seconds:+.3f}\n")
        new.replace(self._clock)

    def pass_time(self, seconds: float) -> None:
        """Let it be so much later for everybody: for our processes and for LINE."""
        self._passed += seconds
        self.clock(0)
        self.line.advance(seconds)

    def mend(self) -> None:
        """Break nothing any more, whatever was being broken."""
        self.wire.play()
        self.line.faults(webhook_off=False, webhook_duplicate=False)
        self.clock(0)
        self.raise_the_dead()

    # -- residents ------------------------------------------------------------------

    def residents(self, name: str, count: int) -> list[str]:
        """Return the LINE ids of new residents."""
        return [self.line.add_resident(f"{name} {number}") for number in range(1, count + 1)]

    def talk(self, residents: Sequence[str], rounds: int, dice: random.Random) -> None:
        """Let each of them write `rounds` messages, one after the other; some equal the last."""
        for _ in range(rounds):
            for resident in residents:
                self.line.text(resident, dice.choice(WORDS))

    @contextlib.contextmanager
    def unheard(self) -> Iterator[None]:
        """LINE keeps what is written meanwhile to itself: we hand it over by hand."""
        self.line.faults(webhook_off=True)
        try:
            yield
        finally:
            self.line.faults(webhook_off=False)

    def talk_without_tokens(
        self, residents: Sequence[str], rounds: int, dice: random.Random
    ) -> None:
        """Let them write what can be answered by push alone: its events bring no reply token."""
        before = {event.event_id for event in self.events(residents)}
        with self.unheard():
            self.talk(residents, rounds, dice)
        new = [event for event in self.events(residents) if event.event_id not in before]
        for start in range(0, len(new), 20):
            bodies = [dict(event.body) for event in new[start : start + 20]]
            for body in bodies:
                del body["replyToken"]
            answer = self.line.webhook(*bodies)
            assert answer["status"] == 200, answer

    def hand_over(self, events: Sequence[Event]) -> None:
        """Deliver these events in one POST; raise AssertionError unless it is taken."""
        answer = self.line.webhook(*(event.body for event in events))
        assert answer["status"] == 200, answer

    # -- what both sides have written down -------------------------------------------

    def _of_line(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        path = self.folder / "line" / "simulator.sqlite3"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            return opened.execute(query, arguments).fetchall()

    def events(self, residents: Sequence[str]) -> list[Event]:
        """Return all that they did and that calls for an answer, in order."""
        # Each is read once: there are thousands, and this is asked often.
        newest = max(self._told, default=0)
        for number, event_id, raw in self._of_line(
            "SELECT id, event_id, event FROM simulator_delivery WHERE id > ? ORDER BY id", newest
        ):
            body = json.loads(raw)
            self._told[number] = None
            if body["type"] in ANSWERED:
                whose, at = body["source"]["userId"], body["timestamp"]
                self._told[number] = Event(event_id, whose, at, body["replyToken"], body)
        wanted = set(residents)
        found = [event for event in self._told.values() if event and event.resident in wanted]
        return sorted(found, key=lambda event: (event.at, event.event_id))

    def all_delivered(self) -> bool:
        """Tell whether LINE has got rid of every event that it means to deliver."""
        states = self._of_line("SELECT DISTINCT status FROM simulator_delivery")
        return {state for (state,) in states} <= {"delivered", "off"}

    def delivered_at(self) -> dict[str, int]:
        """Return when LINE had our 200 for each event, by its id, in milliseconds."""
        return dict(self._of_line("SELECT event_id, at FROM simulator_delivery"))

    def on_phones(self, residents: Sequence[str]) -> dict[str, list[str]]:
        """Return the ids of the messages from the account on each phone, oldest first."""
        phones: dict[str, list[str]] = {resident: [] for resident in residents}
        query = (
            "SELECT resident_id, message_id FROM simulator_entry WHERE from_account ORDER BY seq"
        )
        for resident, message_id in self._of_line(query):
            if resident in phones:
                phones[resident].append(message_id)
        return phones

    def ask(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Return what our database says; raise psycopg.OperationalError while it is away."""
        if self._database is None:
            self._database = psycopg.connect(self.postgres.url, connect_timeout=5, autocommit=True)
        try:
            return self._database.execute(query, arguments).fetchall()
        except psycopg.OperationalError:
            self._database.close()
            self._database = None
            raise

    def close_database(self) -> None:
        """Let go of the connection that `ask` uses."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def unfinished(self, residents: Sequence[str]) -> str:
        """Tell what is still to do for these residents; '' when nothing is."""
        ids = list(residents)
        known, due, failed = self.ask(
            "SELECT count(*), count(due_at), count(failed_at) FROM chatops_webhookevent "
            "WHERE line_user_id = ANY(%s) AND kind = ANY(%s)",
            ids,
            list(ANSWERED),
        )[0]
        waiting = self.ask(
            "SELECT m.state, count(*) FROM chatops_outboundmessage m "
            "JOIN chatops_resident r ON r.id = m.resident_id "
            "WHERE r.line_user_id = ANY(%s) AND m.state <> 'sent' GROUP BY m.state",
            ids,
        )
        happened = len(self.events(ids))
        if known == happened and not due and not failed and not waiting:
            return ""
        return f"{known} of {happened} events, {due} due, {failed} failed, messages {waiting}"

    def settle(self, residents: Sequence[str], seconds: float = PATIENCE) -> None:
        """Wait until nothing is to do for them; raise Unsettled with what is after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            try:
                left = self.unfinished(residents)
            except psycopg.OperationalError as error:
                left = str(error)
            if not left:
                return
            if time.monotonic() > end:
                raise Unsettled(f"after {seconds:g} s: {left}")
            pause(0.2)


@contextlib.contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Start it all with its files in `folder`; end all of it afterwards."""
    with contextlib.ExitStack() as stack:
        place = Town(folder, stack)
        stack.callback(place.close_database)
        yield place


def pause(seconds: float) -> None:
    """Let time pass: between two looks, or where time itself is what is tested."""
    end = time.monotonic() + seconds
    waiting = threading.Event()
    while (left := end - time.monotonic()) > 0:
        waiting.wait(left)
