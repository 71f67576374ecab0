"""Text from people: one form for the same words, lengths as LINE counts them, safe shortening."""

from __future__ import annotations

import re
import unicodedata

import regex  # type: ignore[import-untyped]

from bannmae.thai.numerals import to_arabic_digits

_LINE_BREAKS = regex.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
# Control and format characters (zero-width ones, bidirectional overrides, tags) and lone
# surrogates, which no database takes. The joiner stays inside an emoji that it holds together.
_UNSEEN = regex.compile(
    r"(?<=\p{Extended_Pictographic}\p{EMod}?\ufe0f?)\u200d(?=\p{Extended_Pictographic})(*SKIP)(*FAIL)"
    r"|[\p{Cc}\p{Cf}\p{Cs}--[\n\t]]",
    regex.VERSION1,
)
_SPACES = regex.compile(r"[\p{Zs}\t]+")
_AROUND_BREAK = regex.compile(r" *\n *")
_MANY_BREAKS = regex.compile(r"\n{4,}")
# Sara am typed as nikhahit and sara aa, with the tone mark before, between or absent.
_SPLIT_SARA_AM = regex.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_SPLIT_SARA_AM_AFTER_TONE = regex.compile("([\u0e48-\u0e4b])\u0e4d\u0e32")
# What nearly everybody types: one line of ASCII and Thai without nikhahit, nothing doubled.
_IN_ORDER = re.compile(
    r"(?!.*(?:  |เเ))[!-~ก-\u0e3a฿-\u0e4c\u0e4e-๛]"
    r"(?:[ -~ก-\u0e3a฿-\u0e4c\u0e4e-๛]*[!-~ก-\u0e3a฿-\u0e4c\u0e4e-๛])?"
)
_GRAPHEME = regex.compile(r"\X")
_LEADING_VOWELS = "เแโใไ"


def normalise_text(text: str) -> str:
    """Return the text in the one form in which it is kept.

    NFC; นํ้า → น้ำ; เเ → แ; no control, zero-width or direction-changing characters; one plain
    space for any run of odd ones; line breaks stay (as '\\n', at most two empty lines in a row).
    Doing it twice changes nothing.

    >>> normalise_text("เเม่นํ้า\\u200bปิง\\u00a0 \\u202eสูง \\r\\n มาก")
    'แม่น้ำปิง สูง\\nมาก'
    """
    if _IN_ORDER.fullmatch(text) and unicodedata.is_normalized("NFC", text):
        return text
    plain = _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text))
    plain = unicodedata.normalize("NFC", plain)
    plain = _SPLIT_SARA_AM.sub("\\1\u0e33", plain)
    plain = _SPLIT_SARA_AM_AFTER_TONE.sub("\\1\u0e33", plain)
    plain = plain.replace("เเ", "แ")
    plain = _AROUND_BREAK.sub("\n", _SPACES.sub(" ", plain))
    return str(_MANY_BREAKS.sub("\n\n\n", plain)).strip(" \n")


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, as LINE counts most texts.

    >>> utf16_length("น้ำ"), utf16_length("🙏")
    (3, 2)
    """
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def grapheme_length(text: str) -> int:
    """Return the length in characters as a reader sees them, as LINE counts labels.

    >>> grapheme_length("น้ำ"), grapheme_length("ที่นี่")
    (1, 2)
    """
    return sum(1 for _ in _GRAPHEME.finditer(text))


def shorten(text: str, length: int) -> str:
    """Cut a text to at most `length` seen characters, the last one '…' where something went.

    Never between a letter and its vowel or tone mark, and never after a leading vowel.

    Raises:
        ValueError: `length` is less than 1.

    >>> shorten("ไฟฟ้าสาธารณะดับ", 8), shorten("น้ำ", 1)
    ('ไฟฟ้าสาธ…', 'น้ำ')
    """
    if length < 1:
        raise ValueError("length must be at least 1")
    kept: list[str] = []
    for found in _GRAPHEME.finditer(text):
        if len(kept) == length:
            return "".join(kept[:-1]).rstrip().rstrip(_LEADING_VOWELS).rstrip() + "…"
        kept.append(found.group())
    return text


def search_key(text: str) -> str:
    """Return the form in which texts and queries are compared.

    As `normalise_text`, on one line, digits Arabic, case folded.

    >>> search_key("เลขที่  ๖๙-๐๐๔๒\\nSoi A")
    'เลขที่ 69-0042 soi a'
    """
    folded = to_arabic_digits(normalise_text(text)).replace("\n", " ").casefold()
    return str(_SPACES.sub(" ", unicodedata.normalize("NFC", folded)))
