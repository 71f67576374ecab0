"""From the tap in LINE to ดำเนินการแล้วเสร็จ and back in the chat, in a real Chromium."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bannmae.tests.browser import chromium
from bannmae.tests.embedded import Embedded
from bannmae.tests.journey import PATIENCE, Phone, Report, file_report, photos_of_a_phone
from bannmae.tests.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The service as `make run` starts it."""
    with contextlib.ExitStack() as stack:
        yield Embedded(tmp_path_factory.mktemp("embedded"), stack)


def test_resident_half(service: Embedded, tmp_path: Path) -> None:
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="th-TH")
        phone = Phone(context, service.url, service.line, "สมศรี ใจดี")
        number = file_report(phone, Report(photos=photos_of_a_phone(tmp_path)))
        until(lambda: phone.notices(number), what="the acknowledgement")
        assert phone.notices(number) == [f"เรื่องเลขที่ {number} รับเรื่องแล้ว"]
        phone.tap("ติดตามสถานะ")
        page = phone.details(number)
        expect(page.get_by_text("รับเรื่องแล้ว").first).to_be_visible(timeout=PATIENCE)
