"""Wakes a worker for slips to be read and papers to be drawn (see chatops.wake)."""

from __future__ import annotations

from typing import Any

from chatops.wake import Alarm


def _read_slips() -> Any:
    from payments.tasks import read_slips

    return read_slips


def _draw_papers() -> Any:
    from payments.tasks import draw_papers

    return draw_papers


def _draw_registers() -> Any:
    from payments.tasks import draw_registers

    return draw_registers


ring_for_slips = Alarm(_read_slips).ring
ring_for_papers = Alarm(_draw_papers).ring
ring_for_registers = Alarm(_draw_registers).ring
