"""Throw-away PostgreSQL and Redis servers, and a TLS front, for tests of the production form.

Each listens on a free port of 127.0.0.1, keeps what it has in a temporary folder, and can be
stopped and started again. None of them is a server that the machine may be running.
"""

from __future__ import annotations

import contextlib
import datetime
import http.client
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

START_SECONDS = 120.0


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(
    condition: Callable[[], Any], seconds: float = START_SECONDS, what: str = "condition"
) -> Any:
    """Return the first true value of `condition`; what raises OSError counts as not yet.

    Raise TimeoutError after `seconds`.
    """
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if value := condition():
                return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        pause.wait(0.05)


def listens(port: int) -> bool:
    """Tell whether somebody listens at a port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _clean_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


class Postgres:
    """A cluster of its own, trusting this machine; `url` names its one database."""

    def __init__(self, *initdb_arguments: str, user: str = "bannmae") -> None:
        self.port = free_port()
        self.user = user
        # Not under pytest's own folder: the server runs as another user, who must get there.
        self.folder = Path(tempfile.mkdtemp(prefix="bannmae-postgres-"))
        self.data = self.folder / "data"
        self.folder.chmod(0o755)
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        try:
            authentication = ["--auth=trust", f"--username={user}", "--no-sync"]
            self._run("initdb", f"--pgdata={self.data}", *authentication, *initdb_arguments)
            self.start()
            address = ["--host=127.0.0.1", f"--port={self.port}", f"--username={user}"]
            self._run("createdb", *address, user)
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of the database."""
        return f"postgres://{self.user}:trusted@127.0.0.1:{self.port}/{self.user}"

    @staticmethod
    def _program(name: str) -> str:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) or shutil.which(name)
        if not found:
            raise FileNotFoundError(f"{name}: PostgreSQL's server is not installed (make test)")
        return found if isinstance(found, str) else str(found[-1])

    def _run(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root.
        other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*other, self._program(program), *arguments],
            cwd=self.folder,
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}")

    def start(self) -> None:
        """Start (again) on the same port, with the same data."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.data,
            "fsync": "off",
        }
        given = " ".join(f"-c {name}={value}" for name, value in options.items())
        place = [f"--pgdata={self.data}", f"--log={self.data / 'log'}"]
        self._run("pg_ctl", "start", "--wait", "--silent", *place, "--options", given)

    def stop(self) -> None:
        """Stop at once: whoever is connected loses the connection."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--pgdata={self.data}", "--mode=fast")

    def close(self) -> None:
        """Stop and forget everything."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis that keeps nothing on disk. `arguments` as compose gives them."""

    def __init__(self, *arguments: str) -> None:
        self.port = free_port()
        self.arguments = arguments
        self.folder = Path(tempfile.mkdtemp(prefix="bannmae-redis-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Return the REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start (again), empty, on the same port."""
        program = shutil.which("redis-server", path="/usr/bin:/usr/local/bin:" + os.environ["PATH"])
        if not program:
            raise FileNotFoundError("redis-server is not installed (make test)")
        given = ["--port", str(self.port), "--bind", "127.0.0.1", *self.arguments]
        self.process = subprocess.Popen(
            [program, *given],
            cwd=self.folder,
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: listens(self.port), what="redis-server")

    def stop(self) -> None:
        """End it."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """End it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def certificate_for_localhost(folder: Path, *more: str) -> Path:
    """Write a self-signed certificate with its key for localhost; return the file (PEM, both).

    `more` are further names that it is good for.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [
        *(x509.DNSName(one) for one in ("localhost", *more)),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "localhost.pem"
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path


class Hand(BaseHTTPRequestHandler):
    """Passes one request on as the TLS front of the compose file does."""

    protocol_version = "HTTP/1.1"
    upstream = 0
    OWN = frozenset({"connection", "keep-alive", "transfer-encoding", "x-forwarded-for"})

    def pass_on(self) -> None:
        """Answer with what `upstream` answers."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in self.OWN}
        headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.client_address[0]}
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=60)
        with contextlib.closing(connection):
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                status, given = answer.status, answer.getheaders()
            except OSError:
                status, given, content = 502, [], b""
        self.send_response_only(status)
        for name, value in given:
            if name.lower() not in self.OWN | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = pass_on

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, hand: type[Hand], context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(("127.0.0.1", port), hand)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake here, in the request's own thread, so that a slow one holds up nobody.
        with self.context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes early is no error of ours."""


@contextlib.contextmanager
def tls_front(
    port: int, upstream: int, certificate: Path, hand: type[Hand] = Hand
) -> Iterator[None]:
    """Serve https at `port` and pass everything on to `upstream`, both ports of 127.0.0.1.

    `hand` may do something else with some of the requests.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = _Server(port, type("Hand", (hand,), {"upstream": upstream}), context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
