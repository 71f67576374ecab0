"""Flex containers and components, each with the table of properties that LINE knows."""

from __future__ import annotations

import re
from typing import Any

from chatops.simulator import limits
from chatops.simulator.rules.actions import FLEX, FLEX_BUTTON, FLEX_VIDEO, Place, check_action
from chatops.simulator.rules.report import Path, Report
from chatops.simulator.rules.values import (
    INVALID,
    MUST_BE_SPECIFIED,
    Checker,
    Field,
    any_text,
    boolean,
    check_object,
    integer,
    matching,
    may,
    need,
    one_of,
    secure_url,
    some_text,
)

PX = r"\d+(\.\d+)?px"
SIGNED_PX = r"-?\d+(\.\d+)?px"
PERCENT = r"\d+(\.\d+)?%"
SPACES = r"none|xs|sm|md|lg|xl|xxl"
SIZES = r"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
COLOR = r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?"

color = matching(COLOR, "invalid color")
space = matching(rf"{PX}|{SPACES}")
padding = matching(rf"{PX}|{PERCENT}|{SPACES}")
offset = matching(rf"{SIGNED_PX}|-?{PERCENT}|{SPACES}")
length = matching(rf"{PX}|{PERCENT}")
font_size = matching(rf"{PX}|{SIZES}")
kind = may(any_text)

WIDE_BUBBLES = {"kilo", "mega", "giga"}
BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
IN_BOX = {
    "vertical": {"box", "button", "image", "text", "separator", "filler"},
    "horizontal": {"box", "button", "image", "text", "separator", "filler"},
    "baseline": {"icon", "text", "filler"},
}


def aspect_ratio(value: Any, path: Path, report: Report) -> None:
    """Check `{width}:{height}`, each from 1 to 100000, the height at most thrice the width."""
    if not isinstance(value, str) or re.fullmatch(r"\d+(\.\d+)?:\d+(\.\d+)?", value) is None:
        report.add(path, INVALID)
        return
    width, height = (float(part) for part in value.split(":"))
    least, most = limits.ASPECT_RATIO_PART
    if not (least <= width <= most and least <= height <= most):
        report.add(path, INVALID)
    elif height > limits.ASPECT_RATIO_MAX_HEIGHT * width:
        report.add(path, "height must not be more than three times the width")


def _action_at(place: Place) -> Checker:
    def check(value: Any, path: Path, report: Report) -> None:
        check_action(value, path, report, place)

    return check


def _gradient(value: Any, path: Path, report: Report) -> None:
    fields = {
        "type": need(one_of(("linearGradient",))),
        "angle": need(matching(r"([0-9]|[1-9]\d|[12]\d\d|3[0-5]\d)(\.\d+)?deg")),
        "startColor": need(color),
        "endColor": need(color),
        "centerColor": may(color),
        "centerPosition": may(matching(r"(100(\.0+)?|\d{1,2}(\.\d+)?)%")),
    }
    check_object(value, path, report, fields, strict=True)


PLACED: dict[str, Field] = {
    "flex": may(integer(0)),
    "margin": may(space),
    "position": may(one_of(("relative", "absolute"))),
    "offsetTop": may(offset),
    "offsetBottom": may(offset),
    "offsetStart": may(offset),
    "offsetEnd": may(offset),
}
ALIGN = may(one_of(("start", "end", "center")))
GRAVITY = may(one_of(("top", "bottom", "center")))
STYLED: dict[str, Field] = {
    "size": may(font_size),
    "color": may(color),
    "weight": may(one_of(("regular", "bold"))),
    "style": may(one_of(("normal", "italic"))),
    "decoration": may(one_of(("none", "underline", "line-through"))),
}


def _span(value: Any, path: Path, report: Report) -> None:
    if isinstance(value, dict) and value.get("type") != "span":
        report.add((*path, "type"), INVALID)
        return
    check_object(value, path, report, {"type": kind, "text": may(any_text), **STYLED}, strict=True)


def _spans(value: Any, path: Path, report: Report) -> None:
    if not isinstance(value, list):
        report.add(path, INVALID)
        return
    for index, item in enumerate(value):
        _span(item, (*path, index), report)


def _box_contents(value: Any, path: Path, report: Report) -> None:
    if not isinstance(value, list):
        report.add(path, INVALID)


def _alternative(value: Any, path: Path, report: Report) -> None:
    check_component(value, path, report, {"box", "image"})


COMPONENTS: dict[str, dict[str, Field]] = {
    "box": {
        **PLACED,
        "layout": need(one_of(("horizontal", "vertical", "baseline"))),
        "contents": need(_box_contents),
        "spacing": may(space),
        "backgroundColor": may(color),
        "borderColor": may(color),
        "borderWidth": may(matching(rf"{PX}|none|light|normal|medium|semi-bold|bold")),
        "cornerRadius": may(space),
        "width": may(length),
        "maxWidth": may(length),
        "height": may(length),
        "maxHeight": may(length),
        "paddingAll": may(padding),
        "paddingTop": may(padding),
        "paddingBottom": may(padding),
        "paddingStart": may(padding),
        "paddingEnd": may(padding),
        "action": may(_action_at(FLEX)),
        "justifyContent": may(
            one_of(
                (
                    "center",
                    "flex-start",
                    "flex-end",
                    "space-between",
                    "space-around",
                    "space-evenly",
                )
            )
        ),
        "alignItems": may(one_of(("center", "flex-start", "flex-end"))),
        "background": may(_gradient),
    },
    "button": {
        **PLACED,
        "action": need(_action_at(FLEX_BUTTON)),
        "height": may(one_of(("sm", "md"))),
        "style": may(one_of(("primary", "secondary", "link"))),
        "color": may(color),
        "gravity": GRAVITY,
        "adjustMode": may(one_of(("shrink-to-fit",))),
        "scaling": may(boolean),
    },
    "image": {
        **PLACED,
        "url": need(secure_url),
        "align": ALIGN,
        "gravity": GRAVITY,
        "size": may(matching(rf"{PX}|{PERCENT}|{SIZES}|full")),
        "aspectRatio": may(aspect_ratio),
        "aspectMode": may(one_of(("fit", "cover"))),
        "backgroundColor": may(color),
        "action": may(_action_at(FLEX)),
        "animated": may(boolean),
    },
    "video": {
        "url": need(secure_url),
        "previewUrl": need(secure_url),
        "altContent": need(_alternative),
        "aspectRatio": may(aspect_ratio),
        "action": may(_action_at(FLEX_VIDEO)),
    },
    "icon": {
        **{name: field for name, field in PLACED.items() if name != "flex"},
        "url": need(secure_url),
        "size": may(font_size),
        "scaling": may(boolean),
        "aspectRatio": may(aspect_ratio),
    },
    "text": {
        **PLACED,
        **STYLED,
        "text": may(some_text),
        "contents": may(_spans),
        "adjustMode": may(one_of(("shrink-to-fit",))),
        "scaling": may(boolean),
        "align": ALIGN,
        "gravity": GRAVITY,
        "wrap": may(boolean),
        "lineSpacing": may(matching(PX)),
        "maxLines": may(integer(0)),
        "action": may(_action_at(FLEX)),
    },
    "separator": {"margin": may(space), "color": may(color)},
    "filler": {"flex": may(integer(0))},
}


def check_component(value: Any, path: Path, report: Report, allowed: set[str]) -> None:
    """Check a component and all below it; its type must be one of `allowed`."""
    if not isinstance(value, dict):
        report.add(path, INVALID)
        return
    if not isinstance(value.get("type"), str):
        report.add((*path, "type"), MUST_BE_SPECIFIED)
        return
    if value["type"] not in allowed:
        report.add(path, INVALID)
        return
    check_object(value, path, report, {"type": kind, **COMPONENTS[value["type"]]}, strict=True)
    if value["type"] == "text":
        if value.get("text") is None and value.get("contents") is None:
            report.add((*path, "text"), MUST_BE_SPECIFIED)
    elif value["type"] == "box" and isinstance(value.get("contents"), list):
        inside = IN_BOX.get(str(value.get("layout")), set())
        for index, item in enumerate(value["contents"]):
            if inside:
                check_component(item, (*path, "contents", index), report, inside)


def _block_style(value: Any, path: Path, report: Report) -> None:
    fields = {
        "backgroundColor": may(color),
        "separator": may(boolean),
        "separatorColor": may(color),
    }
    check_object(value, path, report, fields, strict=True)


def _styles(value: Any, path: Path, report: Report) -> None:
    fields = {name: may(_block_style) for name in ("header", "hero", "body", "footer")}
    check_object(value, path, report, fields, strict=True)


def _block(*allowed: str) -> Checker:
    def check(value: Any, path: Path, report: Report) -> None:
        check_component(value, path, report, set(allowed))

    return check


BUBBLE: dict[str, Field] = {
    "type": kind,
    "size": may(one_of(BUBBLE_SIZES)),
    "direction": may(one_of(("ltr", "rtl"))),
    "header": may(_block("box")),
    "hero": may(_block("box", "image", "video")),
    "body": may(_block("box")),
    "footer": may(_block("box")),
    "styles": may(_styles),
    "action": may(_action_at(FLEX)),
}


def _check_bubble(value: Any, path: Path, report: Report, *, in_carousel: bool) -> None:
    if not isinstance(value, dict) or value.get("type") != "bubble":
        report.add((*path, "type"), INVALID)
        return
    check_object(value, path, report, BUBBLE, strict=True)
    if all(value.get(block) is None for block in ("header", "hero", "body", "footer")):
        report.add(path, "At least one block must be specified")
    hero = value.get("hero")
    if isinstance(hero, dict) and hero.get("type") == "video":
        if in_carousel or value.get("size", "mega") not in WIDE_BUBBLES:
            report.add((*path, "hero"), "video can't be used in this container")
    if limits.json_bytes(value) > limits.BUBBLE_BYTES:
        report.add(path, f"bubble must not be larger than {limits.BUBBLE_BYTES} bytes")


def _animated(value: Any) -> int:
    if isinstance(value, dict):
        own = int(value.get("type") == "image" and value.get("animated") is True)
        return own + sum(_animated(item) for item in value.values())
    if isinstance(value, list):
        return sum(_animated(item) for item in value)
    return 0


def check_container(value: Any, path: Path, report: Report) -> None:
    """Check a Flex container: a bubble, or a carousel of bubbles."""
    if not isinstance(value, dict):
        report.add(path, INVALID)
        return
    if value.get("type") == "carousel":
        _check_carousel(value, path, report)
    elif value.get("type") == "bubble":
        _check_bubble(value, path, report, in_carousel=False)
    else:
        report.add((*path, "type"), INVALID)
        return
    if _animated(value) > limits.ANIMATED_IMAGES:
        report.add(path, f"must not have more than {limits.ANIMATED_IMAGES} animated images")


def _check_carousel(value: dict[str, Any], path: Path, report: Report) -> None:
    bubbles = value.get("contents")
    if not isinstance(bubbles, list):
        report.add((*path, "contents"), MUST_BE_SPECIFIED if bubbles is None else INVALID)
        return
    for name in value:
        if name not in {"type", "contents"}:
            report.add((*path, name), "unknown field")
    least, most = limits.CAROUSEL_BUBBLES
    if not least <= len(bubbles) <= most:
        report.add((*path, "contents"), f"size must be between {least} and {most}")
    for index, bubble in enumerate(bubbles):
        _check_bubble(bubble, (*path, "contents", index), report, in_carousel=True)
    sizes = {str(b.get("size") or "mega") for b in bubbles if isinstance(b, dict)}
    if len(sizes) > 1:
        report.add((*path, "contents"), "all bubbles must have the same size")
    if limits.json_bytes(value) > limits.CAROUSEL_BYTES:
        report.add(path, f"carousel must not be larger than {limits.CAROUSEL_BYTES} bytes")
