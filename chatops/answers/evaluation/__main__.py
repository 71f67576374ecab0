"""Asks every question of questions.csv through `manage.py ask`, in a throw-away database.

All rows of the starting knowledge base are published there. `python -m chatops.answers.evaluation`
prints the table; `--wrong` lists what went otherwise than wanted.

Nothing is trained on these questions. But the confidence (SURE and what it is made of) and the
alarm's threshold in decide.py were set on them, and data/training was mended where they showed a
gap: expect an unseen set to come out a little lower.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chatops.answers.evaluation.figures import QUESTIONS, beside, table

ROOT = Path(__file__).resolve().parents[3]
# What would lead elsewhere than to the throw-away database.
_ELSEWHERE = ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "DEBUG")


def main() -> int:
    """Print the table; 0."""
    out = sys.stdout.write
    with tempfile.TemporaryDirectory(prefix="answers-") as folder:
        _manage(folder, "migrate", "--verbosity=0")
        rows = Path(folder, "rows.csv")
        rows.write_text(_all_rows(), encoding="utf-8")
        _manage(folder, "import_faq", str(rows), "--publish", "--checked-by", "make eval")
        nothing = Path(folder, "nothing.csv")
        nothing.write_text("id,text\nq,สวัสดี\n", encoding="utf-8")
        baseline, _ = _timed(folder, "ask", str(nothing))
        took, said = _timed(folder, "ask", str(QUESTIONS))
    asked = beside(csv.DictReader(io.StringIO(said)))
    out(f"{len(asked)} questions\n\n{table(asked)}\n\n")
    each = 1000 * max(0.0, took - baseline) / len(asked)
    out(f"{each:.1f} ms a question ({took:.1f} s, of which {baseline:.1f} s to start)\n")
    if "--wrong" in sys.argv[1:]:
        for one in asked:
            if one.got_action != one.action or one.is_confidently_wrong:
                out(f"\n{one.id} {one.text}\n  wanted {one.action} {one.answer}\n")
                out(f"  got    {one.got_action} {one.got_answer}\n")
    return 0


def _all_rows() -> str:
    rows = json.loads((ROOT / "chatops/answers/data/knowledge.json").read_text(encoding="utf-8"))
    columns = ["question", "answer", "division", "valid_for", "source"]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _timed(folder: str, *command: str) -> tuple[float, str]:
    began = time.perf_counter()
    said = _manage(folder, *command)
    return time.perf_counter() - began, said


def _manage(folder: str, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment | {"VAR_DIR": folder},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
