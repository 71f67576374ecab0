"""Action objects: what a tap does. Which types and which labels are allowed depends on where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatops.simulator import limits
from chatops.simulator.rules.report import Path, Report
from chatops.simulator.rules.values import (
    INVALID,
    MUST_BE_SPECIFIED,
    Field,
    check_object,
    graphemes,
    link,
    matching,
    may,
    need,
    one_of,
    some_text,
    text,
)

COMMON = ("postback", "message", "uri", "datetimepicker", "clipboard")


@dataclass(frozen=True)
class Place:
    """Where an action stands: the types it may have, and the rules of its label."""

    types: tuple[str, ...]
    label_chars: int
    label_required: bool


TEMPLATE = Place(COMMON, limits.LABEL_CHARS, label_required=True)
TEMPLATE_DEFAULT = Place(COMMON, limits.LABEL_CHARS, label_required=False)
IMAGE_CAROUSEL = Place(COMMON, limits.LABEL_CHARS_IMAGE_CAROUSEL, label_required=False)
FLEX_BUTTON = Place(COMMON, limits.LABEL_CHARS_FLEX, label_required=True)
FLEX = Place(COMMON, limits.LABEL_CHARS_FLEX, label_required=False)
FLEX_VIDEO = Place(("uri",), limits.LABEL_CHARS_FLEX, label_required=False)
RICH_MENU = Place((*COMMON, "richmenuswitch"), limits.LABEL_CHARS, label_required=False)
QUICK_REPLY = Place(
    (*COMMON, "camera", "cameraRoll", "location"), limits.LABEL_CHARS, label_required=True
)

_DATA = need(text(limits.POSTBACK_DATA_CHARS, least=0))

FIELDS: dict[str, dict[str, Field]] = {
    "postback": {
        "data": _DATA,
        "displayText": may(graphemes(limits.POSTBACK_TEXT_CHARS)),
        "text": may(graphemes(limits.POSTBACK_TEXT_CHARS)),
        "inputOption": may(one_of(("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"))),
        "fillInText": may(graphemes(limits.FILL_IN_TEXT_CHARS)),
    },
    "message": {"text": need(graphemes(limits.MESSAGE_ACTION_CHARS))},
    "uri": {"uri": need(link)},
    "datetimepicker": {
        "data": _DATA,
        "mode": need(one_of(("date", "time", "datetime"))),
        "initial": may(some_text),
        "max": may(some_text),
        "min": may(some_text),
    },
    "clipboard": {"clipboardText": need(text(limits.CLIPBOARD_CHARS))},
    "richmenuswitch": {
        "richMenuAliasId": need(matching(limits.ALIAS_PATTERN, "invalid richMenuAliasId")),
        "data": _DATA,
    },
    "camera": {},
    "cameraRoll": {},
    "location": {},
}

# Full matches of each mode, and the pattern that reads them. Years 1900 to 2100 are LINE's.
_DATE = r"(19\d\d|20\d\d|2100)-\d\d-\d\d"
_TIME = r"\d\d:\d\d"
MOMENTS = {
    "date": (re.compile(_DATE), "%Y-%m-%d"),
    "time": (re.compile(_TIME), "%H:%M"),
    "datetime": (re.compile(rf"{_DATE}[Tt]{_TIME}"), "%Y-%m-%dT%H:%M"),
}


def check_action(value: Any, path: Path, report: Report, place: Place) -> None:
    """Check an action object that stands at `place`."""
    if not isinstance(value, dict):
        report.add(path, MUST_BE_SPECIFIED)
        return
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in FIELDS:
        report.add((*path, "type"), MUST_BE_SPECIFIED if kind is None else INVALID)
        return
    if kind not in place.types:
        report.add((*path, "type"), f"{kind} action is not allowed here")
        return
    required = place.label_required or kind in {"camera", "cameraRoll", "location"}
    label = Field(graphemes(place.label_chars, least=int(required)), required)
    check_object(value, path, report, {"label": label, **FIELDS[kind]})
    if kind == "postback":
        _check_postback(value, path, report)
    elif kind == "uri" and value.get("altUri") is not None:
        check_object(value["altUri"], (*path, "altUri"), report, {"desktop": may(link)})
    elif kind == "datetimepicker":
        _check_moments(value, path, report)


def _check_postback(value: dict[str, Any], path: Path, report: Report) -> None:
    if value.get("displayText") is not None and value.get("text") is not None:
        report.add((*path, "text"), "can not be set together with displayText")
    if value.get("fillInText") is not None and value.get("inputOption") != "openKeyboard":
        report.add((*path, "fillInText"), "is valid only when inputOption is openKeyboard")


def _check_moments(value: dict[str, Any], path: Path, report: Report) -> None:
    mode = value.get("mode")
    if not isinstance(mode, str) or mode not in MOMENTS:
        return
    shape, pattern = MOMENTS[mode]
    read: dict[str, datetime] = {}
    for name in ("initial", "max", "min"):
        raw = value.get(name)
        if not isinstance(raw, str) or not raw:
            continue
        try:
            if shape.fullmatch(raw) is None:
                raise ValueError(raw)
            read[name] = datetime.strptime(raw.upper(), pattern).replace(tzinfo=UTC)
        except ValueError:
            report.add((*path, name), "invalid datetime format")
    if "max" in read and "min" in read and read["max"] <= read["min"]:
        report.add((*path, "max"), "must be greater than min")
