"""Template messages: buttons, confirm, carousel, image carousel."""

from __future__ import annotations

from typing import Any

from chatops.simulator import limits
from chatops.simulator.rules.actions import (
    IMAGE_CAROUSEL,
    TEMPLATE,
    TEMPLATE_DEFAULT,
    check_action,
)
from chatops.simulator.rules.report import Path, Report
from chatops.simulator.rules.values import (
    INVALID,
    Field,
    check_object,
    graphemes,
    matching,
    may,
    need,
    objects,
    one_of,
    secure_url,
)


def _action(value: Any, path: Path, report: Report) -> None:
    check_action(value, path, report, TEMPLATE)


def _default_action(value: Any, path: Path, report: Report) -> None:
    check_action(value, path, report, TEMPLATE_DEFAULT)


def _image_action(value: Any, path: Path, report: Report) -> None:
    check_action(value, path, report, IMAGE_CAROUSEL)


SHAPES: dict[str, Field] = {
    "imageAspectRatio": may(one_of(("rectangle", "square"))),
    "imageSize": may(one_of(("cover", "contain"))),
}
HEAD: dict[str, Field] = {
    "thumbnailImageUrl": may(secure_url),
    "imageBackgroundColor": may(matching(r"#[0-9A-Fa-f]{6}", "invalid color")),
    "title": may(graphemes(limits.TEMPLATE_TITLE_CHARS)),
    "defaultAction": may(_default_action),
}


def _has_head(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("thumbnailImageUrl") or value.get("title"))


def _text(value: Any, alone: int, below_head: int) -> Field:
    return need(graphemes(below_head if _has_head(value) else alone))


def _buttons(value: dict[str, Any], path: Path, report: Report) -> None:
    fields = {
        **HEAD,
        **SHAPES,
        "text": _text(value, limits.BUTTONS_TEXT_CHARS, limits.BUTTONS_TEXT_CHARS_WITH_HEAD),
        "actions": need(objects(_action, limits.BUTTONS_ACTIONS)),
    }
    check_object(value, path, report, fields)


def _confirm(value: dict[str, Any], path: Path, report: Report) -> None:
    fields = {
        "text": need(graphemes(limits.CONFIRM_TEXT_CHARS)),
        "actions": need(objects(_action, limits.CONFIRM_ACTIONS)),
    }
    check_object(value, path, report, fields)


def _column(value: Any, path: Path, report: Report) -> None:
    fields = {
        **HEAD,
        "text": _text(value, limits.CAROUSEL_TEXT_CHARS, limits.CAROUSEL_TEXT_CHARS_WITH_HEAD),
        "actions": need(objects(_action, limits.CAROUSEL_ACTIONS)),
    }
    check_object(value, path, report, fields)


def _carousel(value: dict[str, Any], path: Path, report: Report) -> None:
    fields = {**SHAPES, "columns": need(objects(_column, limits.CAROUSEL_COLUMNS))}
    check_object(value, path, report, fields)
    columns = value.get("columns")
    if not isinstance(columns, list):
        return
    rows = [column for column in columns if isinstance(column, dict)]
    counts = {len(row["actions"]) for row in rows if isinstance(row.get("actions"), list)}
    if len(counts) > 1:
        report.add((*path, "columns"), "the number of actions must be the same in all columns")
    for name in ("thumbnailImageUrl", "title"):
        if len({row.get(name) is None for row in rows}) > 1:
            report.add((*path, "columns"), f"{name} must be set in all columns or in none")


def _image_column(value: Any, path: Path, report: Report) -> None:
    fields = {"imageUrl": need(secure_url), "action": need(_image_action)}
    check_object(value, path, report, fields)


def _image_carousel(value: dict[str, Any], path: Path, report: Report) -> None:
    fields = {"columns": need(objects(_image_column, limits.CAROUSEL_COLUMNS))}
    check_object(value, path, report, fields)


TEMPLATES = {
    "buttons": _buttons,
    "confirm": _confirm,
    "carousel": _carousel,
    "image_carousel": _image_carousel,
}


def check_template(value: Any, path: Path, report: Report) -> None:
    """Check the `template` of a template message."""
    if not isinstance(value, dict):
        report.add(path, INVALID)
        return
    check = TEMPLATES.get(str(value.get("type")))
    if check is None:
        report.add(
            (*path, "type"), f"Must be one of the following values: [{', '.join(TEMPLATES)}]"
        )
        return
    check(value, path, report)
