"""What a resident sends to prove that a tax is hers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from liff.api.fields import MISSING, NationalId, Text
from liff.api.forms import Form


class RequiredNationalId(NationalId):
    """A Thai identification number that cannot be left out."""

    default_error_messages: ClassVar[dict[str, Any]] = {"missing": MISSING}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # The empty one gets words of its own below.
        self.required = True

    def run_validation(self, data: Any = None) -> Any:
        """Return its 13 digits. Raise ValidationError."""
        digits = super().run_validation(data)
        if not digits:
            self.fail("missing")
        return digits


class ProofForm(Form):
    """Her identification number, and the number on the paper notice. Neither is ever sent back."""

    national_id = RequiredNationalId(
        help_text="13 digits, with or without dashes; Thai digits are accepted."
    )
    number = Text(
        max_length=100,
        help_text="The number on the paper notice (ภ.ด.ส.6, ภ.ป.3), such as 123/2570.",
        error_messages={"blank": _("กรุณากรอกเลขที่หนังสือแจ้ง")},
    )
