"""Downloads from a LINE that behaves in ways that the simulator does not know."""

from __future__ import annotations

import io
import itertools
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3

from chatops.line import content
from chatops.line.content import ContentError, ContentFault
from chatops.models import Channel

Answer = Callable[[BaseHTTPRequestHandler], None]
CHANNEL = Channel(slug="taxes", access_token="the token of งานจัดเก็บ".encode().hex())


class Line(ThreadingHTTPServer):
    """Answers every request with what `answer` writes."""

    def __init__(self) -> None:
        self.answer: Answer = lambda request: None
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers["Authorization"]))
                try:
                    outer.answer(self)
                except OSError:
                    self.close_connection = True  # the caller hung up

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)

    daemon_threads = True


@pytest.fixture
def server(settings: Any) -> Iterator[Line]:
    line = Line()
    thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.LINE_API_URL = f"http://127.0.0.1:{line.server_address[1]}"
    yield line
    line.shutdown()
    thread.join()
    line.server_close()
    content._pool().clear()


def fetched(max_bytes: int = 1000, seconds: float = 20) -> bytes:
    into = io.BytesIO()
    size = content.download(CHANNEL, "1/../2?x", into, max_bytes=max_bytes, seconds=seconds)
    assert size == len(into.getvalue())
    return into.getvalue()


def fault(**options: Any) -> ContentFault:
    with pytest.raises(ContentError) as caught:
        fetched(**options)
    return caught.value.fault


def begin(request: BaseHTTPRequestHandler, status: int = 200, **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()


def test_the_channels_own_token_asks_for_exactly_this_message(server: Line) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        begin(request, Content_Length="3")
        request.wfile.write(b"abc")

    server.answer = answer
    assert fetched() == b"abc"
    assert server.asked == [
        ("/v2/bot/message/1%2F..%2F2%3Fx/content", f"Bearer {CHANNEL.access_token}")
    ]


def test_an_endless_answer_without_a_length_is_cut_off(server: Line) -> None:
    sent: list[int] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        begin(request, Transfer_Encoding="chunked")
        for _ in itertools.count():
            request.wfile.write(b"4000\r\n" + bytes(0x4000) + b"\r\n")
            sent.append(0x4000)

    server.answer = answer
    assert fault(max_bytes=100_000) is ContentFault.TOO_LARGE
    assert sum(sent) < 50_000_000


def test_an_announced_size_is_believed_when_it_is_too_much(server: Line) -> None:
    server.answer = lambda request: begin(request, Content_Length="1001")
    assert fault(max_bytes=1000) is ContentFault.TOO_LARGE


def test_single_bytes_do_not_hold_a_worker_beyond_its_time(server: Line) -> None:
    more = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        begin(request, Content_Length="900")
        for _ in range(900):
            request.wfile.write(b"x")
            more.wait(0.02)

    server.answer = answer
    assert fault(seconds=0.2) is ContentFault.TROUBLE
    more.set()


def test_silence_is_not_waited_for(server: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(content, "TIMEOUT", urllib3.Timeout(connect=1, read=0.1))
    server.answer = lambda request: over.wait(20) and None
    assert fault() is ContentFault.TROUBLE
    over.set()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_gets_the_token(server: Line, status: int) -> None:
    server.answer = lambda request: begin(request, status, Location="/else", Content_Length="0")
    assert fault() is ContentFault.TROUBLE
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (202, ContentFault.NOT_READY),
        (204, ContentFault.TROUBLE),
        (400, ContentFault.TROUBLE),
        (401, ContentFault.TROUBLE),
        (403, ContentFault.TROUBLE),
        (404, ContentFault.GONE),
        (410, ContentFault.GONE),
        (429, ContentFault.TROUBLE),
        (500, ContentFault.TROUBLE),
        (503, ContentFault.TROUBLE),
    ],
)
def test_each_answer_has_its_meaning(server: Line, status: int, what: ContentFault) -> None:
    headers = {} if status == 204 else {"Content_Length": "0"}
    server.answer = lambda request: begin(request, status, **headers)
    assert fault() is what


def test_nothing_of_an_answer_given_up_stands_before_the_next(server: Line) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        begin(request, Content_Length="5000")
        request.wfile.write(b"a" * 5000)

    server.answer = answer
    assert fault(max_bytes=10) is ContentFault.TOO_LARGE
    assert fetched(max_bytes=5000) == b"a" * 5000


@pytest.mark.parametrize("token", ["", "two\nlines"])
def test_a_channel_without_a_usable_token_is_a_trouble(server: Line, token: str) -> None:
    server.answer = lambda request: begin(request, 401, Content_Length="0")
    channel = Channel(slug="odd", access_token=token)
    with pytest.raises(ContentError) as caught:
        content.download(channel, "1", io.BytesIO(), max_bytes=1, seconds=1)
    assert caught.value.fault is ContentFault.TROUBLE
