"""What drives the phone in tests: a simulator process, the product's side of it, a thumb."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

LIFF_ID = "2000000000-phonetest"
TOKEN = "simulator-phone-page"
LIFF_PAGE = """<!doctype html><title>ติดตามสถานะ</title>
<button onclick="parent.postMessage({type: 'liff.closeWindow'}, '*')">เสร็จสิ้น</button>
<a href="tel:191">เหตุด่วน</a>"""
TYPES = {"js": "text/javascript", "css": "text/css", "woff2": "font/woff2"}


def free_port() -> int:
    """Return a port of loopback that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Simulator:
    """A simulator process, and what the tests ask of it."""

    def __init__(self, var_dir: Path, web_port: int) -> None:
        self.origin = f"http://127.0.0.1:{free_port()}"
        self.environment = {
            **os.environ,
            "SIMULATOR": "on",
            "LINE_API_URL": self.origin,
            "PUBLIC_URL": f"http://127.0.0.1:{web_port}",
            "VAR_DIR": str(var_dir),
            "LINE_CHANNEL_SECRET": "secret",
            "LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "LINE_LOGIN_CHANNEL_ID": "2000000000",
            "LIFF_ID": LIFF_ID,
        }
        self.start()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chatops.simulator"], env=self.environment
        )
        while True:
            try:
                self.call("GET", "/_sim/healthz")
                return
            except OSError:
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError("the simulator did not start") from None

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """Call the simulator; `body` is JSON unless it is bytes."""
        data = (
            body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        )
        request = urllib.request.Request(
            self.origin + path,
            data=data,
            method=method,
            headers={"Content-Type": kind, "Authorization": f"Bearer {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def user_id(self, name: str) -> str:
        """Return the user id of the resident called `name`."""
        residents = self.call("GET", "/_sim/state")["residents"]
        return next(r["user_id"] for r in residents if r["display_name"] == name)

    def push(self, name: str, *messages: dict[str, Any]) -> None:
        """Push messages to the resident called `name`, five to a request."""
        to = self.user_id(name)
        for first in range(0, len(messages), 5):
            self.call(
                "POST",
                "/v2/bot/message/push",
                {"to": to, "messages": messages[first : first + 5]},
            )

    def add_menus(self) -> None:
        """Give the account two tabs of rich menu."""
        tabs = {
            "services": [
                {"type": "message", "label": "ติดตามสถานะ", "text": "ติดตามสถานะ"},
                {
                    "type": "richmenuswitch",
                    "label": "ข่าวสาร",
                    "richMenuAliasId": "news",
                    "data": "tab=news",
                },
            ],
            "news": [
                {
                    "type": "uri",
                    "label": "เรื่องของฉัน",
                    "uri": f"https://liff.line.me/{LIFF_ID}/track?from=menu",
                },
                {
                    "type": "richmenuswitch",
                    "label": "บริการ",
                    "richMenuAliasId": "services",
                    "data": "tab=services",
                },
            ],
        }
        for alias, actions in tabs.items():
            areas = [
                {"bounds": {"x": 600 * n, "y": 0, "width": 600, "height": 810}, "action": action}
                for n, action in enumerate(actions)
            ]
            menu = self.call(
                "POST",
                "/v2/bot/richmenu",
                {
                    "size": {"width": 1200, "height": 810},
                    "selected": True,
                    "name": alias,
                    "chatBarText": "เมนูบริการ",
                    "areas": areas,
                },
            )["richMenuId"]
            self.call("POST", f"/v2/bot/richmenu/{menu}/content", png(1200, 810), "image/png")
            self.call(
                "POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": alias, "richMenuId": menu}
            )
            if alias == "services":
                self.call("POST", f"/v2/bot/user/all/richmenu/{menu}", {})


def png(width: int, height: int) -> bytes:
    """Return a PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#2f7d5b").save(out, "PNG")
    return out.getvalue()


class Web:
    """The product's side as the phone sees it: its page, its bundles, a webhook, a LIFF page."""

    def __init__(self) -> None:
        self.page = b""
        self.policy = ""
        self.events: list[dict[str, Any]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.port = self.server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def heard(self, count: int) -> list[dict[str, Any]]:
        """Return the events once there are `count`: the webhook comes after the chat shows it."""
        end = time.monotonic() + 10
        while len(self.events) < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.events

    def handler(web) -> type[BaseHTTPRequestHandler]:
        """Return the request handler of this server."""

        class Handler(BaseHTTPRequestHandler):
            def answer(self, body: bytes, kind: str, **headers: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if path == "/simulator/":
                    self.answer(web.page, "text/html", Content_Security_Policy=web.policy)
                elif path == "/liff":
                    self.answer(LIFF_PAGE.encode(), "text/html")
                elif path == "/picture.png":
                    self.answer(png(400, 300), "image/png")
                else:
                    found = finders.find(path.removeprefix("/static/"))
                    if not found:
                        self.send_error(404)
                        return
                    kind = TYPES.get(found.rsplit(".", 1)[-1], "text/plain")
                    self.answer(Path(found).read_bytes(), kind)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                web.events += json.loads(body)["events"]
                self.answer(b"", "text/plain")

            def log_message(self, *args: Any) -> None:
                """Keep the test run's output clean."""

        return Handler


class Hand:
    """One tab with the phone, and the usual movements of a thumb."""

    def __init__(self, context: BrowserContext, web: Web, resident: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )
        self.page.goto(f"{web.origin}/simulator/?resident={resident}")
        expect(self.page.get_by_test_id("picked-resident")).to_have_text(resident)

    @property
    def log(self) -> Locator:
        """The list of messages."""
        return self.page.get_by_role("log", name="ข้อความในแชต")

    def messages(self, **data: str) -> Locator:
        """Messages whose data-… attributes have these values."""
        wanted = "".join(f'[data-{name}="{value}"]' for name, value in data.items())
        return self.page.locator(f'[data-testid="message"]{wanted}')

    def button(self, name: str) -> Locator:
        """The button called exactly `name`."""
        return self.page.get_by_role("button", name=name, exact=True)

    def write(self, text: str) -> None:
        """Type a message and send it."""
        box = self.page.get_by_label("พิมพ์ข้อความ").and_(self.page.locator("textarea"))
        box.fill(text)
        box.press("Enter")
