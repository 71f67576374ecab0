"""`make chaos`: each fault long, and the table. Ends with 1 when a figure must not be so."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from bannmae.tests.faults.ledger import Row, table
from bannmae.tests.faults.scenarios import SCENARIOS, Size, play
from bannmae.tests.faults.town import town


def main() -> int:
    """Run what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bannmae.tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", action="append", choices=SCENARIOS, default=[])
    parser.add_argument("--residents", type=int, default=24, help="of each fault")
    parser.add_argument("--rounds", type=int, default=6, help="messages of each")
    parser.add_argument("--times", type=int, default=2, help="how often each fault strikes")
    parser.add_argument("--keep", type=Path, help="folder for databases and logs")
    chosen = parser.parse_args()
    size = Size(chosen.residents, chosen.rounds, chosen.times)
    say(f"seed {chosen.seed}, {size}")
    rows: list[Row] = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bannmae-faults-") as temporary:
        folder = chosen.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with town(folder) as place:
            for name in chosen.only or SCENARIOS:
                start = time.monotonic()
                try:
                    row = play(name, place, size, random.Random(f"{chosen.seed} {name}"))
                except (AssertionError, OSError) as error:  # TimeoutError is one
                    row = Row(name, unfinished=str(error) or type(error).__name__)
                rows.append(row)
                verdict = "holds" if row.holds else f"FAILS: {row}"
                say(f"{name}: {verdict} ({time.monotonic() - start:.0f} s)")
    say("\n" + table(rows))
    sums = (sum(row.residents for row in rows), sum(row.events for row in rows))
    took = (time.monotonic() - begun) / 60
    say(f"\n{sums[0]} residents, {sums[1]} events, {took:.0f} minutes, seed {chosen.seed}")
    return 0 if all(row.holds for row in rows) else 1


def say(text: str) -> None:
    """Print at once, also into a file."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
