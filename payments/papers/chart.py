"""A bar chart as inline SVG, for paper and the desk's pages: no script, readable without colour."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 6, 20, 26
_STEPS = tuple(Decimal(step) for step in ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10"))


class Bar(NamedTuple):
    """A bar: what it is called on the page and how much it is, not negative."""

    name: str
    amount: Decimal


def bar_chart(bars: Sequence[Bar], *, title: str) -> SafeString:
    """Return the bars as an SVG element of the full width, with gridlines and amounts.

    `title` is what a screen reader says. Amounts of more than 20 bars are left out above them.

    Raises:
        ValueError: no bar, or a negative amount.
    """
    if not bars or any(bar.amount < 0 for bar in bars):
        raise ValueError("bars with amounts of at least 0 are needed")
    top = round_above(max(bar.amount for bar in bars))
    plot_width, plot_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    slot = plot_width / len(bars)
    grid = [
        (f"{_TOP + plot_height * (4 - step) / 4:.1f}", compact(top * step / 4)) for step in range(5)
    ]
    shown = []
    for place, bar in enumerate(bars):
        height = float(bar.amount / top) * plot_height
        middle = _LEFT + slot * (place + 0.5)
        shown.append(
            (
                f"{middle - slot * 0.31:.1f}",
                f"{_TOP + plot_height - height:.1f}",
                f"{slot * 0.62:.1f}",
                f"{height:.1f}",
                f"{middle:.1f}",
                f"{_TOP + plot_height - height - 4:.1f}",
                compact(bar.amount) if bar.amount and len(bars) <= 20 else "",
                _HEIGHT - 8,
                bar.name,
            )
        )
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="12"'
        ' font-family="Paper, Sarabun, sans-serif">{}{}</svg>',
        _WIDTH,
        _HEIGHT,
        title,
        format_html_join(
            "",
            '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="#999" stroke-width="0.6"/>'
            '<text x="{}" y="{}" text-anchor="end" dy="4" fill="currentColor">{}</text>',
            ((_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 6, y, label) for y, label in grid),
        ),
        format_html_join(
            "",
            '<rect x="{0}" y="{1}" width="{2}" height="{3}" fill="#4a5568"/>'
            '<text x="{4}" y="{5}" text-anchor="middle" fill="currentColor">{6}</text>'
            '<text x="{4}" y="{7}" text-anchor="middle" fill="currentColor">{8}</text>',
            shown,
        ),
    )


def round_above(amount: Decimal) -> Decimal:
    """Return a round number that is not below the amount, and that four steps divide well.

    >>> round_above(Decimal("0")), round_above(Decimal("1300")), round_above(Decimal("2600"))
    (Decimal('1'), Decimal('1500.0'), Decimal('3000'))
    """
    if amount <= 1:
        return Decimal(1)
    power = Decimal(10) ** (len(str(int(amount))) - 1)
    return next(step * power for step in _STEPS if step * power >= amount)


def compact(amount: Decimal) -> str:
    """Return an amount as a chart has room for it.

    >>> compact(Decimal("950")), compact(Decimal("12500")), compact(Decimal("1250000"))
    ('950', '12,500', '1.25 ล.')
    """
    if amount >= 1_000_000:
        return f"{(amount / 1_000_000).quantize(Decimal('0.01')).normalize():f} ล."
    return f"{amount.quantize(Decimal(1)):,}"
