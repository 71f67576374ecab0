"""`make run`'s last step: everything starts, says where to go, and ends with one Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from bannmae.environment import parse_env_file
from bannmae.tests.servers import free_port, until

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    """Start `manage.py serve` in a session of its own, as a terminal would."""
    own = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "PORT": str(port)}
    with (folder / "out").open("w") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=own | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def processes_of(session: int) -> list[str]:
    """The commands of all processes of this session, or that it started (honcho's groups)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environ = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"BANNMAE_TEST={session}".encode() in environ.split(b"\0"):
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


@pytest.mark.timeout(240)
def test_one_ctrl_c_ends_all_of_it_within_ten_seconds(tmp_path: Path) -> None:
    port, mark = free_port(), os.getpid()
    service = start(tmp_path, port, BANNMAE_TEST=str(mark))
    said = tmp_path / "out"
    try:
        until(lambda: "Ctrl-C ends all of it." in said.read_text(), 120, "the welcome")
        kept = parse_env_file(tmp_path / ".env")
        assert f"http://localhost:{port}/simulator/" in said.read_text()
        # Whoever else has an account on this machine gets at nothing of it.
        files = (path for path in tmp_path.rglob("*") if path.is_file() and path != said)
        written = [tmp_path, *files]
        assert [path for path in written if path.lstat().st_mode & 0o077] == []
        built = list((ROOT / "build/staticfiles").rglob("*"))
        assert [path for path in built if not path.stat().st_mode & 0o004] == []
        assert kept["DEMO_PASSWORD"] in said.read_text()
        http = urllib3.PoolManager()
        for path, status in [
            ("/", 200),
            ("/healthz", 200),
            ("/readyz", 200),
            ("/simulator/", 200),
            ("/admin/login/", 200),
            ("/liff/complaint", 200),
            ("/api/v1/categories", 200),
        ]:
            answer = http.request("GET", f"http://localhost:{port}{path}", redirect=False)
            assert (path, answer.status) == (path, status)
        http.clear()
        # The worker is in step: what a resident writes is answered.
        assert len(processes_of(mark)) >= 5
    finally:
        started = time.monotonic()
        os.killpg(service.pid, signal.SIGINT)
        service.wait(30)
    assert time.monotonic() - started < 10
    assert processes_of(mark) == []


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        service = start(tmp_path, port)
        assert service.wait(60) == 1
    assert f"Port {port} is taken" in (tmp_path / "out").read_text()
    assert not (tmp_path / "db.sqlite3").exists(), "nothing was begun"
