"""A log filter that lets no personal data and no secret through.

Put it on the handlers (a filter on a logger does not see the records of its children).
"""

from __future__ import annotations

import logging
import re

from django.conf import settings

from bannmae.privacy.masking import mask_text

HIDDEN = "***"

# Every pattern takes time in proportion to the text: no start may look far ahead in vain, since
# what residents type ends up in messages of errors.
_BEARER = re.compile(r"\b(Bearer|Basic)\s{1,4}[A-Za-z0-9._~+/=-]+", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"""(?ix)
    (?P<name>(?:
        (?:id|access|refresh|reply|auth|csrf)[_-]?token | csrftoken | sessionid
        | (?:channel|client)[_-]?secret | secret[_-]?key | field[_-]?keys? | api[_-]?key
        | password | passwd | x-line-signature | code_verifier
    )["']?\s{0,4}(?:=>|[=:])\s{0,4})
    (?: (?P<quote>["'])(?:\\.|(?!(?P=quote)).)* (?P=quote)? | (?!\*\*\*)[^\s"'&,;)}\]]+ )
    """
)
_AUTHORIZATION = re.compile(
    r"(?i)(authorization[\"']?\s{0,4}[=:]\s{0,4}[\"']?)(?!Bearer|Basic)[^\s\"',}]+"
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]+\.[\w-]+\.?[\w-]*")
_FERNET = re.compile(r"(?<![\w-])gAAAAA[\w-]{40,}={0,2}")
# LINE: channel secrets and reply tokens are 32 letters and digits, access tokens well over 100.
_HEX_SECRET = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")
_LONG_TOKEN = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{100,}={0,2}")
# Whoever knows the address of a receipt or of a sent picture may read it.
_UNGUESSABLE = re.compile(r"(/(?:receipts|verify|payment-requests|pictures)/)[\w-]{20,}")

_SECRET_SETTINGS = (
    "SECRET_KEY",
    "FIELD_KEYS",
    "LINE_CHANNEL_SECRET",
    "LINE_CHANNEL_SECRETS",
    "LINE_CHANNEL_ACCESS_TOKEN",
    "AI_API_KEY",
)
_STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def scrub(text: str) -> str:
    """Return `text` without national IDs, phones, tokens and secrets.

    >>> scrub("Authorization: Bearer abc.def reply_token=0f1e phone 081-234-5678")
    'Authorization: Bearer *** reply_token=*** phone xxx-xxx-xxxx'
    """
    for secret in _configured_secrets():
        text = text.replace(secret, HIDDEN)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _AUTHORIZATION.sub(rf"\1{HIDDEN}", text)
    text = _NAMED_SECRET.sub(_hide_value, text)
    text = _UNGUESSABLE.sub(rf"\1{HIDDEN}", text)
    for pattern in (_JWT, _FERNET, _LONG_TOKEN, _HEX_SECRET):
        text = pattern.sub(HIDDEN, text)
    return mask_text(text)


class MaskingFilter(logging.Filter):
    """Rewrites every record in place: message, arguments, exception, stack, extra texts."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrub the record; always lets it pass."""
        if not hasattr(record, "template"):
            record.template = str(record.msg)  # for error reports, which take no values along
        record.msg = scrub(_message(record))
        record.args = None
        if record.exc_info and not record.exc_text:
            # Formatters use a text that is there already, so the clear one is never made.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = scrub(record.exc_text)
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        for name, value in list(vars(record).items()):
            if name not in _STANDARD_ATTRIBUTES and isinstance(value, str):
                setattr(record, name, scrub(value))
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # A wrong format string must not cost the line, nor break the caller: the logging module
        # shields formatting, but not filters.
        return f"{record.msg} (arguments could not be formatted)"


def _hide_value(found: re.Match[str]) -> str:
    quote = found.group("quote") or ""
    return f"{found.group('name')}{quote}{HIDDEN}{quote}"


def _configured_secrets() -> list[str]:
    """Return the secret settings' values, longest first; none before settings are there."""
    if not settings.configured:
        return []
    secrets: list[str] = []
    for name in _SECRET_SETTINGS:
        value = getattr(settings, name, None) or ()
        secrets += [value] if isinstance(value, str) else [str(item) for item in value]
    return sorted((s for s in secrets if len(s) >= 8), key=len, reverse=True)
