"""Collecting what is wrong with a request body, and saying it in LINE's two ways.

LINE says errors of plain properties as `messages[0].text` under "The request body has N
error(s)". Errors inside a Flex container or a template come as "A message (messages[0]) in
the request body is invalid", for the first such message, with the place below it
(`/footer/contents/2`). The first form is in the reference; the second is what its server
answers (for instance line/line-bot-sdk-go#657).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that LINE would refuse: where it is, and LINE's words for it."""

    path: Path
    message: str

    @property
    def deep(self) -> bool:
        """Whether it lies inside a Flex container or a template."""
        return len(self.path) > 2 and self.path[2] in {"contents", "template"}


@dataclass
class Report:
    """The problems found so far, in the order of the body."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, message: str) -> None:
        """Note that the value at `path` is refused with `message`."""
        self.problems.append(Problem(path, message))


def dotted(path: Sequence[str | int]) -> str:
    """Return `path` as LINE writes a plain property.

    >>> dotted(("messages", 0, "quickReply", "items", 1, "type"))
    'messages[0].quickReply.items[1].type'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def render(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the body of LINE's 400 answer for `problems` (at least one)."""
    plain = [problem for problem in problems if not problem.deep]
    if plain:
        return {
            "message": f"The request body has {len(plain)} error(s)",
            "details": [
                {"message": problem.message, "property": dotted(problem.path)} for problem in plain
            ],
        }
    first = problems[0].path[1]
    details = []
    for problem in problems:
        if problem.path[1] != first:
            continue
        if problem.path[2] == "contents":
            place = "/" + "/".join(str(part) for part in problem.path[3:])
        else:
            place = "/".join(str(part) for part in problem.path[2:])
        details.append({"message": problem.message, "property": place})
    return {
        "message": f"A message (messages[{first}]) in the request body is invalid",
        "details": details,
    }
