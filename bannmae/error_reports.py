"""Error reports to Sentry, without anything of the people they happened to.

Staff search for names and national IDs in `?q=`, residents post theirs, and addresses hold
tokens that open receipts. So a report is built from what is known to be harmless: where in our
code, what kind of error, on which page of the site (its pattern, not its address), and what was
logged before, as it stands in our code.
"""

from __future__ import annotations

from typing import Any

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.transport import Transport
from sentry_sdk.utils import BadDsn, Dsn

from bannmae.privacy.logging import scrub

KEPT = {
    "event_id",
    "timestamp",
    "level",
    "platform",
    "logger",
    "release",
    "environment",
    "server_name",
    "transaction",
    "transaction_info",
    "sdk",
    "modules",
    "fingerprint",
}
KEPT_CONTEXTS = {"runtime", "trace"}
KEPT_OF_FRAMES = {
    "filename",
    "abs_path",
    "function",
    "module",
    "lineno",
    "pre_context",
    "context_line",
    "post_context",
    "in_app",
}
MAX_TEXT = 300
# What these say is of our code: types, names of attributes and modules. Others quote values.
TELLING = {"AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "TypeError"}


def start(dsn: str, transport: type[Transport] | None = None) -> None:
    """Report errors of this process to `dsn`.

    Raises:
        ImproperlyConfigured: `dsn` is none.
    """
    try:
        Dsn(dsn)
    except (BadDsn, ValueError) as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN must look like https://key@host/project-number"
        ) from error
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        auto_session_tracking=False,
        before_send=harmless,
        before_send_transaction=lambda event, hint: None,
        before_breadcrumb=_harmless_breadcrumb,
    )


def harmless(event: Any, hint: Any) -> Any:
    """Return the report `event` with nothing in it but what may leave the office."""
    kept = {name: value for name, value in event.items() if name in KEPT}
    kept["contexts"] = {
        name: value for name, value in event.get("contexts", {}).items() if name in KEPT_CONTEXTS
    }
    # The trace's attributes repeat the address.
    if "trace" in kept["contexts"]:
        kept["contexts"]["trace"] = {
            name: value
            for name, value in kept["contexts"]["trace"].items()
            if name in {"trace_id", "span_id", "parent_span_id", "op"}
        }
    if method := (event.get("request") or {}).get("method"):
        kept["request"] = {"method": method}
    if message := _template(hint):
        kept["logentry"] = {"message": message}
    if exceptions := _values(event.get("exception")):
        kept["exception"] = {"values": [_harmless_exception(one) for one in exceptions]}
    if breadcrumbs := _values(event.get("breadcrumbs")):
        kept["breadcrumbs"] = {"values": breadcrumbs}  # harmless since they were noted
    return kept


def _harmless_exception(exception: dict[str, Any]) -> dict[str, Any]:
    kept = {
        name: value for name, value in exception.items() if name in {"type", "module", "mechanism"}
    }
    if "mechanism" in kept:
        kept["mechanism"] = {
            name: value for name, value in kept["mechanism"].items() if name in {"type", "handled"}
        }
    if exception.get("type") in TELLING:
        kept["value"] = scrub(str(exception.get("value", "")))[:MAX_TEXT]
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    kept["stacktrace"] = {
        "frames": [
            {name: value for name, value in frame.items() if name in KEPT_OF_FRAMES}
            for frame in frames
        ]
    }
    return kept


def _harmless_breadcrumb(crumb: Any, hint: Any) -> Any:
    kept = {
        name: value
        for name, value in crumb.items()
        if name in {"type", "category", "level", "timestamp"}
    }
    return kept | {"message": _template(hint)}


def _template(hint: Any) -> str:
    """Return what was logged, with its place-holders instead of what was put there."""
    record = (hint or {}).get("log_record")
    template = getattr(record, "template", None) or getattr(record, "msg", "")
    return scrub(str(template))[:MAX_TEXT]


def _values(interface: Any) -> list[dict[str, Any]]:
    values = interface.get("values") if isinstance(interface, dict) else interface
    return [one for one in values or [] if isinstance(one, dict)]
