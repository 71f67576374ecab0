"""What is wrong with an account's set-up at LINE, and where to mend it.

Asks LINE as far as LINE's API can tell; what it cannot is said, with the place to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from chatops.addresses import webhook_address
from chatops.line.client import Account, Fault, LineClient, LineError, access_token, client_for
from chatops.line.id_token import LEEWAY_SECONDS
from chatops.menu.sync import tabs_of
from chatops.models import Channel, ChatSettings, OutboundMessage

DEVELOPERS = "LINE Developers"
MANAGER = "LINE Official Account Manager"
MESSAGING = f"{DEVELOPERS} → channel Messaging API → แท็บ Messaging API"
RESPONSES = f"{MANAGER} → ตั้งค่า → การตอบกลับ"
LOGIN = f"{DEVELOPERS} → channel LINE Login"
_LIFF_ID = re.compile(r"(\d{5,20})-[A-Za-z0-9]{4,20}")
# What LINE sells in Thailand, by the messages of a month.
PLANS = {300: "Free", 15_000: "Basic", 35_000: "Pro"}


class Mark(Enum):
    """How a finding is marked; BAD alone must be mended."""

    GOOD = "✓"
    BAD = "✗"
    LOOK = "!"


@dataclass(frozen=True)
class Finding:
    """One line: what was found, and for BAD and LOOK what to do and where."""

    mark: Mark
    text: str
    fix: str = ""


def good(text: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(Mark.GOOD, text)


def bad(text: str, fix: str) -> Finding:
    """Return a finding that must be mended."""
    return Finding(Mark.BAD, text, fix)


def look(text: str, fix: str = "") -> Finding:
    """Return a finding that a person must look at."""
    return Finding(Mark.LOOK, text, fix)


def examine(channel: Channel) -> Iterator[Finding]:
    """Yield what is found, in the order in which one would mend it. Changes nothing at LINE."""
    is_main = channel.slug == Channel.MAIN
    yield from _credentials(channel)
    yield _public_url()
    if access_token(channel):
        line = client_for(channel)
        try:
            account = line.account()
        except LineError as error:
            yield _unreachable(channel, error)
        else:
            yield good(f"access token ใช้ได้: บัญชี {account.name} ({account.basic_id})")
            yield _clock(account, timezone.now())
            for check in (_webhook, _quota, _menu):
                yield from _asked(check, channel, line)
            yield _chat(account)
    yield look(
        "ข้อความตอบกลับอัตโนมัติและข้อความทักทายของ LINE: API บอกไม่ได้",
        f"ต้องปิดทั้งสองอย่างที่ {RESPONSES} ไม่เช่นนั้นประชาชนได้คำตอบสองชุด",
    )
    yield look(
        "Webhook redelivery: API บอกไม่ได้",
        f"เปิดที่ {MESSAGING} → Webhook redelivery เพื่อให้ LINE ส่งซ้ำเมื่อเครื่องนี้ขัดข้อง",
    )
    if is_main:
        yield from _liff()
    yield from _provider(channel)


def _asked(
    check: Callable[[Channel, LineClient], Iterator[Finding]], channel: Channel, line: LineClient
) -> Iterator[Finding]:
    """Carry out one check; what LINE does not answer costs this check alone."""
    try:
        yield from check(channel, line)
    except LineError as error:
        yield look(f"ตรวจส่วนหนึ่งไม่ได้: {error.reason}", "ลองใหม่อีกครั้งในอีกสักครู่")


# -- one after the other -----------------------------------------------------------------


def _where(channel: Channel, name: str) -> str:
    if channel.slug == Channel.MAIN:
        return f"ใส่ใน .env ที่ {name} แล้วเริ่มระบบใหม่"
    return f"ใส่ที่ /admin/ → บัญชี LINE → {channel.name}"


def _credentials(channel: Channel) -> Iterator[Finding]:
    is_main = channel.slug == Channel.MAIN
    if not channel.is_active:
        yield bad("บัญชีนี้ปิดใช้งานอยู่ เว็บฮุกตอบ 404", "เปิด “ใช้งาน” ที่ /admin/ → บัญชี LINE ถ้าต้องการใช้")
    if not (settings.LINE_CHANNEL_SECRETS if is_main else channel.channel_secret):
        yield bad(
            "ยังไม่มี Channel secret",
            f"คัดลอกจาก {DEVELOPERS} → channel Messaging API → Basic settings → "
            + _where(channel, "LINE_CHANNEL_SECRET"),
        )
    if not access_token(channel):
        yield bad(
            "ยังไม่มี Channel access token",
            f"ออกที่ {MESSAGING} → Channel access token (long-lived) → "
            + _where(channel, "LINE_CHANNEL_ACCESS_TOKEN"),
        )


def _public_url() -> Finding:
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme == "https":
        return good(f"PUBLIC_URL เป็น https ({settings.PUBLIC_URL})")
    if settings.LINE_API_URL:
        return look(
            f"PUBLIC_URL ไม่ใช่ https ({settings.PUBLIC_URL})",
            "ใช้ได้กับตัวจำลองเท่านั้น LINE จริงรับเฉพาะ https ที่มีใบรับรองสาธารณะ",
        )
    return bad(
        f"PUBLIC_URL ไม่ใช่ https ({settings.PUBLIC_URL})",
        "ตั้ง PUBLIC_URL=https://… ใน .env LINE รับเฉพาะ https ที่มีใบรับรองสาธารณะ",
    )


def _unreachable(channel: Channel, error: LineError) -> Finding:
    if error.fault is Fault.AUTH:
        return bad(
            f"LINE ไม่รับ access token: {error.reason}",
            f"ออกใหม่ที่ {MESSAGING} → Channel access token → Issue/Reissue → "
            + _where(channel, "LINE_CHANNEL_ACCESS_TOKEN")
            + " (ถ้าจำกัด IP ไว้ ให้เพิ่ม IP ของเครื่องนี้)",
        )
    reason = "" if error.fault is Fault.UNREACHED else f": {error.reason}"
    return bad(
        f"ติดต่อ LINE ไม่ได้{reason}",
        "ให้เครื่องนี้ออกอินเทอร์เน็ตไปยัง api.line.me และ api-data.line.me พอร์ต 443 ได้",
    )


def _clock(account: Account, now: datetime) -> Finding:
    if account.answered_at is None:
        return look("LINE ไม่ได้บอกเวลา จึงเทียบนาฬิกาไม่ได้", "ตรวจว่าเครื่องนี้ตั้งเวลาด้วย NTP")
    skew = (now - account.answered_at).total_seconds()
    if abs(skew) <= LEEWAY_SECONDS:
        return good("นาฬิกาของเครื่องตรงกับ LINE")
    direction = "เร็ว" if skew > 0 else "ช้า"
    return bad(
        f"นาฬิกาของเครื่อง{direction}กว่า LINE {abs(skew):.0f} วินาที",
        "เปิด NTP ที่เครื่องเซิร์ฟเวอร์ (timedatectl set-ntp true) ไม่เช่นนั้นการเข้าสู่ระบบด้วย LINE จะไม่ผ่าน",
    )


def _webhook(channel: Channel, line: LineClient) -> Iterator[Finding]:
    expected = webhook_address(channel)
    address, active = line.webhook()
    if not address:
        yield bad("ยังไม่ได้ใส่ Webhook URL", f"ใส่ {expected} ที่ {MESSAGING} → Webhook URL")
        return
    if address != expected:
        yield bad(
            f"Webhook URL ที่ LINE คือ {address}",
            f"แก้เป็น {expected} ที่ {MESSAGING} → Webhook URL (หรือแก้ PUBLIC_URL ใน .env)",
        )
    else:
        yield good(f"Webhook URL ถูกต้อง ({address})")
    if active:
        yield good("Use webhook เปิดอยู่")
    else:
        yield bad("Use webhook ปิดอยู่ ข้อความของประชาชนจึงไม่ถึงระบบ", f"เปิดที่ {MESSAGING} → Use webhook")
    if address == expected:
        yield _webhook_test(channel, *line.test_webhook())


def _webhook_test(channel: Channel, reason: str, status: int) -> Finding:
    if reason == "OK":
        return good("LINE เรียกเว็บฮุกได้ และ Channel secret ตรงกัน (API ไม่บอกค่า แต่ผลทดสอบนี้บอก)")
    if status == 401:
        return bad(
            "LINE เรียกเว็บฮุกแล้วได้ 401: Channel secret ไม่ตรง",
            f"คัดลอกใหม่จาก {DEVELOPERS} → channel Messaging API → Basic settings → "
            + _where(channel, "LINE_CHANNEL_SECRET"),
        )
    if status == 404:
        return bad(
            "LINE เรียกเว็บฮุกแล้วได้ 404: ไม่มีบัญชีนี้ในระบบ หรือปิดใช้งาน",
            "ตรวจรหัสและ “ใช้งาน” ที่ /admin/ → บัญชี LINE และเส้นทางของ TLS หน้าเครื่อง",
        )
    fix = {
        "COULD_NOT_CONNECT": "ตรวจ DNS ไฟร์วอลล์ พอร์ต 443 และใบรับรอง (LINE ไม่รับใบรับรองที่ออกเอง)",
        "REQUEST_TIMEOUT": "ต้องตอบภายใน 2 วินาที ตรวจภาระของเครื่องและ TLS หน้าเครื่อง",
    }.get(reason, "ดูบันทึกของ web ณ เวลานี้")
    shown = f" (HTTP {status})" if status else ""
    return bad(f"LINE เรียกเว็บฮุกไม่สำเร็จ: {reason}{shown}", fix)


def _quota(channel: Channel, line: LineClient) -> Iterator[Finding]:
    quota = line.quota()
    if quota.limit is None or quota.left is None:
        yield good(f"โควตาไม่จำกัด ใช้ไป {quota.used:,} ข้อความในเดือนนี้")
        return
    plan = PLANS.get(quota.limit)
    of_plan = f" (แพ็กเกจ {plan})" if plan else ""
    text = f"โควตา{of_plan}: ใช้ {quota.used:,} จาก {quota.limit:,} เหลือ {quota.left:,} ข้อความ"
    where = f"{MANAGER} → ตั้งค่า → แพ็กเกจรายเดือน"
    if quota.left == 0:
        yield bad(text, f"ข้อความที่รอได้ถูกพักไว้ เพิ่มแพ็กเกจที่ {where} หรือรอเดือนถัดไป")
    elif quota.left <= ChatSettings.get_solo().quota_reserve:
        yield look(text, f"เหลือเฉพาะส่วนที่เก็บไว้สำหรับเรื่องที่รอไม่ได้ พิจารณาเพิ่มแพ็กเกจที่ {where}")
    else:
        yield good(text)


def _menu(channel: Channel, line: LineClient) -> Iterator[Finding]:
    default, aliases = line.default_menu(), line.menu_aliases()
    tabs = tabs_of(channel)
    if not tabs:
        yield good("ริชเมนู: ตั้งไว้ว่าไม่มีเมนูจากระบบนี้")
        return
    run = "สั่ง python manage.py sync_rich_menu"
    known = {alias: menu["rich_menu_id"] for alias, menu in channel.rich_menus.items()}
    missing = [
        tab.alias
        for tab in tabs
        if not known.get(tab.alias) or (aliases.get(tab.alias) != known[tab.alias])
    ]
    if missing:
        yield bad(f"ริชเมนูยังไม่ขึ้นหรือไม่ตรงกับระบบ ({', '.join(missing)})", run)
    elif default != known[tabs[0].alias]:
        yield bad("ริชเมนูเริ่มต้นของบัญชีไม่ใช่เมนูของระบบนี้", run)
    else:
        yield good("ริชเมนูขึ้นครบและเป็นเมนูเริ่มต้น")


def _chat(account: Account) -> Finding:
    if account.chat_is_on and not account.reads_by_itself:
        return look(
            "แชตใน OA Manager เปิดอยู่ (เครื่องหมายอ่านแล้วขึ้นเมื่อเจ้าหน้าที่เปิดอ่านในระบบนี้)",
            "เจ้าหน้าที่ต้องตอบจากระบบนี้ที่เดียว ข้อความที่พิมพ์ใน OA Manager ระบบจะไม่เห็น",
        )
    return look(
        "แชตใน OA Manager ปิดอยู่ หรือให้อ่านอัตโนมัติ: ข้อความของประชาชนขึ้น “อ่านแล้ว” ทันที",
        f"ถ้าต้องการให้ขึ้นเมื่อเจ้าหน้าที่เปิดอ่าน ให้เปิดแชตที่ {RESPONSES}",
    )


def _liff() -> Iterator[Finding]:
    login, liff = settings.LINE_LOGIN_CHANNEL_ID, settings.LIFF_ID
    where = f"ดูที่ {LOGIN} → LIFF แล้วใส่ใน .env"
    parts = _LIFF_ID.fullmatch(liff)
    if not login or not login.isdecimal():
        yield bad("LINE_LOGIN_CHANNEL_ID ไม่ถูกต้อง", f"{where} (Channel ID เป็นตัวเลข 10 หลัก)")
    if parts is None:
        yield bad(f"LIFF_ID ไม่ถูกต้อง ({liff or 'ว่าง'})", f"{where} (รูปแบบ 1234567890-AbCdEfGh)")
    elif login and parts[1] != login:
        yield bad(
            f"LIFF_ID ({liff}) ไม่ใช่ของ channel {login}",
            f"LIFF ID ต้องขึ้นต้นด้วย Channel ID ของ LINE Login ที่เป็นเจ้าของ {where}",
        )
    else:
        yield good("LIFF_ID เป็นของ LINE_LOGIN_CHANNEL_ID")
    yield look(
        "LIFF Endpoint URL: ต้องใช้ token ของ channel LINE Login จึงตรวจจากที่นี่ไม่ได้",
        f"ตรวจที่ {LOGIN} → LIFF: Endpoint URL = {settings.PUBLIC_URL}/liff, Size = Full, "
        "Scopes = openid, profile และสถานะ channel = Published",
    )


def _provider(channel: Channel) -> Iterator[Finding]:
    # What LINE answers to a user id of another provider.
    # https://developers.line.biz/en/reference/messaging-api/#send-push-message
    strangers = OutboundMessage.objects.filter(
        resident__channel=channel,
        state=OutboundMessage.State.DEAD,
        last_error__startswith="Failed to send messages",
    )
    if strangers.exists():
        yield bad(
            "LINE ไม่รู้จักผู้ใช้บางคนที่เข้าสู่ระบบผ่าน LIFF: channel น่าจะอยู่คนละ Provider",
            f"ที่ {DEVELOPERS} channel LINE Login กับ Messaging API ต้องอยู่ใต้ Provider เดียวกัน "
            "ย้ายภายหลังไม่ได้ ต้องสร้าง channel LINE Login ใหม่ใต้ Provider ของบัญชีนี้",
        )
    elif channel.slug == Channel.MAIN:
        yield look(
            "channel LINE Login กับ Messaging API อยู่ใต้ Provider เดียวกันหรือไม่: API บอกไม่ได้",
            f"ตรวจที่ {DEVELOPERS} ว่าทั้งสองอยู่ในหน้า Provider เดียวกัน แล้วแจ้งเรื่องทดสอบหนึ่งเรื่อง "
            "ถ้าได้รับข้อความในแชตแปลว่าถูกต้อง",
        )
    if not channel.provider:
        yield look(
            "ยังไม่ได้ระบุชื่อ Provider ของบัญชีนี้",
            "ใส่ที่ /admin/ → บัญชี LINE เพื่อให้ประชาชนคนเดียวกันในสองบัญชีเป็นคนเดียวกัน",
        )
    if channel.trouble:
        yield look(f"ปัญหาล่าสุดที่ระบบพบ: {channel.trouble}", "แก้แล้วกด “ลองส่งใหม่ตอนนี้” ที่หน้าบัญชี LINE")
