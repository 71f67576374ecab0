"""The office's own font: uploaded into private storage, printed with from a file beside it.

Typesetting wants files, and storage may be a bucket: each upload is copied once to VAR_DIR, under
the hash of its bytes, so that another upload under the same name is another file.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage

from bannmae.paper.fonts import FontError, PaperFont, size_factor_of, uploaded, write_whole

if TYPE_CHECKING:
    from bannmae.models import Municipality

logger = logging.getLogger(__name__)


def office_font(profile: Municipality) -> PaperFont | None:
    """Return the font that the office uploaded.

    None, which prints in Sarabun, where there is none, and where storage has lost it or gives
    what cannot be printed with: a memo must not wait for the mending of a font.
    """
    regular, bold = profile.paper_font.name, profile.paper_font_bold.name
    if not (regular and bold):
        return None
    try:
        return _checked(_copied(regular), _copied(bold))
    except (OSError, FontError):
        logger.warning("the office's font cannot be used: papers are printed in Sarabun")
        return None


def _copied(name: str) -> Path:
    """Return a local file with the bytes that storage keeps under `name`. Raise OSError."""
    with default_storage.open(name, "rb") as file:
        data = file.read()
    path = Path(settings.VAR_DIR) / "fonts" / (hashlib.sha256(data).hexdigest() + ".ttf")
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    return path


@lru_cache(maxsize=4)  # a hash names one content for ever
def _checked(regular: Path, bold: Path) -> PaperFont:
    font = uploaded(regular, bold)
    return replace(font, size_factor=size_factor_of(font.regular))
