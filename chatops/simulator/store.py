"""Settings, faults, clock and counters: the simulator's small state."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from chatops.simulator.models import Resident, State, Usage

FIRST_RESIDENTS = (
    "สมศรี ใจดี",
    "บุญมี แก้วคำ",
    "นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา",
    "อุ๊ยคำ ปันแก้ว",
)
ACCOUNT_NAME = "เทศบาลตำบลบ้านแม"
ACCOUNT_BASIC_ID = "@banmae"

LIFETIMES: dict[str, Any] = {
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
COUNTED_FAULTS = (
    "rate_limit",
    "server_error",
    "server_error_after_accept",
    "timeout_after_accept",
    "connection_drop",
    "connection_drop_after_accept",
    "unauthorized",
    "forbidden",
    "profile_error",
    "content_not_ready",
    "content_error",
    "content_cut",
)
SWITCHED_FAULTS = ("quota_spent", "webhook_duplicate", "webhook_reverse", "webhook_off")
NO_FAULTS: dict[str, Any] = {
    **dict.fromkeys(COUNTED_FAULTS, 0),
    **dict.fromkeys(SWITCHED_FAULTS, False),
    "webhook_delay_ms": 0,
    "content_slow_ms": 0,
}


def user_id_of(name: str) -> str:
    """Return the LINE user id that the simulator gives to a name: always the same one."""
    return "U" + hashlib.sha256(name.encode()).hexdigest()[:32]


def bot_user_id() -> str:
    """Return the account's own user id, the `destination` of webhooks."""
    return user_id_of("bot:" + django_settings.CONFIG.login_channel_id)


def read(key: str, default: Any = None) -> Any:
    """Return the stored value of `key`."""
    row = State.objects.filter(key=key).first()
    return default if row is None else row.value


def write(key: str, value: Any) -> None:
    """Store the value of `key`."""
    State.objects.update_or_create(key=key, defaults={"value": value})


def from_environment() -> dict[str, Any]:
    """Return the settings that the environment gives."""
    config = django_settings.CONFIG
    return {
        "webhook_url": config.public_url + "/line/webhook",
        "channel_secret": config.channel_secret,
        "access_token": config.access_token,
        "login_channel_id": config.login_channel_id,
        "liff_id": config.liff_id,
        "public_url": config.public_url,
    }


def settings() -> dict[str, Any]:
    """Return the settings in force: the environment's, then what was changed since."""
    return {**LIFETIMES, **from_environment(), **read("settings", {})}


def now_ms(current: dict[str, Any] | None = None) -> int:
    """Return the simulator's own time, in milliseconds since 1970."""
    offset = (current or settings())["clock_offset_seconds"]
    return int((time.time() + offset) * 1000)


def faults() -> dict[str, Any]:
    """Return the faults that are set."""
    return {**NO_FAULTS, **read("faults", {})}


def take_fault(*names: str) -> str | None:
    """Use up one count of the first of `names` that is set, and return its name."""
    if not any(faults()[name] for name in names):
        return None
    with transaction.atomic():
        current = faults()
        for name in names:
            if current[name] > 0:
                current[name] -= 1
                write("faults", current)
                return name
    return None


def next_seq() -> int:
    """Return the next number of the sequence of changes. Only inside a transaction."""
    number = read("sequence", 0) + 1
    write("sequence", number)
    return number


def message_id(seq: int, at_ms: int) -> str:
    """Return an 18-digit message id, unique by `seq`, growing with time."""
    return f"{at_ms * 100_000 + seq % 100_000}"


def token(length: int = 24) -> str:
    """Return an unguessable URL-safe string."""
    return secrets.token_urlsafe(length)


def reply_token() -> str:
    """Return a reply token: 32 hexadecimal digits, as LINE's are today."""
    return uuid.uuid4().hex


def month_of(at_ms: int) -> str:
    """Return the month in Thailand at `at_ms`, as `2026-11`."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=7)
    return f"{moment:%Y-%m}"


def used_quota(at_ms: int) -> int:
    """Return how many messages counted in the month of `at_ms`."""
    row = Usage.objects.filter(month=month_of(at_ms)).first()
    return row.count if row else 0


def seed() -> None:
    """Make the residents that every simulator starts with, where they are missing."""
    for position, name in enumerate(FIRST_RESIDENTS):
        Resident.objects.get_or_create(
            user_id=user_id_of(name), defaults={"display_name": name, "position": position}
        )
