"""The benchmarks themselves, started by `manage.py bench` in an environment of its own making."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import django

BROKEN = 3  # not 1: that is how Python itself says that it stopped
CONNECTIONS = 16  # as many as the web process has threads


def main() -> int:
    """Measure, print the table, write the report; BROKEN when a bound does not hold, else 0."""
    arguments = _arguments()
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from liff.bench import (
        bare,
        chats,
        figures,
        mailbox,
        memo,
        money,
        moves,
        posts,
        readers,
        server,
        webhook,
    )
    from liff.bench.context import Context

    measures: dict[str, Callable[[Context], Iterable[figures.Figure]]] = {
        "webhook": webhook.measure,
        "posts": posts.measure,
        "moves": moves.measure,
        "memo": memo.measure,
        "mailbox": mailbox.measure,
        "chats": chats.measure,
        "money": money.measure,
    }
    call_command("migrate", verbosity=0, interactive=False)
    readers.keep_empty(arguments.folder)
    bare.make_table()
    measured: list[figures.Figure] = []
    with server.web(arguments.folder) as port:
        context = Context(arguments.folder, arguments.quick, port, CONNECTIONS)
        for name, measure in measures.items():
            if name in arguments.only or not arguments.only:
                _say(f"measuring {name} …")
                measured += measure(context)
    settings = {
        "quick": arguments.quick,
        "only": arguments.only,
        "database": connection.vendor,
        "connections": CONNECTIONS,
        "web": "gunicorn as in service (bannmae/processes.py)",
    }
    figures.write(arguments.output, measured, settings)
    sys.stdout.write(f"\n{figures.table(measured)}\n\n{figures.versions()['database']}; ")
    sys.stdout.write(f"written to {arguments.output}\n")
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    return BROKEN if any(figure.holds is False for figure in measured) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="liff.bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    return parser.parse_args()


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main())
