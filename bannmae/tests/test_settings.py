"""Settings: what is made, what is refused, and that each refusal is one clear line."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bannmae import environment
from bannmae.environment import Settings, parse_env_file, write_env_file

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}


def manage(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing but what is named here."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "eight"}, "PORT"),
        ({"PORT": "99999"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65535", "SIMULATOR": "on"}, "LINE_API_URL"),
        ({"VAR_DIR": "/dev/null/var"}, "VAR_DIR"),
        ({"DEBUG": "maybe"}, "DEBUG"),
        ({"SIMULATOR": "perhaps"}, "SIMULATOR"),
        ({"THROTTLE": "2"}, "THROTTLE"),
        ({"PUBLIC_URL": "banmae.go.th"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://[banmae.go.th"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://banmae.go.th:https"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://banmae.go.th/line"}, "PUBLIC_URL"),
        ({"LINE_API_URL": "http://127.0.0.1:99999"}, "LINE_API_URL"),
        ({"LINE_API_URL": "http://127.0.0.1:port", "SIMULATOR": "on"}, "LINE_API_URL"),
        ({"LINE_API_URL": "api.line.me"}, "LINE_API_URL"),
        ({"LINE_API_URL": "ftp://127.0.0.1"}, "LINE_API_URL"),
        ({"LIFF_SDK_URL": "//cdn"}, "LIFF_SDK_URL"),
        ({"AI_BASE_URL": "localhost:11434"}, "AI_BASE_URL"),
        ({"EMAIL_URL": "mail.banmae.go.th"}, "EMAIL_URL"),
        ({"EMAIL_URL": "pop://mail.banmae.go.th"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp+tls://a:hidden@mail.banmae.go.th:mail"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp+tls://"}, "EMAIL_URL"),
        ({"SENTRY_DSN": "on"}, "SENTRY_DSN"),
        ({"SENTRY_DSN": "https://sentry.example.com/1"}, "SENTRY_DSN"),
        ({"SENTRY_DSN": "https://key@sentry.example.com:x/1"}, "SENTRY_DSN"),
        ({"FIELD_KEYS": "abc"}, "FIELD_KEYS"),
        (SECRETS | {"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        (SECRETS | {"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        (SECRETS | {"DATABASE_URL": "postgres://a:hid/den@127.0.0.1/c"}, "DATABASE_URL"),
        (SECRETS | {"DATABASE_URL": "postgres://a:b@[127.0.0.1/c"}, "DATABASE_URL"),
        ({"STORAGE_URL": "ftp://x"}, "STORAGE_URL"),
        ({"REDIS_URL": "redis://:hid/den@x"}, "REDIS_URL"),
        ({"REDIS_URL": "amqp://x"}, "REDIS_URL"),
        ({"DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"}, "SECRET_KEY"),
        ({"DATABASE_URL": "postgres://a:b@127.0.0.1:1/c", "SECRET_KEY": "x"}, "FIELD_KEYS"),
        ({"SIMULATOR": "on", "LINE_API_URL": "https://api.line.me"}, "SIMULATOR"),
        ({"SIMULATOR": "on", "LINE_CHANNEL_ACCESS_TOKEN": "real+token/of=LINE"}, "SIMULATOR"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_line_that_names_it(
    tmp_path: Path, environment: dict[str, str], named: str
) -> None:
    done = manage(tmp_path, "check", **environment)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert named in done.stderr
    assert "hid" not in done.stderr, "a password is not told"


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "99999"}, "PORT"),
        ({"PORT": "eight"}, "PORT"),
        ({"LINE_API_URL": "http://127.0.0.1:99999"}, "LINE_API_URL"),
        ({"VAR_DIR": "/dev/null/var"}, "VAR_DIR"),
    ],
)
def test_make_run_too_refuses_a_bad_value_in_one_line(
    tmp_path: Path, environment: dict[str, str], named: str
) -> None:
    done = manage(tmp_path, "serve", **environment)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert named in done.stderr


def test_an_empty_value_is_the_default(tmp_path: Path) -> None:
    empty = ("PORT", "PUBLIC_URL", "LINE_API_URL", "EMAIL_URL", "SENTRY_DSN", "REDIS_URL")
    script = (
        "from bannmae import settings as s\n"
        "print(s.PORT, s.PUBLIC_URL, repr(s.LINE_API_URL), s.EMAIL_BACKEND.split('.')[-2])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **dict.fromkeys(empty, "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "8000 http://localhost:8000 '' console", done.stderr


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp+tls://user%40banmae.go.th:p%2Fw@mail.example.com:2525", 2525, True),
        ("smtp+tls://user%40banmae.go.th:p%2Fw@mail.example.com", 587, True),
        ("smtp+ssl://user%40banmae.go.th:p%2Fw@mail.example.com", 465, None),
        ("smtp://user%40banmae.go.th:p%2Fw@mail.example.com", 25, None),
    ],
)
def test_mail_goes_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch, url: str, port: int, tls: bool | None
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    mail = Settings().mail("EMAIL_URL")
    assert (mail["EMAIL_HOST"], mail["EMAIL_PORT"]) == ("mail.example.com", port)
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"]) == ("user@banmae.go.th", "p/w")
    assert mail.get("EMAIL_USE_TLS") is tls


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_gets_at_the_embedded_data(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    assert manage(folder, "migrate", "--verbosity=0").returncode == 0
    assert (mode(folder), mode(folder / "db.sqlite3")) == (0o700, 0o600)
    assert (folder / "db.sqlite3").stat().st_size > 0


def test_data_that_an_earlier_version_left_open_is_closed_at_the_next_start(
    tmp_path: Path,
) -> None:
    folder, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_text("not ours to close")
    elsewhere.chmod(0o644)
    names = ("db.sqlite3", "db.sqlite3-wal", "simulator.sqlite3", "beat-schedule.dat", ".env.lock")
    for name in names:
        (folder / name).touch()
        (folder / name).chmod(0o644)
    (folder / "link.sqlite3").symlink_to(elsewhere)
    folder.chmod(0o755)
    assert manage(folder, "check").returncode == 0
    assert mode(folder) == 0o700
    assert {mode(folder / name) for name in names} == {0o600}
    assert mode(elsewhere) == 0o644


def test_a_database_in_another_place_is_closed_too(tmp_path: Path) -> None:
    database = tmp_path / "own.sqlite3"
    place = {"DATABASE_URL": f"sqlite:///{database}"}
    for _ in range(2):
        done = manage(tmp_path / "var", "showmigrations", "bannmae", **place)
        assert done.returncode == 0, done.stderr
        assert mode(database) == 0o600
        database.chmod(0o644)


def test_a_folder_of_everybody_or_around_the_checkout_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybodys, around = tmp_path / "tmp", tmp_path / "around"
    for folder, rights in ((everybodys, 0o1777), (around, 0o755)):
        folder.mkdir()
        (folder / "other.sqlite3").touch(0o644)
        folder.chmod(rights)
    monkeypatch.setattr(environment, "BASE_DIR", around / "checkout")
    for folder in (everybodys, around):
        environment.keep_private(folder)
    assert (mode(everybodys), mode(everybodys / "other.sqlite3")) == (0o1777, 0o644)
    assert mode(around) == 0o755


def test_missing_secrets_are_made_once_and_kept_for_their_owner_alone(tmp_path: Path) -> None:
    assert manage(tmp_path, "check").returncode == 0
    kept = parse_env_file(tmp_path / ".env")
    assert set(kept) == {"SECRET_KEY", "FIELD_KEYS", "DEMO_PASSWORD"}
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert manage(tmp_path, "check", SIMULATOR="on").returncode == 0
    again = parse_env_file(tmp_path / ".env")
    assert kept.items() <= again.items()
    assert again["LINE_CHANNEL_ACCESS_TOKEN"].startswith("simulator-")


def test_what_the_simulator_was_given_is_never_shown_to_line(tmp_path: Path) -> None:
    manage(tmp_path, "check", SIMULATOR="on")
    done = manage(tmp_path, "sync_rich_menu")
    assert done.returncode == 1
    assert "LINE_CHANNEL_ACCESS_TOKEN is not set" in done.stderr


def test_a_test_double_beside_ones_own_credentials_is_allowed(tmp_path: Path) -> None:
    done = manage(
        tmp_path,
        "check",
        SIMULATOR="on",
        LINE_API_URL="http://127.0.0.1:9",
        LINE_CHANNEL_ACCESS_TOKEN="of-a-test",
        LINE_CHANNEL_SECRET="of-a-test",
    )
    assert done.returncode == 0, done.stderr


def test_a_changed_file_keeps_its_other_lines(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# kept by hand\nA=1\nB='two words'\n")
    write_env_file(path, {"A": "3", "C": "4", "B": None})
    assert parse_env_file(path) == {"A": "3", "C": "4"}


def test_the_demo_needs_a_word_where_the_simulator_is_off(tmp_path: Path) -> None:
    done = manage(tmp_path, "demo")
    assert done.returncode == 1
    assert "--yes" in done.stderr


def test_the_web_process_starts_without_paper_language_or_line_models(tmp_path: Path) -> None:
    script = (
        "import sys, bannmae.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "heavy = ('weasyprint', 'pythainlp', 'linebot', 'pypdfium2', 'fontTools')\n"
        "heavy += ('openpyxl', 'zxingcpp')\n"
        "found = sorted({name.split('.')[0] for name in sys.modules} & set(heavy))\n"
        "sys.exit(', '.join(found) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
