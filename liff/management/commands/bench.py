"""The benchmarks, in a database and folder of their own: `make bench`."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bannmae.environment import BASE_DIR, parse_env_file

BROKEN = 3  # what liff.bench ends with when a bound does not hold
MEASURES = ("webhook", "posts", "moves", "memo", "mailbox", "chats", "money")
KEPT = ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class Command(BaseCommand):
    """Measures beside baselines of the same run; the service's own data stay untouched."""

    help = "Measure the product beside baselines of the same run; print a table, write bench.json."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--quick", action="store_true", help="a small run: what holds, but no sound times"
        )
        parser.add_argument(
            "--only", action="append", default=[], choices=MEASURES, help="measure this alone"
        )
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--database", metavar="URL", help="an empty database to fill and measure"
        )
        where.add_argument(
            "--postgres",
            action="store_true",
            help="start a throw-away PostgreSQL and Redis, as in the production form",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the benchmarks in a process with an environment of its own."""
        arguments = [f"--only={name}" for name in options["only"]]
        if options["quick"]:
            arguments.append("--quick")
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bannmae-bench-"))
            services = stack.enter_context(_services(options["postgres"], options["database"]))
            arguments += [f"--folder={folder}", f"--output={Path('bench.json').resolve()}"]
            done = subprocess.run(
                [sys.executable, "-m", "liff.bench", *arguments],
                cwd=BASE_DIR,
                env=_environment(Path(folder), services),
                stdin=subprocess.DEVNULL,
                check=False,
            )
        if done.returncode == BROKEN:
            raise CommandError("A bound does not hold (see the table).", returncode=1)
        if done.returncode:
            raise CommandError("The benchmarks stopped.", returncode=2)


@contextlib.contextmanager
def _services(postgres: bool, database: str | None) -> Iterator[dict[str, str]]:
    """Yield the variables that name database and broker; the embedded form's by default."""
    if not postgres:
        yield {"DATABASE_URL": database} if database else {}
        return
    # The tests' servers: needed here alone, and with them what only tests need.
    from bannmae.tests.servers import Postgres, Redis

    with contextlib.closing(Postgres("--locale=C.UTF-8", "--encoding=UTF8")) as server:
        with contextlib.closing(Redis("--save", "")) as redis:
            yield {"DATABASE_URL": server.url, "REDIS_URL": redis.url}


def _environment(folder: Path, services: dict[str, str]) -> dict[str, str]:
    """Return the whole environment: of what `.env` sets nothing is left."""
    emptied = dict.fromkeys(parse_env_file(BASE_DIR / ".env"), "")
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    ours = {
        "DJANGO_SETTINGS_MODULE": "liff.bench.settings",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder / 'var' / 'db.sqlite3'}",
        "REDIS_URL": "",
        "PUBLIC_URL": "http://127.0.0.1",
        "PORT": "8000",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "EMAIL_URL": "consolemail://",
        "DEBUG": "off",
        "THROTTLE": "off",
        "SIMULATOR": "off",
        "LINE_CHANNEL_SECRET": secrets.token_hex(16),
        "LINE_CHANNEL_ACCESS_TOKEN": "simulator-bench",
        # Nobody listens there: nothing of a benchmark goes to LINE.
        "LINE_API_URL": "http://127.0.0.1:9",
        "LINE_LOGIN_CHANNEL_ID": "2000000000",
        "LIFF_ID": "2000000000-benchmrk",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    return {**emptied, **kept, **ours, **services}
