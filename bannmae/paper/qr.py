"""QR codes for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


def qr_svg(address: str) -> SafeString:
    """Return a QR code as an SVG element without a size of its own; '' for an empty address.

    Level M bears a fold and a photocopy, and is small enough for a page's foot.

    Raises:
        ValueError: the address is longer than a QR code holds.
    """
    import segno
    from django.utils.safestring import mark_safe

    if not address:
        return mark_safe("")
    code = segno.make_qr(address, error="m", boost_error=False)
    svg = code.svg_inline(border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(svg)  # noqa: S308 - paths of numbers only; the address is not in the markup
