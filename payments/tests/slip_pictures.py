"""Made-up transfer slips, drawn as three banks' apps might, and what happens to them on the way."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from payments.slips.miniqr import checksum, field

FONTS = Path(__file__).resolve().parents[2] / "build" / "fonts"
LAYOUTS = ("green", "purple", "plain")
WIDTH = 1080


def slip_payload(bank: str = "004", reference: str = "016325112233ATF00001") -> str:
    """Return the text of a slip's code."""
    inner = field("00", "000001") + field("01", bank) + field("02", reference)
    body = field("00", inner) + field("51", "TH") + "9104"
    return body + checksum(body)


@dataclass(frozen=True)
class Transfer:
    """What a slip shows; `payload` '' draws none of its codes."""

    layout: str = "green"
    amount: str = "240.00"
    at: str = "21 พ.ย. 69 13:05 น."
    reference: str = "016325112233ATF00001"
    payer: str = "น.ส. มาลี ใ***"
    payer_account: str = "xxx-x-x4821-x"
    payee: str = "เทศบาลตำบลบ้านแม"
    memo: str = ""
    payload: str = ""
    qr_px: int = 230

    def with_code(self) -> Transfer:
        """Return it with the code of its reference."""
        return replace(self, payload=slip_payload(reference=self.reference))


def another(transfer: Transfer, chance: random.Random) -> Transfer:
    """Return another transfer of the same payer in the same app: time and reference differ."""
    day, month = (
        chance.randint(1, 28),
        chance.choice(("ม.ค.", "ก.พ.", "มี.ค.", "ต.ค.", "พ.ย.", "ธ.ค.")),
    )
    digits = "".join(chance.choices("0123456789", k=12))
    reference = f"016{digits}ATF{chance.randint(0, 99999):05}"
    made = replace(
        transfer,
        at=f"{day} {month} 69 {chance.randint(0, 23):02}:{chance.randint(0, 59):02} น.",
        reference=reference,
    )
    return made.with_code() if transfer.payload else made


def stranger(layout: str, chance: random.Random, *, code: bool = False) -> Transfer:
    """Return somebody else's transfer in an app."""
    names = ("นาย สมชาย ก***", "นาง บัวผัน ท***", "น.ส. อรทัย ว***", "นาย คำ ป***", "นาง ศรีวรรณ ม***")
    base = Transfer(
        layout=layout,
        amount=f"{chance.randint(20, 9000):,}.{chance.choice(('00', '50', '25'))}",
        payer=chance.choice(names),
        payer_account=f"xxx-x-x{chance.randint(0, 9999):04}-x",
        memo=chance.choice(("", "ค่าขยะ", "ภาษีที่ดิน 2569")),
    )
    made = another(base, chance)
    return made.with_code() if code else made


def draw(transfer: Transfer) -> Image.Image:
    """Return the slip as the bank's app saves it, 1080 px wide."""
    return {"green": _green, "purple": _purple, "plain": _plain}[transfer.layout](transfer)


def qr(payload: str, side: int) -> Image.Image:
    """Return a code with its quiet zone, `side` pixels wide, as apps draw it."""
    import segno

    out = io.BytesIO()
    segno.make_qr(payload, error="m", boost_error=False).save(out, kind="png", scale=4, border=2)
    return Image.open(out).convert("RGB").resize((side, side), Image.Resampling.LANCZOS)


def jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    """Return the picture as a file."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def reopened(picture: Image.Image, quality: int) -> Image.Image:
    """Return the picture as it looks after having been a JPEG."""
    return Image.open(io.BytesIO(jpeg(picture, quality))).convert("RGB")


def resized(picture: Image.Image, width: int) -> Image.Image:
    """Return the picture `width` pixels wide."""
    height = round(picture.height * width / picture.width)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def cropped(
    picture: Image.Image, left: float, top: float, right: float, bottom: float
) -> Image.Image:
    """Return the picture without these shares of its sides."""
    width, height = picture.size
    return picture.crop(
        (
            round(left * width),
            round(top * height),
            round((1 - right) * width),
            round((1 - bottom) * height),
        )
    )


def screenshot(picture: Image.Image, *, dark: bool = False, inset: int = 0) -> Image.Image:
    """Return a telephone's screen, 1170 × 2532, with the picture and its viewer's buttons."""
    ground, ink = ("#000000", "#ffffff") if dark else ("#f7f7f7", "#111111")
    screen = Image.new("RGB", (1170, 2532), ground)
    shown = resized(picture, 1170 - 2 * inset)
    screen.paste(shown, (inset, max(180, (2532 - shown.height) // 2)))
    pen = ImageDraw.Draw(screen)
    pen.text((70, 40), "9:41", font=_font(48, bold=True), fill=ink)
    pen.rectangle((1040, 52, 1110, 86), outline=ink, width=4)
    pen.text((585, 2440), "แชร์        แก้ไข        ลบ", font=_font(44), fill=ink, anchor="mm")
    return screen


def photographed(
    picture: Image.Image,
    *,
    angle: float = 0,
    blur: float = 0,
    noise: float = 0,
    share: float = 0.75,
    size: tuple[int, int] = (1536, 2048),
    seed: int = 1,
) -> Image.Image:
    """Return a photo of a screen: turned (degrees), out of focus, noisy, darker, off-centre."""
    scene = Image.new("RGB", size, "#4a443c")
    shown = picture
    height = round(size[1] * share)
    shown = resized(picture, round(picture.width * height / picture.height))
    turned = shown.convert("RGBA").rotate(angle, Image.Resampling.BICUBIC, expand=True)
    scene.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2), turned)
    scene = scene.point(lambda value: int(20 + value * 0.78))
    if blur:
        scene = scene.filter(ImageFilter.GaussianBlur(blur))
    if noise:
        # The same grain for the same seed, which Pillow's own noise has not.
        grain = Image.frombytes("L", (256, 256), random.Random(seed).randbytes(256 * 256))
        tile = Image.new("L", size)
        for x in range(0, size[0], 256):
            for y in range(0, size[1], 256):
                tile.paste(grain, (x, y))
        layer = Image.merge("RGB", (tile, tile, tile))
        scene = Image.blend(scene, layer, noise / 128)
    return scene


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"Sarabun-{'Bold' if bold else 'Regular'}.ttf"), size)


def _text(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, **more: Any) -> None:
    bold = more.pop("bold", False)
    pen.text(at, text, font=_font(size, bold=bold), fill=more.pop("fill", "#1c1c1c"), **more)


def _paste_code(sheet: Image.Image, transfer: Transfer, at: tuple[int, int]) -> None:
    if transfer.payload:
        sheet.paste(qr(transfer.payload, transfer.qr_px), at)


def _green(transfer: Transfer) -> Image.Image:
    """Names left, code at the lower right, a band above."""
    sheet = Image.new("RGB", (WIDTH, 1440), "#ffffff")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, WIDTH, 170), fill="#0f9d58")
    _text(pen, (60, 50), "โอนเงินสำเร็จ", 60, fill="#ffffff", bold=True)
    _text(pen, (60, 210), transfer.at, 42, fill="#666666")
    for top, name, account, bank in (
        (330, transfer.payer, transfer.payer_account, "ธ.สมมติหนึ่ง"),
        (610, transfer.payee, "xxx-x-x0093-x", "ธ.กรุงไทย"),
    ):
        pen.ellipse((60, top, 170, top + 110), fill="#0f9d58" if top < 500 else "#1ba5e1")
        _text(pen, (220, top - 10), name, 48, bold=True)
        _text(pen, (220, top + 60), bank, 40, fill="#666666")
        _text(pen, (220, top + 124), account, 40, fill="#666666")
    _text(pen, (60, 880), "เลขที่รายการ:", 40, fill="#666666")
    _text(pen, (60, 940), transfer.reference, 42)
    _text(pen, (60, 1020), "จำนวน:", 40, fill="#666666")
    _text(pen, (60, 1080), f"{transfer.amount} บาท", 54, bold=True)
    _text(pen, (60, 1180), "ค่าธรรมเนียม:", 40, fill="#666666")
    _text(pen, (60, 1240), "0.00 บาท", 42)
    if transfer.memo:
        _text(pen, (60, 1320), f"บันทึกช่วยจำ: {transfer.memo}", 40)
    _paste_code(sheet, transfer, (WIDTH - 60 - transfer.qr_px, 1400 - transfer.qr_px - 60))
    _text(pen, (WIDTH - 60, 1400), "สแกนตรวจสอบสลิป", 30, fill="#666666", anchor="rb")
    return sheet


def _purple(transfer: Transfer) -> Image.Image:
    """A white card on a coloured gradient, everything in the middle, values at the right."""
    shade = Image.linear_gradient("L").resize((WIDTH, 1920))
    sheet = Image.composite(
        Image.new("RGB", (WIDTH, 1920), "#4b1f7a"),
        Image.new("RGB", (WIDTH, 1920), "#a774d6"),
        shade,
    )
    pen = ImageDraw.Draw(sheet)
    pen.rounded_rectangle((60, 140, WIDTH - 60, 1780), 48, fill="#fffdfb")
    pen.ellipse((WIDTH // 2 - 70, 190, WIDTH // 2 + 70, 330), fill="#4b1f7a")
    middle = WIDTH // 2
    _text(pen, (middle, 400), "โอนเงินสำเร็จ", 60, fill="#4b1f7a", bold=True, anchor="mm")
    _text(pen, (middle, 480), transfer.at, 42, anchor="mm")
    _text(pen, (middle, 545), f"รหัสอ้างอิง: {transfer.reference}", 38, anchor="mm")
    pen.line((120, 610, WIDTH - 120, 610), fill="#dddddd", width=3)
    rows = [
        ("จาก", transfer.payer),
        ("", transfer.payer_account),
        ("ไปยัง", transfer.payee),
        ("", "Biller ID : 099400016550100"),
        ("จำนวนเงิน", transfer.amount),
        *([("บันทึก", transfer.memo)] if transfer.memo else []),
    ]
    for place, (label, value) in enumerate(rows):
        top = 680 + place * 92
        _text(pen, (120, top), label, 42, fill="#777777")
        _text(pen, (WIDTH - 120, top), value, 46, bold=bool(label), anchor="ra")
    _paste_code(sheet, transfer, (middle - transfer.qr_px // 2, 1320))
    _text(pen, (middle, 1700), "ผู้รับเงินสามารถสแกนคิวอาร์โค้ดนี้เพื่อตรวจสอบสถานะ", 34, anchor="mm")
    return sheet


def _plain(transfer: Transfer) -> Image.Image:
    """A farmers' bank without a code unless asked: a faint pattern behind, a frame around."""
    sheet = Image.new("RGB", (WIDTH, 1350), "#f4faf2")
    pen = ImageDraw.Draw(sheet)
    for place in range(-1350, WIDTH, 54):
        pen.line((place, 1350, place + 1350, 0), fill="#ecf5e9", width=10)
    pen.rectangle((24, 24, WIDTH - 25, 1325), outline="#1c7a3d", width=6)
    _text(pen, (90, 90), "รายการสำเร็จ", 64, fill="#1c7a3d", bold=True)
    rows = [
        ("วันที่ทำรายการ", transfer.at),
        ("เลขที่อ้างอิง", transfer.reference),
        ("จากบัญชี", transfer.payer_account),
        ("ชื่อบัญชี", transfer.payer),
        ("ไปยังบัญชี", "xxx-x-x0093-x"),
        ("ชื่อผู้รับเงิน", transfer.payee),
        ("จำนวนเงิน", f"{transfer.amount} บาท"),
        ("ค่าธรรมเนียม", "0.00 บาท"),
        *([("หมายเหตุ", transfer.memo)] if transfer.memo else []),
    ]
    for place, (label, value) in enumerate(rows):
        top = 240 + place * 88
        _text(pen, (90, top), label, 42, fill="#3c5a44")
        _text(pen, (440, top), value, 44, bold=label == "จำนวนเงิน")
    _paste_code(sheet, transfer, (WIDTH - 90 - transfer.qr_px, 1290 - transfer.qr_px))
    return sheet
