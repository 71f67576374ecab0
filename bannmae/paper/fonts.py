"""The paper's fonts: one complete Thai and Latin file for each weight.

`@fontsource/sarabun` comes split by script. WeasyPrint knows a font by family and weight only, so
of two files under one name it embeds one, and digits or Thai letters vanish without a warning.
Therefore set-up joins the halves: `python -m bannmae.paper.fonts build/fonts` (no Django needed).

Sizes of the saraban rules are sizes of TH Sarabun, whose letters are smaller than those of other
fonts at the same point size; `SARABUN.size_factor` is the one constant that scales them.
"""

from __future__ import annotations

import argparse
import logging
import os
import struct
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fontTools.ttLib import TTFont

BASE_DIR = Path(__file__).resolve().parents[2]
SOURCE_DIR = BASE_DIR / "node_modules" / "@fontsource" / "sarabun" / "files"
WEIGHTS = {"Regular": 400, "Bold": 700}
# Thai first: where both halves have a letter (the space, the marks), Thai's widths win.
SCRIPTS = ("thai", "latin")

_THAI_BLOCK = [*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)]
_PUNCTUATION = "“”‘’–—…•·°×"
#: What every file must be able to write. ☐ and ☑ are in neither half: templates draw boxes.
REQUIRED = frozenset([*range(0x20, 0x7F), *_THAI_BLOCK, *map(ord, _PUNCTUATION)])
# One fixed moment (1 January 2026), so that the same sources make the same bytes.
_TIMESTAMP = 3850070400


class FontError(Exception):
    """A font file is missing, unreadable or lacks letters that papers need."""


class BrokenFont(FontError):
    """No font, or one of which a part is missing."""


class LettersMissing(FontError):
    """A font that cannot write what papers say; `letters` are the lacking ones, in order."""

    def __init__(self, codes: Iterable[int]) -> None:
        self.letters = "".join(map(chr, sorted(codes)))
        super().__init__("lacks " + " ".join(f"U+{ord(letter):04X}" for letter in self.letters))


@dataclass(frozen=True, slots=True)
class PaperFont:
    """A font to print with.

    `size_factor` turns the rules' point sizes (those of TH Sarabun) into this font's: 1.0 for TH
    Sarabun itself, whatever makes its letters as tall for another. Without a `bold` file
    nothing is bold: WeasyPrint thickens no letters.
    """

    regular: Path
    bold: Path | None = None
    size_factor: float = 1.0


def sarabun(build_dir: Path | None = None) -> PaperFont:
    """Return the font that set-up built; 16 pt of the rules are 12 pt of this Sarabun.

    Raises:
        FontError: set-up has not built it yet.
    """
    folder = (build_dir or _build_dir()) / "fonts"
    font = PaperFont(folder / "Sarabun-Regular.ttf", folder / "Sarabun-Bold.ttf", 0.75)
    if not font.regular.is_file() or not (font.bold and font.bold.is_file()):
        raise FontError(f"{folder} has no paper font: run `python -m bannmae.paper.fonts {folder}`")
    return font


def uploaded(regular: Path, bold: Path | None = None, size_factor: float = 1.0) -> PaperFont:
    """Return a font that the office uploaded, checked to hold every letter that papers need.

    Raises:
        FontError: not a TrueType or OpenType font, or letters are missing.
    """
    if not 0.5 <= size_factor <= 2:
        raise FontError("size_factor must be between 0.5 and 2")
    for path in (regular, bold):
        if path is not None:
            check(path)
    return PaperFont(regular, bold, size_factor)


def check(path: Path) -> None:
    """Check that a font file holds every letter that papers need.

    Raises:
        FontError: unreadable, or letters are missing; the message names them.
    """
    try:
        check_data(path.read_bytes())
    except (OSError, FontError) as error:
        raise FontError(f"{path.name}: {error}") from error


def check_data(data: bytes) -> None:
    """Check that the bytes of a font are whole and hold every letter that papers need.

    Raises:
        BrokenFont: no TrueType or OpenType font, or a part of it cannot be read.
        LettersMissing: its `letters` are those that it lacks.
    """
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(BytesIO(data), lazy=True) as font:
            for tag in font.reader.keys() if font.reader else ():
                font.reader[tag]
            for tag in _LAID_OUT_BY:
                font[tag]
            _height_of_a_letter(font)
            missing = REQUIRED - font.getBestCmap().keys() - _OPTIONAL_IN_UPLOADS
    except (TTLibError, *_UNREADABLE) as error:
        raise BrokenFont("no font that can be read") from error
    if missing:
        raise LettersMissing(missing)


def size_factor_of(path: Path) -> float:
    """Return what turns the rules' point sizes into those of a checked font.

    The rules mean TH Sarabun. What is drawn about as small takes their sizes as they stand; the
    letters of any other come out as tall as those of the Sarabun that set-up built.
    """
    from fontTools.ttLib import TTFont

    with TTFont(BytesIO(path.read_bytes()), lazy=True) as font:
        factor = _TALL_AS_THE_RULES / _height_of_a_letter(font)
    return 1.0 if 0.9 <= factor <= 1.1 else min(max(round(factor, 2), 0.5), 2.0)


def _height_of_a_letter(font: TTFont) -> float:
    """Return how tall ก is, in parts of the font's size. KeyError or ValueError without one."""
    from fontTools.pens.boundsPen import BoundsPen

    glyphs = font.getGlyphSet()
    name = font.getBestCmap().get(ord("ก"))
    if name is None:
        return _TALL_AS_THE_RULES
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    if pen.bounds is None or pen.bounds[3] <= 0:
        raise ValueError("an empty letter")
    return float(pen.bounds[3] / font["head"].unitsPerEm)


# 16 pt of TH Sarabun are 12 pt of the Sarabun that set-up builds, whose ก is 586/1000 tall.
_TALL_AS_THE_RULES = 0.75 * 0.586
# What layout reads of every font; the rest depends on its kind.
_LAID_OUT_BY = ("head", "hhea", "maxp", "hmtx", "cmap", "OS/2", "name", "post")
# What fontTools stumbles with over bytes that are no font, or half of one.
_UNREADABLE = (
    *(OSError, EOFError, ValueError, LookupError, AttributeError, AssertionError, TypeError),
    *(ArithmeticError, struct.error, RecursionError, NotImplementedError),
)


# Rare signs that old government fonts lack; another font of the machine stands in for them.
_OPTIONAL_IN_UPLOADS = frozenset([0x0E4E, 0x0E4F, 0x0E5A, 0x0E5B, *map(ord, "…•·°×")])


def build(folder: Path, source_dir: Path = SOURCE_DIR) -> list[Path]:
    """Write `Sarabun-Regular.ttf` and `Sarabun-Bold.ttf` into `folder`; return their paths.

    The same sources always make the same bytes. Each file appears whole or not at all.

    Raises:
        FontError: a source is missing, or the joined font lacks a letter of `REQUIRED`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, weight in WEIGHTS.items():
        halves = [source_dir / f"sarabun-{script}-{weight}-normal.woff2" for script in SCRIPTS]
        for half in halves:
            if not half.is_file():
                raise FontError(f"{half} is missing: run `npm ci`")
        data = _joined(halves)
        target = folder / f"Sarabun-{name}.ttf"
        write_whole(target, data)
        written.append(target)
    return written


def _joined(halves: Sequence[Path]) -> bytes:
    """Return the TrueType file that holds the glyphs and rules of all `halves`."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as scratch:
        plain = []
        for half in halves:
            with TTFont(half, recalcTimestamp=False) as font:
                font.flavor = None
                plain.append(str(Path(scratch) / half.with_suffix(".ttf").name))
                font.save(plain[-1])
        merged = Merger().merge(plain)
        merged.recalcTimestamp = False
        merged["head"].created = merged["head"].modified = _TIMESTAMP
        missing = sorted(REQUIRED - merged.getBestCmap().keys())
        if missing:
            raise FontError("joined font lacks " + " ".join(f"U+{code:04X}" for code in missing))
        out = BytesIO()
        merged.save(out)
    return out.getvalue()


def write_whole(target: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(scratch, 0o644)
        os.replace(scratch, target)
    except BaseException:
        os.unlink(scratch)
        raise


def _build_dir() -> Path:
    """Return the folder of built assets: the settings' one, else the checkout's."""
    from django.conf import settings

    if settings.configured:
        return Path(settings.BUILD_DIR)
    return BASE_DIR / "build"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the fonts into the folder named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bannmae.paper.fonts", description=build.__doc__
    )
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    try:
        written = build(options.folder)
    except FontError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    for path in written:
        sys.stdout.write(f"{path} ({path.stat().st_size // 1024} KB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
