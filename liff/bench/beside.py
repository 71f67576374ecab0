"""Requests to the product in turns with requests to the bare view, over the same connections."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model

from liff.bench import bare, load
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure, percentile


@dataclass(frozen=True)
class Plan:
    """How much is sent: each round has new connections, and in it `turns` blocks of each kind.

    How the connections of a round fall on the two workers is chance, but the same for both.
    """

    rounds: int
    turns: int
    ours: int  # requests in a block
    bare: int

    @property
    def all_ours(self) -> int:
        """How many requests the product gets, those that warm it up included."""
        return self.rounds * (self.turns + 1) * self.ours

    @property
    def all_bare(self) -> int:
        """How many the bare view gets."""
        return self.rounds * (self.turns + 1) * self.bare


def compare(
    context: Context,
    plan: Plan,
    requests: Callable[[int], list[bytes]],
    bare_requests: Callable[[int], list[bytes]],
    *,
    name: str,
    what: str,
    status: int,
    inserts: type[Model],
    least_share: float,
) -> list[Figure]:
    """Return rate and latencies of `requests` beside `bare_requests`.

    Both are given a count and return as many distinct requests. `name` is the measure's, `what`
    the table's word. Raises RuntimeError for an answer of another status than `status`, and when
    not every request inserted its row: one of `inserts`, the bare view one of its own.
    """
    rows = _rows(inserts), _rows(bare.BareRow)
    ours: list[load.Measured] = []
    theirs: list[load.Measured] = []
    for _round in range(plan.rounds):
        blocks: list[load.Block] = []
        for turn in range(plan.turns + 1):
            pair = [
                load.Block("bare", bare_requests(plan.bare)),
                load.Block("ours", requests(plan.ours)),
            ]
            blocks += pair if turn % 2 else pair[::-1]
        done = load.run(context.port, context.connections, blocks)
        load.expect(done, {"bare": 200, "ours": status})
        # The first pair warmed up.
        ours += [one for one in done[2:] if one.name == "ours"]
        theirs += [one for one in done[2:] if one.name == "bare"]
    _expect_rows(inserts, rows[0] + plan.all_ours)
    _expect_rows(bare.BareRow, rows[1] + plan.all_bare)
    figures = [
        Figure(
            name,
            what,
            "per s",
            statistics.median(one.per_second for one in ours),
            statistics.median(one.per_second for one in theirs),
            baseline_is=bare.WHAT,
            bounds=(Bound("ratio", ">=", least_share),),
            details={"requests": plan.all_ours, "client_core_share": _client_share(ours + theirs)},
        )
    ]
    for share in (0.5, 0.99):
        figures.append(
            Figure(
                name,
                f"{what}, p{share * 100:.0f}",
                "ms",
                1000 * percentile([s for one in ours for s in one.latencies], share),
                1000 * percentile([s for one in theirs for s in one.latencies], share),
                baseline_is=bare.WHAT,
            )
        )
    return figures


def _rows(model: type[Model]) -> int:
    return model._default_manager.count()


def _expect_rows(model: type[Model], expected: int) -> None:
    if (found := _rows(model)) != expected:
        raise RuntimeError(f"{model.__name__}: {found} rows instead of {expected}")


def _client_share(done: list[load.Measured]) -> float:
    """Return which share of one core the client took itself."""
    seconds = sum(one.seconds for one in done)
    return round(sum(one.client_seconds for one in done) / seconds, 3)
