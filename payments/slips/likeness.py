"""See that a picture of a slip was sent before: compressed, resized, cropped, on a screen.

All slips of one bank's app look alike, and the same person pays the same amount every month: such
slips differ in a line or two. So three steps, each narrower than the one before:

1. `fingerprint` keeps the picture's lines of text as shapes, `bands` a few numbers of each line.
   Lines that stand on every slip of an app give numbers that are everywhere: look up only those
   that stand in at most COMMON slips.
2. `alike` tells from two fingerprints whether the pictures are worth opening.
3. `same_picture` lays one picture over the other and compares them part by part. Only this one is
   a verdict.

Who calls decides first by what is certain: two slips with different valid references are never the
same transfer, whatever they look like; two with the same one are, and need no likeness.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import statistics
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image, ImageChops, ImageFilter, ImageMath

#: A value that stands in more slips than this is the app's, not the slip's: not worth a look.
COMMON = 50
#: Lines that a fingerprint keeps, the fullest ones; 26 hexadecimal digits each.
MAX_LINES = 15

# What the picture is made to before anything is measured.
_WIDTH = 720
_MAX_HEIGHT = 2160
_BLUR = 12
_INK = 48
# Ink that goes through more than this share of the height is a frame, not text.
_FRAME_SHARE = 0.45
_ROW_INK = 2
# Between the parts of a Thai letter; between two texts on one line, in heights of the line.
_GAP, _WIDE_GAP = 4, 1.2
_MIN_LINE = 9
_MIN_WIDTH = 24
_COLUMNS, _ROWS = 24, 4
_BITS = _COLUMNS * _ROWS
_HEX = _BITS // 4 + 2
# Numbers of each line for the look-up, and how many of its bits make one.
_PARTS, _PART_BITS = 6, 15
# Of 96 bits: lines of other text differ in 30 and more, the same text sent again in 2 to 8.
_NEAR = 16
_ASPECT_STEP = 0.05
_ASPECT_NEAR = 2
_SHARE_ALIKE = 0.5
# Parts of the two pictures laid over each other.
_BLOCK = 16
_FULL = 14.0
# The same slip, 480 px wide and JPEG twice, keeps 0.73; changed digits leave 0.6 and less.
_UNLIKE = 0.6
# Nearly all ink of the one must be on the other, and enough of the other's to tell transfers apart.
_LEAST_SHARE, _MOST_SHARE = 0.5, 0.8
_MIN_LINES = 3
_FEW = 2


class _Line(NamedTuple):
    """A line of text: where it stands (pixels at the measuring width) and its shape."""

    left: int
    top: int
    right: int
    bottom: int
    bits: int
    aspect: int
    fullness: float


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The shapes of a picture's lines from top to bottom: 96 bits and the relation of sides."""

    lines: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        """The form that is stored: at most 390 hexadecimal digits, '' where there is no text."""
        return "".join(f"{bits:0{_BITS // 4}x}{aspect:02x}" for bits, aspect in self.lines)

    @classmethod
    def from_text(cls, text: str) -> Fingerprint:
        """Return the fingerprint that was stored.

        Raises:
            ValueError: the text was not written by `str`.
        """
        if len(text) % _HEX:
            raise ValueError("not a stored fingerprint")
        parts = [text[place : place + _HEX] for place in range(0, len(text), _HEX)]
        return cls(tuple((int(part[:-2], 16), int(part[-2:], 16)) for part in parts))


def fingerprint(image: Image.Image) -> Fingerprint:
    """Return the picture's fingerprint; one without lines where there is no text in it."""
    lines = _lines(_measured(image))
    fullness = sorted((line.fullness for line in lines), reverse=True)
    least = fullness[min(len(lines), MAX_LINES) - 1] if lines else 0
    kept = [line for line in lines if line.fullness >= least][:MAX_LINES]
    return Fingerprint(tuple((line.bits, line.aspect) for line in kept))


def bands(found: Fingerprint) -> tuple[int, ...]:
    """Return the numbers by which pictures with a line in common are found, each below 2**48.

    Compare them without regard to their order: a line more above moves all below it.
    """
    values: dict[int, None] = {}
    for bits, _aspect in found.lines:
        shape = f"{bits:0{_BITS}b}"
        for part in range(_PARTS):
            key = f"{part}{shape[part::_PARTS][:_PART_BITS]}".encode()
            values[int.from_bytes(hashlib.blake2b(key, digest_size=6).digest(), "big")] = None
    return tuple(values)


def alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Say whether the two pictures are worth comparing: half of their lines are the same."""
    fewer = min(len(one.lines), len(other.lines))
    if fewer < _MIN_LINES:
        return False
    return _in_common(one, other) >= max(_MIN_LINES, math.ceil(fewer * _SHARE_ALIKE))


def same_picture(one: Image.Image, other: Image.Image) -> bool:
    """Say whether the two pictures show the same slip; any difference in its text says no."""
    first, second = _measured(one), _measured(other)
    placed = _placement(_lines(first), _lines(second))
    if placed is None:
        return False
    compared = _compare(first, second, placed)
    shares = sorted((compared.of_first, compared.of_second))
    if shares[0] < _LEAST_SHARE or shares[1] < _MOST_SHARE:
        return False
    return compared.unlike <= _FEW


# -- lines -------------------------------------------------------------------------------------


def _measured(image: Image.Image) -> Image.Image:
    """Return the picture in grey at the width at which everything is measured."""
    grey = image.convert("L")
    height = min(_MAX_HEIGHT, max(1, round(grey.height * _WIDTH / grey.width)))
    return grey.resize((_WIDTH, height), Image.Resampling.BICUBIC, reducing_gap=3.0)


def _ink(grey: Image.Image) -> Image.Image:
    """Return how much each pixel differs from the ground around it."""
    return ImageChops.difference(grey, grey.filter(ImageFilter.BoxBlur(_BLUR)))


def _lines(grey: Image.Image) -> list[_Line]:
    """Return the lines of text from top to bottom."""
    ink = _ink(grey)
    drawn = ink.point(lambda value: 255 if value > _INK else 0)
    columns = drawn.resize((_WIDTH, 1), Image.Resampling.BOX)
    text = columns.point(lambda value: 0 if value > 255 * _FRAME_SHARE else 255)
    text = text.filter(ImageFilter.MinFilter(9)).resize(drawn.size, Image.Resampling.NEAREST)
    drawn, ink = ImageChops.darker(drawn, text), ImageChops.darker(ink, text)
    rows = list(drawn.resize((1, drawn.height), Image.Resampling.BOX).tobytes())
    soft = ink.filter(ImageFilter.BoxBlur(2))
    found = []
    for top, bottom in _runs(rows, _ROW_INK, _GAP):
        if bottom - top < _MIN_LINE:
            continue
        strip = drawn.crop((0, top, _WIDTH, bottom)).resize((_WIDTH, 1), Image.Resampling.BOX)
        # A label and its value are two texts: one of them stands on every slip.
        gap = round((bottom - top) * _WIDE_GAP)
        for left, right in _runs(list(strip.tobytes()), 8, gap):
            inside = drawn.crop((left, top, right, bottom)).getbbox()
            if inside and right - left >= _MIN_WIDTH and inside[3] - inside[1] >= _MIN_LINE:
                box = (left, top + inside[1], right, top + inside[3])
                found.append(_shape(soft, box))
    return found


def _runs(rows: list[int], least: int, gap: int) -> list[tuple[int, int]]:
    """Return where ink begins and ends; a gap up to `gap` does not end it."""
    runs: list[tuple[int, int]] = []
    for inked, group in itertools.groupby(enumerate(rows), lambda row: row[1] >= least):
        places = [place for place, _ in group]
        if not inked:
            continue
        if runs and places[0] - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], places[-1] + 1)
        else:
            runs.append((places[0], places[-1] + 1))
    return runs


def _shape(soft: Image.Image, box: tuple[int, int, int, int]) -> _Line:
    """Return the line inside the box."""
    cells = soft.crop(box).resize((_COLUMNS, _ROWS), Image.Resampling.BOX).tobytes()
    middle = statistics.median(cells)
    bits = int("".join("1" if cell > middle else "0" for cell in cells), 2)
    width, height = box[2] - box[0], box[3] - box[1]
    aspect = min(255, max(0, round(math.log(width / height) / _ASPECT_STEP) + 64))
    return _Line(*box, bits, aspect, sum(cells) * width * height)


def _near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Say whether two shapes are of the same text."""
    return abs(one[1] - other[1]) <= _ASPECT_NEAR and (one[0] ^ other[0]).bit_count() <= _NEAR


def _in_common(one: Fingerprint, other: Fingerprint) -> int:
    """Return how many lines stand in both, in the same order."""
    row = [0] * (len(other.lines) + 1)
    for line in one.lines:
        above = row[:]
        for place, their in enumerate(other.lines):
            row[place + 1] = max(above[place + 1], row[place], above[place] + _near(line, their))
    return row[-1]


# -- one picture over the other ----------------------------------------------------------------
class _Placement(NamedTuple):
    """Where a point of the first picture stands in the second: scale · point + (right, down)."""

    scale: float
    right: float
    down: float


class _Compared(NamedTuple):
    """Blocks with ink that both show, how many of them differ, and their shares of all ink."""

    inked: int
    unlike: int
    of_first: float
    of_second: float


def _placement(first: list[_Line], second: list[_Line]) -> _Placement | None:
    """Return how the second picture lies to the first, by the lines that both have."""
    pairs = [
        (one, other)
        for one in first
        for other in second
        if _near((one.bits, one.aspect), (other.bits, other.aspect))
    ]
    best: list[tuple[_Line, _Line]] = []
    for (one, other), (one_below, other_below) in itertools.combinations(pairs, 2):
        if one_below.top <= one.bottom or other_below.top <= other.bottom:
            continue
        scale = (other_below.bottom - other.top) / (one_below.bottom - one.top)
        if not 0.3 < scale < 3:
            continue
        guess = _Placement(scale, other.left - scale * one.left, other.top - scale * one.top)
        fitting = [pair for pair in pairs if _fits(*pair, guess)]
        if len(fitting) > len(best):
            best = fitting
    if len(best) < _MIN_LINES:
        return None
    return _fitted(best)


def _fits(one: _Line, other: _Line, placed: _Placement) -> bool:
    slack = 6 * max(1.0, placed.scale)
    return all(
        abs(placed.scale * here + shift - there) <= slack
        for here, there, shift in (
            (one.left, other.left, placed.right),
            (one.right, other.right, placed.right),
            (one.top, other.top, placed.down),
            (one.bottom, other.bottom, placed.down),
        )
    )


def _fitted(pairs: list[tuple[_Line, _Line]]) -> _Placement:
    """Return the placement of least squares over all edges of the lines."""
    across = [
        (a, b)
        for one, other in pairs
        for a, b in ((one.left, other.left), (one.right, other.right))
    ]
    down = [
        (a, b)
        for one, other in pairs
        for a, b in ((one.top, other.top), (one.bottom, other.bottom))
    ]
    means = [
        [statistics.fmean(column) for column in zip(*edges, strict=True)]
        for edges in (across, down)
    ]
    over = under = 0.0
    for edges, (here, there) in zip((across, down), means, strict=True):
        over += sum((a - here) * (b - there) for a, b in edges)
        under += sum((a - here) ** 2 for a, _ in edges)
    scale = over / under
    return _Placement(scale, means[0][1] - scale * means[0][0], means[1][1] - scale * means[1][0])


def _compare(first: Image.Image, second: Image.Image, placed: _Placement) -> _Compared:
    """Compare block by block what both pictures show."""
    matrix = (placed.scale, 0, placed.right, 0, placed.scale, placed.down)
    # What lies near an edge has another ground on the other picture.
    here = _inside(first.size)
    there = _inside(second.size).transform(first.size, Image.Transform.AFFINE, matrix)
    relief = _relief(second)
    laid = relief.transform(
        first.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=128
    )
    one, other = _relief(first).convert("F"), laid.convert("F")
    moments = [
        _whole(here),
        _whole(there),
        _means(one, None),
        _means(other, None),
        _means(one, one),
        _means(other, other),
        _means(one, other),
    ]
    inked = unlike = mine = 0
    for is_here, is_there, a, b, aa, bb, ab in zip(*moments, strict=True):
        spread_a, spread_b = max(0.0, aa - a * a), max(0.0, bb - b * b)
        mine += is_here and spread_a > _FULL**2
        if not (is_here and is_there) or max(spread_a, spread_b) < _FULL**2:
            continue
        inked += 1
        likeness = (ab - a * b) / math.sqrt(max(1.0, spread_a) * max(1.0, spread_b))
        unlike += likeness < _UNLIKE
    # The second one's blocks are of another size.
    theirs = _inked(relief, _inside(second.size)) / placed.scale**2
    return _Compared(inked, unlike, inked / max(1, mine), inked / max(1.0, theirs))


def _inked(relief: Image.Image, inside: Image.Image) -> int:
    """Return how many blocks of a picture have ink."""
    flat = relief.convert("F")
    blocks = zip(_whole(inside), _means(flat, None), _means(flat, flat), strict=True)
    return sum(is_inside and aa - a * a > _FULL**2 for is_inside, a, aa in blocks)


def _whole(mask: Image.Image) -> list[bool]:
    """Return for each block whether all of it is inside the mask."""
    return [value == 255 for value in mask.reduce(_BLOCK).tobytes()]


def _relief(grey: Image.Image) -> Image.Image:
    """Return the picture without the shades of its ground, a little softened."""
    ground = grey.filter(ImageFilter.BoxBlur(_BLUR))
    soft = grey.filter(ImageFilter.GaussianBlur(1.2))
    return ImageChops.subtract(soft, ground, scale=1, offset=128)


def _inside(size: tuple[int, int]) -> Image.Image:
    """Return a mask of the picture without its margin."""
    mask = Image.new("L", size, 0)
    mask.paste(255, (_BLUR, _BLUR, size[0] - _BLUR, size[1] - _BLUR))
    return mask


def _means(one: Image.Image, other: Image.Image | None) -> list[Any]:
    """Return the mean of each block of one picture, or of the product of two."""
    if other is not None:
        one = ImageMath.lambda_eval(lambda args: args["a"] * args["b"], a=one, b=other)
    return list(one.reduce(_BLOCK).get_flattened_data())
