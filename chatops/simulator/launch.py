"""Starting the simulator: database, first residents, then gunicorn in this very process."""

from __future__ import annotations

import os
import sys

from chatops.simulator import config

THREADS = 32


def gunicorn_arguments(current: config.Config) -> list[str]:
    """Return the command line of the server: one process, many threads.

    One process, because the deliveries' queue is watched by threads of it. Many threads,
    because a connection that is held silent on purpose keeps one of them.
    """
    host = f"[{current.bind}]" if ":" in current.bind else current.bind
    return [
        "gunicorn",
        "--worker-class=gthread",
        "--workers=1",
        f"--threads={THREADS}",
        f"--bind={host}:{current.port}",
        "--keep-alive=75",
        "--graceful-timeout=2",
        "--no-control-socket",
        "--log-level=warning",
        "chatops.simulator.wsgi:application",
    ]


def prepare() -> None:
    """Bring the database up to date and seed it. Settings of the environment win again."""
    import django
    from django.core.management import call_command
    from django.db import connection, transaction

    django.setup()
    from chatops.simulator import store, tokens

    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        store.seed()
        changed = store.read("settings", {})
        fixed = store.from_environment()
        store.write("settings", {k: v for k, v in changed.items() if k not in fixed})
    tokens.signing_key()
    # gunicorn's worker is forked from here, and SQLite connections must not cross a fork.
    connection.close()


def main() -> int:
    """Run the simulator until it is told to stop. Return an exit status when it can't start."""
    try:
        current = config.read(os.environ)
    except config.ConfigError as error:
        sys.stderr.write(f"LINE simulator: {error}\n")
        return 2
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatops.simulator.settings"
    current.pictures.mkdir(parents=True, exist_ok=True)
    prepare()
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = gunicorn_arguments(current)
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()
    return 0
