"""Fields of the staff's forms, and the form of the memo's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from bannmae.thai.text import normalise_text


class Text(forms.CharField):
    """Text in the one form in which it is kept."""

    def to_python(self, value: Any) -> str:
        """Normalise: NFC, no control characters, plain line breaks."""
        return normalise_text(super().to_python(value) or "").strip()


def lines(rows: int) -> UnfoldAdminTextareaWidget:
    """Return a text field of several lines."""
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


class Day(forms.DateInput):
    """The browser's own date field; it speaks ISO."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "bm-input"}, format="%Y-%m-%d")


class MemoForm(forms.Form):
    """What the memo to the executives says, to be read over before it is printed."""

    document_number = Text(
        label="ที่",
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text="เว้นว่างไว้ให้งานสารบรรณลงเลข",
    )
    date = forms.DateField(label="วันที่", required=False, widget=Day, help_text="เว้นว่างได้")
    subject = Text(label="เรื่อง", max_length=250, widget=UnfoldAdminTextInputWidget)
    to = Text(label="เรียน", max_length=250, widget=UnfoldAdminTextInputWidget)
    through = Text(label="ผ่าน", required=False, max_length=250, widget=UnfoldAdminTextInputWidget)
    background = Text(label="เรื่องเดิม", required=False, max_length=8000, widget=lines(4))
    facts = Text(label="ข้อเท็จจริง", required=False, max_length=8000, widget=lines(6))
    law = Text(label="ข้อกฎหมาย/ระเบียบ", required=False, max_length=8000, widget=lines(4))
    consideration = Text(label="ข้อพิจารณา/ข้อเสนอ", required=False, max_length=8000, widget=lines(4))
    signer_name = Text(
        label="ผู้เสนอ (ชื่อในช่องลงนาม)",
        required=False,
        max_length=150,
        widget=UnfoldAdminTextInputWidget,
    )
    signer_position = Text(label="ตำแหน่งใต้ชื่อ", required=False, max_length=300, widget=lines(2))

    SECTIONS: Sequence[str] = ("background", "facts", "law", "consideration")

    def clean(self) -> dict[str, Any]:
        """A memo says something."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in self.SECTIONS):
            raise forms.ValidationError("โปรดเขียนอย่างน้อยหนึ่งหัวข้อ")
        return cleaned
