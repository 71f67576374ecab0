"""`make` sets up only what is missing, goes on where it stopped, and ends the service when it ends.

The Makefile is tried in an empty folder, where the tools that it calls are stand-ins that write
down how they were called.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash") or "/bin/bash"
LOCK = "django==5.2.19 \\\n    --hash=sha256:00\nuv==0.13.8 \\\n    --hash=sha256:11\n    # via x\n"

# One stand-in for all tools: notes "name arguments", fails when it is told to, makes what the
# real one would make.
STAND_IN = r"""#!@BASH@
name=$(basename "$0")
case "$name $*" in
  "python3 -c"*|"python -c"*) [[ "$*" != *ensurepip* || -e @BOX@/ensurepip ]]; exit;;
  *"--version") echo "Python 3.11.99"; exit;;
  "id -u") cat @BOX@/uid; exit;;
  "dpkg-query"*) grep -qx -- "${@: -1}" @BOX@/installed && echo installed; exit;;
esac
echo "$name $*" >>@BOX@/calls
if grep -qs -- "$name $1" @BOX@/broken; then echo "$name is broken"; exit 1; fi
case "$name $*" in
  "python3 -m venv .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  "npm ci"*) mkdir -p node_modules/.bin; cp "$0" node_modules/.bin/esbuild;;
  "env DEBIAN"*" install "*) printf '%s\n' "$@" >>@BOX@/installed;;
  "msgfmt"*) cp "${@: -1}" "${@: -2:1}";;
  "python manage.py serve")
    printf '%s\n' "PORT=$PORT VAR_DIR=$VAR_DIR" >@BOX@/served
    exec "@PYTHON@" -c "import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('ready', flush=True)
signal.pause()";;
esac
exit 0
"""
TOOLS = [
    *("python3", "npm", "dpkg-query", "id", "sudo", "msgfmt"),
    "env",  # stands before apt-get; so nothing is ever installed from here
]
# Real ones; there is nothing else on the machine's PATH.
REAL = [
    *("awk", "basename", "bash", "cat", "chmod", "cmp", "cp", "dirname", "find", "flock", "grep"),
    *("make", "mkdir", "rm", "sh", "sleep", "tail", "tee", "touch", "wc"),
]


class Machine:
    """An empty machine with a checkout in a folder whose name has a space in it."""

    def __init__(self, folder: Path) -> None:
        self.box = folder / "box"
        self.checkout = folder / "the checkout"
        self.tools = folder / "tools"
        for path in (self.box, self.tools, self.checkout / "liff/frontend"):
            path.mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", self.checkout)
        for name, text in {
            "requirements-dev.lock": LOCK,
            "package.json": "{}",
            "package-lock.json": "{}",
            "liff/frontend/complaint.ts": "1",
            "bannmae/locale/th/LC_MESSAGES/django.po": 'msgid ""',
            "bannmae/paper/fonts.py": "",
            "chatops/menu/artwork.py": "",
            "bannmae/settings.py": "",
        }.items():
            self.write(name, text)
        self.tell("ensurepip", "")
        self.tell("uid", "0\n")
        self.tell("installed", "")
        text = (
            STAND_IN.replace("@BASH@", BASH)
            .replace("@BOX@", str(self.box))
            .replace("@PYTHON@", sys.executable)
        )
        for tool in REAL:
            place = shutil.which(tool)
            assert place, tool
            (self.tools / tool).symlink_to(place)
        for tool in TOOLS:
            (self.tools / tool).write_text(text)
            (self.tools / tool).chmod(0o755)

    def tell(self, name: str, text: str) -> None:
        """Give the stand-ins a fact."""
        (self.box / name).write_text(text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the checkout."""
        path = self.checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        """No variable of ours, and no tool that we did not put there."""
        return {"PATH": str(self.tools), "HOME": str(self.box)}

    def make(self, *arguments: str) -> tuple[int, str, list[str]]:
        """Run make; return its exit code, what it printed, and the tools' calls."""
        (self.box / "calls").write_text("")
        done = subprocess.run(
            ["make", *arguments],
            cwd=self.checkout,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout, (self.box / "calls").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def calls_of(calls: list[str], *tools: str) -> list[str]:
    return [call for call in calls if call.split()[0] in tools]


def test_help_lists_the_commands_of_the_readme() -> None:
    text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    for command in ("run", "test", "bench", "help", "lint", "format", "lock", "clean"):
        assert f"\x1b[36m{command} " in text.stdout


def test_set_up_goes_from_system_packages_to_bundles(machine: Machine) -> None:
    code, said, calls = machine.make("setup")

    assert code == 0, said
    apt = calls_of(calls, "env")
    assert "update" in apt[0]
    assert "--no-install-recommends libpango-1.0-0" in apt[1]
    assert "chromium" not in apt[1]
    steps = calls_of(calls, "python3", "python", "npm", "esbuild")
    assert [step.split(" --")[0] for step in steps] == [
        "python3 -m venv .venv",
        "python -m pip install",
        "python -m pip config get global.index-url",
        "python -m uv pip sync",
        "npm ci",
        "python -m bannmae.paper.fonts build/fonts",
        "python -m chatops.menu.artwork build/icons",
        "python -m chatops.answers.learned build/answers",
        "esbuild",
        "python manage.py collectstatic",
    ]
    assert steps[8].endswith("--outdir=build/static/liff liff/frontend/complaint.ts")
    assert (machine.checkout / "bannmae/locale/th/LC_MESSAGES/django.mo").exists()


def test_second_set_up_calls_nothing(machine: Machine) -> None:
    machine.make("setup-test")

    assert machine.make("setup-test") == (0, "", [])


def test_test_set_up_adds_browser_and_servers_and_reads_apts_lists_once(machine: Machine) -> None:
    _, _, calls = machine.make("setup-test")

    apt = " ".join(calls_of(calls, "env"))
    assert apt.count(" update") == 1
    assert all(
        name in apt
        for name in ("chromium-headless-shell", "postgresql", "redis-server", "poppler-utils")
    )


def test_installed_packages_are_left_alone(machine: Machine) -> None:
    machine.tell("installed", "libpango-1.0-0\nlibpangoft2-1.0-0\nlibharfbuzz-subset0\ngettext\n")

    _, said, calls = machine.make("setup")

    assert calls_of(calls, "env") == []
    assert "System packages" not in said


def test_python_without_venv_gets_its_package(machine: Machine) -> None:
    (machine.box / "ensurepip").unlink()

    _, said, _ = machine.make("setup")

    assert "python3-venv" in said


def test_who_is_not_root_gets_packages_by_sudo(machine: Machine) -> None:
    machine.tell("uid", "1000\n")

    code, _, calls = machine.make("setup")

    assert code == 0
    assert any(c.startswith("sudo env DEBIAN_FRONTEND") for c in calls_of(calls, "sudo"))
    assert calls_of(calls, "env") == []


def test_without_root_and_sudo_one_line_says_what_is_missing(machine: Machine) -> None:
    machine.tell("uid", "1000\n")
    (machine.tools / "sudo").unlink()

    code, said, calls = machine.make("setup")

    assert code == 0
    assert "As root: apt-get install --no-install-recommends libpango-1.0-0" in said
    assert calls_of(calls, "npm") != []


def test_without_apt_one_line_says_what_may_be_missing(machine: Machine) -> None:
    (machine.tools / "dpkg-query").unlink()

    code, said, calls = machine.make("setup")

    assert code == 0
    assert "No apt here" in said
    assert "libpango-1.0-0" in said
    assert calls_of(calls, "npm") != []


def test_without_a_fitting_python_one_line_says_so(machine: Machine) -> None:
    (machine.tools / "python3").unlink()

    code, said, _ = machine.make("setup")

    assert code != 0
    assert "Python 3.11, 3.12 or 3.13 is needed" in said


def test_interrupted_set_up_says_what_to_do_and_goes_on_where_it_stopped(machine: Machine) -> None:
    machine.tell("broken", "npm ci")

    code, said, _ = machine.make("setup")

    assert code != 0
    assert "npm is broken" in said
    assert "give the same command again" in said
    (machine.box / "broken").unlink()
    code, said, calls = machine.make("setup")
    assert code == 0
    assert calls[0].startswith("npm ci")


def test_pip_steps_in_where_uv_cannot(machine: Machine) -> None:
    machine.tell("broken", "python -m uv")
    stand_in = machine.tools / "python3"
    stand_in.write_text(stand_in.read_text().replace('"$name $1"', '"$name $1 $2"'))

    code, _, calls = machine.make("setup")

    assert code == 0
    assert any("pip install" in c and c.endswith("-r requirements-dev.lock") for c in calls)


@pytest.mark.parametrize(
    ("changed", "tools"),
    [
        ("requirements-dev.lock", ["python -m uv", "python manage.py"]),
        (
            "package-lock.json",
            ["npm ci", "python -m bannmae.paper.fonts", "esbuild"],
        ),
        ("liff/frontend/parts/map.ts", ["esbuild --bundle", "python manage.py"]),
        ("complaints/frontend/mailbox.js", ["esbuild --bundle", "python manage.py"]),
        ("complaints/static/complaints/mailbox.css", ["python manage.py"]),
        ("bannmae/locale/th/LC_MESSAGES/django.po", ["msgfmt --check-format"]),
        ("complaints/workflow.py", []),
    ],
)
def test_a_change_makes_only_what_is_made_of_it(
    machine: Machine, changed: str, tools: list[str]
) -> None:
    machine.write("complaints/workflow.py", "")
    machine.make("setup")
    machine.write(changed, LOCK if changed.endswith(".lock") else "2")

    _, _, calls = machine.make("setup")

    called = {" ".join(call.split()[:3]) for call in calls}
    assert all(any(call.startswith(tool) for call in called) for tool in tools)
    assert tools or not called


def test_virtual_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.make("setup")
    (machine.checkout / ".venv/bin/python").unlink()

    code, _, calls = machine.make("setup")

    assert code == 0
    assert "python3 -m venv .venv" in calls
    assert any(c.startswith("python -m uv pip sync") for c in calls)


def test_clean_never_touches_the_services_data(machine: Machine) -> None:
    machine.make("setup")
    machine.write("var/db.sqlite3", "data")
    machine.write("var/locale/x.mo", "data")

    machine.make("clean")

    assert (machine.checkout / "var/db.sqlite3").exists()
    assert (machine.checkout / "var/locale/x.mo").exists()
    assert not any((machine.checkout / name).exists() for name in (".venv", "build"))


@pytest.fixture
def service(machine: Machine) -> Iterator[subprocess.Popen[str]]:
    """Yield a running `make run`, in a process group of its own, past its start."""
    machine.make("setup")
    process = subprocess.Popen(
        # As from a terminal, also where the tests themselves were started in the background,
        # which leaves SIGINT ignored.
        ["/usr/bin/env", "--default-signal=INT", "make", "run", "PORT=8123"],
        cwd=machine.checkout,
        env=machine.environment | {"VAR_DIR": "/some where"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()


def test_settings_of_the_command_line_and_the_environment_reach_the_service(
    machine: Machine, service: subprocess.Popen[str]
) -> None:
    assert (machine.box / "served").read_text() == "PORT=8123 VAR_DIR=/some where\n"


@pytest.mark.parametrize("to_group", [True, False], ids=["terminal", "make alone"])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_service_ends_with_make(
    service: subprocess.Popen[str], sent: signal.Signals, to_group: bool
) -> None:
    os.killpg(service.pid, sent) if to_group else os.kill(service.pid, sent)

    # Its end of the pipe closes when the last of them has gone.
    rest, _ = service.communicate(timeout=10)
    assert rest == ""
