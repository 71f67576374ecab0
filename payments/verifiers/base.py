"""What a verifier is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.slips.miniqr import SlipCode, checksum, field


class Outcome(StrEnum):
    """What a service says of a transfer."""

    GENUINE = "genuine"  # it took place, and its amount is what was asked
    WRONG_AMOUNT = "wrong_amount"
    WRONG_RECEIVER = "wrong_receiver"
    REPEATED = "repeated"  # it was asked before
    NOT_YET = "not_yet"  # the bank has not told it yet
    UNKNOWN = "unknown"  # no such transfer
    FAILED = "failed"  # no answer that tells anything


LABELS = {
    Outcome.GENUINE: "พบรายการโอนจริง จำนวนเงินตรง",
    Outcome.WRONG_AMOUNT: "พบรายการโอน แต่จำนวนเงินไม่ตรง",
    Outcome.WRONG_RECEIVER: "พบรายการโอน แต่บัญชีผู้รับไม่ใช่บัญชีที่ลงทะเบียนไว้",
    Outcome.REPEATED: "สลิปนี้เคยตรวจกับบริการนี้แล้ว",
    Outcome.NOT_YET: "ธนาคารยังไม่ส่งข้อมูล ลองใหม่ภายหลัง",
    Outcome.UNKNOWN: "ไม่พบรายการโอนนี้",
    Outcome.FAILED: "ตรวจไม่สำเร็จ",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer. `amount` in baht and `at` as the service says, `receiver` a masked account.

    `detail` is a word about a failure, of our own making or the service's code; never a key,
    and never the payer.
    """

    outcome: Outcome
    amount: Decimal | None = None
    at: datetime | None = None
    receiver: str = ""
    detail: str = ""

    @property
    def label(self) -> str:
        """The outcome in Thai."""
        return LABELS[self.outcome]


class Verifier(Protocol):
    """A service. `check` takes some seconds at most and raises nothing."""

    name: ClassVar[str]

    def check(self, code: SlipCode, amount: Decimal | None) -> Verdict:
        """Ask whether the transfer of `code` took place, of `amount` baht where it is known."""


def code_of(bank: str, reference: str) -> SlipCode | None:
    """Return a slip's code as it stood in the picture, from what was kept of it.

    None for a wallet's: its code holds more than is kept.

    >>> code_of("002", "0002123123121200011").payload
    '004000060000010103002021900021231231212000115102TH91049C30'
    """
    if not bank or not reference:
        return None
    inner = field("00", "000001") + field("01", bank) + field("02", reference)
    body = field("00", inner) + field("51", "TH") + "9104"
    return SlipCode(bank, reference, body + checksum(body))
