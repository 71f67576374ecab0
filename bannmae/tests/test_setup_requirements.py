"""What is installed: pinned, hashed, the same for tests and service, and nothing beyond it used."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bannmae", "chatops", "complaints", "payments", "liff")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(name: str) -> dict[str, str]:
    """Return {package: version} of a requirements or lock file, names normalised."""
    found = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", (ROOT / name).read_text(), re.M
    )
    return {normal(package): version for package, version in found}


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]

    assert [line for line in wanted if not re.match(r"[\w.\[\],-]+==\S+", line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_what_is_required(name: str) -> None:
    required = pins(name.replace(".lock", ".txt"))

    assert required.items() <= pins(name).items()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_hashed_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "://" not in text
    for requirement in re.split(r"\n(?=[a-z])", text)[1:]:
        assert "--hash=sha256:" in requirement, requirement


def test_tests_run_on_the_versions_of_the_service() -> None:
    service, tests = map(pins, LOCKS)

    assert {name for name in service if tests.get(name) != service[name]} == set()


def test_npm_lock_is_hashed_and_names_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    for name, package in packages.items():
        assert "resolved" not in package, name
        assert "integrity" in package or name == ""


def test_service_imports_nothing_that_only_developers_have() -> None:
    belongs = importlib.metadata.packages_distributions()
    service = pins("requirements.lock")
    missing = set()
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        if "tests" in path.parts:
            continue
        for module in imported(path) - set(sys.stdlib_module_names) - set(ROOMS):
            packages = {normal(name) for name in belongs.get(module, [module])}
            if not packages & service.keys():
                missing.add(f"{path.relative_to(ROOT)}: {module}")

    assert missing == set()


def imported(path: Path) -> set[str]:
    """Return the top-level names that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
