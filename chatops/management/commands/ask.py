"""Tells what the automatic reply would do with each of a list of questions."""

from __future__ import annotations

import csv
import io
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from chatops.answers.decide import decide

# A cell may be as long as a file.
LARGEST_CELL = 64 * 1024 * 1024


class Command(BaseCommand):
    """Each question as the first message of a new resident. Sends nothing, stores nothing."""

    # What is looked at is the knowledge base alone.
    requires_system_checks: list[str] = []

    help = "Reads a CSV with the columns id,text; writes id,action,answer,division,confidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file; - is standard input."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Decide row by row. Raises CommandError where the file is not what it should be."""
        path: Path = options["file"]
        try:
            raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        csv.field_size_limit(LARGEST_CELL)
        text = _decoded(raw).replace("\0", "")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        names = {(name or "").strip().lower(): name for name in reader.fieldnames or []}
        if "id" not in names or "text" not in names:
            raise CommandError(f"{path}: the columns id,text are needed.")
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow(["id", "action", "answer", "division", "confidence"])
        try:
            for given in reader:
                decision = decide(given[names["text"]] or "")
                out.writerow(
                    [
                        given[names["id"]] or "",
                        decision.action.value,
                        decision.question,
                        decision.division_name,
                        f"{decision.confidence:.3f}",
                    ]
                )
        except csv.Error as error:
            raise CommandError(f"{path}: not CSV ({error}).") from error


def _decoded(raw: bytes) -> str:
    """UTF-8 with or without its mark; odd bytes spoil their own letter and nothing else."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")
