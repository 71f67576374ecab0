"""The main journey as its people walk it, by what they read on the pages.

The resident holds a `Phone` (the simulated one, in a browser), the officer sits at a `Desk`
(the admin, in another browser). Nothing here knows how the service is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from bannmae.tests.media_samples import encode, exif, halves, heic
from bannmae.tests.paper_reading import text_of
from bannmae.tests.servers import until
from chatops.simulator.testing import Simulator

NUMBER = re.compile(r"\d{2}-\d{4,}")
PATIENCE = 20_000  # milliseconds: the machine may be busy


@dataclass
class Report:
    """What a resident tells."""

    subject: str = "ถนนเป็นหลุมลึกหน้าวัดบ้านแม"
    details: str = "หลุมลึกประมาณ 20 เซนติเมตร\nรถจักรยานยนต์ล้มไปแล้วสองคัน"
    category: str = "ถนน/ทางเท้าชำรุด"
    place: str = "หน้าวัด ใกล้ป้อมยาม"
    village: str = "3"
    full_name: str = "สมศรี ใจดี"
    phone: str = "๐๘๑-๒๓๔-๕๖๗๘"
    national_id: str = "1-2345-67890-12-1"
    photos: list[Path] = field(default_factory=list)


def photos_of_a_phone(folder: Path) -> list[Path]:
    """A JPEG with its position in EXIF, and a HEIC, as phones make them."""
    jpeg, second = folder / "road.jpg", folder / "road.heic"
    jpeg.write_bytes(encode(halves(1600, 1200), "JPEG", exif=exif(), quality=85))
    second.write_bytes(heic(halves(640, 480), exif=exif().tobytes()))
    return [jpeg, second]


class Phone:
    """A resident's phone: the simulator's page, LIFF pages in its sheet."""

    def __init__(self, context: BrowserContext, url: str, line: Simulator, name: str) -> None:
        self.line, self.user_id = line, line.resident(name)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(f"{url}/simulator/")
        self.page.get_by_role("button", name=name).first.click()
        expect(self.page.get_by_test_id("rich-menu")).to_be_visible(timeout=PATIENCE)

    def open(self, label: str) -> FrameLocator:
        """Tap the rich-menu area `label` and return the LIFF page that it opens."""
        self.page.get_by_role("button", name=label, exact=True).click()
        return self.liff

    def tap(self, label: str) -> None:
        """Tap a rich-menu area that answers in the chat."""
        self.page.get_by_role("button", name=label, exact=True).click()

    @property
    def liff(self) -> FrameLocator:
        """The LIFF page in the sheet."""
        return self.page.frame_locator("[data-testid=liff-frame]")

    def close(self) -> None:
        """Close the LIFF page."""
        self.page.get_by_role("button", name="ปิดหน้า", exact=True).click()

    @property
    def log(self) -> Locator:
        """The chat."""
        return self.page.get_by_role("log")

    def details(self, number: str) -> FrameLocator:
        """Tap รายละเอียด on the newest card of a case in the chat; return the page."""
        card = self.log.get_by_test_id("message").filter(has_text=number).last
        card.get_by_text("รายละเอียด", exact=True).first.click()
        return self.liff

    def has_read(self, number: str, label: str) -> None:
        """Wait until the chat shows the card that tells of `label`."""
        card = self.log.get_by_test_id("message").filter(has_text=number).filter(has_text=label)
        expect(card.last).to_be_visible(timeout=PATIENCE)

    def notices(self, number: str) -> list[str]:
        """The status notices of a case, in order, as a locked phone shows them."""
        told = [message.get("altText", "") for message in self.line.from_account(self.user_id)]
        return [text for text in told if text.startswith(f"เรื่องเลขที่ {number} ")]


class Browser(Phone):
    """A resident who opens LIFF pages in her LINE browser, with no simulated phone around."""

    def __init__(self, context: BrowserContext, line: Simulator, name: str) -> None:
        self.line, self.user_id = line, line.resident(name)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)

    def open(self, label: str) -> Page:  # type: ignore[override]
        """Open the page that the rich-menu area `label` leads to."""
        uri = self.line.tap_menu(self.user_id, label)
        assert uri, f"{label} opens no page"
        return self.follow(uri)

    def follow(self, uri: str) -> Page:
        """Open a LIFF link."""
        self.page.goto(self.line.liff_url(self.user_id, "/" + uri.split("/", 4)[4]))
        return self.page

    def tap(self, label: str) -> None:
        """Tap a rich-menu area that answers in the chat."""
        self.line.tap_menu(self.user_id, label)

    def close(self) -> None:
        """Leave the page."""
        self.page.goto("about:blank")

    def has_read(self, number: str, label: str) -> None:
        """Nothing to wait for: the chat is asked for what it holds."""

    def details(self, number: str) -> Page:  # type: ignore[override]
        """Open the link of the newest card of a case."""
        texts = [str(message) for message in self.line.from_account(self.user_id)]
        links = [
            link
            for text in texts
            for link in re.findall(rf"https://liff\.line\.me/\S+?/track/{number}", text)
        ]
        return self.follow(links[-1])


def file_report(phone: Phone, report: Report) -> str:
    """Fill in the form step by step and send it; return the number that the page shows."""
    form = phone.open("แจ้งเรื่อง/ขอบริการ")
    first = form.get_by_role("heading", name="เกี่ยวกับที่ไหน")
    expect(first).to_be_visible(timeout=PATIENCE)
    forward = form.get_by_role("button", name="ถัดไป")
    if report.photos:
        form.locator("#photo-input").set_input_files([str(path) for path in report.photos])
        done = f"ส่งภาพแล้ว {len(report.photos)} จาก {len(report.photos)} ภาพ"
        expect(form.get_by_text(done)).to_be_visible(timeout=PATIENCE)
        form.get_by_role("button", name="ใช้ตำแหน่งจากภาพ").click()
        expect(form.get_by_text("18.62625, 98.89950")).to_be_visible()
    form.get_by_label("หมู่ที่").fill(report.village)
    form.get_by_label("สถานที่หรือจุดสังเกต").fill(report.place)
    forward.click()
    form.get_by_text(report.category, exact=True).click()
    forward.click()
    form.get_by_label("หัวข้อเรื่อง").fill(report.subject)
    form.get_by_label("รายละเอียดเหตุการณ์").fill(report.details)
    forward.click()
    form.get_by_label("ชื่อ–สกุล").fill(report.full_name)
    form.get_by_label("เบอร์โทรศัพท์").fill(report.phone)
    form.locator("#national_id").fill(report.national_id)
    form.get_by_label("รับทราบ").check()
    forward.click()
    expect(form.get_by_role("heading", name="ตรวจสอบข้อมูลก่อนส่ง")).to_be_visible()
    expect(form.get_by_text(report.subject)).to_be_visible()
    form.get_by_role("button", name="ส่งข้อมูลผู้ร้องเรียน").click()
    expect(form.get_by_text("ส่งข้อมูลสำเร็จ!")).to_be_visible(timeout=PATIENCE)
    number = NUMBER.search(form.locator("body").inner_text())
    assert number, "the page shows no number"
    phone.close()
    return number[0]


class Desk:
    """An officer at a laptop, signed in to the admin."""

    def __init__(self, context: BrowserContext, url: str, account: str, password: str) -> None:
        self.url = url
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(f"{url}/admin/login/")
        self.page.fill("[name=username]", account)
        self.page.fill("[name=password]", password)
        self.page.click("#login-form button")
        expect(self.page.get_by_text("งานของฉัน").first).to_be_visible(timeout=PATIENCE)

    def open_case(self, number: str) -> None:
        """Find a case in the mailbox by its number, where it stands unread, and open it."""
        self.page.goto(f"{self.url}/admin/complaints/complaint/?q={number}")
        self.page.get_by_role("link", name=number).first.click()
        expect(self.page.get_by_text(f"เรื่องเลขที่ {number}").first).to_be_visible()

    def print_memo(self) -> bytes:
        """Print the memo of the open case and come back to it; return the PDF."""
        case = self.page.url
        self.page.get_by_role("link", name="พิมพ์บันทึกข้อความ").click()
        form = self.page.locator("form.bm-form")
        expect(form.get_by_role("button", name="พิมพ์บันทึกข้อความ (PDF)")).to_be_visible()
        fields = form.evaluate("form => Object.fromEntries(new FormData(form))")
        answer = self.page.request.post(
            self.page.url, form=fields, headers={"Referer": self.page.url}
        )
        assert answer.ok, answer.status
        self.page.goto(case)
        return answer.body()

    def move(self, button: str, note: str = "", photos: Sequence[Path] = ()) -> None:
        """Make a move of the open case, having read what the resident will receive."""
        self.page.get_by_role("link", name=button, exact=True).or_(
            self.page.get_by_role("button", name=button, exact=True)
        ).first.click()
        panel = self.page.locator("#move")
        expect(panel.get_by_text("ผู้แจ้งจะได้อ่านข้อความนี้")).to_be_visible()
        if panel.locator("[name=division]").count():
            division = panel.locator("[name=division]")
            if not division.input_value():
                division.select_option(label="กองช่าง")
            decision = panel.locator("[name=decision]")
            decision.select_option("assign")
            if not panel.locator("[name=ordered_by]").input_value():
                panel.locator("[name=ordered_by]").fill("นายกเทศมนตรีตำบลบ้านแม")
        if note:
            panel.locator("[name=note]").fill(note)
            expect(panel.locator(".bm-preview")).to_contain_text(note)
        if photos:
            panel.locator("[name=photos]").set_input_files([str(path) for path in photos])
        panel.get_by_role("button", name=f"ยืนยัน: {button}").click()
        expect(self.page.locator("#move")).to_have_count(0, timeout=PATIENCE)


STEPS = [
    "รับเรื่องแล้ว",
    "เสนอผู้บริหารพิจารณา",
    "มอบหมายผู้รับผิดชอบแล้ว",
    "กำลังดำเนินการ",
    "ดำเนินการแล้วเสร็จ",
]
DONE = "กลบหลุมและปูผิวทางเรียบร้อยแล้ว"


def carry_through(desk: Desk, number: str, after: Path) -> bytes:
    """The officer's half: open, print, and every move to the end; return the memo."""
    desk.open_case(number)
    memo = desk.print_memo()
    desk.move("เสนอผู้บริหารพิจารณา")
    desk.move("บันทึกคำสั่งและมอบหมาย")
    desk.move("เริ่มดำเนินการ")
    desk.move("ดำเนินการแล้วเสร็จ", note=DONE, photos=[after])
    return memo


def told(number: str) -> list[str]:
    """What a locked phone shows of a case that went all the way: each notice once, in order."""
    return [f"เรื่องเลขที่ {number} {step}" for step in STEPS]


def from_the_tap_to_the_end(phone: Phone, desk: Callable[[], Desk], photos: list[Path]) -> Desk:
    """Walk the whole journey; raise AssertionError or TimeoutError where it breaks off.

    The resident reports with `photos` and is told so; the officer, who then takes a seat at
    `desk`, prints and carries the case through; each notice comes once and in order, and the
    resident's page shows every step. Returns the desk, with the case open.
    """
    number = file_report(phone, Report(photos=photos))
    until(lambda: phone.notices(number) == told(number)[:1], 60, "the acknowledgement")
    officer = desk()
    memo = carry_through(officer, number, photos[0])
    assert memo.startswith(b"%PDF-")
    text = text_of(memo)
    assert "บันทึกข้อความ" in text
    assert "1234567890121" not in text
    assert "๑๒๓๔๕๖๗๘๙๐๑๒๑" not in text.replace("-", "").replace(" ", "")
    until(lambda: phone.notices(number) == told(number), 60, "each notice, once, in order")
    see_every_step(phone, number)
    return officer


def see_every_step(phone: Phone, number: str) -> None:
    """The resident opens รายละเอียด and sees each step, the officer's word and the photo."""
    phone.has_read(number, STEPS[-1])
    page = phone.details(number)
    for step in STEPS:
        expect(page.locator(".steps").get_by_text(step, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".steps").get_by_text(DONE)).to_be_visible()
    expect(page.locator(".steps img").first).to_be_visible()
