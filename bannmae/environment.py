"""Where settings come from: the environment, then `.env`, then `VAR_DIR/.env`.

The embedded form (SQLite) makes the secrets that are missing once and keeps them in
`VAR_DIR/.env`, readable by its owner alone. The production form (PostgreSQL) never
does: there a missing secret stops the start.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import socket
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SIMULATED_TOKEN_PREFIX = "simulator-"  # noqa: S105 - a mark, not a secret
HIGHEST_PORT = 65535
# At the top of VAR_DIR; the folders in it are closed by its own mode.
PRIVATE_FILES = ("*.sqlite3*", ".env*", "beat-schedule*")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# What the embedded form makes for itself when nobody gave it.
MADE_ONCE: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: Fernet.generate_key().decode(),
    "DEMO_PASSWORD": lambda: "bm-" + secrets.token_hex(4),
}
# The same for the credentials of the channel that only the simulator knows.
MADE_ONCE_FOR_SIMULATOR: dict[str, Callable[[], str]] = {
    "LINE_CHANNEL_SECRET": lambda: secrets.token_hex(16),
    "LINE_CHANNEL_ACCESS_TOKEN": lambda: SIMULATED_TOKEN_PREFIX + secrets.token_urlsafe(32),
    "LINE_LOGIN_CHANNEL_ID": lambda: "20" + "".join(secrets.choice("0123456789") for _ in range(8)),
    "LIFF_ID": lambda: (
        "20" + "".join(secrets.choice("0123456789") for _ in range(8)) + "-" + secrets.token_hex(4)
    ),
}


class Settings(environ.Env):
    """django-environ, which says in one clear line what is wrong with a value."""

    def value(self, name: str, *, kind: str = "str", default: object = environ.Env.NOTSET):
        """Read variable `name` as `kind` (str, bool, int, list); blank is the default.

        Raises:
            ImproperlyConfigured: it cannot be read so.
        """
        if default is not self.NOTSET and not os.environ.get(name, "").strip():
            return default
        try:
            return getattr(self, kind)(name, default=default)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(
                f"{name}={os.environ.get(name)!r} cannot be read as {kind}"
            ) from error

    def switch(self, name: str, default: bool) -> bool:
        """Read an on/off variable; anything but on/off/true/false/yes/no/1/0 is an error."""
        raw = os.environ.get(name, "").strip().lower()
        if raw == "":
            return default
        if raw in {"on", "true", "yes", "1"}:
            return True
        if raw in {"off", "false", "no", "0"}:
            return False
        raise ImproperlyConfigured(f"{name}={raw!r} must be on or off")

    def port(self, name: str, default: int) -> int:
        """Read the number of a TCP port. Raise ImproperlyConfigured for what is none."""
        port = self.value(name, kind="int", default=default)
        if not 1 <= port <= HIGHEST_PORT:
            raise ImproperlyConfigured(f"{name}={port} must be from 1 to {HIGHEST_PORT}")
        return port

    def address(
        self,
        name: str,
        default: str = "",
        schemes: Sequence[str] = ("http", "https"),
        *,
        origin: bool = False,
    ) -> str:
        """Read an address without its last slash, '' for none; `origin`: with no path either.

        Raises:
            ImproperlyConfigured: it cannot be called. The value itself may hold a password and
                is not told.
        """
        url: str = self.value(name, default=default).strip().rstrip("/")
        if not url:
            return ""
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        try:
            parts = urlsplit(url)
            usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:  # brackets that do not match, a port that is no number or too high
            usable = False
        if not usable or any(letter.isspace() for letter in url):
            raise ImproperlyConfigured(f"{name} must be an {wanted} address with a host")
        if origin and (parts.path or parts.query or parts.fragment or parts.username is not None):
            raise ImproperlyConfigured(f"{name} must be {wanted}host, with nothing behind it")
        return url

    def mail(self, name: str) -> dict[str, object]:
        """Read where mail goes as Django's EMAIL_* settings; blank: mail is printed.

        Raises:
            ImproperlyConfigured: no mail can be sent that way. The password is not told.
        """
        url: str = self.value(name, default="consolemail://").strip()
        schemes = ", ".join(sorted(self.EMAIL_SCHEMES))
        try:
            mail: dict[str, object] = self.email_url_config(url)
        except (ValueError, TypeError, KeyError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(
                f"{name} must look like smtp+tls://user:password@host:587 (one of {schemes})"
            ) from error
        if mail["EMAIL_BACKEND"] == self.EMAIL_SCHEMES["smtp"]:
            if not mail["EMAIL_HOST"]:
                raise ImproperlyConfigured(f"{name} names no mail server")
            usual = 465 if mail.get("EMAIL_USE_SSL") else 587 if mail.get("EMAIL_USE_TLS") else 25
            mail["EMAIL_PORT"] = mail["EMAIL_PORT"] or usual
        return mail


def parse_env_file(path: Path) -> dict[str, str]:
    """Return the NAME=value pairs of `path` ({} when there is no such file)."""
    pairs: dict[str, str] = {}
    if not path.exists():
        return pairs
    for line in path.read_text(encoding="utf8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            pairs[name.strip()] = value.strip().strip("'\"")
    return pairs


def write_env_file(path: Path, changes: Mapping[str, str | None]) -> None:
    """Set `changes` (None: remove) in the file at `path`; mode 600, written whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pairs = {**parse_env_file(path), **changes}
    text = "".join(f"{name}={value}\n" for name, value in pairs.items() if value is not None)
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf8") as file:
        file.write(text)
    fresh.replace(path)


def load() -> tuple[Settings, Path, set[str]]:
    """Read the files into the environment and make what the embedded form lacks.

    Returns the reader, VAR_DIR and the names that were set on purpose (by the environment
    or `.env`, not by us in `VAR_DIR/.env`).
    """
    settings = Settings()
    given = parse_env_file(BASE_DIR / ".env")
    for name, value in given.items():
        os.environ.setdefault(name, value)
    on_purpose = {name for name, value in os.environ.items() if value.strip()}
    var_dir = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()
    # Processes that read the environment alone (the simulator) find it there.
    os.environ["VAR_DIR"] = str(var_dir)
    try:
        _make_writable(var_dir)
        keep_private(var_dir)
    except OSError as error:
        raise ImproperlyConfigured(
            f"VAR_DIR={str(var_dir)!r} cannot be written: {error}"
        ) from error
    kept = parse_env_file(var_dir / ".env")
    for name, value in kept.items():
        if not os.environ.get(name, "").strip():
            os.environ[name] = value
    embedded = not os.environ.get("DATABASE_URL") or os.environ["DATABASE_URL"].startswith("sqlite")
    simulator = settings.switch("SIMULATOR", default=False)
    if embedded:
        wanted = MADE_ONCE | (MADE_ONCE_FOR_SIMULATOR if simulator else {})
        if any(not os.environ.get(name) for name in wanted):
            make_missing(var_dir, wanted)
    return settings, var_dir, on_purpose


def _make_writable(folder: Path) -> None:
    """Make `folder` where it is missing. Raise OSError when nothing can be written there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"no right to write in {folder}")


def keep_private(var_dir: Path) -> None:
    """Let nobody but its owner into `var_dir`, nor at the databases and secrets at its top.

    What an earlier version left open is closed. Left alone is what belongs to another user, a
    folder that everybody writes to (such as /tmp), and one in which this checkout lies, whose
    built files others may read. Raise OSError when it cannot be done.
    """
    state = var_dir.stat()
    if state.st_mode & stat.S_ISVTX:
        return
    if not BASE_DIR.is_relative_to(var_dir):
        close_to_others(var_dir, state)
    for pattern in PRIVATE_FILES:
        for path in var_dir.glob(pattern):
            # Files come and go here: SQLite's journals, for one.
            with contextlib.suppress(FileNotFoundError):
                close_to_others(path, path.lstat())


def close_to_others(path: Path, state: os.stat_result) -> None:
    """Take the rights of group and others at a file or folder of our own away."""
    kind = stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)
    if kind and state.st_uid == os.geteuid() and state.st_mode & 0o077:
        path.chmod(stat.S_IMODE(state.st_mode) & 0o700)


def make_missing(var_dir: Path, wanted: dict[str, Callable[[], str]]) -> None:
    """Make the secrets among `wanted` that nobody set, once, whoever starts first."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with open(var_dir / ".env.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = parse_env_file(var_dir / ".env")
        made = {
            name: make()
            for name, make in wanted.items()
            if not os.environ.get(name) and not kept.get(name)
        }
        if made:
            write_env_file(var_dir / ".env", made)
        for name in wanted:
            if not os.environ.get(name):
                os.environ[name] = kept.get(name) or made[name]


def is_loopback(url: str) -> bool:
    """Tell whether `url` names this very machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def choose_for_serve() -> None:
    """Choose what `make run` is free to choose, and keep it in `VAR_DIR/.env`.

    There every other command with the same VAR_DIR finds it. What the environment or `.env`
    set is not chosen; what an earlier run chose is chosen anew.
    """
    given = {
        name: value
        for name, value in (parse_env_file(BASE_DIR / ".env") | os.environ).items()
        if value.strip()
    }
    var_dir = Path(given.get("VAR_DIR") or BASE_DIR / "var").resolve()
    try:
        port = int(given.get("PORT") or 8000)
        simulator_port = urlsplit(given.get("LINE_API_URL", "")).port
        _make_writable(var_dir)
    except (ValueError, OSError):
        return  # settings will say what is wrong with it
    if not 1 <= port <= HIGHEST_PORT:
        return
    simulator = given.get("SIMULATOR", "on").strip().lower() in {"on", "true", "yes", "1"}
    simulator_url = given.get("LINE_API_URL", "")
    if not simulator_url:
        simulator_port = _free_port(port + 1)
        simulator_url = f"http://127.0.0.1:{simulator_port}"
    chosen: dict[str, str | None] = {
        "PUBLIC_URL": f"http://localhost:{port}",
        "SIMULATOR": "on" if simulator else None,
        "LINE_API_URL": simulator_url if simulator else None,
        "LIFF_SDK_URL": f"http://localhost:{simulator_port}/liff/sdk.js" if simulator else None,
    }
    write_env_file(
        var_dir / ".env",
        {name: None if name in given else value for name, value in chosen.items()},
    )


def _free_port(first: int) -> int:
    """Return the first port from `first` on that nobody listens at."""
    for port in range(first, min(first + 50, HIGHEST_PORT + 1)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return first
