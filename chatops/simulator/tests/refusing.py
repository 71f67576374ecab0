"""What LINE would say of messages."""

from __future__ import annotations

from typing import Any

from chatops.simulator.rules import Report, check_messages, render


def refusals(*messages: Any) -> dict[str, str]:
    """Return what LINE would say of `messages`, by property; {} when it takes them."""
    report = Report()
    check_messages(list(messages), report)
    if not report.problems:
        return {}
    return {detail["property"]: detail["message"] for detail in render(report.problems)["details"]}
