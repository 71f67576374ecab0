"""SlipOK: https://slipok.com/api-documentation/check-slip/ (version 1.7 of March 2024).

POST https://api.slipok.com/api/line/apikey/<branch> with the key in `x-authorization`, body
{"data": text of the slip's code, "amount": baht}. `log` is left out on purpose: with it the
service would keep the slip, and its repeats are ours to find (payments/slips). Errors come as
{"code": …}: 1010 the bank is late, 1012 asked before, 1013 another amount, 1014 another
receiver. The names that it sends are not read.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from payments.slips.miniqr import SlipCode
from payments.verifiers.base import Outcome, Verdict

ADDRESS = "https://api.slipok.com"
SECONDS = 10.0  # for the connection and the answer
LONGEST_BODY = 64 * 1024
BRANCH = re.compile(r"[0-9A-Za-z_-]{1,40}")
CODES = {
    1010: Outcome.NOT_YET,
    1012: Outcome.REPEATED,
    1013: Outcome.WRONG_AMOUNT,
    1014: Outcome.WRONG_RECEIVER,
}


class _NoAnswer(Exception):
    """It could not be asked; the text says why, in Thai."""


@dataclass(frozen=True)
class SlipOK:
    """An account at the service: its branch and key."""

    name: ClassVar[str] = "SlipOK"
    branch: str
    key: str
    address: str = ADDRESS
    seconds: float = SECONDS

    def check(self, code: SlipCode, amount: Decimal | None) -> Verdict:
        """Ask; see Verifier."""
        if not BRANCH.fullmatch(self.branch) or not self.key or not self.key.isascii():
            return Verdict(Outcome.FAILED, detail="ยังไม่ได้ตั้งค่ารหัสสาขาหรือ API key")
        asked: dict[str, Any] = {"data": code.payload}
        if amount is not None:
            asked["amount"] = float(amount)  # the service takes a number
        try:
            status, raw = self._post(json.dumps(asked).encode())
        except _NoAnswer as error:
            return Verdict(Outcome.FAILED, detail=str(error))
        return _verdict(status, raw, code, amount)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        # Only where a verifier is on: the library need not be loaded elsewhere.
        import urllib3

        deadline = time.monotonic() + self.seconds
        try:
            with urllib3.PoolManager(retries=False) as pool:
                response = pool.request(
                    "POST",
                    f"{self.address}/api/line/apikey/{self.branch}",
                    body=body,
                    headers={
                        "Content-Type": "application/json",
                        "Accept": "application/json",
                        "x-authorization": self.key,
                    },
                    timeout=urllib3.Timeout(total=self.seconds),
                    redirect=False,  # the key is for this address alone
                    preload_content=False,
                )
                try:
                    return response.status, _read(response, deadline)
                finally:
                    response.close()
        except urllib3.exceptions.NewConnectionError as error:
            raise _NoAnswer("ติดต่อบริการไม่ได้") from error
        except urllib3.exceptions.TimeoutError as error:
            raise _NoAnswer("บริการไม่ตอบในเวลา") from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise _NoAnswer("ติดต่อบริการไม่ได้") from error


def _read(response: Any, deadline: float) -> bytes:
    raw = b""
    while part := response.read1(8192):
        raw += part
        if len(raw) > LONGEST_BODY:
            raise _NoAnswer("คำตอบยาวผิดปกติ")
        if time.monotonic() > deadline:
            raise _NoAnswer("บริการไม่ตอบในเวลา")
    return raw


def _verdict(status: int, raw: bytes, code: SlipCode, amount: Decimal | None) -> Verdict:
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return Verdict(Outcome.FAILED, detail=_refusal(status))
    inner = said.get("data")
    data: dict[str, Any] = inner if isinstance(inner, dict) else {}
    found = Verdict(
        Outcome.GENUINE, amount=_amount(data), at=_moment(data), receiver=_receiver(data)
    )
    number = said.get("code")
    if isinstance(number, int) and number in CODES:
        return replace(found, outcome=CODES[number])
    if status != 200 or said.get("success") is not True or data.get("success") is not True:
        known = status in (401, 403, 429) or status >= 500 or not isinstance(number, int)
        return Verdict(Outcome.FAILED, detail=_refusal(status) if known else f"รหัส {number}")
    if data.get("transRef") not in (None, code.reference):
        return Verdict(Outcome.FAILED, detail="บริการตอบเรื่องรายการโอนอื่น")
    if found.amount is None:
        return Verdict(Outcome.FAILED, detail="บริการไม่บอกจำนวนเงิน")
    if amount is not None and found.amount != amount:
        return replace(found, outcome=Outcome.WRONG_AMOUNT)
    return found


def _refusal(status: int) -> str:
    if status in (401, 403):
        return "API key หรือรหัสสาขาไม่ถูกต้อง"
    if status == 429:
        return "ถามถี่เกินไป หรือโควตาหมด"
    return f"บริการตอบสถานะ {status}"


def _amount(data: dict[str, Any]) -> Decimal | None:
    value = data.get("amount")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount < 10**10:
        return None
    return amount.quantize(Decimal("0.01"))


def _moment(data: dict[str, Any]) -> datetime | None:
    value = data.get("transTimestamp")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _receiver(data: dict[str, Any]) -> str:
    """Return the receiving account, which the service masks; nothing where it is not masked."""
    receiver = data.get("receiver")
    account = receiver.get("account") if isinstance(receiver, dict) else None
    value = account.get("value") if isinstance(account, dict) else None
    return value[:40] if isinstance(value, str) and "x" in value.lower() else ""
