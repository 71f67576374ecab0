"""Chat Thai as words that can be compared.

People write without spaces, with particles, misspellings, คำเมือง and some English. A text becomes
`terms`: dictionary words by PyThaiNLP's newmm, with synonyms told as one word
(data/synonyms.tsv), politeness dropped; '?' marks what is asked for, '!' what it is about.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bannmae.thai.text import search_key

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).with_name("data")
# A question is told in its first part; what follows it costs time and says little.
LONGEST = 1500
# Letters that a part of a compound must have.
SHORTEST_PART = 3
# The word of synonyms.tsv that stands for nothing.
NOTHING = "-"

_URL = re.compile(r"(?:https?://|www\.)\S+")
# What may be a national ID or a phone: never a word, so that it reaches no key and no index.
_NUMBER_OF_A_PERSON = re.compile(r"\d(?:[ -]?\d){8,}")
_LAUGHTER = re.compile(r"(?<![\d.,])5{3,}\+*(?! ?(?:บาท|[\d.,]))")
_THAI_DOTS = re.compile(r"(?<=[ก-ฮ])\.(?=[ก-ฮ0-9 ]|$)")
_MARK_TWICE = re.compile(r"([ัิ-ฺ็-๎])\1+")
_THRICE = re.compile(r"([^\d\W])\1{2,}")
_LONG_VOWEL = re.compile(r"([ะาำๅ])\1+")
_RUNS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[ก-๎]+")
_TONES = re.compile(r"[็-์]")


def normalise(text: str) -> str:
    """Return the text in one form: search_key, drawn-out letters shortened, numbers of people gone.

    >>> normalise("เท่าไหร่คะะะ 555+ โทร 081-234-5678  มากกกก ข้างๆ")
    'เท่าไหร่คะ โทร มาก ข้าง'
    """
    key = search_key(text[: LONGEST * 2])[:LONGEST]
    key = _NUMBER_OF_A_PERSON.sub(" ", _URL.sub(" ", key))
    key = _LAUGHTER.sub(" ", key).replace("ๆ", "")
    key = _MARK_TWICE.sub(r"\1", _LONG_VOWEL.sub(r"\1", _THRICE.sub(r"\1", key)))
    key = _THAI_DOTS.sub("", key)
    return re.sub(r" {2,}", " ", key).strip()


@dataclass(frozen=True)
class _Vocabulary:
    cut: Callable[[str], list[str]]
    # What a run of pieces counts as; () where it says nothing.
    meanings: dict[tuple[str, ...], tuple[str, ...]]
    longest: int


_lock = threading.Lock()
_vocabulary: _Vocabulary | None = None


def synonyms() -> list[tuple[tuple[str, ...], list[str]]]:
    """Return synonyms.tsv as (words that it counts as, ways to write it); '-' is no word."""
    found = []
    for line in (DATA / "synonyms.tsv").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words, _, ways = line.partition("\t")
        counts_as = () if words == NOTHING else tuple(words.split(" "))
        found.append((counts_as, [way.strip() for way in ways.split(",") if way.strip()]))
    return found


def _load() -> _Vocabulary:
    # PyThaiNLP is imported here alone: the web process starts without it. It would make a folder
    # in the home directory for downloads that nobody asked for.
    os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")
    os.environ.setdefault("PYTHAINLP_OFFLINE", "1")
    from pythainlp.corpus.common import thai_words
    from pythainlp.corpus.ttc import word_freqs
    from pythainlp.tokenize.newmm import segment
    from pythainlp.util import Trie

    listed = [(words, [normalise(way) for way in ways]) for words, ways in synonyms()]
    # Of the dictionary's rare short words, most are seen only where a text was cut wrongly.
    common = {word for word, _times in word_freqs()}
    known = {word for word in thai_words() if len(word) > 3 or word in common}
    known.update(run for _, ways in listed for way in ways for run in _RUNS.findall(way))
    trie: Any = Trie(known)

    def cut(run: str) -> list[str]:
        return list(segment(run, custom_dict=trie))

    meanings: dict[tuple[str, ...], tuple[str, ...]] = {}
    for counts_as, ways in listed:
        for way in ways:
            meanings.setdefault(tuple(_pieces(way, cut)), counts_as)
            if " " not in way:
                meanings.setdefault((way,), counts_as)
    return _Vocabulary(cut, meanings, max(map(len, meanings)))


def _words() -> _Vocabulary:
    global _vocabulary
    if _vocabulary is None:
        with _lock:
            if _vocabulary is None:
                _vocabulary = _load()
    return _vocabulary


def _pieces(normal: str, cut: Callable[[str], list[str]]) -> list[str]:
    pieces: list[str] = []
    for run in _RUNS.findall(normal):
        pieces.extend(cut(run) if run[0] >= "ก" else [run])
    return pieces


def _told(pieces: Sequence[str], vocabulary: _Vocabulary) -> Iterable[str]:
    at = 0
    while at < len(pieces):
        for length in range(min(vocabulary.longest, len(pieces) - at), 0, -1):
            counts_as = vocabulary.meanings.get(tuple(pieces[at : at + length]))
            if counts_as is not None:
                yield from counts_as
                break
        else:
            length = 1
            yield from _parts(pieces[at], vocabulary) or (pieces[at],)
        at += length


def _parts(piece: str, vocabulary: _Vocabulary) -> tuple[str, ...]:
    """What the known words say that a dictionary's compound is made of; () where it is not.

    The dictionary has many: ที่ไหนบ้าง, เสียภาษี. Fewest parts win, none shorter than three letters.
    """
    meanings = vocabulary.meanings
    ways: list[tuple[int, tuple[str, ...]] | None] = [(0, ()), *[None] * len(piece)]
    for end in range(SHORTEST_PART, len(piece) + 1):
        for start in range(end - SHORTEST_PART + 1):
            before, told = ways[start], meanings.get((piece[start:end],))
            if before is not None and told is not None:
                way = (before[0] + 1, before[1] + told)
                kept = ways[end]
                if kept is None or way[0] < kept[0]:
                    ways[end] = way
    whole = ways[-1]
    return whole[1] if whole else ()


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[str, ...]:
    """Return the words of a text in their order, synonyms as one word, politeness dropped.

    >>> terms("ไฟทางดับแจ้งตี้ไหนเจ้า") == terms("ไฟฟ้าสาธารณะดับ แจ้งที่ไหนคะ")
    True
    """
    vocabulary = _words()
    return tuple(_told(_pieces(normalise(text), vocabulary.cut), vocabulary))


def grams(words: Sequence[str], size: int = 3) -> list[str]:
    """Return the letter sequences of the words written together, tone marks left out.

    They hold on where a misspelling breaks the words.
    """
    joined = _TONES.sub("", "".join(word.lstrip("!") for word in words if word[0] != "?"))
    if len(joined) < size:
        return [joined] if joined else []
    return [joined[at : at + size] for at in range(len(joined) - size + 1)]
