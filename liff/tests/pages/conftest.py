"""A phone of 360 × 640 with the pages in it: real browser, real API, LINE simulated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bannmae.testing import make_resident
from bannmae.tests.browser import chromium
from chatops.models import Resident
from chatops.simulator.testing import SOMSRI, Simulator
from liff.tests.pages.phone import Phone

PHONE = {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def _chromium() -> Iterator[Browser]:
    """One browser for a file of tests: a thread takes one Playwright at a time."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(live_server: Any, line: Simulator, settings: Any) -> Iterator[str]:
    """The product on a real port, its pages signing in by the simulated LINE."""
    before = line.control("GET", "settings")["public_url"]
    line.settings(public_url=live_server.url)
    settings.PUBLIC_URL = live_server.url
    settings.LIFF_SDK_URL = f"{line.url}/liff/sdk.js"
    yield live_server.url
    line.settings(public_url=before)


@pytest.fixture
def context(_chromium: Browser) -> Iterator[BrowserContext]:
    """One phone's browser: what it stores lasts for the test. No map tiles: no internet."""
    one = _chromium.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        is_mobile=True,
        has_touch=True,
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        permissions=["geolocation"],
        geolocation={"latitude": 18.6141, "longitude": 98.8941, "accuracy": 12},
    )
    one.set_default_timeout(15_000)
    one.route("https://tile.openstreetmap.org/**", lambda route: route.abort())
    yield one
    one.close()


@pytest.fixture
def phone(site: str, line: Simulator, context: BrowserContext) -> Iterator[Phone]:
    """สมศรี's phone. Fails its test when a page's script failed or broke the page's policy."""
    expect.set_options(timeout=15_000)
    one = Phone(context, line, site)
    yield one
    assert one.complaints == []


@pytest.fixture
def somsri(line: Simulator, db: None) -> Resident:
    """สมศรี, whom LINE knows by the id that her phone signs in with."""
    return make_resident(SOMSRI, line_user_id=line.resident(SOMSRI))
