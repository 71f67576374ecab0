"""Reading what a staff member's browser sends where no form reads it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

BIGGEST_ID = 2**63 - 1  # of a bigint column; SQLite and PostgreSQL take no larger number
_DIGITS = len(str(BIGGEST_ID))


def row_id(sent: object) -> int | None:
    """Return the row's id that was sent, None for what cannot be one.

    Thai digits are digits here as everywhere; thousands of them are never worked through.
    """
    text = str(sent) if not isinstance(sent, int) or 0 <= sent <= BIGGEST_ID else ""
    if not text.isdecimal() or len(text) > _DIGITS:
        return None
    number = int(text)
    return number if number <= BIGGEST_ID else None


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows to choose from; what cannot be the id of one is refused like any other."""

    def clean(self, value: Any) -> QuerySet[Any]:
        """Return the rows. Django's own asks the database for ids of any length."""
        for key in value if isinstance(value, list | tuple) else ():
            if row_id(key) is None:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(key)[:40]},
                )
        chosen: QuerySet[Any] = super().clean(value)
        return chosen
