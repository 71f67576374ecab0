"""The embedded form for tests: the processes of `make run`, each in a hand of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from bannmae import processes
from bannmae.environment import parse_env_file
from bannmae.tests.servers import free_port, until
from chatops.simulator.testing import Simulator

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "demo-password-of-tests"


class Embedded:
    """Web, worker, scheduler and simulator on SQLite in a folder of their own, demo loaded."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        web, line = free_port(), free_port()
        self.url = f"http://localhost:{web}"
        own = {
            "VAR_DIR": str(folder),
            "PORT": str(web),
            "PUBLIC_URL": self.url,
            "SIMULATOR": "on",
            "LINE_API_URL": f"http://127.0.0.1:{line}",
            "LIFF_SDK_URL": f"http://localhost:{line}/liff/sdk.js",
            "DEMO_PASSWORD": PASSWORD,
        }
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
        self.environment |= own
        self.commands = {
            "simulator": processes.simulator(),
            "web": processes.web(f"127.0.0.1:{web}"),
            "worker": processes.worker(),
            "beat": processes.beat(),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(self.stop, *self.commands)
        self.manage("migrate", "--verbosity=0")
        # Made by that command; the simulator knows the environment alone.
        self.environment |= parse_env_file(folder / ".env")
        self.manage("demo", "--verbosity=0")
        self.start("simulator", "web")
        self.answers(f"{self.environment['LINE_API_URL']}/_sim/healthz")
        self.answers(f"{self.url}/healthz")
        self.manage("sync_rich_menu", "--verbosity=0")
        self.start("worker", "beat")
        self.line = Simulator(
            url=self.environment["LINE_API_URL"],
            process=self.processes["simulator"],
            log=folder / "simulator.log",
            secret=self.environment["LINE_CHANNEL_SECRET"],
            token=self.environment["LINE_CHANNEL_ACCESS_TOKEN"],
            public_url=self.url,
            login_channel_id=self.environment["LINE_LOGIN_CHANNEL_ID"],
            liff_id=self.environment["LIFF_ID"],
        )

    def manage(self, *arguments: str) -> str:
        """Run one command of manage.py to its end; raise RuntimeError with what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr[-3000:]}")
        return done.stdout

    def start(self, *names: str) -> None:
        """Start processes by name."""
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    self.commands[name],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def stop(self, *names: str, how: int = signal.SIGTERM) -> None:
        """End processes by name; SIGKILL for whoever does not go."""
        running = [self.processes.pop(name) for name in names if name in self.processes]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def answers(self, url: str) -> None:
        """Wait until `url` answers 200. Raise TimeoutError."""

        def ask() -> bool:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)

        until(ask, what=url)
