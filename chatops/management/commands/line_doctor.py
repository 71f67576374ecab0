"""Checks an account's set-up at LINE, and says in Thai what to mend and where."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management import CommandError, CommandParser
from django.core.management.base import BaseCommand

from chatops.doctor import Mark, examine
from chatops.models import Channel


class Command(BaseCommand):
    """Exit status 1 when something must be mended."""

    help = "ตรวจการตั้งค่าบัญชี LINE และบอกว่าต้องแก้อะไรที่ไหน"

    def add_arguments(self, parser: CommandParser) -> None:
        """All accounts in use, unless one is named."""
        parser.add_argument("--channel", metavar="SLUG", help="รหัสบัญชี (ไม่ระบุ = ทุกบัญชีที่ใช้งาน)")

    def handle(self, *args: Any, channel: str | None = None, **options: Any) -> None:
        """Print a line for each finding, and how to mend it below."""
        if channel:
            channels = list(Channel.objects.filter(slug=channel))
            if not channels:
                raise CommandError(f"ไม่มีบัญชีรหัส {channel!r}")
        else:
            channels = list(Channel.objects.filter(is_active=True).order_by("pk"))
        to_mend = 0
        for one in channels:
            self.stdout.write(f"บัญชี {one.name} ({one.slug})")
            for finding in examine(one):
                to_mend += finding.mark is Mark.BAD
                self.stdout.write(f"  {finding.mark.value} {finding.text}")
                if finding.fix:
                    self.stdout.write(f"      → {finding.fix}")
            self.stdout.write("")
        if to_mend:
            self.stdout.write(f"ต้องแก้ {to_mend} รายการ (✗)")
            sys.exit(1)
        self.stdout.write("ไม่มีรายการที่ต้องแก้ โปรดดูบรรทัดที่มีเครื่องหมาย !")
