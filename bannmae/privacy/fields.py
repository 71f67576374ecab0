"""A model field whose content is never in the database in clear."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, Transform

from bannmae.privacy.keys import DecryptionError, decrypt, encrypt, rotate

__all__ = ["DecryptionError", "EncryptedTextField", "rotate"]


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database and clear in Python.

    None and '' are kept as they are. Reading a value that no key in FIELD_KEYS opens raises
    `DecryptionError`. One cannot search it (`isnull` excepted): keep a blind index beside it.
    """

    description = "Text, encrypted in the database"

    def get_prep_value(self, value: Any) -> Any:
        """Return the stored form of a Python value."""
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if isinstance(prepared, str) else prepared

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        """Return the Python form of a stored value.

        Raises:
            DecryptionError: no key opens it.
        """
        if not value:
            return value
        try:
            return decrypt(value)
        except DecryptionError:
            raise DecryptionError(
                f"No key in FIELD_KEYS opens a stored value of {self._place()}."
            ) from None

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        """Allow `isnull` only: equal texts have different tokens, so others would never match."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> type[Transform] | None:
        """Allow none: a transform would work on the token."""
        return None

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse an index or a unique constraint on the tokens."""
        found = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            found.append(
                checks.Error(
                    "An encrypted field cannot be unique or indexed.",
                    hint="Put the constraint on a blind index of the value.",
                    obj=self,
                    id="bannmae.E001",
                )
            )
        return found

    def _place(self) -> str:
        model = getattr(self, "model", None)
        return f"{model.__name__}.{self.name}" if model else "an encrypted field"
