"""The automatic answers' figures stay above their floors; `make eval` prints all of them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from chatops.answers.evaluation.figures import QUESTIONS, Asked, beside, figures, table, wanted
from chatops.models import KnowledgeRow
from chatops.tests.answers import publish_all

FLOORS = {
    "Top-1 accuracy (a row answers it)": 0.94,
    "Hand-over precision": 0.86,
    "Hand-over recall": 0.92,
    "Emergency recall": 1.0,
    "Complaint recall": 0.94,
    "Payment recall": 0.94,
    "Smalltalk recall": 0.92,
    "Routing accuracy (of all with a division)": 0.96,
    "Routing accuracy (hand-overs)": 0.88,
}
CEILINGS = {
    "Confidently wrong (of all)": 0.015,
    "Emergency false alarms": 0.015,
    "Complaint false alarms": 0.02,
    "Payment false alarms": 0.01,
    "Smalltalk false alarms": 0.01,
}


@pytest.mark.django_db
def test_the_figures_hold(tmp_path: Path) -> None:
    publish_all()
    out = io.StringIO()
    call_command("ask", str(QUESTIONS), stdout=out)
    asked = beside(csv.DictReader(io.StringIO(out.getvalue())))
    found = {name: share.rate for name, share in figures(asked).items()}
    low = {name: found[name] for name, floor in FLOORS.items() if found[name] < floor}
    high = {name: found[name] for name, most in CEILINGS.items() if found[name] > most}
    assert (low, high) == ({}, {}), table(asked)


@pytest.mark.django_db
def test_the_questions_are_of_the_knowledge_base_and_in_nobody_s_words() -> None:
    questions = wanted()
    rows = set(KnowledgeRow.objects.values_list("question", flat=True))
    ways = set(KnowledgeRow.objects.values_list("phrases__text", flat=True))
    wants = Counter(one["action"] for one in questions)
    assert wants["faq"] >= 150
    assert wants["handoff"] >= 60
    assert {one["answer"] for one in questions if one["action"] == "faq"} == rows
    assert not {one["text"] for one in questions} & (rows | ways)


def test_the_figures_count_what_they_say() -> None:
    def one(action: str, got: str, answer: str = "", got_answer: str = "") -> Asked:
        return Asked("1", "?", action, answer, "ก", "plain", got, got_answer, "ก")

    asked = [
        one("faq", "faq", "a", "a"),
        one("faq", "faq", "a", "b"),
        one("faq", "handoff", "a"),
        one("handoff", "handoff"),
        one("handoff", "faq", "", "b"),
        one("emergency", "emergency"),
        one("complaint", "emergency"),
    ]
    found = {name: (share.part, share.whole) for name, share in figures(asked).items()}
    assert found["Top-1 accuracy (a row answers it)"] == (1, 3)
    assert found["Confidently wrong (of all)"] == (2, 7)
    assert found["Hand-over precision"] == (1, 2)
    assert found["Hand-over recall"] == (1, 2)
    assert found["Emergency recall"] == (1, 1)
    assert found["Emergency false alarms"] == (1, 6)
    assert found["Routing accuracy (hand-overs)"] == (2, 2)
    assert "Top-1" in table(asked)
