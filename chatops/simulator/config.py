"""What the simulator reads from its environment, with one clear line when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chatops.simulator.limits import is_loopback_host

ON = {"on", "true", "yes", "1"}


class ConfigError(Exception):
    """The environment does not allow the simulator to start; the text says why."""


@dataclass(frozen=True)
class Config:
    """The simulator's place and its channel's credentials.

    `api_url` is where the product reaches it, `public_url` where residents reach the product;
    both without a slash at the end. `bind` is the address that it listens at.
    """

    var_dir: Path
    api_url: str
    public_url: str
    bind: str
    port: int
    channel_secret: str
    access_token: str
    login_channel_id: str
    liff_id: str

    @property
    def database(self) -> Path:
        """The simulator's own SQLite file."""
        return self.var_dir / "simulator.sqlite3"

    @property
    def pictures(self) -> Path:
        """The folder of photos and menu pictures, beside the database."""
        return self.var_dir / "simulator"


def _address(env: Mapping[str, str], name: str) -> str:
    url = env.get(name, "").strip().rstrip("/")
    if not url:
        raise ConfigError(f"{name} is not set: the simulator does not know where it is")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises on a port that is none
    except ValueError as error:
        raise ConfigError(f"{name}={url!r} is not an address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(f"{name}={url!r} must be an http:// or https:// address")
    return url


def read(env: Mapping[str, str]) -> Config:
    """Return the configuration in `env`. Raise ConfigError where it forbids a start.

    Refused: SIMULATOR not on, and a LINE_API_URL that is not on this machine (a simulator
    must never stand where real residents could reach it by LINE's own addresses).
    """
    if env.get("SIMULATOR", "").strip().lower() not in ON:
        raise ConfigError("SIMULATOR is off: the simulator starts with SIMULATOR=on only")
    api_url = _address(env, "LINE_API_URL")
    api = urlsplit(api_url)
    if not is_loopback_host(api.hostname):
        raise ConfigError(f"LINE_API_URL={api_url!r}: the simulator runs on loopback only")
    if api.scheme != "http" or api.port is None or api.path:
        raise ConfigError(f"LINE_API_URL={api_url!r} must read http://127.0.0.1:<port>")
    missing = [
        name
        for name in (
            "VAR_DIR",
            "LINE_CHANNEL_SECRET",
            "LINE_CHANNEL_ACCESS_TOKEN",
            "LINE_LOGIN_CHANNEL_ID",
            "LIFF_ID",
        )
        if not env.get(name, "").strip(" ,")
    ]
    if missing:
        raise ConfigError(f"not set: {', '.join(missing)}")
    secrets = [part.strip() for part in env["LINE_CHANNEL_SECRET"].split(",")]
    return Config(
        var_dir=Path(env["VAR_DIR"]).absolute(),
        api_url=api_url,
        public_url=_address(env, "PUBLIC_URL"),
        bind=env.get("SIMULATOR_BIND", "").strip()
        or ("::1" if api.hostname == "::1" else "127.0.0.1"),
        port=api.port,
        channel_secret=next(secret for secret in secrets if secret),
        access_token=env["LINE_CHANNEL_ACCESS_TOKEN"].strip(),
        login_channel_id=env["LINE_LOGIN_CHANNEL_ID"].strip(),
        liff_id=env["LIFF_ID"].strip(),
    )
