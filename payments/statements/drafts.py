"""A file between its upload and the clerk's yes: encrypted, for him alone, gone after a day."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.core.files.storage import default_storage
from django.utils import timezone

from bannmae.media import storage
from bannmae.models import Staff
from bannmae.privacy.keys import DecryptionError, decrypt, encrypt
from payments.errors import Refused

FOLDER = "import-drafts"
LIVES = timedelta(days=1)
SWEPT = 200  # files looked at, at one upload
_SALT = "payments.import-draft"


def keep(data: bytes, purpose: str, by: Staff, **facts: Any) -> str:
    """Keep a file until it is confirmed, and return the token by which `read` gives it.

    `facts` come back with it; they are signed, not hidden. Older files are cleared away.
    """
    sweep()
    sealed = encrypt(base64.b64encode(data).decode("ascii")).encode("ascii")
    (name,) = storage.store_all(FOLDER, [(".bin", sealed)])
    said = {"file": name, "by": by.pk, "for": purpose, **facts}
    return signing.dumps(said, salt=_SALT, compress=True)


def read(token: str, purpose: str, by: Staff) -> tuple[bytes, dict[str, Any]]:
    """Return a file that `by` has handed in for `purpose`, and its facts.

    Raises:
        Refused: it is another's, of another page, too old, or done with.
    """
    facts = _facts(token, purpose, by)
    try:
        with default_storage.open(facts["file"]) as stored:
            return base64.b64decode(decrypt(stored.read().decode("ascii"))), facts
    except (OSError, ValueError, DecryptionError) as error:
        raise Refused("ไฟล์ที่อัปโหลดไว้ถูกลบแล้ว โปรดเลือกไฟล์อีกครั้ง") from error


def forget(token: str, purpose: str, by: Staff) -> None:
    """Delete a file that is done with; one that is gone already does no harm."""
    try:
        facts = _facts(token, purpose, by)
    except Refused:
        return
    storage.delete([facts["file"]])


def sweep() -> int:
    """Delete files that nobody has confirmed for a day; return how many."""
    now = timezone.now()
    gone = 0
    for name in _older_ones(timezone.localdate(now)):
        try:
            if default_storage.get_modified_time(name) < now - LIVES:
                gone += not storage.delete([name])
        except (OSError, NotImplementedError):
            continue
    return gone


def _older_ones(today: date) -> Iterator[str]:
    seen = 0
    for month in (today, today.replace(day=1) - timedelta(days=1)):
        folder = f"{FOLDER}/{month:%Y}/{month:%m}"
        try:
            _, names = default_storage.listdir(folder)
        except (OSError, NotImplementedError):
            continue
        for name in names:
            if seen >= SWEPT:
                return
            seen += 1
            yield f"{folder}/{name}"


def _facts(token: str, purpose: str, by: Staff) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=LIVES)
    except signing.BadSignature as error:
        raise Refused("ไฟล์ที่อัปโหลดไว้หมดเวลาแล้ว โปรดเลือกไฟล์อีกครั้ง") from error
    if facts.get("by") != by.pk or facts.get("for") != purpose:
        raise Refused("ไฟล์นี้อัปโหลดโดยผู้อื่น โปรดเลือกไฟล์ของท่าน")
    return facts
