"""Put files into the private storage under names that nobody can guess, all or none."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

logger = logging.getLogger(__name__)


def store_all(folder: str, contents: Sequence[tuple[str, bytes]]) -> list[str]:
    """Store each (ending, bytes) as `<folder>/<yyyy>/<mm>/<token><ending>`, one token for all.

    Returns their names in that order. When any of them fails, none remains, and the storage's
    own error goes on.
    """
    today = timezone.localdate()
    stem = f"{folder}/{today:%Y}/{today:%m}/{secrets.token_hex(16)}"
    names: list[str] = []
    try:
        for ending, content in contents:
            # Noted before saving: a storage that fails half-way may leave half a file.
            names.append(f"{stem}{ending}")
            names[-1] = default_storage.save(names[-1], ContentFile(content))
    except BaseException:
        delete(names)
        raise
    return names


def delete(names: Iterable[str]) -> list[str]:
    """Delete stored files; '' and what is not there are passed over.

    What the storage fails to delete is logged and left behind, and its names are returned: who
    keeps them may try again, and the caller's work goes on.
    """
    left: list[str] = []
    for name in names:
        if not name:
            continue
        try:
            default_storage.delete(name)
        except Exception:
            logger.exception("could not delete a stored file")
            left.append(name)
    return left
