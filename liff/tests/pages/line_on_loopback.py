"""LINE's own host names on this machine: a TLS front before the simulator, and the ways there.

The browser finds it by its resolver's rules, the product's server by the machine's proxy, as in a
network whose only way out is one. Neither is told in its own settings that this LINE is another.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import ClassVar

from bannmae.tests.servers import Hand

ROOT = Path(__file__).resolve().parents[3]
SERVER_NAMES = ("api.line.me",)  # what the product's own server talks to
SDK = "static.line-scdn.net/liff/edge/2/sdk.js"
# What the SDK loads when it starts, and LINE alone has: functions that only LINE's own browser
# can do, and the words of its own windows. Here they bring nothing.
BESIDE_THE_SDK = {
    "static.line-scdn.net/liff/edge/2/non-ios-extensions_2_22_0.js": (
        b"window.liffClientExtension = {install: function () {}};"
    ),
    "liffsdk.line-scdn.net/xlt/manifest.json": b'{"languages": {"en": "en.json"}}',
    "liffsdk.line-scdn.net/xlt/en.json": b"{}",
}
_SDK_ENTRY = "import liff from '@line/liff';\nwindow.liff = liff;\n"


def bundle_of_the_sdk() -> bytes:
    """Return LINE's SDK from the npm package as one script that defines `window.liff`.

    LINE's own file at its own address is made of the same parts. Its licence is not ours to hand
    on: it is made for the test, below build/, and stays there.
    """
    made = ROOT / "build" / "line-sdk" / f"sdk-{os.getpid()}.js"
    binaries = ROOT / ".venv" / "bin"
    try:
        subprocess.run(
            [
                ROOT / "node_modules" / ".bin" / "esbuild",
                *("--bundle", "--minify", "--target=es2019", "--charset=utf8"),
                *("--log-level=warning", f"--outfile={made}"),
            ],
            input=_SDK_ENTRY.encode(),
            cwd=ROOT,
            env={**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"},
            check=True,
            timeout=60,
        )
        return made.read_bytes()
    finally:
        made.unlink(missing_ok=True)


class LineHand(Hand):
    """Answers for LINE's hosts: the SDK's file, and for all else the simulator."""

    sdk: ClassVar[bytes] = b""
    asked: ClassVar[list[str]] = []  # "GET api.line.me/oauth2/v2.1/certs", without the query

    def pass_on(self) -> None:
        """Answer one request."""
        host = self.headers.get("Host", "").partition(":")[0]
        place = host + self.path.partition("?")[0]
        self.asked.append(f"{self.command} {place}")
        file = {**BESIDE_THE_SDK, SDK: self.sdk}.get(place)
        if file is not None:
            self._give(file)
        elif host.endswith(".line.me"):
            # The simulator answers to this machine's names only.
            self.headers.replace_header("Host", f"127.0.0.1:{self.upstream}")
            super().pass_on()
        else:
            self.send_error(404)

    def _give(self, file: bytes) -> None:
        kind = "application/json" if self.path.endswith(".json") else "text/javascript"
        self.send_response_only(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(file)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(file)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = pass_on


def resolver_rules(port: int) -> str:
    """Return Chromium's argument: LINE's names lead to `port` of this machine, others nowhere."""
    there = f"127.0.0.1:{port}"
    rules = [f"MAP {name} {there}" for name in ("*.line.me", "*.line-scdn.net")]
    kept = [f"EXCLUDE {name}" for name in ("localhost", "127.0.0.1")]
    return "--host-resolver-rules=" + ", ".join([*rules, *kept, "MAP * ~NOTFOUND"])


class _Way(BaseRequestHandler):
    """One connection through the proxy: CONNECT, then bytes to and fro."""

    port = 0

    def handle(self) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked and (part := self.request.recv(4096)):
            asked += part
        method, _, rest = asked.decode("latin-1").partition(" ")
        if method != "CONNECT" or rest.partition(":")[0] not in SERVER_NAMES:
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as there:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._both_ways(there)

    def _both_ways(self, there: socket.socket) -> None:
        with selectors.DefaultSelector() as either:
            either.register(self.request, selectors.EVENT_READ, there)
            either.register(there, selectors.EVENT_READ, self.request)
            while True:
                for key, _ in either.select():
                    try:
                        data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not data:
                            return
                        key.data.sendall(data)
                    except OSError:
                        return


class _Proxy(ThreadingTCPServer):
    daemon_threads = True


@contextlib.contextmanager
def way_out(port: int) -> Iterator[str]:
    """Run a proxy that leads connections to LINE's names to `port`; yield its address."""
    server = _Proxy(("127.0.0.1", 0), type("Way", (_Way,), {"port": port}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
