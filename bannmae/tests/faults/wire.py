"""The line between the workers and LINE: it notes each call, and breaks those that it is told to.

A fault is named by what LINE (or the network) does: `500`, `429`, `drop`, `kill` strike before
LINE has the call; `500 after`, `time-out after`, `drop after`, `kill after` when LINE has taken
it and the answer gets lost. `kill` ends the calling worker by SIGKILL in mid-call.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

from chatops.simulator.connection import wait_for_hang_up

SENDING = {"/v2/bot/message/reply": "reply", "/v2/bot/message/push": "push"}
ANSWERS = {
    "500": {"message": "Internal Server Error"},
    "429": {"message": "The API rate limit has been exceeded. Try again later."},
}
OF_A_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
LONGEST_SILENCE = 30.0


@dataclass
class Call:
    """One call that sends. `key`: its reply token, or its retry key; `process`: whose it is."""

    kind: str
    key: str
    worker: str
    process: int = 0
    fault: str = ""
    status: int = 0  # LINE's own answer, 0 when the call never got there
    message_ids: list[str] = field(default_factory=list)  # what it put on a phone just now


class Wire:
    """An address of its own for each worker; all lead to `upstream`."""

    def __init__(self, process: Callable[[str], int], kill: Callable[[str, int], bool]) -> None:
        """`process` tells a worker's process id, `kill` ends it: False when it was dead already."""
        self.upstream = ""
        self.calls: list[Call] = []
        self._process, self._kill = process, kill
        self._killed: set[str] = set()
        self._faults: list[str] = []
        self._every, self._seen = 1, 0
        self._lock = threading.Lock()
        self._servers: dict[str, _Server] = {}
        self.http = urllib3.PoolManager(maxsize=16, block=False)

    def url(self, worker: str) -> str:
        """Return the LINE_API_URL of that worker."""
        with self._lock:
            if worker not in self._servers:
                self._servers[worker] = server = _Server(self, worker)
                threading.Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{self._servers[worker].server_address[1]}"

    def process(self, worker: str) -> int:
        """Return the id of the process that is that worker now."""
        return self._process(worker)

    def play(self, *faults: str, every: int = 1) -> None:
        """Break each `every`-th call, by `faults` in turn: `drop`, `push: drop` for one kind."""
        with self._lock:
            self._faults, self._every, self._seen = list(faults), every, 0

    @property
    def left(self) -> list[str]:
        """The faults that still wait for a call to break."""
        with self._lock:
            return list(self._faults)

    def strike(self, call: Call) -> None:
        """Note `call`, and give it the fault that is its lot."""
        with self._lock:
            self.calls.append(call)
            self._seen += 1
            if self._seen % self._every:
                return
            for index, fault in enumerate(self._faults):
                kind, _, name = fault.rpartition(": ")
                if kind not in ("", call.kind):
                    continue
                if name.startswith("kill"):
                    # Each message loses one worker: more would take it out of its token's minute.
                    if call.key in self._killed:
                        continue
                    self._killed.add(call.key)
                del self._faults[index]
                call.fault = name
                return

    def kill(self, call: Call) -> None:
        """End the process that calls. If another call's fault did, this one's has still to come."""
        if not self._kill(call.worker, call.process):
            with self._lock:
                self._faults.insert(0, f"{call.kind}: {call.fault}")

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self.http.clear()


class _Hand(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = self._call(body)
        if call is None:
            self._answer(*self._from_line(body))
            return
        self.server.wire.strike(call)
        name, after = call.fault.removesuffix(" after"), call.fault.endswith(" after")
        if name and not after:
            self._break(name, call)
            return
        status, headers, content = self._from_line(body)
        call.status = status
        if status == 200:
            call.message_ids = [sent["id"] for sent in json.loads(content)["sentMessages"]]
        if name:
            self._break(name, call)
        else:
            self._answer(status, headers, content)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on

    def _call(self, body: bytes) -> Call | None:
        kind = SENDING.get(self.path)
        if kind is None:
            return None
        key = self.headers.get("X-Line-Retry-Key") or json.loads(body).get("replyToken", "")
        return Call(
            kind, str(key), self.server.worker, self.server.wire.process(self.server.worker)
        )

    def _from_line(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        wire = self.server.wire
        headers = {k: v for k, v in self.headers.items() if k.lower() not in OF_A_HOP | {"host"}}
        answer = wire.http.request(
            self.command,
            wire.upstream + self.path,
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            timeout=30,
        )
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in OF_A_HOP}
        return answer.status, kept, answer.data

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _break(self, name: str, call: Call) -> None:
        if name in ANSWERS:
            content = json.dumps(ANSWERS[name]).encode()
            self._answer(int(name), {"Content-Type": "application/json"}, content)
            return
        if name == "kill":
            self.server.wire.kill(call)
        elif name == "time-out":
            wait_for_hang_up(self.connection, LONGEST_SILENCE)
        else:
            assert name == "drop", name
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, wire: Wire, worker: str) -> None:
        self.wire, self.worker = wire, worker
        super().__init__(("127.0.0.1", 0), _Hand)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed closes its connections: that is what we are here for."""
