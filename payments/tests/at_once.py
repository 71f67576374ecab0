"""Many clerks at once, some of them killed: what becomes of the books.

`run` prepares a database, sets clerks to work in processes of their own (each with threads, each
thread a clerk with a connection), kills processes in mid-issue and starts others, and then reads
the books as an auditor would. What a clerk was told is written to a file before he goes on: a
receipt that he holds in his hand must be in the books afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("land_building_tax", "signboard_tax", "garbage_fee")


def run(
    environment: Mapping[str, str],
    folder: Path,
    *,
    processes: int,
    threads: int,
    notices: int,
    kills: int,
    leaves: int = 20,
) -> dict[str, Any]:
    """Return the auditor's figures after `processes` × `threads` clerks and `kills` kills."""
    _call(environment, "prepare", str(notices), str(leaves))
    workers = [_start(environment, folder, place, threads) for place in range(processes)]
    started = processes
    dice = random.Random(2569)
    for _ in range(kills):
        victim = dice.randrange(processes)
        _until_told(folder, workers, dice.randrange(1, 12))
        workers[victim].send_signal(signal.SIGKILL)
        workers[victim].wait()
        workers[victim] = _start(environment, folder, started, threads)
        started += 1
    for worker in workers:
        worker.wait()
        if worker.returncode:
            raise RuntimeError(f"A clerk's process ended with {worker.returncode}")
    told = [
        line
        for file in folder.glob("told-*")
        for line in file.read_text().splitlines(keepends=True)
        if line.endswith("\n")  # one that was killed in mid-line was told nothing
    ]
    return json.loads(_call(environment, "audit")) | {"told": sorted(set(map(str.strip, told)))}


def _call(environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "payments.tests.at_once", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return done.stdout


def _start(
    environment: Mapping[str, str], folder: Path, place: int, threads: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "payments.tests.at_once", "clerks"),
            *(str(folder / f"told-{place}"), str(threads), str(place)),
        ],
        cwd=ROOT,
        env=dict(environment),
    )


def _until_told(folder: Path, workers: list[subprocess.Popen[bytes]], more: int) -> None:
    """Wait until `more` receipts were issued since, or everybody is done."""

    def count() -> int:
        return sum(file.read_bytes().count(b"\n") for file in folder.glob("told-*"))

    goal = count() + more
    pause = threading.Event()
    while count() < goal and any(worker.poll() is None for worker in workers):
        pause.wait(0.002)


# -- in the processes ---------------------------------------------------------------------------


def prepare(notices: int, leaves: int) -> None:
    """Migrate, and put confirmed notices there."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bannmae import testing
    from payments.models import PaymentSettings
    from payments.tests import cast

    PaymentSettings.objects.update_or_create(pk=1, defaults={"leaves_per_book": leaves})
    clerk = testing.make_finance_clerk()
    residents = [testing.make_resident(f"ประชาชน {n}") for n in range(10)]
    for place in range(notices):
        notice = cast.claimed(residents[place % 10], slip=False)
        kind = KINDS[place % len(KINDS)]
        cast.workflow.confirm(notice.pk, clerk, notice.version, cast.confirmation(kind))


def clerks(told: Path, threads: int, seed: int) -> None:
    """Have clerks issue whatever is confirmed, all of them the same, until nothing is left."""
    with told.open("ab", buffering=0) as file:
        lock = threading.Lock()
        crew = [
            threading.Thread(target=_clerk, args=(file, lock, seed * 1000 + place))
            for place in range(threads)
        ]
        for one in crew:
            one.start()
        for one in crew:
            one.join()


def _clerk(file: Any, lock: threading.Lock, seed: int) -> None:
    from django.db import connection

    from bannmae.models import Staff
    from payments import receipts, workflow
    from payments.errors import Refused
    from payments.models import PaymentNotice, Status

    dice = random.Random(seed)
    by = Staff.objects.filter(groups__isnull=False).first()
    try:
        while left := list(
            PaymentNotice.objects.filter(status=Status.CONFIRMED).values_list("pk", flat=True)
        ):
            notice = PaymentNotice.objects.get(pk=dice.choice(left))
            try:
                receipt = receipts.issue(workflow.draft_of(notice), by, notice=notice)
            except Refused:
                continue  # a colleague was faster
            with lock:
                file.write(f"{receipt.pk}\n".encode())
    finally:
        connection.close()


def audit() -> dict[str, Any]:
    """Read the books."""
    from chatops.models import OutboundMessage
    from payments.models import PaymentNotice, Receipt, ReceiptBook, ReceiptFile, Status

    numbers: dict[int, list[int]] = {}
    for book, leaf in Receipt.objects.values_list("book_id", "leaf"):
        numbers.setdefault(book, []).append(leaf)
    gaps = repeats = 0
    for book in ReceiptBook.objects.all():
        leaves = numbers.get(book.pk, [])
        gaps += len(set(range(1, book.used + 1)) - set(leaves)) + (len(set(leaves)) != book.used)
        repeats += len(leaves) - len(set(leaves))
    unfilled = ReceiptBook.objects.exclude(pk__in=_last_books()).exclude(used=_leaves())
    issued = set(Receipt.objects.values_list("pk", flat=True))
    sent = [
        int(about.partition(":")[2])
        for about in OutboundMessage.objects.filter(about__startswith="receipt:").values_list(
            "about", flat=True
        )
    ]
    return {
        "receipts": sorted(map(str, issued)),
        "books": ReceiptBook.objects.count(),
        "gaps": gaps + unfilled.count(),
        "repeats": repeats,
        "orphan_messages": len(set(sent) - issued),
        "receipts_without_message": len(issued - set(sent)),
        "messages_twice": len(sent) - len(set(sent)),
        "receipts_without_job": len(issued)
        - ReceiptFile.objects.filter(receipt__in=issued, kind="original").count(),
        "notices_left": PaymentNotice.objects.filter(status=Status.CONFIRMED).count(),
        "notices_without_receipt": PaymentNotice.objects.filter(
            status=Status.RECEIPTED, receipts=None
        ).count(),
    }


def _last_books() -> list[int]:
    from payments.models import ReceiptBook

    last: dict[tuple[int, int], int] = {}
    for book in ReceiptBook.objects.order_by("number"):
        last[book.fiscal_year_id, book.revenue_id] = book.pk
    return list(last.values())


def _leaves() -> int:
    from payments.models import PaymentSettings

    return PaymentSettings.get_solo().leaves_per_book


def _main() -> None:
    import django

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=["measure", "prepare", "clerks", "audit"])
    parser.add_argument("rest", nargs="*")
    given = parser.parse_args()
    if given.act == "measure":
        sys.exit(report(*(map(int, given.rest))))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bannmae.settings")
    django.setup()
    if given.act == "prepare":
        prepare(*map(int, given.rest))
    elif given.act == "clerks":
        clerks(Path(given.rest[0]), int(given.rest[1]), int(given.rest[2]))
    else:
        sys.stdout.write(json.dumps(audit()))


def measure(vendor: str, clerks_at_once: int, notices: int, kills: int) -> dict[str, Any]:
    """Run on a throw-away database of `vendor` and return its figures, for docs/faults.md."""
    import tempfile

    from cryptography.fernet import Fernet

    from bannmae.tests.servers import Postgres

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = (
            Postgres("--encoding=UTF8", "--locale-provider=icu", "--icu-locale=th")
            if vendor == "postgresql"
            else None
        )
        environment = os.environ | {
            "DATABASE_URL": server.url if server else f"sqlite:///{folder / 'db.sqlite3'}",
            "SECRET_KEY": "x" * 50,
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "VAR_DIR": str(folder),
        }
        try:
            began = time.monotonic()
            figures = run(
                environment,
                folder,
                processes=4,
                threads=max(1, clerks_at_once // 4),
                notices=notices,
                kills=kills,
            )
            return figures | {"seconds": round(time.monotonic() - began, 1)}
        finally:
            if server:
                server.close()


def report(notices: int = 1000, kills: int = 40) -> int:
    """Print the figures of both databases; return 1 where one that must be zero is not."""
    wrong = 0
    for vendor, clerks_at_once in (("postgresql", 32), ("sqlite", 8)):
        figures = measure(vendor, clerks_at_once, notices, kills)
        told = set(figures.pop("told"))
        issued = set(figures.pop("receipts"))
        figures = {"issued": len(issued), "told_but_lost": len(told - issued)} | figures
        sys.stdout.write(f"{vendor}, {clerks_at_once} clerks, {kills} kills: {figures}\n")
        zero = figures.keys() - {"issued", "books", "seconds"}
        wrong += any(figures[name] for name in zero)
    return 1 if wrong else 0


if __name__ == "__main__":
    _main()
