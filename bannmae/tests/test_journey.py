"""From the tap in LINE to ดำเนินการแล้วเสร็จ and back in the chat, in a real Chromium."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from bannmae.tests.browser import chromium
from bannmae.tests.embedded import PASSWORD, ROOT, Embedded
from bannmae.tests.journey import (
    Desk,
    Phone,
    Report,
    carry_through,
    file_report,
    from_the_tap_to_the_end,
    photos_of_a_phone,
    see_every_step,
    told,
)
from bannmae.tests.servers import until
from chatops.simulator.testing import BOONMEE, SOMSRI

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# `make pictures` has the README's pictures taken here, so that they show what there is.
PICTURES = ROOT / "docs" / "images" if os.environ.get("PICTURES") else None


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The service as `make run` starts it."""
    with contextlib.ExitStack() as stack:
        yield Embedded(tmp_path_factory.mktemp("embedded"), stack)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as one:
        yield one


def window(browser: Browser) -> BrowserContext:
    """A person's own browser window."""
    return browser.new_context(viewport={"width": 1366, "height": 768}, locale="th-TH")


def test_a_pothole_from_the_tap_to_the_end_and_back_in_the_chat(
    service: Embedded, browser: Browser, tmp_path: Path
) -> None:
    phone = Phone(window(browser), service.url, service.line, SOMSRI)

    def desk() -> Desk:
        officer = Desk(window(browser), service.url, "nitikan", PASSWORD)
        if PICTURES:
            officer.page.goto(f"{service.url}/admin/complaints/complaint/")
            officer.page.screenshot(path=PICTURES / "mailbox.png")
        return officer

    from_the_tap_to_the_end(phone, desk, photos_of_a_phone(tmp_path))
    if PICTURES:
        phone.close()
        phone.page.screenshot(path=PICTURES / "phone.png")


def test_the_same_with_the_worker_away_until_the_end(
    service: Embedded, browser: Browser, tmp_path: Path
) -> None:
    photos = photos_of_a_phone(tmp_path)
    phone = Phone(window(browser), service.url, service.line, BOONMEE)
    service.stop("worker")
    try:
        number = file_report(phone, Report(photos=photos, full_name="บุญมี แก้วคำ"))
        desk = Desk(window(browser), service.url, "nitikan", PASSWORD)
        carry_through(desk, number, photos[0])
        assert phone.notices(number) == []
    finally:
        service.start("worker")
    until(lambda: phone.notices(number) == told(number), 60, "each notice, once, in order")
    see_every_step(phone, number)
