"""The small QR code ("mini QR") that Thai banks print on a transfer slip.

Its text is a row of fields, each two digits of tag, two of length, then the value. Field 00 holds
fields of its own: 00 = 000001 (the kind of code), 01 = the sending bank, 02 = the transfer's
reference. 51 = TH. The last field is 91, four hexadecimal digits of CRC-16/CCITT-FALSE over all
that stands before them. No amount, no date and no receiver is in it.

TrueMoney prints another one: field 00 holds 00 = 01, 01 = 01, 02 = the kind of transfer, 03 = the
reference, 04 = the day; there is no 51, and the CRC is in small letters.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Literal

#: The longest reference that is taken; banks print 16–25 characters.
MAX_REFERENCE = 60
TRUEMONEY = "ทรูมันนี่ วอลเล็ท"

#: The Bank of Thailand's three-digit codes of the banks that print slips.
BANKS = {
    "002": "ธนาคารกรุงเทพ",
    "004": "ธนาคารกสิกรไทย",
    "006": "ธนาคารกรุงไทย",
    "011": "ธนาคารทหารไทยธนชาต",
    "014": "ธนาคารไทยพาณิชย์",
    "022": "ธนาคารซีไอเอ็มบี ไทย",
    "024": "ธนาคารยูโอบี",
    "025": "ธนาคารกรุงศรีอยุธยา",
    "030": "ธนาคารออมสิน",
    "033": "ธนาคารอาคารสงเคราะห์",
    "034": "ธ.ก.ส.",
    "066": "ธนาคารอิสลามแห่งประเทศไทย",
    "067": "ธนาคารทิสโก้",
    "069": "ธนาคารเกียรตินาคินภัทร",
    "073": "ธนาคารแลนด์ แอนด์ เฮ้าส์",
}

# Everything, the tag and length of the checksum included; then the checksum, whose leading zeros
# some banks' apps forget.
_WHOLE = re.compile(r"([\x21-\x7e]{1,400}9104)([0-9A-Fa-f]{1,4})")
_HEADER = re.compile(r"[0-9]{4}")
_BANK = re.compile(r"[0-9]{3}")
_REFERENCE = re.compile(rf"[\x21-\x7e]{{1,{MAX_REFERENCE}}}")
_MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class SlipCode:
    """What the code on a slip says.

    `bank` is the sending bank's three digits, '' for a wallet (`kind` "truemoney"). `reference`
    keeps its capital and small letters: they tell transfers apart. Bank and reference together
    name one transfer. `payload` is the text of the code with its checksum complete; `repaired`
    says that the checksum's leading zeros were missing.
    """

    bank: str
    reference: str
    payload: str
    repaired: bool = False
    kind: Literal["bank", "truemoney"] = "bank"

    @property
    def bank_name(self) -> str:
        """The sender's Thai name; an unknown bank's number in words."""
        return TRUEMONEY if self.kind == "truemoney" else bank_name(self.bank)


def bank_name(code: str) -> str:
    """Return a bank's Thai name.

    >>> bank_name("034"), bank_name("999"), bank_name("")
    ('ธ.ก.ส.', 'ธนาคารรหัส 999', '')
    """
    return BANKS.get(code) or (f"ธนาคารรหัส {code}" if code else "")


def checksum(text: str) -> str:
    """Return CRC-16/CCITT-FALSE (polynomial 1021, start FFFF) of ASCII text in four digits.

    >>> checksum("123456789")
    '29B1'
    """
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def field(tag: str, value: str) -> str:
    """Return one field: tag, length, value.

    Raises:
        ValueError: the value has more than 99 characters, or the tag is not two digits.

    >>> field("51", "TH")
    '5102TH'
    """
    if not re.fullmatch(r"[0-9]{2}", tag) or not value.isascii() or len(value) > 99:
        raise ValueError("a field has a tag of two digits and at most 99 ASCII characters")
    return f"{tag}{len(value):02}{value}"


def fields(text: str) -> dict[str, str] | None:
    """Return the fields of a text by tag; None where it is not such a row, or a tag comes twice.

    >>> fields("5102TH9104ABCD"), fields("5103TH")
    ({'51': 'TH', '91': 'ABCD'}, None)
    """
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        header = text[place : place + 4]
        if not _HEADER.fullmatch(header) or header[:2] in found:
            return None
        end = place + 4 + int(header[2:])
        if end > len(text):
            return None
        found[header[:2]] = text[place + 4 : end]
        place = end
    return found


def parse(text: str) -> SlipCode | None:
    """Return what the text of a QR code says as a slip's code; None for any other text.

    The checksum must be right. Where its leading zeros are missing, they are put back first.
    """
    if len(text) > _MAX_TEXT or not (whole := _WHOLE.fullmatch(text.strip())):
        return None
    body, digits = whole.groups()
    if checksum(body) != digits.upper().rjust(4, "0"):
        return None
    outer = fields(body.removesuffix("9104"))
    inner = fields(outer["00"]) if outer and "00" in outer else None
    if not outer or not inner:
        return None
    payload, repaired = body + digits.rjust(4, "0"), len(digits) < 4
    bank, reference = inner.get("01", ""), inner.get("02", "")
    if (
        inner.get("00") == "000001"
        and outer.get("51", "TH") == "TH"
        and _BANK.fullmatch(bank)
        and _REFERENCE.fullmatch(reference)
    ):
        return SlipCode(bank, reference, payload, repaired)
    if (inner.get("00"), bank) == ("01", "01") and _REFERENCE.fullmatch(inner.get("03", "")):
        return SlipCode("", inner["03"], payload, repaired, kind="truemoney")
    return None


def is_payment_code(text: str) -> bool:
    """Say whether the text is a QR code to pay by (EMVCo, as PromptPay is), with its CRC right."""
    text = text.strip()
    if len(text) > 1000 or not text.isascii() or not text.startswith("000201"):
        return False
    return text[-8:-4] == "6304" and checksum(text[:-4]) == text[-4:].upper()
