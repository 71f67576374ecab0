"""What a message is and whose, as learned from examples: linear classifiers over letters and words.

data/training/*.tsv hold messages of our own with what they are (action) and whose (topic); the
starting knowledge base's rows and their other ways to ask count as well. One more line, from
data/standing.tsv, tells who asks how far something of hers has come: it counts only where something
of hers is talked of, and changes none of the others. Each class has one linear
support vector machine (squared hinge, dual coordinate descent: deterministic, pure Python, some
seconds). Set-up trains into build/answers (`python -m chatops.answers.learned build/answers`);
where that is missing or of other data, the first reader trains.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import re
import sys
import tempfile
import threading
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

from chatops.answers.tone import plain
from chatops.answers.words import DATA, terms

TRAINING = DATA / "training"
STANDING_EXAMPLES = DATA / "standing.tsv"
#: Among the actions: she asks how far it has come, or what is to do next.
STANDING = "standing"
# Features are told by their hash; as many can be told apart.
BUCKETS = 1 << 17
# Letter sequences up to this length; letters of a long story that are looked at.
LONGEST_GRAM, LONGEST_TEXT = 5, 800
# How dear a wrongly read example is; rounds over the examples.
COST, ROUNDS = 3.0, 12
# Out of reach of the margin: looked at again only every few rounds.
FAR_OUT, ALL_AGAIN = 0.3, 4
# Both kinds of question, told apart where it helps.
QUESTIONS = {"faq": "question", "handoff": "question"}
_TONES = re.compile(r"[็-์ฺ]")


@dataclass(frozen=True)
class Taught:
    """A message, what it is, and whose ('' where it is nobody's)."""

    text: str
    action: str
    topic: str
    # The question of the row that answers it, '' where none does.
    row: str = ""


@dataclass(frozen=True)
class Reading:
    """Distances from the classes' borders: above 0 inside, about -1 surely outside."""

    actions: Mapping[str, float]
    topics: Mapping[str, float]


@dataclass(frozen=True)
class _Line:
    weights: array[float]
    bias: float


_Lines = dict[str, _Line]
_lock = threading.Lock()
_learned: tuple[_Lines, _Lines] | None = None


@lru_cache(maxsize=1024)
def read(text: str) -> Reading:
    """Return what the text reads like. Safe from any thread."""
    actions, topics = _ready()
    found = features(text)
    return Reading(_distances(actions, found), _distances(topics, found))


def features(text: str) -> list[int]:
    """Return the text's letter sequences, words and pairs of words, as numbers below BUCKETS.

    Letters are read without spaces and tone marks: neither hides anything from them.
    """
    letters = _TONES.sub("", plain(text)).replace("ใ", "ไ").replace(" ", "")
    # A long story says what it is about first and what it wants last.
    if len(letters) > LONGEST_TEXT:
        letters = letters[: LONGEST_TEXT // 2] + letters[-LONGEST_TEXT // 2 :]
    letters = f"^{letters}$"
    told = {
        "c" + letters[at : at + size]
        for size in range(1, LONGEST_GRAM + 1)
        for at in range(len(letters) - size + 1)
    }
    words = terms(text)
    told.update("w" + word for word in words)
    told.update(f"b{one} {next_one}" for one, next_one in zip(words, words[1:], strict=False))
    return sorted({crc32(one.encode("utf-8", "replace")) % BUCKETS for one in told})


def taught() -> list[Taught]:
    """Return data/training and the starting knowledge base as examples."""
    found = []
    for path in sorted(TRAINING.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                text, action, topic = line.split("\t")
                found.append(Taught(text, action, topic))
    rows = json.loads((DATA / "knowledge.json").read_text(encoding="utf-8"))
    for row in rows:
        for text in (row["question"], *row["phrases"]):
            found.append(Taught(text, "faq", row["topic"], row["question"]))
    return found


def learn(examples: Sequence[Taught]) -> tuple[_Lines, _Lines]:
    """Return the classifiers of actions and of topics."""
    seen = [features(one.text) for one in examples]
    actions = [one.action for one in examples]
    broad = [QUESTIONS.get(action, action) for action in actions]
    lines = _separate(seen, broad)
    asked = [number for number, action in enumerate(actions) if action in QUESTIONS]
    lines |= _separate([seen[n] for n in asked], [actions[n] for n in asked], ["handoff"])
    lines |= _standing(examples, seen)
    # Emergencies all go to one place: they would teach its topic only fear.
    owned = [n for n, one in enumerate(examples) if one.topic and one.action != "emergency"]
    return lines, _separate([seen[n] for n in owned], [examples[n].topic for n in owned])


def standing_examples() -> list[tuple[str, bool]]:
    """Return data/standing.tsv: what is written, and whether it asks how far something has come."""
    found = []
    for line in STANDING_EXAMPLES.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            text, is_so = line.split("\t")
            found.append((text, is_so == "yes"))
    return found


@cache
def standing_rows() -> frozenset[tuple[str, ...]]:
    """Return, as terms, what data/standing.tsv holds as asking how far something has come."""
    return frozenset(terms(text) for text, is_so in standing_examples() if is_so)


@cache
def standing_terms() -> frozenset[str]:
    """Return the terms of which those rows are made."""
    return frozenset(word for row in standing_rows() for word in row)


def _standing(examples: Sequence[Taught], seen: Sequence[Sequence[int]]) -> _Lines:
    own = standing_examples()
    asks = {text for text, is_so in own if is_so}
    # What a person must answer asks this often, without being marked for it; and so do the other
    # ways to ask what a row of the knowledge base asks.
    others = [
        found
        for one, found in zip(examples, seen, strict=True)
        if one.action != "handoff" and not asks & {one.text, one.row}
    ]
    labels = [STANDING if is_so else "" for _, is_so in own] + [""] * len(others)
    return _separate([*(features(text) for text, _ in own), *others], labels, [STANDING])


def _separate(
    seen: Sequence[Sequence[int]], labels: Sequence[str], classes: Iterable[str] = ()
) -> _Lines:
    return {
        name: _border(seen, [label == name for label in labels])
        for name in classes or sorted(set(labels))
    }


def _border(seen: Sequence[Sequence[int]], inside: Sequence[bool]) -> _Line:
    """One class against the rest: Hsieh et al. 2008, 'A dual coordinate descent method'."""
    weights, bias = [0.0] * BUCKETS, 0.0
    multipliers = [0.0] * len(seen)
    slack = 0.5 / COST
    weight_of = weights.__getitem__
    drawn = random.Random(7)  # noqa: S311 - an order, the same each time
    near = list(range(len(seen)))
    for turn in range(1, ROUNDS + 1):
        drawn.shuffle(near)
        kept = []
        for number in near:
            found, held = seen[number], multipliers[number]
            sign = 1.0 if inside[number] else -1.0
            scale = sign / math.sqrt(len(found) + 1)
            slope = scale * (sum(map(weight_of, found)) + bias) - 1 + slack * held
            if held == 0.0 and slope > FAR_OUT:
                continue
            kept.append(number)
            step = max(0.0, held - slope / (1 + slack)) - held
            if abs(step) > 1e-3:
                multipliers[number] = held + step
                step *= scale
                bias += step
                for feature in found:
                    weights[feature] += step
        near = list(range(len(seen))) if turn % ALL_AGAIN == 0 else kept
    return _Line(array("f", weights), bias)


def _distances(lines: _Lines, found: Sequence[int]) -> dict[str, float]:
    scale = 1 / math.sqrt(len(found) + 1)
    return {
        name: scale * (sum(map(line.weights.__getitem__, found)) + line.bias)
        for name, line in lines.items()
    }


def _ready() -> tuple[_Lines, _Lines]:
    global _learned
    if _learned is None:
        with _lock:
            if _learned is None:
                path = _build_dir() / "answers" / "learned.bin"
                _learned = _load(path) or _train_into(path)
    return _learned


def _mark() -> str:
    """A fingerprint of what is learned from and of how."""
    told = hashlib.sha256()
    here = Path(__file__)
    sources = (here, here.with_name("words.py"), here.with_name("tone.py"), DATA / "synonyms.tsv")
    for path in (
        *sources,
        STANDING_EXAMPLES,
        DATA / "knowledge.json",
        *sorted(TRAINING.glob("*.tsv")),
    ):
        told.update(path.read_bytes())
    return told.hexdigest()


def _load(path: Path) -> tuple[_Lines, _Lines] | None:
    """What `_train_into` wrote; None where nothing fitting lies there."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
            if head["mark"] != _mark() or head["order"] != sys.byteorder:
                return None
            read_lines: list[_Lines] = []
            for part in ("actions", "topics"):
                lines: _Lines = {}
                for name, bias in head[part]:
                    weights = array("f")
                    weights.fromfile(file, BUCKETS)
                    lines[name] = _Line(weights, bias)
                read_lines.append(lines)
            return read_lines[0], read_lines[1]
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _train_into(path: Path) -> tuple[_Lines, _Lines]:
    """Learn, and keep it at `path` if that can be written."""
    actions, topics = learn(taught())
    head = {
        "mark": _mark(),
        "order": sys.byteorder,
        "actions": [(name, line.bias) for name, line in actions.items()],
        "topics": [(name, line.bias) for name, line in topics.items()],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(json.dumps(head).encode() + b"\n")
            for line in (*actions.values(), *topics.values()):
                line.weights.tofile(file)
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except OSError:
        # A read-only place: every process learns for itself.
        pass
    return actions, topics


def _build_dir() -> Path:
    from django.conf import settings

    if settings.configured:
        return Path(settings.BUILD_DIR)
    return Path(__file__).resolve().parents[2] / "build"


def main(arguments: Sequence[str]) -> int:
    """Train into the folder named, unless what lies there fits; return the exit status."""
    path = Path(arguments[0]) / "learned.bin"
    if _load(path) is None:
        _train_into(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
