"""Connections that break: closed without an answer, or silent until the caller gives up."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

NO_ANSWER = "X-Sim-No-Answer"  # "close" or "hold"; never reaches the wire
HOLD_SECONDS = 30


def wait_for_hang_up(connection: socket.socket, seconds: float) -> None:
    """Return when the other side has closed `connection`, or after `seconds`."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        readable, _, _ = select.select([connection], [], [], left)
        if readable:
            try:
                if connection.recv(1, socket.MSG_PEEK) == b"":
                    return
            except OSError:
                return
            # It sent more instead of waiting: nothing will answer that either.
            time.sleep(0.05)


class BreakingConnections:
    """WSGI wrapper that obeys `NO_ANSWER` on a response instead of sending it."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Pass the answer on, or break the connection. Raise BrokenPipeError then."""
        how: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            how.extend(value for name, value in headers if name == NO_ANSWER)
            return None if how else start_response(status, headers, *rest)

        body = self.application(environ, start)
        if not how:
            return body
        close = getattr(body, "close", None)
        if close:
            close()
        connection: socket.socket = environ["gunicorn.socket"]
        if how[0] == "hold":
            wait_for_hang_up(connection, HOLD_SECONDS)
        with contextlib.suppress(OSError):  # already gone
            connection.shutdown(socket.SHUT_RDWR)
        # gunicorn takes this for what it is: a connection that went away.
        raise BrokenPipeError(errno.EPIPE, "simulated loss of the connection")
