"""`manage.py bench`: whole in a small run, and what it counts is within its bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bannmae.environment import BASE_DIR
from liff.bench.figures import Bound, Figure, percentile, table

COUNTED = {
    "complaint: one post": 12,
    "status move: rule alone": 12,
    "status move: the officer's POST": 12,
    "mailbox, legal officer": 13,
    "mailbox, division officer": 13,
}


# A small run starts a web process and four readers: long where the machine is busy.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """Where a small run was started, and how it ended."""
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "bench", "--quick"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "VAR_DIR": str(folder / "var")},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    return folder, done


@pytest.mark.xdist_group("bench")
def test_a_small_run_measures_everything(quick_run: Any) -> None:
    folder, done = quick_run
    assert done.returncode in {0, 1}, done.stderr
    report = json.loads((folder / "bench.json").read_text(encoding="utf8"))
    measures = {figure["measure"] for figure in report["figures"]}
    assert measures == {"webhook", "posts", "moves", "memo", "mailbox", "chats", "money"}
    assert report["settings"]["quick"] is True
    assert report["versions"]["database"].startswith("sqlite")
    assert {"cores", "processor", "memory_gib", "load_average"} <= report["machine"].keys()
    for figure in report["figures"]:
        assert figure["ours"] > 0
        assert any(
            line.startswith(f"{figure['what']} [{figure['unit']}]")
            for line in done.stdout.splitlines()
        )


@pytest.mark.xdist_group("bench")
def test_it_ends_as_its_table_says(quick_run: Any) -> None:
    folder, done = quick_run
    report = json.loads((folder / "bench.json").read_text(encoding="utf8"))
    assert done.returncode == (0 if report["holds"] else 1)
    assert report["holds"] == all(figure["holds"] is not False for figure in report["figures"])


@pytest.mark.xdist_group("bench")
def test_posts_moves_and_lists_need_few_queries(quick_run: Any) -> None:
    folder, _done = quick_run
    report = json.loads((folder / "bench.json").read_text(encoding="utf8"))
    counted = {
        figure["what"]: figure for figure in report["figures"] if figure["unit"] == "queries"
    }
    for what, most in COUNTED.items():
        statements = "\n".join(counted[what]["details"]["statements"])
        assert counted[what]["ours"] <= most, statements
        assert counted[what]["holds"], statements
    for what, figure in counted.items():
        if figure["baseline_is"] and figure["measure"] in {"mailbox", "chats"}:
            assert figure["ratio"] == 1, (what, figure["details"])


@pytest.mark.xdist_group("bench")
def test_the_services_own_data_stay_untouched(quick_run: Any) -> None:
    folder, _done = quick_run
    assert not list((folder / "var").rglob("*.sqlite3*"))
    assert not list((folder / "var" / "media").rglob("*"))


def test_an_unknown_measure_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "bench", "--only", "nonsense"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "VAR_DIR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode not in {0, 1}
    assert "nonsense" in done.stderr
    assert not (tmp_path / "bench.json").exists()


@pytest.mark.parametrize(
    ("bound", "ours", "baseline", "holds"),
    [
        (Bound("ratio", ">=", 0.7), 70, 100, True),
        (Bound("ratio", ">=", 0.7), 69, 100, False),
        (Bound("ratio", "<=", 1.2), 121, 100, False),
        (Bound("ratio", "=", 1), 11, 11, True),
        (Bound("ratio", "=", 1), 12, 11, False),
        (Bound("ours", "<=", 12), 12, None, True),
        (Bound("ours", "<=", 12), 13, None, False),
        (Bound("ratio", "<=", 1.2), 1, None, False),
    ],
)
def test_a_bound_holds_up_to_its_value(
    bound: Bound, ours: float, baseline: float | None, holds: bool
) -> None:
    figure = Figure("memo", "memo", "ms", ours, baseline, bounds=(bound,))
    assert figure.holds is holds
    assert table([figure]).endswith("yes" if holds else "NO")


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.99) == 100
    assert percentile([7.0], 0.99) == 7
