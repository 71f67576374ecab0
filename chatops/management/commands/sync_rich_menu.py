"""Draws the rich menus and brings them to the channel at hand."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from chatops.line.client import LineError
from chatops.menu.sync import Busy, channels_with_menu, sync
from chatops.models import Channel

PATIENCE = 60.0  # seconds to wait for a worker that is at it


class Command(BaseCommand):
    """Does nothing when nothing changed, and never leaves residents without a menu."""

    help = "Draws and uploads the rich menus to all accounts in use."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sync, and say what was done. Raises CommandError in one clear line."""
        if not settings.LINE_CHANNEL_ACCESS_TOKEN:
            raise CommandError("LINE_CHANNEL_ACCESS_TOKEN is not set: there is no channel.")
        refused: list[str] = []
        for channel in channels_with_menu():
            # The main account's lines are what they are without a second one.
            name = "" if channel.slug == Channel.MAIN else f" ({channel.slug})"
            try:
                report = sync(channel, patience=PATIENCE)
            except Busy:
                refused.append(f"Somebody else is bringing the rich menu{name} to LINE; try again.")
                continue
            except LineError as error:
                refused.append(f"LINE refused{name}: {error.reason} (HTTP {error.status})")
                continue
            if report.changed or report.deleted:
                self.stdout.write(
                    f"Rich menu{name}: {', '.join(report.changed) or 'nothing'} made anew, "
                    f"{report.deleted} old deleted."
                )
            else:
                self.stdout.write(f"Rich menu{name}: nothing changed.")
        if refused:
            raise CommandError("; ".join(refused))
