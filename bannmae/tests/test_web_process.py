"""What the web process believes of a caller's headers."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bannmae import processes
from bannmae.tests.servers import free_port, listens, until

ECHO = """
import json

def application(environ, start_response):
    names = ("SCRIPT_NAME", "PATH_INFO", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR")
    body = json.dumps({name: environ.get(name) for name in names}).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[int]:
    """The port of a web process as `make run` starts it; the application tells what it is told."""
    (tmp_path / "echo.py").write_text(ECHO)
    port = free_port()
    command = processes.web(f"127.0.0.1:{port}")
    command[command.index("bannmae.wsgi")] = "echo"
    server = subprocess.Popen(
        [*command, "--workers=1"], cwd=tmp_path, env={"PATH": os.environ["PATH"]}
    )
    try:
        until(lambda: listens(port), what="gunicorn")
        yield port
    finally:
        server.terminate()
        server.wait(30)


def test_no_caller_says_under_which_path_the_service_stands(echo: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", echo, timeout=20)
    forged = {"SCRIPT_NAME": "/x", "PATH_INFO": "/elsewhere", "Script_Name": "/y"}
    front = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    connection.request("GET", "/admin/", headers=forged | front)
    told = json.loads(connection.getresponse().read())
    connection.close()
    assert told == {
        "SCRIPT_NAME": "",
        "PATH_INFO": "/admin/",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    }
