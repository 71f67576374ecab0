"""Money in Thai words, as receipts and letters need it beside the figures."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_LIMIT = Decimal(10) ** 15


def baht_text(amount: Decimal) -> str:
    """Write an amount of baht in words.

    Args:
        amount: baht with at most two decimal places, not negative, below 10¹⁵.

    Raises:
        TypeError: not a `Decimal` (a float has no exact satang).
        ValueError: negative, more than two places, too large or not a number.

    >>> baht_text(Decimal("1250.50"))
    'หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์'
    >>> baht_text(Decimal("21"))
    'ยี่สิบเอ็ดบาทถ้วน'
    """
    if not isinstance(amount, Decimal):
        raise TypeError("amount must be a Decimal")
    if not amount.is_finite():
        raise ValueError("amount must be a finite number")
    if amount < 0:
        raise ValueError("amount must not be negative")
    if amount >= _LIMIT:
        raise ValueError("amount is too large")
    hundredfold = amount * 100
    satang = int(hundredfold)
    if satang != hundredfold:
        raise ValueError("amount must not have more than two decimal places")
    baht, rest = divmod(satang, 100)
    if rest == 0:
        return f"{_integer_text(baht)}บาทถ้วน"
    small = f"{_integer_text(rest)}สตางค์"
    return f"{_integer_text(baht)}บาท{small}" if baht else small


def _integer_text(number: int) -> str:
    """Return a whole number in words; counting starts anew at every ล้าน (10⁶)."""
    if number == 0:
        return _DIGITS[0]
    millions, rest = divmod(number, 1_000_000)
    head = f"{_integer_text(millions)}ล้าน" if millions else ""
    return head + _below_million(rest, follows=bool(millions))


def _below_million(number: int, *, follows: bool) -> str:
    """Return 1–999,999 in words, '' for 0; `follows`: millions stand before it."""
    words = []
    for place in range(5, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            continue
        if place == 1 and digit <= 2:
            words.append("สิบ" if digit == 1 else "ยี่สิบ")
        elif place == 0 and digit == 1 and (follows or number > 9):
            words.append("เอ็ด")
        else:
            words.append(_DIGITS[digit] + _PLACES[place])
    return "".join(words)
