"""The form of a row: what changes in a published answer needs somebody who has checked it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
)

from bannmae.models import Staff
from bannmae.thai.calendar import BE_OFFSET, format_date
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text, search_key
from chatops.models import KnowledgePhrase, KnowledgeRow

State = KnowledgeRow.State
KEEP, PUBLISH, DRAFT, RETIRE = "keep", "publish", "draft", "retire"
ACTS = {
    KEEP: "บันทึกโดยคงสถานะเดิม",
    PUBLISH: "ตรวจสอบความถูกต้องแล้ววันนี้ และใช้ตอบประชาชน",
    DRAFT: "เก็บเป็นฉบับร่าง ยังไม่ใช้ตอบ",
    RETIRE: "เลิกใช้คำตอบนี้",
}
# What a resident relies on.
CHECKED_FIELDS = {"question", "answer", "valid_for", "valid_until", "division"}
MOST_WAYS = 60
BUDDHIST_FROM = 2400  # no year ค.ศ. of an answer is as late
_LATE_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
LONGEST_WAY = 300


class EraDateField(forms.DateField):
    """A day whose year may be typed in either era: clerks write พ.ศ., the calendar gives ค.ศ."""

    def to_python(self, value: Any) -> date | None:
        """Return the day; 29 February of either era."""
        if isinstance(value, str):
            typed = to_arabic_digits(value.strip())
            if (found := _LATE_YEAR.search(typed)) and int(found.group()) > BUDDHIST_FROM:
                year = int(found.group()) - BE_OFFSET
                typed = f"{typed[: found.start()]}{year}{typed[found.end() :]}"
            value = typed
        day: date | None = super().to_python(value)
        return day


class KnowledgeForm(forms.ModelForm):
    """A row with its other ways to ask, one a line, and what is to become of it."""

    other_ways = forms.CharField(
        label="วิธีถามอื่น",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text="บรรทัดละหนึ่งคำถาม เขียนอย่างที่ชาวบ้านพิมพ์ในแชต เช่น เงินคนแก่ได้เท่าไหร่",
    )
    act = forms.ChoiceField(
        label="เมื่อบันทึก", widget=UnfoldAdminRadioSelectWidget, choices=list(ACTS.items())
    )
    valid_until = EraDateField(
        label="ใช้ได้ถึงวันที่",
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text="ปี พ.ศ. หรือ ค.ศ. ก็ได้ ว่าง = ไม่มีวันหมดอายุ เมื่อพ้นวันนี้ ระบบจะไม่ใช้ตอบจนกว่าจะตรวจสอบใหม่",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = KnowledgeRow
        fields = ["question", "answer", "division", "topic", "valid_for", "valid_until", "source"]
        help_texts = {
            "question": "คำถามมาตรฐานที่ประชาชนจะเห็นเป็นตัวเลือก",
            "valid_for": "ประชาชนเห็นบรรทัดนี้ เช่น ปีภาษี 2570 หรือ ตั้งแต่ 1 ต.ค. 2569",
            "source": "ประกาศ หนังสือ หรือเว็บไซต์ที่ใช้อ้างอิง ประชาชนไม่เห็น",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the ways that there are; a new row begins as a draft."""
        super().__init__(*args, **kwargs)
        row = self.instance
        if row.pk:
            self.initial["other_ways"] = "\n".join(row.phrases.values_list("text", flat=True))
            self.initial["seen"] = row.changed_at.isoformat()
            self.initial["act"] = KEEP
            state = State(row.state).label.partition(" (")[0]
            if row.valid_until and "valid_until" in self.fields:
                now = f"ขณะนี้ {format_date(row.valid_until)} · "
                self.fields["valid_until"].help_text = now + self.fields["valid_until"].help_text
            self.fields["act"].choices = [
                (key, f"{text} ({state})" if key == KEEP else text) for key, text in ACTS.items()
            ]
        else:
            self.initial["act"] = DRAFT
            self.fields["act"].choices = [(key, ACTS[key]) for key in (DRAFT, PUBLISH)]
        if "answer" in self.fields:
            self.fields["answer"].widget.attrs["rows"] = 7
        if "source" in self.fields:
            self.fields["source"].widget.attrs["rows"] = 2

    def clean_question(self) -> str:
        """In the one form of texts."""
        return normalise_text(self.cleaned_data["question"])

    def clean_answer(self) -> str:
        """The same."""
        return normalise_text(self.cleaned_data["answer"])

    def clean_other_ways(self) -> list[str]:
        """Split into ways; equal ones once."""
        ways: dict[str, str] = {}
        for line in self.cleaned_data["other_ways"].splitlines():
            way = normalise_text(line)
            if len(way) > LONGEST_WAY:
                raise ValidationError(f"แต่ละบรรทัดยาวได้ไม่เกิน {LONGEST_WAY} ตัวอักษร", code="long")
            if way:
                ways.setdefault(search_key(way), way)
        if len(ways) > MOST_WAYS:
            raise ValidationError(f"ใส่ได้ไม่เกิน {MOST_WAYS} วิธีถาม", code="many")
        return list(ways.values())

    def clean(self) -> dict[str, Any]:
        """Refuse to publish unchecked or expired words, and to undo what a colleague did."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        act, row = data.get("act"), self.instance
        if row.pk and data.get("seen"):
            now = KnowledgeRow.objects.filter(pk=row.pk).values_list("changed_at", flat=True)
            if [moment.isoformat() for moment in now] != [data["seen"]]:
                raise ValidationError(
                    "มีผู้อื่นแก้คำตอบนี้ระหว่างที่ท่านเปิดอยู่ โปรดคัดลอกสิ่งที่พิมพ์ไว้ แล้วเปิดหน้านี้ใหม่", code="stale"
                )
        changed = CHECKED_FIELDS.intersection(self.changed_data)
        if act == KEEP and row.state == State.PUBLISHED and changed:
            self.add_error(
                "act",
                ValidationError(
                    "คำตอบนี้ใช้ตอบประชาชนอยู่ และท่านแก้เนื้อหา โปรดเลือกว่าตรวจสอบแล้ววันนี้ หรือเก็บเป็นฉบับร่างก่อน",
                    code="unchecked",
                ),
            )
        until = data.get("valid_until")
        if act == PUBLISH and until and until < timezone.localdate():
            self.add_error(
                "valid_until",
                ValidationError(
                    "วันที่นี้ผ่านไปแล้ว โปรดแก้เป็นวันที่คำตอบใหม่ใช้ได้ถึง หรือเว้นว่าง", code="expired"
                ),
            )
        return data

    def apply(self, row: KnowledgeRow, by: Staff) -> None:
        """Write the row and its ways as the officer decided."""
        act = self.cleaned_data.get("act")
        if "division" in self.changed_data:
            row.division_name = ""  # the list's name was of another owner
        if act == PUBLISH:
            check(row, by)
        elif act in (DRAFT, RETIRE):
            row.state = State.DRAFT if act == DRAFT else State.RETIRED
        row.changed_by = by
        row.save()
        write_ways(row, self.cleaned_data.get("other_ways", []))


def check(row: KnowledgeRow, by: Staff) -> None:
    """Note on `row`, without saving it, that `by` has checked it today: it may be answered from."""
    row.state = State.PUBLISHED
    row.checked_on = timezone.localdate()
    row.checked_by = str(by)[:150]
    row.changed_by = by


def write_ways(row: KnowledgeRow, ways: list[str]) -> None:
    """Make `ways` the other ways to ask a row's question."""
    there = dict(row.phrases.values_list("text", "pk"))
    row.phrases.filter(pk__in=[pk for text, pk in there.items() if text not in ways]).delete()
    for way in ways:
        if way not in there:
            KnowledgePhrase.objects.get_or_create(row=row, text=way)


def add_ways(row: KnowledgeRow, ways: list[str]) -> int:
    """Add further ways to ask a row's question; return how many were new."""
    known = {search_key(text) for text in row.phrases.values_list("text", flat=True)}
    known.add(search_key(row.question))
    new = 0
    for way in ways:
        if search_key(way) in known or len(known) > MOST_WAYS:
            continue
        known.add(search_key(way))
        KnowledgePhrase.objects.create(row=row, text=way)
        new += 1
    return new
