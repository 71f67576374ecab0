"""A language model's server that speaks the protocol, with its failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Asked = dict[str, Any]


class LanguageModel:
    """Answers every call by `answer(asked)`: words in the protocol's frame.

    `status` and `body` (raw bytes) answer instead; `stalls` holds the answer back, `drips` gives
    it byte by byte and never its end.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], Asked]] = []
        self.answer: Callable[[Asked], str] = lambda asked: says(0, "")
        self.status = 200
        self.body: bytes | None = None
        self.location = ""
        self.stalls = self.drips = False
        self.over = threading.Event()
        self.url = ""

    @property
    def seen(self) -> str:
        """Everything that it was ever told."""
        return json.dumps([asked for _, asked in self.calls], ensure_ascii=False)


def says(index: object, answer: object) -> str:
    """The words of a model that keeps to its instructions."""
    return json.dumps({"index": index, "answer": answer}, ensure_ascii=False)


@contextmanager
def serve() -> Iterator[LanguageModel]:
    """Run one on loopback."""
    model = LanguageModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(raw)
            model.calls.append((dict(self.headers) | {"path": self.path}, asked))
            if model.stalls:
                model.over.wait(20)
                return
            content = model.answer(asked)
            body = model.body
            if body is None:
                frame = {"choices": [{"message": {"role": "assistant", "content": content}}]}
                body = json.dumps(frame).encode()
            self.send_response(model.status)
            if model.location:
                self.send_header("Location", model.location)
            self.send_header("Content-Length", str(len(body) + (1 if model.drips else 0)))
            self.end_headers()
            if not model.drips:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if model.over.wait(0.02):
                    return
            model.over.wait(20)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """The caller hung up: that is the point of it."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
