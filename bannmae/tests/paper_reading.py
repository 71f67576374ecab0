"""How tests read a PDF back: with poppler, as an archive or a screen reader would."""

from __future__ import annotations

import re
import subprocess
from io import BytesIO
from typing import NamedTuple

from pypdf import PdfReader

_WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)
_PAGE = re.compile(r"<page .*?</page>", re.S)


class Word(NamedTuple):
    """A word where it stands, in points from the page's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def pages_of(pdf: bytes) -> list[str]:
    """Return each page's text, line by line as laid out."""
    text = _poppler("pdftotext", "-enc", "UTF-8", pdf=pdf).decode()
    return text.split("\f")[:-1]


def text_of(pdf: bytes) -> str:
    """Return the whole text without the line breaks that the layout made."""
    return "".join("".join(pages_of(pdf)).split("\n"))


def words_of(pdf: bytes) -> list[list[Word]]:
    """Return each page's words with their places."""
    boxes = _poppler("pdftotext", "-bbox", pdf=pdf).decode()
    return [
        [
            Word(*(float(side) for side in found.groups()[:4]), found.group(5))
            for found in _WORD.finditer(page)
        ]
        for page in _PAGE.findall(boxes)
    ]


def fonts_of(pdf: bytes) -> set[str]:
    """Return the names of the fonts inside, without their subset tags."""
    lines = _poppler("pdffonts", pdf=pdf, output=False).decode().splitlines()[2:]
    return {line.split()[0].rpartition("+")[2] for line in lines}


def images_of(pdf: bytes) -> list[tuple[int, int]]:
    """Return the sizes in pixels of the pictures inside, each once."""
    reader = PdfReader(BytesIO(pdf))
    # All pages of a file share one list of pictures.
    images = {image.name: image.image for page in reader.pages for image in page.images}
    return [image.size for image in images.values() if image is not None]


def _poppler(program: str, *options: str, pdf: bytes, output: bool = True) -> bytes:
    command = [program, *options, "-", *(["-"] if output else [])]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
