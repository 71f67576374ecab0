"""The web process as in service, on a free port, under the settings of the benchmarks."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bannmae import processes
from bannmae.environment import BASE_DIR

START_SECONDS = 30.0


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def web(folder: Path) -> Iterator[int]:
    """Run the product's own web command, with this process's environment; yield its port.

    Raises RuntimeError with the end of its log when it does not answer.
    """
    port, log = free_port(), folder / "web.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            processes.web(f"127.0.0.1:{port}"),
            cwd=BASE_DIR,
            env={**os.environ, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            _wait_until_healthy(process, port, log)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the web process did not start: {log.read_text()[-2000:]}")
