"""What was measured, as a table for people and as bench.json for machines."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from django.db import connection

PACKAGES = ("django", "djangorestframework", "gunicorn", "celery", "weasyprint", "psycopg")


@dataclass(frozen=True)
class Bound:
    """A limit on a figure's ratio, or on the measured value itself."""

    of: Literal["ratio", "ours"]
    sign: Literal[">=", "<=", "="]
    value: float

    def holds(self, figure: Figure) -> bool:
        """Tell whether `figure` keeps to it."""
        measured = figure.ratio if self.of == "ratio" else figure.ours
        if measured is None:
            return False
        if self.sign == "=":
            return measured == self.value
        return measured >= self.value if self.sign == ">=" else measured <= self.value

    def __str__(self) -> str:
        sign = {">=": "≥", "<=": "≤", "=": "="}[self.sign]
        return f"{sign} {_number(self.value)}{'×' if self.of == 'ratio' else ''}"


@dataclass(frozen=True)
class Figure:
    """One line of the table. `baseline` is None where there is nothing to compare with."""

    measure: str  # what --only names
    what: str
    unit: str
    ours: float
    baseline: float | None = None
    baseline_is: str = ""
    bounds: tuple[Bound, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours to the baseline's."""
        return self.ours / self.baseline if self.baseline else None

    @property
    def holds(self) -> bool | None:
        """Whether all bounds hold; None where there is none."""
        return all(bound.holds(self) for bound in self.bounds) if self.bounds else None

    def as_json(self) -> dict[str, Any]:
        """Return the figure as bench.json has it."""
        return {
            "measure": self.measure,
            "what": self.what,
            "unit": self.unit,
            "ours": round(self.ours, 3),
            "baseline": None if self.baseline is None else round(self.baseline, 3),
            "baseline_is": self.baseline_is,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "bounds": [asdict(bound) for bound in self.bounds],
            "holds": self.holds,
            "details": self.details,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0–1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table in plain text."""
    rows = [("what", "ours", "baseline", "ratio", "bound", "holds?")]
    rows += [
        (
            f"{figure.what} [{figure.unit}]",
            _number(figure.ours),
            "" if figure.baseline is None else _number(figure.baseline),
            "" if figure.ratio is None else f"{figure.ratio:.2f}×",
            ", ".join(map(str, figure.bounds)),
            {True: "yes", False: "NO", None: ""}[figure.holds],
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([lines[0], rule, *lines[1:]])


def write(path: Path, figures: Sequence[Figure], settings: dict[str, Any]) -> None:
    """Write bench.json."""
    report = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "holds": all(figure.holds is not False for figure in figures),
        "settings": settings,
        "machine": machine(),
        "versions": versions(),
        "figures": [figure.as_json() for figure in figures],
    }
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf8")


def machine() -> dict[str, Any]:
    """Return what the figures depend on: cores, processor, memory (GiB), load."""
    return {
        "cores": os.cpu_count(),
        "processor": _field("/proc/cpuinfo", "model name") or platform.machine(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Return the versions of what the figures depend on."""
    with connection.cursor() as cursor:
        what = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {what}")
        database = f"{connection.vendor} {cursor.fetchone()[0]}".replace(
            "postgresql Postgre", "Postgre"
        )
    return {
        "python": platform.python_version(),
        "database": database.partition(" (")[0],
        **{package: version(package) for package in PACKAGES},
    }


def _field(path: str, name: str) -> str:
    """Return the first value of `name: value` in a file of /proc, '' if there is none."""
    try:
        lines = Path(path).read_text(encoding="utf8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 1000:
        return str(int(value))
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
