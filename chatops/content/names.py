"""The name under which an officer saves what a stranger sent."""

from __future__ import annotations

import regex  # type: ignore[import-untyped]

from bannmae.thai.text import normalise_text
from chatops.content.kinds import ending_of

# Names of 255 bytes are the most that file systems take; a Thai letter has three.
MAX_BYTES = 180
# What an office opens. Anything else (programs, scripts, shortcuts, pages) could do something
# of its own at a double click, and gets an ending that opens nothing.
_OPENED = frozenset(
    "pdf doc docx xls xlsx ppt pptx odt ods odp rtf csv txt zip rar 7z "
    "jpg jpeg png gif webp heic heif bmp tif tiff mp4 mov m4a mp3 aac ogg wav 3gp".split()
)
_NOT_IN_NAMES = regex.compile(r"""[\\/:*?"<>|%\n\t]""")


def safe_name(name: str, content_type: str) -> str:
    """Return `name` as a file name that harms nobody; one of our own where it is empty.

    >>> safe_name("../ใบเสร็จ.pdf", "application/pdf"), safe_name("รูป.jpg.exe", "")
    ('_ใบเสร็จ.pdf', 'รูป.jpg.exe.bin')
    """
    words = _NOT_IN_NAMES.sub("_", normalise_text(name)).strip(" .")
    if not words:
        return f"file{ending_of(content_type)}"
    stem, dot, ending = words.rpartition(".")
    if not dot or ending.lower() not in _OPENED:
        return _cut(words, MAX_BYTES) + ending_of(content_type if not dot else "")
    return f"{_cut(stem, MAX_BYTES)}.{ending}"


def _cut(text: str, length: int) -> str:
    """Return the beginning of `text` in at most `length` bytes of UTF-8, no character halved."""
    kept, left = [], length
    for grapheme in regex.findall(r"\X", text):
        left -= len(grapheme.encode())
        if left < 0:
            break
        kept.append(grapheme)
    return "".join(kept)
