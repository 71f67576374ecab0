"""Whether two questions are the same one in other words: for gathering what nothing answered."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

from chatops.answers.words import grams, terms

# Shares of words and letters, and how much of both makes two questions one.
WORDS, LETTERS = 0.6, 0.4
ALIKE = 0.62
# What is asked for tells less than what it is about.
ASKED_WEIGHT = 0.5


def key_of(text: str) -> str:
    """Return the form in which likeness is told: the words that matter, in their order.

    >>> key_of("ขอเบอร์เทศบาลหน่อยค่ะ") == key_of("ขอเบอร์เทศบาลครับ")
    True
    """
    return " ".join(dict.fromkeys(terms(text)))


def alike(a: str, b: str) -> bool:
    """Whether two keys (from `key_of`) ask the same.

    >>> alike(key_of("รถขยะมาวันไหนคะ"), key_of("รถเก็บขยะมาเมื่อไหร่"))
    True
    >>> alike(key_of("รถขยะมาวันไหนคะ"), key_of("จดทะเบียนสมรสที่ไหน"))
    False
    """
    if a == b:
        return True
    words = _cosine(_weighed(a), _weighed(b))
    # Not even the same letters would make up for it: told without counting them.
    if WORDS * words + LETTERS < ALIKE:
        return False
    return WORDS * words + LETTERS * _cosine(_letters(a), _letters(b)) >= ALIKE


# One key is compared with hundreds, again with each question: read once for many of them.
@lru_cache(maxsize=1024)
def _weighed(key: str) -> dict[str, float]:
    return {word: ASKED_WEIGHT if word.startswith("?") else 1.0 for word in key.split(" ") if word}


@lru_cache(maxsize=1024)
def _letters(key: str) -> Counter[str]:
    return Counter(grams(key.split(" ")))


def _cosine(a: dict[str, float] | Counter[str], b: dict[str, float] | Counter[str]) -> float:
    shared = sum(weight * b[word] for word, weight in a.items() if word in b)
    lengths = math.sqrt(sum(w * w for w in a.values())) * math.sqrt(sum(w * w for w in b.values()))
    return shared / lengths if lengths else 0.0
