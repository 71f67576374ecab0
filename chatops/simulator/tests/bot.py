"""A bot server that writes down the webhooks it gets, and answers as a test wants it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAIT_SECONDS = 30


class Bot:
    """The product's place in these tests. `answer` is the status of every webhook's answer."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.answer: int | Callable[[dict[str, Any]], int] = 200
        self._news = threading.Condition()
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = bot.take(self.path, dict(self.headers), raw)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def take(self, path: str, headers: dict[str, str], raw: bytes) -> int:
        """Write a webhook down and return the status to answer with."""
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        webhook = {
            "path": path,
            "headers": {name.lower(): value for name, value in headers.items()},
            "raw": raw,
            "body": body,
        }
        answer = self.answer
        status = answer(webhook) if callable(answer) else answer
        with self._news:
            self.received.append(webhook)
            self._news.notify_all()
        return status

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """Return the first `count` webhooks as soon as they are here. Raise AssertionError."""
        with self._news:
            came = self._news.wait_for(lambda: len(self.received) >= count, WAIT_SECONDS)
            assert came, f"{len(self.received)} of {count} webhooks came"
            return self.received[:count]

    def events(self, count: int) -> list[dict[str, Any]]:
        """Return the events of the first `count` webhooks, one each, as soon as they are here."""
        return [webhook["body"]["events"][0] for webhook in self.wait_for(count)]

    def clear(self) -> None:
        """Forget all, and answer 200 again."""
        with self._news:
            self.received.clear()
        self.answer = 200

    def stop(self) -> None:
        """Close the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
