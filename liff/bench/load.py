"""A small HTTP client that takes little of the machine it shares with the server.

One process, one thread, kept connections, requests made beforehand. `run` starts it as a program of
its own (`python -m liff.bench.load`), so that it shares no interpreter with what is measured.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_SECONDS = 60.0  # of one block; a server that is slower than that has hung


@dataclass(frozen=True)
class Block:
    """Requests sent one after another over all connections, as fast as answers come."""

    name: str
    requests: Sequence[bytes]


@dataclass(frozen=True)
class Measured:
    """What one block took. Seconds; `statuses` counts answers by HTTP status."""

    name: str
    seconds: float
    client_seconds: float  # processor time of this client
    latencies: list[float]  # each request's, from its first byte out to its last byte in
    statuses: dict[int, int]

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds


def run(port: int, connections: int, blocks: Sequence[Block]) -> list[Measured]:
    """Send `blocks` in turn over the same kept `connections` to a port of 127.0.0.1.

    Raises RuntimeError when the server closes a connection, or hangs.
    """
    head = {
        "port": port,
        "connections": connections,
        "blocks": [[block.name, [len(one) for one in block.requests]] for block in blocks],
    }
    payload = json.dumps(head).encode() + b"\n" + b"".join(b"".join(b.requests) for b in blocks)
    done = subprocess.run(
        [sys.executable, "-m", "liff.bench.load"],
        input=payload,
        capture_output=True,
        check=False,
        timeout=30 + LONGEST_SECONDS * len(blocks),
    )
    if done.returncode:
        raise RuntimeError(f"the load client stopped: {done.stderr.decode().strip()[-500:]}")
    return [
        Measured(
            name=one["name"],
            seconds=one["seconds"],
            client_seconds=one["client_seconds"],
            latencies=one["latencies"],
            statuses={int(status): count for status, count in one["statuses"].items()},
        )
        for one in json.loads(done.stdout)
    ]


def request_bytes(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a whole POST request of a JSON body."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def expect(done: Sequence[Measured], statuses: dict[str, int]) -> None:
    """Raise RuntimeError unless all answers of a block have the status that its name has."""
    for one in done:
        if set(one.statuses) != {statuses[one.name]}:
            raise RuntimeError(f"{one.name} was answered with {one.statuses}")


class _Connection:
    """One kept connection, and what has come of the answer that it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.answer = b""

    def send(self, request: bytes) -> None:
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int:
        """Take what has come; return the answer's status once it is whole, else 0."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed a kept connection")
        self.answer += data
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return 0
        return int(head[9:12])


def _content_length(head: bytes) -> int:
    found = head.lower().partition(b"\r\ncontent-length:")[2]
    if not found:
        raise ValueError(f"no Content-Length in {head[:200]!r}")
    return int(found.partition(b"\r\n")[0])


def _send_all(connections: list[_Connection], requests: list[bytes]) -> dict[str, Any]:
    waiting = deque(requests)
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    by_number = {one.socket.fileno(): one for one in connections}
    poll = select.poll()
    for number in by_number:
        poll.register(number, select.POLLIN)
    processor, start = time.process_time(), time.perf_counter()
    for one in connections[: len(requests)]:
        one.send(waiting.popleft())
    while len(latencies) < len(requests):
        for number, _event in poll.poll(1000):
            one = by_number[number]
            if status := one.receive():
                latencies.append(time.perf_counter() - one.sent_at)
                statuses[status] = statuses.get(status, 0) + 1
                if waiting:
                    one.send(waiting.popleft())
        if time.perf_counter() - start > LONGEST_SECONDS:
            raise TimeoutError(f"{len(latencies)} of {len(requests)} answers in time")
    return {
        "seconds": time.perf_counter() - start,
        "client_seconds": time.process_time() - processor,
        "latencies": latencies,
        "statuses": statuses,
    }


def main() -> None:
    """Read head and requests from standard input, write what was measured to standard output."""
    head = json.loads(sys.stdin.buffer.readline())
    blocks = [
        (name, [sys.stdin.buffer.read(length) for length in lengths])
        for name, lengths in head["blocks"]
    ]
    connections = [_Connection(head["port"]) for _ in range(head["connections"])]
    measured = [{"name": name, **_send_all(connections, requests)} for name, requests in blocks]
    for one in connections:
        one.socket.close()
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
