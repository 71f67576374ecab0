"""Sign-in with LINE's own LIFF SDK, in a browser, against the production form as it goes live.

No address of LINE's is set: the pages, their rules and the server's checks are those of a real
channel. Only LINE's names lead elsewhere (see line_on_loopback.py).
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from bannmae.testing import picture
from bannmae.tests import production
from bannmae.tests.browser import chromium
from bannmae.tests.production import Production
from bannmae.tests.servers import certificate_for_localhost, free_port, tls_front
from chatops.simulator.testing import SOMSRI
from liff.tests.pages import line_on_loopback
from liff.tests.pages.line_on_loopback import LineHand
from liff.tests.pages.phone import heading, sent, to_review

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PATIENCE_MS = 20_000
AUTHORIZE_PATH = "access.line.me/liff/v1/authorize"
AUTHORIZE = f"https://{AUTHORIZE_PATH}"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)
# Tells of all that the page's rules stopped.
WATCH = """
window.stopped = 0;
document.addEventListener('securitypolicyviolation', (event) => {
  window.stopped += 1;
  console.error(`stopped: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


class Phone:
    """An ordinary browser of สมศรี's; `complaints` are whatever it complained about."""

    def __init__(self, context: BrowserContext, product: Production, asked: list[str]) -> None:
        self.product = product
        self.asked = asked
        self.complaints: list[str] = []
        context.add_init_script(WATCH)
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context = context
        self.page = context.new_page()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def open(self, address: str) -> Page:
        """Open a page of the product, or another address."""
        self.page.goto(self.product.url + address if address.startswith("/") else address)
        return self.page

    def at_login(self) -> None:
        """Wait for LINE's page where one signs in."""
        self.page.wait_for_url(f"{AUTHORIZE}?*")

    def sign_in(self) -> None:
        """Choose สมศรี there."""
        self.at_login()
        self.page.get_by_role("link", name=SOMSRI).click()

    def kept(self, name: str) -> object:
        """Return what the SDK keeps under `name` in this browser."""
        key = f"LIFF_STORE:{self.product.line.liff_id}:{name}"
        return json.loads(self.page.evaluate("key => localStorage.getItem(key)", key) or "null")

    def keep(self, name: str, value: str) -> None:
        """Let the SDK find another value under `name`."""
        self.page.evaluate(
            """([key, value]) => [localStorage, sessionStorage]
              .filter((store) => store.getItem(key))
              .forEach((store) => store.setItem(key, value))""",
            [f"LIFF_STORE:{self.product.line.liff_id}:{name}", json.dumps(value)],
        )

    def expired_id_token(self) -> str:
        """Return an ID token that LINE gave her two hours ago."""
        line = self.product.line
        line.advance(-7200)
        try:
            return line.id_token(line.resident(SOMSRI))
        finally:
            line.advance(7200)

    def forget_refusal(self) -> None:
        """See that the server refused one sign-in, which the browser's console tells too."""
        refused = [one for one in self.complaints if "401" in one and "/api/v1/session" in one]
        assert len(refused) == 1
        self.complaints.remove(refused[0])


@pytest.fixture(scope="module")
def _live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Production, Browser, list]]:
    """The product in its production form, LINE at its own names, and a browser that goes there."""
    folder = tmp_path_factory.mktemp("production")
    names = tmp_path_factory.mktemp("names")
    port, asked = free_port(), []
    with ExitStack() as stack:
        certificate = certificate_for_localhost(names, *line_on_loopback.SERVER_NAMES)
        proxy = stack.enter_context(line_on_loopback.way_out(port))
        product = stack.enter_context(
            production.running(
                folder,
                services=["web"],
                changes={"LINE_API_URL": None, "LIFF_SDK_URL": None},
                around={"HTTPS_PROXY": proxy, "SSL_CERT_FILE": str(certificate)},
            )
        )
        sdk = line_on_loopback.bundle_of_the_sdk()
        hand = type("OurHand", (LineHand,), {"sdk": sdk, "asked": asked})
        simulator = int(product.line.url.rpartition(":")[2])
        stack.enter_context(tls_front(port, simulator, certificate, hand))
        browser = stack.enter_context(chromium(line_on_loopback.resolver_rules(port)))
        yield product, browser, asked


@pytest.fixture
def phone(_live: tuple[Production, Browser, list]) -> Iterator[Phone]:
    """A phone's browser in which nobody is signed in. Fails its test for any complaint."""
    product, browser, asked = _live
    asked.clear()
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="th-TH", ignore_https_errors=True
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    tile = picture()
    context.route(
        "https://tile.openstreetmap.org/**",
        lambda route: route.fulfill(body=tile, content_type="image/jpeg"),
    )
    one = Phone(context, product, asked)
    yield one
    context.close()
    assert one.complaints == [], one.complaints


def test_a_complaint_is_sent_and_found_again_after_lines_login(phone: Phone) -> None:
    page = phone.open("/liff/complaint")
    phone.sign_in()

    heading(page, "เกี่ยวกับที่ไหน")
    assert page.url == f"{phone.product.url}/liff/complaint"
    assert phone.kept("decodedIDToken")["name"] == SOMSRI
    # These were the rules of a real channel: of this machine they name nothing.
    rules = phone.product.get("/liff/complaint").headers["Content-Security-Policy"]
    assert "https://api.line.me" in rules
    assert "127.0.0.1" not in rules
    assert "localhost" not in rules
    to_review(page)
    page.locator("#next").click()
    number = sent(page)
    page.get_by_role("link", name="ติดตาม").first.click()
    expect(page.get_by_text(number).first).to_be_visible()
    assert page.evaluate("document.referrer") == f"{phone.product.url}/liff/complaint"


def test_a_liff_link_leads_through_the_sdk_to_its_page(phone: Phone) -> None:
    page = phone.open(f"https://liff.line.me/{phone.product.line.liff_id}/track")
    phone.sign_in()

    heading(page, "ติดตามสถานะ")
    assert page.url == f"{phone.product.url}/liff/track"
    # Signed in, the next link needs no login.
    phone.asked.clear()
    phone.open(f"https://liff.line.me/{phone.product.line.liff_id}/complaint?from=card")
    heading(page, "เกี่ยวกับที่ไหน")
    assert page.url == f"{phone.product.url}/liff/complaint?from=card"
    assert f"GET {AUTHORIZE_PATH}" not in phone.asked


def test_an_expired_id_token_brings_the_login_once_more(phone: Phone) -> None:
    page = phone.open("/liff/track")
    phone.sign_in()
    heading(page, "ติดตามสถานะ")
    # She opens the page again two hours later: LINE's access token lives on, the ID token is over.
    phone.keep("IDToken", phone.expired_id_token())
    page.reload()
    phone.sign_in()

    heading(page, "ติดตามสถานะ")
    assert page.url == f"{phone.product.url}/liff/track"
    phone.forget_refusal()


def test_who_refuses_lines_login_can_try_again(phone: Phone) -> None:
    page = phone.open("/liff/track")
    phone.at_login()
    page.get_by_role("link", name="ไม่อนุญาต").click()
    heading(page, "ยังไม่ได้เข้าสู่ระบบด้วย LINE")
    assert page.url == f"{phone.product.url}/liff/track"
    page.get_by_role("button", name="ลองอีกครั้ง").click()
    phone.sign_in()

    heading(page, "ติดตามสถานะ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sdk_does_not_turn_the_page_light(phone: Phone, scheme: str) -> None:
    phone.page.emulate_media(color_scheme=scheme)
    page = phone.open("/liff/track")
    phone.sign_in()
    heading(page, "ติดตามสถานะ")

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light dark"


def test_a_reload_on_android_needs_no_login(phone: Phone) -> None:
    # There the SDK itself opens the page once more when it comes back from LINE's login.
    override = {"userAgent": ANDROID, "platform": "Linux armv8l"}
    phone.context.new_cdp_session(phone.page).send("Emulation.setUserAgentOverride", override)
    page = phone.open("/liff/track")
    phone.sign_in()
    page.wait_for_url("**/liff/track?liffIsEscapedFromApp=true")
    heading(page, "ติดตามสถานะ")
    phone.asked.clear()
    page.reload()

    heading(page, "ติดตามสถานะ")
    assert f"GET {AUTHORIZE_PATH}" not in phone.asked


def test_a_phone_whose_clock_is_ahead_is_told_so(phone: Phone) -> None:
    page = phone.open("/liff/track")
    phone.at_login()
    page.clock.set_fixed_time(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2))
    phone.sign_in()

    heading(page, "เวลาในเครื่องไม่ตรง")


def test_what_the_pages_rules_stop_is_seen_here(phone: Phone) -> None:
    page = phone.open("/liff/emergency")
    page.evaluate("fetch('https://elsewhere.example/').catch(() => {})")
    page.wait_for_function("window.stopped > 0")

    assert any("stopped: connect-src https://elsewhere.example" in one for one in phone.complaints)
    phone.complaints.clear()


class InsideLine:
    """Makes the browser LINE's own, as far as the SDK can tell."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        override = {"userAgent": f"{ANDROID} Line/15.20.0 LIFF", "platform": "Linux armv8l"}
        phone.context.new_cdp_session(phone.page).send("Emulation.setUserAgentOverride", override)
        phone.context.add_init_script("window._liff = {features: []};")

    def open(self, path: str) -> Page:
        """Open a LIFF link as LINE does: with the tokens, and never asking who she is."""
        line = self.phone.product.line
        # The page goes on to another before it is there.
        self.phone.page.goto(line.liff_url(line.resident(SOMSRI), path), wait_until="commit")
        return self.phone.page

    def go(self, address: str) -> None:
        """Go on to another page of the product, or another address."""
        self.phone.page.evaluate("address => window.location.assign(address)", address)

    def sign_in(self) -> None:
        """Let LINE's own browser answer LINE's login, as it does without asking."""
        self.phone.at_login()
        line = self.phone.product.line
        self.go(f"{self.phone.page.url}&user={line.resident(SOMSRI)}")

    def end(self) -> None:
        """Forget that no app answers to liff:, by which the SDK speaks to LINE's."""
        self.phone.complaints = [
            one for one in self.phone.complaints if "Not allowed to launch 'liff://app/" not in one
        ]


@pytest.fixture
def inside_line(phone: Phone) -> Iterator[InsideLine]:
    """LINE's own browser."""
    one = InsideLine(phone)
    yield one
    one.end()


def test_inside_line_a_link_opens_its_page_without_any_login(inside_line: InsideLine) -> None:
    page = inside_line.open("/complaint?from=menu")

    heading(page, "เกี่ยวกับที่ไหน")
    phone = inside_line.phone
    # No token is left in the address.
    assert page.url == f"{phone.product.url}/liff/complaint?from=menu"
    assert page.evaluate("liff.isInClient()")
    assert f"GET {AUTHORIZE_PATH}" not in phone.asked
    # Chromium loses taps while it keeps a liff: address from opening: the next page is typed in.
    inside_line.go("/liff/track")
    heading(page, "ติดตามสถานะ")
    assert f"GET {AUTHORIZE_PATH}" not in phone.asked


def test_inside_line_an_expired_id_token_is_renewed(inside_line: InsideLine) -> None:
    page = inside_line.open("/track")
    heading(page, "ติดตามสถานะ")
    page.wait_for_load_state("networkidle")
    phone = inside_line.phone
    phone.keep("IDToken", phone.expired_id_token())
    page.reload()
    inside_line.sign_in()

    heading(page, "ติดตามสถานะ")
    phone.forget_refusal()
