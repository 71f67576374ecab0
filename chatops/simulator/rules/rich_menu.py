"""Rich menu objects, and the picture that belongs to one."""

from __future__ import annotations

from typing import Any

from chatops.simulator import limits
from chatops.simulator.rules.actions import RICH_MENU, check_action
from chatops.simulator.rules.report import Path, Report
from chatops.simulator.rules.values import (
    boolean,
    check_object,
    graphemes,
    integer,
    need,
    objects,
)


def _bounds(value: Any, path: Path, report: Report) -> None:
    fields = {
        "x": need(integer(0)),
        "y": need(integer(0)),
        "width": need(integer(1)),
        "height": need(integer(1)),
    }
    check_object(value, path, report, fields)


def _action(value: Any, path: Path, report: Report) -> None:
    check_action(value, path, report, RICH_MENU)


def _area(value: Any, path: Path, report: Report) -> None:
    check_object(value, path, report, {"bounds": need(_bounds), "action": need(_action)})


def _size(value: Any, path: Path, report: Report) -> None:
    fields = {
        "width": need(integer(*limits.RICH_MENU_WIDTH)),
        "height": need(integer(limits.RICH_MENU_MIN_HEIGHT)),
    }
    before = len(report.problems)
    if check_object(value, path, report, fields) and len(report.problems) == before:
        if value["width"] / value["height"] < limits.RICH_MENU_MIN_RATIO:
            report.add((*path, "height"), "The aspect ratio (width / height) must be 1.45 or more")


def check_rich_menu(value: Any, report: Report) -> None:
    """Check a rich menu object as `POST /v2/bot/richmenu` takes it."""
    fields = {
        "size": need(_size),
        "selected": need(boolean),
        "name": need(graphemes(limits.RICH_MENU_NAME_CHARS)),
        "chatBarText": need(graphemes(limits.CHAT_BAR_CHARS)),
        "areas": need(objects(_area, (0, limits.RICH_MENU_AREAS), plain=True)),
    }
    check_object(value, (), report, fields)


def image_is_allowed(width: int, height: int) -> bool:
    """Return whether LINE takes a menu picture of `width` x `height` pixels."""
    least, most = limits.RICH_MENU_WIDTH
    return (
        least <= width <= most
        and height >= limits.RICH_MENU_MIN_HEIGHT
        and width / height >= limits.RICH_MENU_MIN_RATIO
    )
