"""The production form, natively: the very commands and environment of docker-compose.yml.

PostgreSQL and Redis are throw-away servers, a small TLS front stands where Caddy stands, and the
LINE simulator is the LINE that LINE_API_URL names. What differs from the compose file is where
its servers are found, and the port of the web process.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import urllib3
import yaml
from cryptography.fernet import Fernet

from bannmae.environment import parse_env_file
from bannmae.tests.servers import (
    Postgres,
    Redis,
    certificate_for_localhost,
    free_port,
    tls_front,
    until,
)
from chatops.simulator import testing as simulated

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "beat")
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::\?([^}]*))?\})")


class MissingVariable(Exception):
    """A `${NAME:?…}` of the compose file has no value."""


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Put `values` where compose would; raise MissingVariable as compose would stop."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        if not values.get(match[1]):
            raise MissingVariable(match[1])
        return values[match[1]]

    return _VARIABLE.sub(value, text)


def container_environment(service: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return what a container of `service` is given, `values` being the shell's and `.env`'s."""
    given = {}
    for name, value in SERVICES[service]["environment"].items():
        if value is not None:
            given[name] = interpolate(str(value), values)
        elif name in values:
            given[name] = values[name]
    return given


def health_check_of_the_image() -> list[str]:
    """Return the command of the Dockerfile's HEALTHCHECK."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    found = re.search(r"^HEALTHCHECK .*?CMD (\[.*\])$", text, re.MULTILINE)
    if not found:
        raise LookupError("the Dockerfile has no HEALTHCHECK in exec form")
    return json.loads(found[1])


class Production:
    """All of it, running. Processes by the names that the compose file gives them.

    `services` are those of ours that are started; `changes` are other values than those below
    for the compose file, None for one that is not set at all; `around` is added to what the
    machine itself gives every process.
    """

    def __init__(
        self,
        folder: Path,
        stack: contextlib.ExitStack,
        *,
        services: Sequence[str] = OURS,
        changes: Mapping[str, str | None] | None = None,
        around: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.around = dict(around or {})
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.web_port, self.https_port, line_port = free_port(), free_port(), free_port()
        self.url = f"https://localhost:{self.https_port}"
        self.certificate = certificate_for_localhost(folder)

        arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
        self.postgres = Postgres(*arguments)
        stack.callback(self.postgres.close)
        self.redis = Redis(*SERVICES["redis"]["command"][1:])
        stack.callback(self.redis.close)
        # What somebody has who copied .env.example and filled in the lines that must be.
        self.values = parse_env_file(ROOT / ".env.example") | {
            "PUBLIC_URL": self.url,
            "SECRET_KEY": "a production secret of fifty characters and some more",
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "EMAIL_URL": "consolemail://",
            "POSTGRES_PASSWORD": "trusted",
            "LINE_CHANNEL_SECRET": simulated.SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": simulated.TOKEN,
            "LINE_LOGIN_CHANNEL_ID": simulated.LOGIN_CHANNEL_ID,
            "LIFF_ID": simulated.LIFF_ID,
            "LINE_API_URL": f"http://127.0.0.1:{line_port}",
            "LIFF_SDK_URL": f"http://127.0.0.1:{line_port}/liff/sdk.js",
        }
        for name, value in (changes or {}).items():
            self.values.pop(name, None)
            if value is not None:
                self.values[name] = value
        # It sends its webhooks through the TLS front, whose certificate it must know.
        with mock.patch.dict(os.environ, {"SSL_CERT_FILE": str(self.certificate)}):
            self.line = simulated.start_simulator(
                folder / "line", public_url=self.url, port=line_port
            )
        stack.callback(self.line.stop)
        stack.enter_context(tls_front(self.https_port, self.web_port, self.certificate))
        stack.callback(self.stop, *OURS)
        self.run(SERVICES["migrate"]["command"])
        self.start(*services)
        self.http = urllib3.PoolManager(ca_certs=str(self.certificate), maxsize=4)
        stack.callback(self.http.clear)

    def environment(self, service: str = "web") -> dict[str, str]:
        """Return the whole environment of a process of ours."""
        given = container_environment(service, self.values)
        given["DATABASE_URL"] = given["DATABASE_URL"].replace(
            "@postgres:5432/", f"@127.0.0.1:{self.postgres.port}/"
        )
        given["REDIS_URL"] = given["REDIS_URL"].replace(
            "//redis:6379/", f"//127.0.0.1:{self.redis.port}/"
        )
        of_the_image = {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "VAR_DIR": str(self.folder / "files"),
            "PORT": str(self.web_port),
        }
        return of_the_image | self.around | given

    def run(self, command: list[str], service: str = "web") -> str:
        """Run a one-off command as in a container of `service`; return what it printed.

        Raises RuntimeError with its words when it fails.
        """
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(service),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=100,
        )
        if done.returncode:
            raise RuntimeError(f"{command} ended with {done.returncode}: {done.stdout}")
        return done.stdout

    def start(self, *services: str) -> None:
        """Start the compose file's own commands of `services`, and wait until web answers."""
        for service in services:
            with self.log(service).open("ab") as log:
                self.processes[service] = subprocess.Popen(
                    SERVICES[service]["command"],
                    cwd=ROOT,
                    env=self.environment(service),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        if "web" in services:
            until(lambda: self.healthy("web"), what=f"web: {self.log('web').read_text()}")

    def stop(self, *services: str) -> None:
        """End `services` as compose does: SIGTERM, time to finish, SIGKILL."""
        ending = [p for name in services if (p := self.processes.pop(name, None))]
        for process in ending:
            process.terminate()
        for process in ending:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def log(self, service: str) -> Path:
        """Return the file with all that a process of ours has printed."""
        return self.folder / f"{service}.log"

    def healthy(self, service: str) -> bool:
        """Run the health check that the container of `service` has."""
        test = SERVICES[service].get("healthcheck", {}).get("test")
        if test is None:
            command = health_check_of_the_image()
        elif test[0] == "CMD-SHELL":
            command = ["/bin/sh", "-c", test[1].replace("$$", "$")]
        else:
            command = test[1:]
        try:
            self.run(command, service)
        except RuntimeError:
            return False
        return True

    def get(self, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """GET a page through the TLS front, without following redirects."""
        return self.request("GET", path, **options)

    def request(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send a request through the TLS front and return the answer, whatever it is."""
        options = {"retries": False, "redirect": False, "timeout": 30} | options
        return self.http.request(method, self.url + path, **options)


@contextlib.contextmanager
def running(folder: Path, **options: Any) -> Iterator[Production]:
    """Start the production form with its files in `folder`; end all of it afterwards."""
    with contextlib.ExitStack() as stack:
        yield Production(folder, stack, **options)
