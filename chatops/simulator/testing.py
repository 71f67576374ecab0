"""The simulator for tests: a real process on a free port, and a hand on its control API.

`start_simulator` gives a `Simulator`; its methods are the control API's calls, one each.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

REPOSITORY = Path(__file__).resolve().parents[2]
SECRET = "5f1c8b0e6c0d4c5e9a3b7d2f1e0c9a87"  # noqa: S105 - of a channel that is nowhere
TOKEN = "simulator-test-access-token"  # noqa: S105 - likewise
LOGIN_CHANNEL_ID = "2000000001"
LIFF_ID = "2000000001-AbCdEfGh"
READY_SECONDS = 15

SOMSRI = "สมศรี ใจดี"
BOONMEE = "บุญมี แก้วคำ"
PIMLADAWAN = "นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา"
UI_KHAM = "อุ๊ยคำ ปันแก้ว"


class SimulatorError(AssertionError):
    """A control call was refused. `status` and `body` hold the answer."""

    def __init__(self, status: int, body: Any, what: str) -> None:
        super().__init__(f"{what}: {status} {body}")
        self.status = status
        self.body = body


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Simulator:
    """A running simulator. `url` has no slash at the end."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    secret: str
    token: str
    public_url: str
    login_channel_id: str
    liff_id: str
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=8))

    # -- calls ----------------------------------------------------------------------

    def request(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send a request to the simulator and return the answer, whatever its status."""
        options.setdefault("retries", False)
        options.setdefault("redirect", False)
        options.setdefault("timeout", 30)
        return self.http.request(method, self.url + path, **options)

    def api(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Call the Messaging API with the channel's access token and a JSON body."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if body is None:
            return self.request(method, path, headers=sent)
        sent.setdefault("Content-Type", "application/json")
        return self.request(method, path, headers=sent, body=json.dumps(body).encode())

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API; return its JSON. Raise SimulatorError unless 2xx."""
        options: dict[str, Any] = {}
        if body is not None:
            options = {
                "body": json.dumps(body).encode(),
                "headers": {"Content-Type": "application/json"},
            }
        return self._answer(self.request(method, f"/_sim/{path}", **options), f"{method} {path}")

    @staticmethod
    def _answer(answer: urllib3.BaseHTTPResponse, what: str) -> Any:
        try:
            body = json.loads(answer.data)
        except ValueError:
            body = answer.data[:200]
        if not 200 <= answer.status < 300:
            raise SimulatorError(answer.status, body, what)
        return body

    # -- looking --------------------------------------------------------------------

    def state(self, resident: str | None = None, after: int = 0) -> dict[str, Any]:
        """Return what a phone sees. `resident` is a user id."""
        return self.control("GET", f"state?resident={resident or ''}&after={after}")

    def chat(self, resident: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the chat of a resident, oldest first."""
        return self.state(resident, after)["chat"]

    def from_account(self, resident: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the LINE message objects that the account put into the chat."""
        return [line["message"] for line in self.chat(resident, after) if line["from"] == "account"]

    def menu(self, resident: str) -> dict[str, Any] | None:
        """Return the rich menu that the resident's phone shows."""
        return self.state(resident)["menu"]

    def resident(self, name: str = SOMSRI) -> str:
        """Return the user id of the first resident called `name`."""
        for row in self.state()["residents"]:
            if row["display_name"] == name:
                return row["user_id"]
        raise KeyError(name)

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the Messaging API calls received, those after number `after`."""
        return self.control("GET", f"requests?after={after}")

    def last_request(self) -> int:
        """Return the number of the newest Messaging API call, 0 before the first."""
        rows = self.requests()
        return rows[-1]["n"] if rows else 0

    def deliveries(self) -> list[dict[str, Any]]:
        """Return what became of the webhook events."""
        return self.control("GET", "deliveries")

    def wait_for_webhooks(self, seconds: float = 10) -> list[dict[str, Any]]:
        """Return the deliveries once none is due or under way. Raise AssertionError.

        What waits for its next try, or is held or delayed on purpose, is not waited for.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            rows, now = self.deliveries(), self.state()["now"]
            if not any(
                row["status"] == "sending" or (row["status"] == "pending" and row["due_at"] <= now)
                for row in rows
            ):
                return rows
        raise AssertionError("webhooks are still under way")

    # -- what residents do ----------------------------------------------------------

    def add_resident(self, display_name: str) -> str:
        """Make a new resident; return her user id."""
        return self.control("POST", "residents", {"display_name": display_name})["user_id"]

    def _do(self, resident: str, what: str, body: dict[str, Any]) -> Any:
        return self.control("POST", f"residents/{resident}/{what}", body)

    def text(self, resident: str, text: str, quoted: str | None = None) -> dict[str, str]:
        """Let her type a text; return message_id and event_id."""
        body = {"text": text} | ({"quoted_message_id": quoted} if quoted else {})
        return self._do(resident, "text", body)

    def image(self, resident: str, *files: bytes) -> dict[str, Any]:
        """Let her send photos; return the first one's ids, and all of them in `sent`."""
        return self.upload(resident, "image", *files)

    def upload(
        self, resident: str, kind: str, *files: bytes, name: str = "photo.jpg"
    ) -> dict[str, Any]:
        """Let her send files of `kind` image, file, video or audio."""
        fields = [("file", (name, data)) for data in files]
        path = f"/_sim/residents/{resident}/{kind}"
        return self._answer(self.request("POST", path, fields=fields), path)

    def location(
        self, resident: str, latitude: float, longitude: float, **named: str
    ) -> dict[str, str]:
        """Let her send a position, with `title` and `address` if given."""
        body = {"latitude": latitude, "longitude": longitude, **named}
        return self._do(resident, "location", body)

    def sticker(self, resident: str, package_id: str, sticker_id: str) -> dict[str, str]:
        """Let her send a sticker."""
        body = {"package_id": package_id, "sticker_id": sticker_id}
        return self._do(resident, "sticker", body)

    def tap(
        self, resident: str, action: dict[str, Any], params: dict[str, str] | None = None
    ) -> str | None:
        """Let her tap something with a LINE action; return the address to open, if any."""
        body = {"action": action} | ({"params": params} if params else {})
        return self._do(resident, "action", body)["open"]

    def tap_menu(self, resident: str, label: str) -> str | None:
        """Let her tap the area of her rich menu whose action has `label`."""
        menu = self.menu(resident)
        for area in (menu or {}).get("areas", []):
            if area["action"].get("label") == label:
                return self.tap(resident, area["action"])
        raise KeyError(label)

    def follow(self, resident: str, *, unblocked: bool = False) -> str:
        """Let her add the account; return the event id."""
        return self._do(resident, "follow", {"unblocked": unblocked})["event_id"]

    def block(self, resident: str) -> str:
        """Let her block the account; return the event id."""
        return self._do(resident, "block", {})["event_id"]

    def unblock(self, resident: str) -> str:
        """Let her unblock the account; return the event id."""
        return self._do(resident, "unblock", {})["event_id"]

    def unsend(self, resident: str, message_id: str) -> str:
        """Let her take a message back; return the event id."""
        return self._do(resident, "unsend", {"message_id": message_id})["event_id"]

    def liff_url(self, resident: str, path: str = "") -> str:
        """Return the address that her LIFF browser would load for the LIFF link of `path`."""
        uri = f"https://liff.line.me/{self.liff_id}{path}"
        return self._do(resident, "liff", {"uri": uri})["url"]

    def id_token(self, resident: str) -> str:
        """Return a fresh, really signed ID token of hers, as a LIFF page would have it."""
        fragment = self.liff_url(resident).partition("#")[2]
        return dict(part.split("=", 1) for part in fragment.split("&"))["id_token"]

    # -- the platform ---------------------------------------------------------------

    def faults(self, **changes: Any) -> dict[str, Any]:
        """Set faults and return all of them."""
        return self.control("PUT", "faults", changes)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change settings and return all of them."""
        return self.control("PUT", "settings", changes)

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock on."""
        offset = self.control("GET", "settings")["clock_offset_seconds"]
        self.settings(clock_offset_seconds=offset + seconds)

    def webhook(self, *events: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Sign and deliver exactly these events; return {"status", "error", "ms"}."""
        return self.control("POST", "webhook", {"events": list(events), **options})

    def retry_deliveries(self) -> int:
        """Try every failed or waiting delivery now; return how many there are."""
        return self.control("POST", "deliveries/retry", {})["retried"]

    def rotate_keys(self, *, withdraw_old: bool = False) -> str:
        """Let another key sign from now on; return its kid."""
        return self.control("POST", "keys/rotate", {"withdraw_old": withdraw_old})["kid"]

    def reset(self, *, menus: bool = False) -> None:
        """Back to the first residents, no chats, no faults; with `menus` no rich menus either.

        Lifetimes, quota and clock go back to LINE's own, which the call alone would keep.
        """
        self.control("POST", "reset", {"menus": menus})
        self.settings(**DEFAULTS, webhook_url=self.public_url + "/line/webhook")

    def stop(self) -> None:
        """End the process."""
        self.http.clear()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


DEFAULTS: dict[str, Any] = {
    "reply_token_seconds": 60,
    "reply_token_redelivered_seconds": 1200,
    "retry_key_seconds": 86400,
    "id_token_seconds": 3600,
    "access_token_seconds": 43200,
    "clock_offset_seconds": 0,
    "quota": 300,
    "webhook_redelivery": True,
    "webhook_timeout_seconds": 2,
    "chat_mode": "chat",
    "mark_as_read_mode": "manual",
    "accounts": {},
}


def environment(
    var_dir: Path | str,
    *,
    public_url: str,
    port: int,
    secret: str = SECRET,
    token: str = TOKEN,
    login_channel_id: str = LOGIN_CHANNEL_ID,
    liff_id: str = LIFF_ID,
) -> dict[str, str]:
    """Return the environment variables of a simulator; the product's are the same."""
    return {
        "SIMULATOR": "on",
        "SIMULATOR_BIND": "127.0.0.1",
        "VAR_DIR": str(var_dir),
        "LINE_API_URL": f"http://127.0.0.1:{port}",
        "PUBLIC_URL": public_url,
        "LINE_CHANNEL_SECRET": secret,
        "LINE_CHANNEL_ACCESS_TOKEN": token,
        "LINE_LOGIN_CHANNEL_ID": login_channel_id,
        "LIFF_ID": liff_id,
    }


def start_simulator(
    var_dir: Path | str,
    *,
    public_url: str,
    port: int | None = None,
    secret: str = SECRET,
    token: str = TOKEN,
    login_channel_id: str = LOGIN_CHANNEL_ID,
    liff_id: str = LIFF_ID,
) -> Simulator:
    """Start the simulator as a process of its own and return it once it answers.

    `var_dir` holds its database and pictures; starting again on it continues from there.
    `public_url` is the product's address: webhooks go to its /line/webhook. Raise
    RuntimeError with the process's own words when it does not come up.
    """
    port = port or free_port()
    var_dir = Path(var_dir)
    var_dir.mkdir(parents=True, exist_ok=True)
    added = environment(
        var_dir,
        public_url=public_url,
        port=port,
        secret=secret,
        token=token,
        login_channel_id=login_channel_id,
        liff_id=liff_id,
    )
    log = var_dir / "simulator.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "chatops.simulator"],
            cwd=REPOSITORY,
            env={**os.environ, **added},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    simulator = Simulator(
        url=f"http://127.0.0.1:{port}",
        process=process,
        log=log,
        secret=secret,
        token=token,
        public_url=public_url,
        login_channel_id=login_channel_id,
        liff_id=liff_id,
    )
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if simulator.request("GET", "/_sim/healthz", timeout=1).status == 200:
                return simulator
        except urllib3.exceptions.HTTPError:
            time.sleep(0.02)
    simulator.stop()
    raise RuntimeError(f"the simulator did not start: {log.read_text()[-2000:]}")
