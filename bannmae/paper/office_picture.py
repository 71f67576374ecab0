"""The office's own pictures on paper: the Garuda of memos, the emblem of receipts."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from PIL import Image

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

logger = logging.getLogger(__name__)

#: Twice what 1.6 cm on paper shows at 300 dots to the inch.
SIDE_PX = 400


def office_picture(file: FieldFile) -> bytes | None:
    """Return what stands on paper of an uploaded picture: a PNG of at most SIDE_PX to a side.

    None where the office uploaded none, and where storage has lost it or it is no picture: papers
    do not wait for the mending of that.

    Raises:
        OSError: storage does not answer just now.
    """
    if not file.name:
        return None
    try:
        with default_storage.open(file.name, "rb") as stored:
            data: bytes = stored.read()
    except FileNotFoundError:
        logger.warning("storage has lost the office's picture %s", file.name)
        return None
    try:
        return _small(data)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        logger.warning("the office's picture %s cannot be read", file.name)
        return None


def _small(data: bytes) -> bytes:
    with Image.open(BytesIO(data)) as picture:
        picture.thumbnail((SIDE_PX, SIDE_PX))
        out = BytesIO()
        # Transparent places stay so: papers have a white ground, and a stamp lies under the text.
        picture.convert("RGBA").save(out, "PNG", optimize=True)
    return out.getvalue()
