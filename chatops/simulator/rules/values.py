"""Small checkers of single values, from which the objects' tables are made.

A checker takes (value, path, report) and adds what is wrong. `None` counts as absent, as in
LINE's own parser, and never reaches a checker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chatops.simulator import limits
from chatops.simulator.rules.report import Path, Report

Checker = Callable[[Any, Path, Report], None]

MUST_BE_SPECIFIED = "must be specified"
MAY_NOT_BE_EMPTY = "May not be empty"
INVALID = "invalid property"


@dataclass(frozen=True)
class Field:
    """One property of an object: its checker, and whether it must be there."""

    check: Checker
    required: bool = False


def need(check: Checker) -> Field:
    """Return a property that must be there."""
    return Field(check, required=True)


def may(check: Checker) -> Field:
    """Return a property that may be left out."""
    return Field(check)


def check_object(
    value: Any,
    path: Path,
    report: Report,
    fields: Mapping[str, Field],
    *,
    missing: str = MUST_BE_SPECIFIED,
    strict: bool = False,
) -> bool:
    """Check the properties of an object; return whether it is an object at all.

    `strict` refuses properties that LINE does not know (it does so in Flex containers only).
    """
    if not isinstance(value, dict):
        report.add(path, INVALID)
        return False
    for name, spec in fields.items():
        if value.get(name) is None:
            if spec.required:
                report.add((*path, name), missing)
            continue
        spec.check(value[name], (*path, name), report)
    if strict:
        for name in value:
            if name not in fields:
                report.add((*path, name), "unknown field")
    return True


def text(
    most: int,
    *,
    least: int = 1,
    count: Callable[[str], int] = limits.utf16_length,
    plain: bool = False,
) -> Checker:
    """Return a checker of a string of `least` to `most` characters as `count` counts them.

    `plain` takes the words LINE uses for properties directly in the request body.
    """

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str):
            report.add(path, INVALID)
        elif least and not value:
            report.add(path, MAY_NOT_BE_EMPTY if plain else "must be non-empty text")
        elif count(value) > most:
            report.add(
                path,
                f"Length must be between 0 and {most}"
                if plain
                else f"must not be longer than {most} characters",
            )

    return check


def graphemes(most: int, *, least: int = 1) -> Checker:
    """Return a checker of a string counted in grapheme clusters."""
    return text(most, least=least, count=limits.grapheme_length)


def any_text(value: Any, path: Path, report: Report) -> None:
    """Check that a value is a string, of any length, also empty."""
    if not isinstance(value, str):
        report.add(path, INVALID)


def some_text(value: Any, path: Path, report: Report) -> None:
    """Check that a value is a string that is not empty."""
    if not isinstance(value, str):
        report.add(path, INVALID)
    elif not value:
        report.add(path, "must be non-empty text")


def boolean(value: Any, path: Path, report: Report) -> None:
    """Check that a value is true or false."""
    if not isinstance(value, bool):
        report.add(path, INVALID)


def is_number(value: Any) -> bool:
    """Return whether `value` is a JSON number (true and false are none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(least: float, most: float) -> Checker:
    """Return a checker of a number from `least` to `most`."""

    def check(value: Any, path: Path, report: Report) -> None:
        if not is_number(value):
            report.add(path, INVALID)
        elif not least <= value <= most:
            report.add(path, f"Must be between {least:g} and {most:g}")

    return check


def integer(least: int, most: int = 2**31 - 1) -> Checker:
    """Return a checker of a whole number from `least` to `most`."""

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(path, INVALID)
        elif not least <= value <= most:
            report.add(path, f"Must be between {least} and {most}")

    return check


def one_of(values: Iterable[str]) -> Checker:
    """Return a checker of a string that is one of `values`."""
    allowed = list(values)

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str) or value not in allowed:
            report.add(path, f"Must be one of the following values: [{', '.join(allowed)}]")

    return check


def matching(pattern: str, message: str = INVALID) -> Checker:
    """Return a checker of a string that matches all of `pattern`."""
    compiled = re.compile(pattern)

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            report.add(path, message)

    return check


def objects(check_item: Checker, size: tuple[int, int], *, plain: bool = False) -> Checker:
    """Return a checker of an array of `size` (least, most) items."""
    least, most = size

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, list):
            report.add(path, INVALID)
            return
        if not least <= len(value) <= most:
            report.add(
                path,
                f"Size must be between {least} and {most}"
                if plain
                else f"size must be between {least} and {most}",
            )
        for index, item in enumerate(value):
            check_item(item, (*path, index), report)

    return check


def secure_url(value: Any, path: Path, report: Report) -> None:
    """Check the address of a picture, video or sound: https, at most 2,000 characters."""
    if not isinstance(value, str) or not value:
        report.add(path, INVALID)
    elif limits.utf16_length(value) > limits.URL_CHARS:
        report.add(path, f"must not be longer than {limits.URL_CHARS} characters")
    elif not limits.is_plain_url(value):
        report.add(path, "invalid uri")
    elif not limits.is_secure_url(value):
        report.add(path, "invalid uri scheme")


_TEL = re.compile(r"tel:[+0-9*#][0-9*#,;.()-]*", re.IGNORECASE)


def link(value: Any, path: Path, report: Report) -> None:
    """Check what a uri action opens: http, https, line or tel, at most 1,000 characters."""
    if not isinstance(value, str) or not value:
        report.add(path, "invalid uri")
        return
    if limits.utf16_length(value) > limits.URI_CHARS:
        report.add(path, f"must not be longer than {limits.URI_CHARS} characters")
        return
    try:
        parts = urlsplit(value)
        valid = {
            "http": bool(parts.hostname),
            "https": bool(parts.hostname),
            "line": bool(parts.netloc or parts.path),
            "tel": _TEL.fullmatch(value) is not None,
        }.get(parts.scheme)
    except ValueError:
        valid = False
    if valid is None:
        report.add(path, "invalid uri scheme")
    elif not valid or not limits.is_plain_url(value):
        report.add(path, "invalid uri")
