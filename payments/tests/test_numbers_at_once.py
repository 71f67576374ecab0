"""No number is missing and none is there twice, with many clerks at once and kills among them."""

from __future__ import annotations

import pytest

from payments.tests.at_once import measure


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("vendor", "clerks"), [("postgresql", 32), ("sqlite", 8)])
def test_books_have_neither_gap_nor_repeat_whatever_happens_to_the_clerks(
    vendor: str, clerks: int
) -> None:
    figures = measure(vendor, clerks, notices=150, kills=6)

    issued = set(figures["receipts"])
    assert len(issued) == 150
    assert figures["books"] >= 3 * (150 // 3 // 20)
    assert set(figures["told"]) <= issued  # what a clerk was told is in the books
    assert len(figures["told"]) > 100
    assert {name: figures[name] for name in ZERO} == dict.fromkeys(ZERO, 0)


ZERO = (
    "gaps",
    "repeats",
    "orphan_messages",
    "receipts_without_message",
    "messages_twice",
    "receipts_without_job",
    "notices_left",
    "notices_without_receipt",
)
