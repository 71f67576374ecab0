"""Whose money it is: pairs that are proposed, and none that is only a guess."""

from __future__ import annotations

import itertools
import time
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bannmae.thai.calendar import BANGKOK
from payments.statements.assignment import cheapest
from payments.statements.matching import Claimed, Money, Pair, propose

WINDOW = timedelta(days=3)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=BANGKOK)
HUNDRED = Decimal("100.00")


def money(pk: int, minutes: int = 0, text: str = "", **fields: object) -> Money:
    values = {"has_time": True, "amount": HUNDRED} | fields
    return Money(pk=pk, at=NOON + timedelta(minutes=minutes), text=text, **values)  # type: ignore[arg-type]


def claimed(pk: int, minutes: int = 0, **fields: object) -> Claimed:
    values = {"has_time": True, "amount": HUNDRED, "payer": ""} | fields
    return Claimed(pk=pk, at=NOON + timedelta(minutes=minutes), **values)  # type: ignore[arg-type]


def told(pairs: list[Pair]) -> dict[tuple[int, int], str]:
    return {(pair.line, pair.notice): str(pair.certainty) for pair in pairs}


def test_one_amount_one_time_is_sure() -> None:
    pairs = propose([money(1), money(2, amount=Decimal(50))], [claimed(7, 2)], WINDOW)
    assert told(pairs) == {(1, 7): "sure"}
    assert pairs[0].minutes == 2


def test_hours_apart_is_likely_and_days_apart_nothing() -> None:
    assert told(propose([money(1, 300)], [claimed(7)], WINDOW)) == {(1, 7): "likely"}
    assert propose([money(1, 4 * 24 * 60)], [claimed(7)], WINDOW) == []


def test_equal_amounts_minutes_apart_are_ambiguous_and_laid_out_as_a_whole() -> None:
    # The nearest pair (10:10, 10:09) would leave the others far apart.
    lines = [money(1, 0), money(2, 10)]
    notices = [claimed(7, 9), claimed(8, 21)]
    assert told(propose(lines, notices, WINDOW)) == {(1, 7): "ambiguous", (2, 8): "ambiguous"}


def test_equal_amounts_hours_apart_are_sure() -> None:
    lines = [money(1, 0), money(2, 120)]
    notices = [claimed(7, 1), claimed(8, 119)]
    assert told(propose(lines, notices, WINDOW)) == {(1, 7): "sure", (2, 8): "sure"}


def test_two_payers_one_line_is_ambiguous() -> None:
    pairs = propose([money(1)], [claimed(7, 1), claimed(8, 3)], WINDOW)
    assert told(pairs) == {(1, 7): "ambiguous"}
    assert pairs[0].rivals == 1


def test_the_slips_reference_settles_it_whatever_the_minutes() -> None:
    lines = [money(1, 0, "IORSDT 016324AB00112233"), money(2, 1, "x")]
    notices = [claimed(7, 30, references=("016324ab00112233",)), claimed(8, 0)]
    assert told(propose(lines, notices, WINDOW)) == {(1, 7): "sure", (2, 8): "sure"}


def test_a_reference_beyond_the_window_still_counts() -> None:
    pairs = propose(
        [money(1, 9 * 24 * 60, "REF 12345678A")], [claimed(7, references=("12345678A",))], WINDOW
    )
    assert told(pairs) == {(1, 7): "sure"}


def test_a_short_reference_is_no_evidence() -> None:
    lines = [money(1, 200, "12/3"), money(2, 210, "99/1")]
    assert told(propose(lines, [claimed(7, references=("12/3",))], WINDOW)) == {(1, 7): "ambiguous"}


def test_the_payers_name_tells_equal_amounts_apart() -> None:
    lines = [money(1, 0, "รับโอนจาก นายสมชาย ใจ***"), money(2, 1, "รับโอนจาก น.ส. สมศรี")]
    notices = [
        claimed(7, 5, payer="นางสาวสมศรี ใจดี"),
        claimed(8, 5, payer="นาย สมชาย ใจดี"),
    ]
    assert told(propose(lines, notices, WINDOW)) == {(1, 8): "sure", (2, 7): "sure"}


def test_a_name_hours_away_against_the_very_minute_is_ambiguous() -> None:
    lines = [money(1, -240, "นายสมชาย"), money(2, 0)]
    pairs = propose(lines, [claimed(7, 1, payer="นายสมชาย ใจดี")], WINDOW)
    assert told(pairs) == {(1, 7): "ambiguous"}


def test_a_bank_without_times_is_compared_by_days() -> None:
    midnight = -12 * 60
    alone = propose([money(1, midnight, has_time=False)], [claimed(7, 300)], WINDOW)
    assert told(alone) == {(1, 7): "sure"}
    two = propose(
        [money(1, midnight, has_time=False), money(2, midnight, has_time=False)],
        [claimed(7, 300)],
        WINDOW,
    )
    assert told(two) == {(1, 7): "ambiguous"}


def test_a_notice_that_says_no_time_is_never_sure_by_its_day_alone() -> None:
    notice = claimed(7, 5, has_time=False, told_later=True)
    assert told(propose([money(1)], [notice], WINDOW)) == {(1, 7): "likely"}


def test_what_is_settled_leaves_the_others_alone() -> None:
    lines = [money(1, 0, "REFERENCE99"), money(2, 5)]
    notices = [claimed(7, 4, references=("REFERENCE99",)), claimed(8, 6)]
    assert told(propose(lines, notices, WINDOW)) == {(1, 7): "sure", (2, 8): "sure"}


lines_drawn = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.sampled_from([HUNDRED, Decimal(50)]),
        st.booleans(),
        st.sampled_from(["", "AAAA1111", "BBBB2222", "สมชาย"]),
    ),
    max_size=9,
)
notices_drawn = st.lists(
    st.tuples(
        st.integers(0, 600),
        st.sampled_from([HUNDRED, Decimal(50)]),
        st.booleans(),
        st.sampled_from([(), ("AAAA1111",), ("BBBB2222",)]),
        st.sampled_from(["", "นายสมชาย ใจดี"]),
    ),
    max_size=9,
)


@settings(max_examples=300)
@given(lines_drawn, notices_drawn, st.randoms(use_true_random=False))
def test_proposals_are_one_to_one_of_equal_amounts_and_the_same_in_any_order(
    lines_: list[tuple[int, Decimal, bool, str]],
    notices_: list[tuple[int, Decimal, bool, tuple[str, ...], str]],
    random: object,
) -> None:
    lines = [
        Money(at, NOON + timedelta(minutes=minutes), has_time, amount, text)
        for at, (minutes, amount, has_time, text) in enumerate(lines_)
    ]
    notices = [
        Claimed(at, NOON + timedelta(minutes=minutes), has_time, amount, payer, references)
        for at, (minutes, amount, has_time, references, payer) in enumerate(notices_)
    ]
    pairs = propose(lines, notices, WINDOW)
    assert len({pair.line for pair in pairs}) == len(pairs) == len({pair.notice for pair in pairs})
    for pair in pairs:
        assert lines[pair.line].amount == notices[pair.notice].amount
    # A sure pair has no twin: another line that says just the same, or another such notice.
    for pair in pairs:
        if pair.is_sure:
            twins = [
                other
                for other in lines
                if other.pk != pair.line
                and (other.at, other.amount, other.has_time, other.text)
                == (
                    lines[pair.line].at,
                    lines[pair.line].amount,
                    lines[pair.line].has_time,
                    lines[pair.line].text,
                )
            ]
            sure_lines = {one.line for one in pairs if one.is_sure}
            assert all(twin.pk in sure_lines for twin in twins)
    shuffled, others = list(lines), list(notices)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(others)  # type: ignore[attr-defined]
    assert propose(shuffled, others, WINDOW) == pairs


def brute(costs: list[list[int | None]]) -> tuple[int, int]:
    """Return how many pairs there can be, and what the cheapest of that many cost."""
    rows, columns = len(costs), len(costs[0])
    best = (0, 0)
    for chosen in itertools.product(range(-1, columns), repeat=rows):
        used = [column for column in chosen if column >= 0]
        if len(used) != len(set(used)):
            continue
        cells = [costs[row][column] for row, column in enumerate(chosen) if column >= 0]
        if None not in cells:
            best = max(best, (len(cells), -sum(cells)))  # type: ignore[arg-type]
    return best


@settings(max_examples=150)
@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.none() | st.integers(0, 9_000_000), min_size=columns, max_size=columns),
            min_size=1,
            max_size=4,
        )
    )
)
def test_the_assignment_is_the_best_there_is(costs: list[list[int | None]]) -> None:
    pairs = cheapest(costs)
    assert len({row for row, _ in pairs}) == len(pairs) == len({column for _, column in pairs})
    total = sum(costs[row][column] for row, column in pairs)  # type: ignore[misc]
    assert (len(pairs), -total) == brute(costs)


@pytest.mark.parametrize("amounts", [1, 400], ids=["all alike", "as in a month"])
def test_twenty_thousand_lines_and_five_thousand_notices_are_weighed_in_seconds(
    amounts: int,
) -> None:
    minutes = 30 * 24 * 60
    lines = [
        money(at, at * minutes // 20_000, f"REF{at:09d}", amount=Decimal(100 + at % amounts))
        for at in range(20_000)
    ]
    notices = [
        claimed(
            at,
            at * minutes // 5_000 + 3,
            amount=Decimal(100 + 4 * at % amounts),
            references=(f"REF{4 * at:09d}",) if at % 3 == 0 else (),
        )
        for at in range(5_000)
    ]
    begun = time.process_time()
    pairs = propose(lines, notices, WINDOW)
    assert time.process_time() - begun < 30
    assert len(pairs) == 5_000
    by_reference = [pair for pair in pairs if pair.by_reference]
    assert all(pair.line == 4 * pair.notice and pair.is_sure for pair in by_reference)
    assert len(by_reference) == 1667
