"""The log filter: nothing personal and nothing secret reaches a handler."""

import io
import logging

import pytest
from pytest_django import Settings

from bannmae.privacy.logging import MaskingFilter, scrub

ID, PHONE = "1101700000001", "081-234-5678"
JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJVMTIzIn0.c2lnbmF0dXJl"
REPLY_TOKEN = "0f3779fba3b349968c5d07db31eab56f"
ACCESS_TOKEN = "Ab1+/" * 34 + "=="


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    """A logger with a handler as the service has it, and what the handler wrote."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    handler.addFilter(MaskingFilter())
    logger = logging.Logger("masked")
    logger.addHandler(handler)
    return logger, out


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"บัตร {ID}", ID),
        (f"โทร {PHONE}", "5678"),
        ("โทร ๐๘๑๒๓๔๕๖๗๘", "๕๖๗๘"),
        (f"Authorization: Bearer {JWT}", "c2lnbmF0dXJl"),
        ("Not Found: /receipts/N6KsR2NEjrsy1RjTxmX5Ga2808aLqDfHvFbkb28_JUo.pdf", "N6KsR2"),
        ("Not Found: /verify/N6KsR2NEjrsy1RjTxmX5Ga2808aLqDfHvFbkb28_JUo", "N6KsR2"),
        ("Authorization: Bearer short.opaque-token", "opaque"),
        ("Authorization: s3cret-value", "s3cret"),
        ("'HTTP_AUTHORIZATION': 'Basic dXNlcjpwYXNz'", "dXNlcjpwYXNz"),
        (f"verifying {JWT} failed", "c2lnbmF0dXJl"),
        ('{"id_token": "tiny", "ok": true}', "tiny"),
        ("id_token=tiny&client_id=1", "tiny"),
        ("access_token=abc123", "abc123"),
        ('"replyToken":"nHuyWiB7yP5Zw52FIkcQobQuGDXCTA"', "nHuyWiB7"),
        ("{'reply_token': 'it\\'s tiny'}", "tiny"),
        (f"token {REPLY_TOKEN} refused", REPLY_TOKEN),
        ("channel_secret=abcdef", "abcdef"),
        ("LINE_CHANNEL_SECRET: abcdef", "abcdef"),
        ("X-Line-Signature: cGxlYXNl", "cGxlYXNl"),
        ("password='geheim wort'", "geheim wort"),
        (f"push with {ACCESS_TOKEN}", ACCESS_TOKEN[:40]),
        ("token gAAAAABm" + "x" * 60, "x" * 20),
    ],
)
def test_scrubbed_text_does_not_show(text: str, hidden: str) -> None:
    assert hidden in text
    assert hidden not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "complaint 69-0042 moved to in_progress by nitikan",
        "POST /api/v1/complaints 201 in 35 ms",
        "webhook event 01FZ74A0TDDPYRVKNK77XKC3ZR stored",
        "user U4af4980629fb4a1d9b1d0c2a3b4c5d6e followed",
        "reply token expired, pushing instead",
        "2026-11-21 10:05:00 sweep found 3 rows",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert scrub(text) == text


def test_the_services_own_secrets_never_show(settings: Settings) -> None:
    settings.LINE_CHANNEL_SECRETS = ["kurz-aber-geheim"]
    settings.LINE_CHANNEL_ACCESS_TOKEN = "another short one"
    shown = scrub("sent kurz-aber-geheim and another short one")
    assert shown == "sent *** and ***"


def test_message_and_arguments_are_masked_together(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, out = log
    logger.warning("id_token=%s phone %s of %d", "tiny", PHONE, 3)
    logger.warning("by name %(phone)s", {"phone": PHONE})
    assert out.getvalue() == (
        "WARNING id_token=*** phone xxx-xxx-xxxx of 3\nWARNING by name xxx-xxx-xxxx\n"
    )


def test_exceptions_and_their_causes_are_masked(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    try:
        try:
            raise KeyError(ID)
        except KeyError as cause:
            raise ValueError(f"no resident with {PHONE}") from cause
    except ValueError:
        logger.exception("failed for %s", ID, stack_info=True)
    shown = out.getvalue()
    assert "ValueError: no resident with xxx-xxx-xxxx" in shown
    assert "KeyError" in shown
    assert "Stack (most recent call last)" in shown
    assert ID not in shown
    assert PHONE not in shown


def test_a_wrong_format_string_neither_breaks_nor_leaks(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, out = log
    logger.warning("two %s %s", ID)
    assert "two %s %s" in out.getvalue()
    assert ID not in out.getvalue()


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["a-", "a.", "/verify/", "token", "id_token ", "eyJ-", "password='", "0 "]
)
def test_what_a_resident_typed_cannot_hold_up_the_log(piece: str) -> None:
    # A pattern that looks ahead from every start would take minutes for these.
    assert scrub(piece * 20_000)


def test_extra_texts_on_the_record_are_masked() -> None:
    record = logging.makeLogRecord({"msg": "x", "path": f"/find?phone={PHONE}", "status": 404})
    assert MaskingFilter().filter(record)
    assert vars(record)["path"] == "/find?phone=xxx-xxx-xxxx"
    assert vars(record)["status"] == 404
    assert record.getMessage() == "x"
