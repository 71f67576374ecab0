"""The stand-in `liff` object in a real browser: redirects, tokens, sign-in, windows."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from chatops.simulator.testing import BOONMEE, SOMSRI, Simulator, start_simulator

CHROME = os.environ.get("CHROME_BIN", "/usr/bin/chromium-headless-shell")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGE = """<!doctype html><html lang="th"><meta charset="utf-8"><title>หน้า LIFF</title>
<script src="{sdk}"></script><body>
<script>
  window.loaded = location.href;
  window.started = {init}.then(function () {{
    document.body.dataset.ready = location.pathname + location.search + location.hash;
  }}, function (error) {{
    document.body.dataset.failed = error.code + ": " + error.message;
  }});
</script></body></html>"""
FRAME = """<!doctype html><html><body><script>
  window.heard = [];
  addEventListener("message", function (event) {{ window.heard.push(event.data); }});
</script><iframe src="{url}" width="390" height="600"></iframe></body></html>"""


class Site:
    """A page of the product's kind at every address below /liff, and a phone at /phone."""

    def __init__(self) -> None:
        self.sdk, self.liff_id, self.login, self.frame = "", "", False, ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.html(self.path).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def html(self, path: str) -> str:
        """Return the page at `path`."""
        if path.startswith("/phone"):
            return FRAME.format(url=self.frame)
        config = {"liffId": self.liff_id, "withLoginOnExternalBrowser": self.login}
        return PAGE.format(sdk=self.sdk, init=f"liff.init({json.dumps(config)})")

    def stop(self) -> None:
        """Close the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    one = Site()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Simulator]:
    simulator = start_simulator(tmp_path_factory.mktemp("liff"), public_url=site.url)
    yield simulator
    simulator.stop()


@pytest.fixture
def sim(running: Simulator, site: Site) -> Simulator:
    running.reset()
    site.sdk, site.liff_id, site.login = f"{running.url}/liff/sdk.js", running.liff_id, False
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        one = play.chromium.launch(executable_path=CHROME, args=ARGUMENTS)
        yield one
        one.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="th-TH", viewport={"width": 390, "height": 780})
    one = context.new_page()
    one.set_default_timeout(15_000)
    yield one
    context.close()


def ready(page: Any) -> str:
    """Wait for liff.init and return the address that the page then has."""
    body = page.locator("body[data-ready]")
    body.wait_for(state="attached")
    return body.get_attribute("data-ready")


def failed(page: Page) -> str:
    """Wait for liff.init to fail and return its error."""
    body = page.locator("body[data-failed]")
    body.wait_for(state="attached")
    return body.get_attribute("data-failed")


def test_a_liff_link_ends_on_its_own_page_with_clean_address(sim: Simulator, page: Page) -> None:
    somsri = sim.resident(SOMSRI)
    page.goto(sim.liff_url(somsri, "/track/69-0042?x=1&y=%E0%B8%81#part"))
    page.wait_for_url("**/liff/track/69-0042**")
    assert ready(page) == "/liff/track/69-0042?x=1&y=%E0%B8%81#part"
    assert page.evaluate("liff.isInClient() && liff.isLoggedIn()")
    assert page.evaluate("liff.id") == sim.liff_id
    claims = page.evaluate("liff.getDecodedIDToken()")
    assert (claims["sub"], claims["name"]) == (somsri, "สมศรี ใจดี")
    assert page.evaluate("liff.getIDToken()").count(".") == 2
    context = page.evaluate("liff.getContext()")
    assert (context["type"], context["userId"]) == ("utou", somsri)
    token = page.evaluate("liff.getAccessToken()")
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert digest.startswith(context["accessTokenHash"])


def test_no_token_is_left_in_address_or_history(sim: Simulator, page: Page) -> None:
    page.goto(sim.liff_url(sim.resident(SOMSRI)))
    assert ready(page) == "/liff"
    assert "token" not in page.url
    page.goto("about:blank")
    page.go_back()
    assert "token" not in page.url


def test_signed_in_it_knows_profile_and_friendship(sim: Simulator, page: Page) -> None:
    somsri = sim.resident(SOMSRI)
    page.goto(sim.liff_url(somsri))
    ready(page)
    profile = page.evaluate("liff.getProfile()")
    assert (profile["userId"], profile["displayName"]) == (somsri, "สมศรี ใจดี")
    assert page.evaluate("liff.getFriendship()") == {"friendFlag": True}
    sim.block(somsri)
    assert page.evaluate("liff.getFriendship()") == {"friendFlag": False}
    assert page.evaluate("liff.permission.query('profile')") == {"state": "granted"}
    assert page.evaluate("liff.permission.query('email')") == {"state": "unavailable"}
    assert page.evaluate("liff.getLanguage()") == "th-TH"
    assert page.evaluate("liff.getOS()") == "web"
    assert re.fullmatch(r"\d+\.\d+\.\d+", page.evaluate("liff.getVersion()"))
    assert page.evaluate("liff.isApiAvailable('shareTargetPicker')") is False
    assert page.evaluate("liff.ready.then(function () { return 'yes'; })") == "yes"


def test_the_sign_in_survives_a_reload(sim: Simulator, page: Page) -> None:
    page.goto(sim.liff_url(sim.resident(SOMSRI)))
    ready(page)
    before = page.evaluate("liff.getIDToken()")
    page.reload()
    ready(page)
    assert page.evaluate("liff.getIDToken()") == before
    assert page.evaluate("liff.isInClient()") is True


def test_an_expired_id_token_stays_until_she_signs_in_again(sim: Simulator, page: Page) -> None:
    somsri = sim.resident(SOMSRI)
    sim.settings(clock_offset_seconds=-7200)
    page.goto(sim.liff_url(somsri))
    ready(page)
    old = page.evaluate("liff.getDecodedIDToken()")
    sim.settings(clock_offset_seconds=0)
    page.reload()
    ready(page)
    assert page.evaluate("liff.getDecodedIDToken().exp") == old["exp"]
    assert page.evaluate("liff.isLoggedIn()") is True
    page.evaluate("liff.logout()")
    assert page.evaluate("liff.isLoggedIn()") is False
    # Inside LINE nobody is asked who she is.
    page.evaluate("liff.logout(); liff.login({redirectUri: location.href})")
    page.wait_for_function("window.liff && liff.isLoggedIn()")
    assert ready(page) == "/liff"
    new = page.evaluate("liff.getDecodedIDToken()")
    assert new["exp"] > old["exp"] + 7000
    assert new["sub"] == somsri


def test_outside_line_one_signs_in_on_lines_page(sim: Simulator, site: Site, page: Page) -> None:
    page.goto(site.url + "/liff/track?x=1#a")
    assert ready(page) == "/liff/track?x=1#a"
    assert page.evaluate("[liff.isInClient(), liff.isLoggedIn(), liff.getIDToken()]") == [
        False,
        False,
        None,
    ]
    assert page.evaluate("liff.getContext().type") == "external"
    error = page.evaluate("liff.getProfile().catch(function (e) { return e.code; })")
    assert error == "UNAUTHORIZED"
    page.evaluate("liff.login({redirectUri: location.href})")
    page.get_by_role("link", name=BOONMEE).click()
    page.wait_for_url("**/liff/track?x=1")
    assert ready(page) == "/liff/track?x=1"
    assert page.evaluate("liff.isLoggedIn()") is True
    assert page.evaluate("liff.getDecodedIDToken().sub") == sim.resident(BOONMEE)
    sent = page.evaluate(
        "liff.sendMessages([{type:'text', text:'a'}]).catch(function (e) { return e.code; })"
    )
    assert sent == "403"


def test_init_can_send_her_to_sign_in_by_itself(sim: Simulator, site: Site, page: Page) -> None:
    site.login = True
    page.goto(site.url + "/liff?liff.state=%2Ftrack%3Fx%3D1")
    page.get_by_role("link", name=SOMSRI).click()
    page.wait_for_url("**/liff/track?x=1")
    assert ready(page) == "/liff/track?x=1"
    assert page.evaluate("liff.getDecodedIDToken().name") == SOMSRI


def test_refusing_to_sign_in_is_an_error(sim: Simulator, site: Site, page: Page) -> None:
    page.goto(site.url + "/liff")
    ready(page)
    page.evaluate("liff.login()")
    page.get_by_role("link", name="ไม่อนุญาต").click()
    assert failed(page).startswith("INIT_FAILED")
    assert page.url == site.url + "/liff"


@pytest.mark.parametrize(
    ("liff_id", "path", "error"),
    [
        ("", "/liff", "INVALID_CONFIG"),
        ("1-other", "/liff", "404"),
        (None, "/admin/", "INIT_FAILED"),
    ],
)
def test_init_fails_as_the_real_one_does(
    sim: Simulator, site: Site, page: Page, liff_id: str | None, path: str, error: str
) -> None:
    site.liff_id = sim.liff_id if liff_id is None else liff_id
    page.goto(site.url + path)
    assert failed(page).startswith(error)


def test_in_the_phones_sheet_it_talks_to_the_phone(sim: Simulator, site: Site, page: Page) -> None:
    somsri = sim.resident(SOMSRI)
    site.frame = sim.liff_url(somsri, "/track")
    page.goto(site.url + "/phone")
    frame = page.frame_locator("iframe")
    assert ready(frame) == "/liff/track"
    inner = page.frames[1]
    inner.evaluate("liff.sendMessages([{type: 'text', text: 'จากหน้าเว็บ'}])")
    assert sim.chat(somsri)[-1]["message"]["text"] == "จากหน้าเว็บ"
    inner.evaluate("liff.openWindow({url: 'https://example.com/', external: true})")
    inner.evaluate("liff.closeWindow()")
    page.wait_for_function("window.heard.length === 2")
    assert page.evaluate("window.heard") == [
        {"type": "liff.openWindow", "url": "https://example.com/", "external": True},
        {"type": "liff.closeWindow"},
    ]
    # The same page in a tab of its own is an outside browser, and not signed in.
    page.goto(site.url + "/liff/track")
    ready(page)
    assert page.evaluate("[liff.isInClient(), liff.isLoggedIn()]") == [False, False]


def test_the_script_is_es5_and_never_cached(sim: Simulator) -> None:
    answer = sim.request("GET", "/liff/sdk.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    code = re.sub(
        r"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"", "", answer.data.decode(), flags=re.S
    )
    assert sim.liff_id in answer.data.decode()
    assert not re.search(r"=>|`|\b(let|const|async|await|class)\b|\.\.\.|\?\.", code)


def test_the_sign_in_page_looks_right(sim: Simulator, site: Site, page: Page) -> None:
    sim.add_resident("นาย" + "ก" * 90)
    page.goto(site.url + "/liff")
    ready(page)
    page.evaluate("liff.login()")
    page.get_by_role("heading", name="เลือกผู้ใช้").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shots = os.environ.get("SIMULATOR_SHOTS")
    if shots:
        page.screenshot(path=Path(shots) / "authorize.png", full_page=True)
