"""What residents sent, streamed from LINE into a file: bounded in bytes and in time.

The SDK would hold a whole video in memory, hence a plain request here.
https://developers.line.biz/en/reference/messaging-api/#get-content
"""

from __future__ import annotations

import os
import threading
import time
from enum import Enum
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import urllib3
from django.conf import settings

from chatops.line.client import access_token

if TYPE_CHECKING:
    from chatops.models import Channel

HOST = "https://api-data.line.me"
# Seconds to connect, and to wait for anything more to come.
TIMEOUT = urllib3.Timeout(connect=3.0, read=10.0)
CHUNK = 64 * 1024


class ContentFault(Enum):
    """What a download that did not succeed means for the file."""

    NOT_READY = "LINE still prepares it"
    GONE = "LINE has it no more"
    TOO_LARGE = "more bytes than allowed"
    TROUBLE = "no file this time"


class ContentError(Exception):
    """A download that did not succeed; `fault` tells what may be done next."""

    def __init__(self, fault: ContentFault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason


def download(
    channel: Channel, message_id: str, into: IO[bytes], *, max_bytes: int, seconds: float
) -> int:
    """Write what the message `message_id` holds to `into`; return how many bytes it has.

    Stops as soon as it has more than `max_bytes` or takes longer than `seconds`; `into` holds
    a part of it then. Call it outside a database transaction. Raise ContentError.
    """
    end = time.monotonic() + seconds
    address = f"{settings.LINE_API_URL or HOST}/v2/bot/message/{quote(message_id, safe='')}/content"
    try:
        response = _pool().request(
            "GET",
            address,
            headers={
                "Authorization": f"Bearer {access_token(channel)}",
                "Accept-Encoding": "identity",
            },
            timeout=TIMEOUT,
            retries=False,  # whoever called tries again, later
            redirect=False,  # the token is for LINE alone
            preload_content=False,
            decode_content=False,
        )
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise _trouble(error) from error
    try:
        _check(response.status)
        announced = _length(response.headers.get("Content-Length"))
        if announced is not None and announced > max_bytes:
            raise ContentError(ContentFault.TOO_LARGE, f"{announced} bytes")
        received = 0
        while part := _read(response):
            received += len(part)
            if received > max_bytes:
                raise ContentError(ContentFault.TOO_LARGE, f"more than {max_bytes} bytes")
            if time.monotonic() > end:
                raise ContentError(ContentFault.TROUBLE, f"ใช้เวลาเกิน {seconds:.0f} วินาที")
            into.write(part)
        if announced is not None and received != announced:
            raise ContentError(ContentFault.TROUBLE, "LINE ส่งไฟล์มาไม่ครบ")
    except BaseException:
        # What is left unread would stand before the next answer of this connection.
        response.close()
        raise
    response.release_conn()
    return received


def _check(status: int) -> None:
    if status == 200:
        return
    if status == 202:
        raise ContentError(ContentFault.NOT_READY, "LINE กำลังเตรียมไฟล์")
    if status in (404, 410):
        raise ContentError(ContentFault.GONE, f"HTTP {status}")
    raise ContentError(ContentFault.TROUBLE, f"HTTP {status}")


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """Return what has come, b'' at the end: a sender of single bytes cannot hold us."""
    try:
        return response.read1(CHUNK, decode_content=False)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _trouble(error) from error


def _length(header: str | None) -> int | None:
    return int(header) if header and header.isascii() and header.isdigit() else None


def _trouble(error: Exception) -> ContentError:
    return ContentError(ContentFault.TROUBLE, f"LINE ไม่ตอบ ({type(error).__name__})")


_pools: dict[int, urllib3.PoolManager] = {}
_lock = threading.Lock()


def _pool() -> urllib3.PoolManager:
    """Return this process's connections, made after the fork that it lives in."""
    with _lock:
        pid = os.getpid()
        if pid not in _pools:
            _pools[pid] = urllib3.PoolManager(maxsize=4)
        return _pools[pid]
