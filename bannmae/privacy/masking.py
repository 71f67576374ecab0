"""Masks for names, e-mail addresses, and for numbers inside free text."""

from __future__ import annotations

import re

import regex  # type: ignore[import-untyped]

from bannmae.thai.national_id import FULL_MASK

PHONE_MASK = "xxx-xxx-xxxx"

# Not a title where a vowel or tone mark follows: 'นายิกา' is a name.
_TITLE = re.compile(
    r"(?:ว่าที่ร้อยตรี(?:หญิง)?|ว่าที่\s?(?:[ก-ฮ]{1,3}\.\s?)+(?:หญิง)?|เด็กชาย|เด็กหญิง"
    r"|นางสาว|นาย|นาง|(?:[ก-ฮ]{1,3}\.\s?)+|(?:Miss|Mrs|Mr|Ms)\b\.?)(?![\u0e30-\u0e3a\u0e47-\u0e4e])\s*"
)
# What people and copied text put between digits; never a line break.
_GAP = r"[^\S\r\n]|[-.()/_\u2010-\u2015\u2212\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"
_NATIONAL_ID = re.compile(rf"(?<!\d)\d(?:(?:{_GAP}){{0,3}}\d){{12}}(?!\d)")
_ZERO, _SIX = "[0๐０]", "[6๖６]"
_PHONE = re.compile(
    rf"(?<!\d)(?:\+(?:{_GAP}){{0,3}}|{_ZERO}(?:{_GAP}){{0,3}}{_ZERO}(?:{_GAP}){{0,3}})?"
    rf"(?:{_SIX}(?:{_GAP}){{0,3}}{_SIX}(?:{_GAP}){{0,3}}(?:{_ZERO}(?:{_GAP}){{0,3}})?|{_ZERO}(?:{_GAP}){{0,3}})"
    rf"\d(?:(?:{_GAP}){{0,3}}\d){{7,8}}(?!\d)"
)
_GRAPHEME = regex.compile(r"\X")


def mask_text(text: str) -> str:
    """Hide national IDs and telephone numbers inside free text.

    Thirteen digits count as an ID whether or not the check digit is right (a mistyped one still
    tells almost all). Thai and Arabic digits, with spaces, dashes, dots or nothing between.

    >>> mask_text("บัตร 1-2345-67890-12-1 โทร ๐๘๑ ๒๓๔ ๕๖๗๘ ครับ")
    'บัตร x-xxxx-xxxxx-xx-x โทร xxx-xxx-xxxx ครับ'
    """
    return _PHONE.sub(PHONE_MASK, _NATIONAL_ID.sub(FULL_MASK, text))


def mask_name(name: str) -> str:
    """Keep title and given name, and of the rest only its first letter.

    >>> mask_name("สมศรี ใจดี"), mask_name("นางสาวสมศรี ใจดี"), mask_name("นาย สมชาย ณ เชียงใหม่")
    ('สมศรี ใ…', 'นางสาวสมศรี ใ…', 'นาย สมชาย ณ…')
    >>> mask_name("สมศรี")
    'ส…'
    """
    shown = " ".join(mask_text(name).split())
    found = _TITLE.match(shown)
    title = found.group() if found else ""
    given, _, family = shown.removeprefix(title).partition(" ")
    if family:
        return f"{title}{given} {_first_letter(family)}…"
    # Only one name: showing all of it would hide nothing.
    return f"{title}{_first_letter(given)}…" if shown else ""


def mask_whole_name(name: str) -> str:
    """Keep the title and the first letter of each name: for who asked to stay unnamed.

    In a village a given name alone tells who it is.

    >>> mask_whole_name("นางสาวสมศรี ใจดี"), mask_whole_name("สมศรี"), mask_whole_name("")
    ('นางสาวส… ใ…', 'ส…', '')
    """
    shown = " ".join(mask_text(name).split())
    found = _TITLE.match(shown)
    title = found.group() if found else ""
    words = shown.removeprefix(title).split(" ") if shown else []
    return title + " ".join(f"{_first_letter(word)}…" for word in (words[:1] + words[1:][-1:]))


def mask_email(email: str) -> str:
    """Keep the first letter of the mailbox and the domain.

    >>> mask_email("somsri@example.com"), mask_email("somsri"), mask_email("")
    ('s…@example.com', '…', '')
    """
    if not email:
        return ""
    mailbox, at, domain = email.strip().rpartition("@")
    if not at or not mailbox:
        return "…"
    return f"{_first_letter(mailbox)}…@{mask_text(domain)}"


def _first_letter(word: str) -> str:
    found = _GRAPHEME.match(word)
    return found.group() if found else ""
