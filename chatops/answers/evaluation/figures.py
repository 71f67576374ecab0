"""The figures: what was wanted (questions.csv) beside what `manage.py ask` said."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

QUESTIONS = Path(__file__).with_name("questions.csv")


@dataclass(frozen=True)
class Asked:
    """A question, what should be done with it, and what was."""

    id: str
    text: str
    action: str
    answer: str
    division: str
    style: str
    got_action: str
    got_answer: str
    got_division: str

    @property
    def is_answered_right(self) -> bool:
        """From the right row."""
        return self.got_action == "faq" and self.got_answer == self.answer

    @property
    def is_confidently_wrong(self) -> bool:
        """Answered from a row that does not answer it, or where none does."""
        return self.got_action == "faq" and not (
            self.action == "faq" and self.got_answer == self.answer
        )


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def rate(self) -> float:
        """From 0 to 1; 1 of nothing."""
        return self.part / self.whole if self.whole else 1.0

    def __str__(self) -> str:
        return f"{self.rate:6.1%}  ({self.part}/{self.whole})"


def wanted() -> list[dict[str, str]]:
    """Return questions.csv."""
    with QUESTIONS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def beside(said: Iterable[dict[str, str]]) -> list[Asked]:
    """Put what `ask` said beside what was wanted. Raises KeyError where it left one out."""
    by_id = {one["id"]: one for one in said}
    return [
        Asked(
            one["id"],
            one["text"],
            one["action"],
            one["answer"],
            one["division"],
            one["style"],
            by_id[one["id"]]["action"],
            by_id[one["id"]]["answer"],
            by_id[one["id"]]["division"],
        )
        for one in wanted()
    ]


def _share(of: Iterable[bool]) -> Share:
    told = list(of)
    return Share(sum(told), len(told))


def figures(asked: Sequence[Asked]) -> dict[str, Share]:
    """Return the figures by name, in the order of the table."""
    found = {
        "Top-1 accuracy (a row answers it)": _share(
            one.is_answered_right for one in asked if one.action == "faq"
        ),
        "Confidently wrong (of all)": _share(one.is_confidently_wrong for one in asked),
        "Hand-over precision": _share(
            one.action == "handoff" for one in asked if one.got_action == "handoff"
        ),
        "Hand-over recall": _share(
            one.got_action == "handoff" for one in asked if one.action == "handoff"
        ),
    }
    for action in ("emergency", "complaint", "payment", "smalltalk"):
        found[f"{action.capitalize()} recall"] = _share(
            one.got_action == action for one in asked if one.action == action
        )
        found[f"{action.capitalize()} false alarms"] = _share(
            one.got_action == action for one in asked if one.action != action
        )
    found["Routing accuracy (of all with a division)"] = _share(
        one.got_division == one.division for one in asked if one.division
    )
    found["Routing accuracy (hand-overs)"] = _share(
        one.got_division == one.division for one in asked if one.action == "handoff"
    )
    return found


def by_style(asked: Sequence[Asked]) -> dict[str, tuple[Share, Share]]:
    """Return, for each way of writing: done what was wanted, and confidently wrong."""
    styles: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        styles[one.style].append(one)
    return {
        style: (
            _share(
                one.got_action == one.action and (one.action != "faq" or one.is_answered_right)
                for one in ones
            ),
            _share(one.is_confidently_wrong for one in ones),
        )
        for style, ones in sorted(styles.items())
    }


def table(asked: Sequence[Asked]) -> str:
    """Return everything as lines to read."""
    lines = [f"{name:<44}{share}" for name, share in figures(asked).items()]
    lines += ["", f"{'By way of writing':<44}{'as wanted':<20}confidently wrong"]
    lines += [
        f"  {style:<42}{right!s:<20}{wrong}" for style, (right, wrong) in by_style(asked).items()
    ]
    return "\n".join(lines)
