"""The commands of the service's processes: the same for `make run`, compose and the tests."""

from __future__ import annotations

import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def web(bind: str) -> list[str]:
    """The web process: 2 workers of 8 threads. Measured: WSGI takes thrice what ASGI takes."""
    return [
        str(BIN / "gunicorn"),
        "bannmae.wsgi",
        "--worker-class=gthread",
        "--workers=2",
        "--threads=8",
        "--timeout=60",
        "--graceful-timeout=5",
        "--no-control-socket",
        # No header may say under which path the service stands: gunicorn would believe loopback.
        "--forwarder-headers=",
        # No access log: addresses of people and what they search for are personal data.
        f"--bind={bind}",
        "--log-level=warning",
    ]


def worker() -> list[str]:
    """The worker: threads, since it waits for LINE and the database."""
    return [
        str(BIN / "celery"),
        "--quiet",
        "--app=bannmae",
        "worker",
        "--pool=threads",
        "--concurrency=4",
        "--without-gossip",
        "--without-mingle",
        "--loglevel=WARNING",
    ]


def beat() -> list[str]:
    """The scheduler: rings for the sweep and the hourly chores."""
    return [
        str(BIN / "celery"),
        "--quiet",
        "--app=bannmae",
        "beat",
        "--pidfile=",
        "--loglevel=WARNING",
    ]


def simulator() -> list[str]:
    """The LINE simulator, a platform of its own on loopback."""
    return [sys.executable, "-m", "chatops.simulator"]
