"""Loads questions and answers from a CSV into the knowledge base."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from chatops.answers.knowledge_base import BadFile, load, read_file


class Command(BaseCommand):
    """All of the file or nothing of it; a second time changes nothing."""

    help = (
        "Adds or updates rows of the knowledge base by their question. "
        "Columns: question,answer,division,valid_for,source; also understood: valid_until "
        "(2026-09-30), other_ways (divided by |), topic."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and who vouches for it."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--publish",
            action="store_true",
            help="use every row to answer from, the unconfirmed ones too",
        )
        parser.add_argument("--checked-by", default="", help="who vouches for all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done. Raises CommandError in one clear line."""
        name = options["checked_by"].strip()
        if options["publish"] and not name:
            raise CommandError("--publish needs --checked-by NAME: who vouches for these rows?")
        if name and not options["publish"]:
            raise CommandError("--checked-by goes with --publish.")
        try:
            rows = read_file(options["file"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        report = load(rows, day=timezone.localdate(), publish=options["publish"], checked_by=name)
        self.stdout.write(
            f"{len(report.added)} added, {len(report.changed)} changed, "
            f"{len(report.unchanged)} unchanged; {len(report.drafts)} are drafts."
        )
        for questions, why in (
            (report.drafts, "Draft, not answered from until somebody confirms it"),
            (report.expired, "Expired, not answered from"),
            (report.retired, "Retired by its owner, left so"),
        ):
            for question in questions:
                self.stdout.write(f"  {why}: {question}")
