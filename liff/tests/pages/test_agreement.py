"""What the page says of a number or a date is what the server says of it."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from bannmae.thai import calendar, national_id, phone
from liff.api.payments_forms import Baht

ROOT = Path(__file__).resolve().parents[3]
NODE = Path(sys.executable).with_name("node")

PHONES = [
    "0812345678", "081-234-5678", "๐๘๑ ๒๓๔ ๕๖๗๘", "+66812345678", "+66 (0)53 123 456",
    "0066812345678", "66812345678", "053123456", "053-123456 ต่อ 101", "021234567 #12",
    "โทร. 081 234 5678", "tel:0812345678", "", "   ", "1669", "12345", "08123456789", "0112345678",
    "081234567a", "0812345678, 0898765432", "0812345678/0898765432", "0612345678", "0912345678",
]  # fmt: skip
IDS = [
    "1234567890121", "1-2345-67890-12-1", "๑๒๓๔๕๖๗๘๙๐๑๒๑", "1101700000001", "3509900000005",
    "5501200000010", "6501200000018", "8901200000011", "1111111111119", "1234567890123",
    "1111111111111", "0000000000000", "0000000000001", "123", "", "12345678901234", "12345678901ab",
]  # fmt: skip
AMOUNTS = [
    "80", "๘๐", "1,250.50", "1250.5", " 1 250 ", "80 บาท", "฿80", "80.-", "80฿", "0012", "12.000",
    "12.", "0.01", "99,999,999.99", "99999999.999", "100000000", "0", "0.00", "000", "-5", "-5.50",
    "", "  ", "แปดสิบ", "1,25", "1,2500", ",100", ".5", "1.2.3", "1e3", "1.001", "+5", "80 บาทถ้วน",
]  # fmt: skip
MOMENTS = [
    "2026-11-21T03:05:00+00:00", "2026-01-01T00:00:00+07:00", "2026-12-31T17:00:00+00:00",
    "2028-02-29T23:59:00+07:00",
]  # fmt: skip


def in_the_page(module: str, expression: str, values: list[str]) -> list[Any]:
    """Evaluate a JavaScript expression of `v` for each value, with a module of the pages as `m`."""
    address = (ROOT / "liff/frontend" / module).as_uri()
    program = (
        f"const m = await import({json.dumps(address)});"
        f"console.log(JSON.stringify({json.dumps(values)}.map((v) => {expression})));"
    )
    done = subprocess.run(
        [str(NODE), "--no-warnings", "--input-type=module", "-e", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return list(json.loads(done.stdout))


def problem(check: Any, text: str, refusal: type[ValueError]) -> str:
    """Return the server's words on a text, '' when it takes it."""
    try:
        check(text)
    except refusal as error:
        return str(error)
    return ""


def amount(text: str) -> dict[str, str]:
    """Return what the server makes of an amount, as the page says it."""
    try:
        return {"problem": "", "value": str(Baht().run_validation(text))}
    except ValidationError as error:
        return {"problem": str(error.detail[0])}  # type: ignore[index]


def test_on_telephone_numbers() -> None:
    expected = [problem(phone.normalise, text, phone.InvalidPhone) for text in PHONES]
    assert dict(
        zip(PHONES, in_the_page("lib/thai.js", "m.phoneProblem(v)", PHONES), strict=True)
    ) == (dict(zip(PHONES, expected, strict=True)))


def test_on_identification_numbers() -> None:
    refusal = national_id.InvalidNationalId
    expected = [problem(national_id.normalise, text, refusal) for text in IDS]
    assert dict(
        zip(IDS, in_the_page("lib/thai.js", "m.nationalIdProblem(v)", IDS), strict=True)
    ) == (dict(zip(IDS, expected, strict=True)))


def test_on_dates() -> None:
    moments = [dt.datetime.fromisoformat(text) for text in MOMENTS]
    for options, arguments in [("{}", {}), ("{ short: true }", {"short": True})]:
        told = in_the_page("lib/thai.js", f"m.formatDateTime(v, {options})", MOMENTS)
        assert told == [calendar.format_datetime(moment, **arguments) for moment in moments]


def test_on_amounts() -> None:
    told = in_the_page("payment/amount.js", "m.readAmount(v)", AMOUNTS)
    assert dict(zip(AMOUNTS, told, strict=True)) == {text: amount(text) for text in AMOUNTS}


def test_on_how_an_amount_is_written() -> None:
    amounts = ["0.01", "80.00", "1250.50", "99999999.99"]
    expected = [f"{Decimal(amount):,.2f} บาท" for amount in amounts]
    assert in_the_page("payment/amount.js", "m.formatBaht(v)", amounts) == expected


def test_on_runs_of_months() -> None:
    runs = {
        "": "",
        "2026-11": "พ.ย. 69",
        "2026-12 2026-10 2026-11": "ต.ค.–ธ.ค. 69",
        "2026-12 2027-01": "ธ.ค. 69–ม.ค. 70",
        "2026-01 2026-03 2026-04": "ม.ค. 69, มี.ค.–เม.ย. 69",
    }
    words = in_the_page(
        "payment/period.js", "m.monthsText(v.split(' ').filter(Boolean))", list(runs)
    )
    assert words == list(runs.values())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"reporter": {"phone": ["ผิด"]}}', [["phone", "ผิด"]]),
        ('{"longitude": ["ผิด"], "latitude": ["ไม่ดี"]}', [["position", "ผิด"]]),
        ('{"photos": {"0": ["ผิด"]}}', [["photos", "ผิด"]]),
        ('{"detail": "มากไป"}', [["detail", "มากไป"]]),
        ("null", []),
    ],
)
def test_on_where_a_refusal_belongs(body: str, expected: list[list[str]]) -> None:
    assert in_the_page("form/rules.js", "[...m.errorsOfApi(JSON.parse(v))]", [body]) == [expected]
