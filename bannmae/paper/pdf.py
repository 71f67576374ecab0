"""HTML templates to PDF, with the municipality's fonts and page frame.

Papers are made by the worker, or by a view that was asked for a print: the slow libraries are
loaded with the first page, never with the module. No database transaction may be open meanwhile.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from bannmae.paper.errors import PaperError
from bannmae.paper.fonts import BASE_DIR, PaperFont, sarabun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    #: The bytes of a picture, or what somebody is making of them.
    Picture: TypeAlias = bytes | Future[bytes]

__all__ = ["ARCHIVE", "PaperError", "html_to_pdf", "render_pdf", "render_pdfs"]

#: The archive form of PDF: fonts inside, colours defined, nothing from outside.
ARCHIVE = "pdf/a-3b"
_FRAME = "bannmae/paper/frame.css"
#: The rules' body text, in points of TH Sarabun.
BODY_PT = 16.0


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    author: str = "",
    pictures: Mapping[str, Picture] | None = None,
    folders: Sequence[Path] = (),
    font: PaperFont | None = None,
    pdf_variant: str | None = ARCHIVE,
) -> bytes:
    """Return one paper as PDF.

    Args:
        template: path of a Django template that extends `bannmae/paper/page.html`.
        context: its names; text is escaped by the template engine.
        title, author: the document's properties.
        pictures: bytes for each `<img src="picture:NAME">`, or what will be those bytes; where
            that raises PaperError, the paper shows the picture's `alt`.
        folders: folders whose files the template may name by `file://`; none by default.
        font: the office's own font; Sarabun otherwise.
        pdf_variant: WeasyPrint's name of a PDF form, None for a plain one.

    Raises:
        PaperError: the template asks for anything that may not be read.
        FontError: set-up has not built the fonts.
    """
    return render_pdfs(
        template,
        [context],
        title=title,
        author=author,
        pictures=pictures,
        folders=folders,
        font=font,
        pdf_variant=pdf_variant,
    )


def render_pdfs(
    template: str,
    contexts: Sequence[Mapping[str, Any]],
    *,
    title: str,
    author: str = "",
    pictures: Mapping[str, Picture] | None = None,
    folders: Sequence[Path] = (),
    font: PaperFont | None = None,
    pdf_variant: str | None = ARCHIVE,
) -> bytes:
    """Return several papers in one PDF, each on new pages with a page count of its own.

    Arguments and errors as for `render_pdf`; an empty `contexts` is a `PaperError`.
    """
    from django.template.loader import get_template

    font = font or sarabun()
    source = get_template(template)
    frame = {"body_pt": f"{BODY_PT * font.size_factor:g}", "paper_title": title}
    return html_to_pdf(
        [source.render({**frame, **context}) for context in contexts],
        title=title,
        author=author,
        pictures=pictures,
        folders=folders,
        font=font,
        pdf_variant=pdf_variant,
    )


def html_to_pdf(
    pages_of_html: Sequence[str],
    *,
    title: str,
    author: str = "",
    pictures: Mapping[str, Picture] | None = None,
    folders: Sequence[Path] = (),
    font: PaperFont | None = None,
    stylesheet: str | None = None,
    pdf_variant: str | None = ARCHIVE,
) -> bytes:
    """Return ready HTML texts as one PDF; `stylesheet` stands in for the page frame's own.

    The family that the stylesheet may use is called "Paper". Errors as for `render_pdf`.
    """
    from bannmae.paper import engine

    return engine.render(
        pages_of_html,
        font=font or sarabun(),
        stylesheet=frame_stylesheet() if stylesheet is None else stylesheet,
        pictures=pictures or {},
        folders=folders,
        pdf_variant=pdf_variant,
        title=title,
        author=author,
    )


@functools.cache
def frame_stylesheet() -> str:
    """Return the stylesheet of the page frame."""
    return (BASE_DIR / "templates" / _FRAME).read_text(encoding="utf-8")
