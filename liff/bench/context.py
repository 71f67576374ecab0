"""What the measures share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """Where and how large to measure. `port` is the web process's."""

    folder: Path
    quick: bool
    port: int
    connections: int
