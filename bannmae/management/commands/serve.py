"""`make run`: the whole service on this machine, one process tree, one Ctrl-C."""

from __future__ import annotations

import os
import shlex
import socket
import threading
import time
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from honcho.manager import Manager

from bannmae import processes

START_SECONDS = 60


class Command(BaseCommand):
    """Migrate, load the demo, then run web, worker, scheduler and simulator."""

    help = "Runs the whole service (web, worker, scheduler, LINE simulator). Used by `make run`."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C, or until one of the processes ends."""
        port = settings.PORT
        if _listens(port):
            raise CommandError(f"Port {port} is taken. Choose another: make run PORT={port + 100}")
        # Set-up has done it; again, it would take files away under another process's eyes.
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            call_command("collectstatic", verbosity=0, interactive=False)
        # From here on only data is written, by this process and by those it starts.
        os.umask(0o077)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("demo", yes=True, verbosity=0)

        manager = Manager()
        environment = os.environ | {
            "PYTHONUNBUFFERED": "1",
            # Celery's word to those who run everything as root, on a machine of their own.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }

        def add(name: str, command: list[str]) -> None:
            manager.add_process(name, shlex.join(command), env=environment)

        if settings.SIMULATOR:
            add("simulator", processes.simulator())
        add("web", processes.web(f"127.0.0.1:{port}"))
        add("worker", processes.worker())
        add("beat", processes.beat())
        threading.Thread(target=self._welcome, args=(port,), daemon=True).start()
        manager.loop()
        # What a Ctrl-C or a kill of ours looks like is no failure.
        if manager.returncode not in (None, 0, 130, 143, -2, -15):
            raise CommandError(f"A process ended ({manager.returncode}), so all were ended.")

    def _welcome(self, port: int) -> None:
        """Once everything answers: send the rich menu, and say where to go."""
        if not _answers(f"http://127.0.0.1:{port}/healthz"):
            return
        if settings.SIMULATOR and _answers(f"{settings.LINE_API_URL}/_sim/healthz"):
            try:
                call_command("sync_rich_menu", verbosity=0)
            except CommandError as error:
                self.stderr.write(str(error))
        url = settings.PUBLIC_URL
        lines = [
            f"Ready on {url}",
            f"  resident's phone  {url}/simulator/" if settings.SIMULATOR else "",
            f"  staff mailbox     {url}/admin/",
            "  sign in as        admin, nitikan, chang, khlang, huanakhlang, sawatdikan,",
            "                    prachasamphan, huana, palat or nayok",
            f"  password          {settings.DEMO_PASSWORD}",
            "Ctrl-C ends all of it.",
        ]
        self.stdout.write("\n" + "\n".join(line for line in lines if line) + "\n")
        self.stdout.flush()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False
