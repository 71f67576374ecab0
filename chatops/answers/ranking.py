"""Which known question a text asks: words by how telling they are, and letters for misspellings.

Pure Python, no database. Every known wording (a row's question, its other ways to ask, an example)
is a small vector; a text is compared with those that share something with it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from chatops.answers.words import grams, terms

# Shares of the mix: words by cosine, how much of the wording the text holds, letters.
WORDS, HELD, LETTERS = 0.5, 0.2, 0.3
# What is asked for (how much, when, which papers) tells rows of one subject apart.
ASKED_WEIGHT, WEAKLY_ASKED_WEIGHT, SUBJECT_WEIGHT = 1.3, 0.7, 1.2
# A wording that asks for something else than the text does; that asks where the text does not.
OTHER_ASKED, NOT_ASKED = 0.82, 0.9
# A wording about what the text does not name, and a text about what no wording of a thing names.
OTHER_SUBJECT, UNNAMED_SUBJECT = 0.88, 0.85
# A thing of which no wording ever asks what the text asks.
NEVER_ASKED = 0.85
# Wordings that are looked at closely, the most alike at first sight.
LOOKED_AT = 200


@dataclass(frozen=True)
class Wording:
    """One way to say a thing, and the thing that it says."""

    owner: Hashable
    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Likeness:
    """How well a known thing fits the text, 0..1, with its best wording."""

    owner: Hashable
    score: float
    wording: str
    # How much of the text's weight the thing's own words (all wordings) explain.
    explained: float


@dataclass
class _Entry:
    wording: Wording
    words: frozenset[str]
    asked: frozenset[str]
    subjects: frozenset[str]
    total: float = 0.0


@dataclass
class Ranking:
    """An index over wordings. Asking changes nothing, so threads may share it."""

    wordings: Sequence[Wording]
    _entries: list[_Entry] = field(init=False)
    # Who holds it, and how much of a wording it is.
    _by_word: dict[str, list[tuple[int, float]]] = field(init=False)
    _by_letters: dict[str, list[tuple[int, float]]] = field(init=False)
    _idf: dict[str, float] = field(init=False)
    _letter_idf: dict[str, float] = field(init=False)
    _rare: float = field(init=False)
    _own_words: dict[Hashable, Counter[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Count words by the things that hold them, then lay down the vectors."""
        told = [(one, terms(one.text)) for one in self.wordings]
        self._own_words = defaultdict(Counter)
        letters_of: dict[Hashable, set[str]] = defaultdict(set)
        for one, words in told:
            # What an answer happens to say is not what is asked.
            asks = one.weight >= 1
            self._own_words[one.owner].update({word for word in words if asks or word[0] != "?"})
            letters_of[one.owner].update(grams(words))
        self._idf = _idf(self._own_words.values())
        self._letter_idf = _idf(letters_of.values())
        self._rare = math.log(1 + len(self._own_words) / 2)
        self._entries = []
        self._by_word = defaultdict(list)
        self._by_letters = defaultdict(list)
        for number, (one, words) in enumerate(told):
            weights = self._weigh(words)
            letters = self._letter_weights(words)
            self._entries.append(
                _Entry(
                    one,
                    frozenset(weights),
                    _asked(words),
                    _subjects(words),
                    sum(weights.values()),
                )
            )
            for word, weight in _unit(weights).items():
                self._by_word[word].append((number, weight * WORDS))
            for letter, weight in _unit(letters).items():
                self._by_letters[letter].append((number, weight * LETTERS))

    def _weigh(self, words: Sequence[str]) -> dict[str, float]:
        return {
            word: self._idf.get(word, self._rare) * _share(word) for word in dict.fromkeys(words)
        }

    def _letter_weights(self, words: Sequence[str]) -> dict[str, float]:
        return {
            letter: self._letter_idf.get(letter, self._rare) * (1 + math.log(times))
            for letter, times in Counter(grams(words)).items()
        }

    def rank(self, text: str, best: int = 10, *, without: str | None = None) -> list[Likeness]:
        """Return the things most like the text, best first, at most `best`.

        `without`: a wording to pass over, to see whether the others suffice.
        """
        return self.rank_words(terms(text), best, without=without)

    def rank_words(
        self, words: Sequence[str], best: int = 10, *, without: str | None = None
    ) -> list[Likeness]:
        """Do as `rank` does, for words from `terms`."""
        weights = self._weigh(words)
        query = _unit(weights)
        letters = _unit(self._letter_weights(words))
        asked = _asked(words)
        subjects = _subjects(words)
        alike: dict[int, float] = defaultdict(float)
        for found_in, told in ((self._by_word, query), (self._by_letters, letters)):
            for part, weight in told.items():
                for number, share in found_in.get(part, ()):
                    alike[number] += weight * share
        found: dict[Hashable, list[tuple[float, int]]] = defaultdict(list)
        for number in nlargest(LOOKED_AT, alike, key=alike.__getitem__):
            entry = self._entries[number]
            if entry.wording.text == without:
                continue
            held = sum(
                self._idf.get(word, 0.0) * _share(word) for word in entry.words if word in weights
            )
            score = (
                alike[number] + HELD * (held / entry.total if entry.total else 0.0)
            ) * entry.wording.weight
            if self._asks_other(entry, asked):
                score *= OTHER_ASKED
            elif entry.asked and not asked:
                score *= NOT_ASKED
            score *= OTHER_SUBJECT ** len(entry.subjects - subjects)
            found[entry.wording.owner].append((score, number))
        total = sum(weights.values()) or 1.0
        ranked = []
        for owner, scores in found.items():
            scores.sort(reverse=True)
            # A second wording that fits as well speaks for the thing.
            second = scores[1][0] if len(scores) > 1 else 0.0
            own = self._own_words[owner]
            if without is not None:
                own = own - Counter(set(terms(without)))
            explained = sum(weight for word, weight in weights.items() if word in own) / total
            score = 0.85 * scores[0][0] + 0.1 * second + 0.05 * explained
            unnamed = len(subjects - own.keys())
            never = bool(asked) and not asked & own.keys()
            score *= NEVER_ASKED if never else 1.0
            wording = self._entries[scores[0][1]].wording.text
            ranked.append(Likeness(owner, score * UNNAMED_SUBJECT**unnamed, wording, explained))
        ranked.sort(key=lambda one: -one.score)
        return ranked[:best]

    @staticmethod
    def _asks_other(entry: _Entry, asked: frozenset[str]) -> bool:
        return bool(asked and entry.asked and not asked & entry.asked)


def _idf(sets: Iterable[Iterable[str]]) -> dict[str, float]:
    counted: Counter[str] = Counter()
    number = 0
    for one in sets:
        number += 1
        counted.update(one)
    return {word: math.log(1 + number / (1 + times)) for word, times in counted.items()}


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _subjects(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if word[0] == "!")


# Weak askers say only that it is a question.
_WEAK = frozenset({"?ไหม", "?อะไร", "?อย่างไร", "?ทำไม"})


def _asked(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if word[0] == "?") - _WEAK


def _share(word: str) -> float:
    if word[0] == "?":
        return WEAKLY_ASKED_WEIGHT if word in _WEAK else ASKED_WEIGHT
    return SUBJECT_WEIGHT if word[0] == "!" else 1.0
