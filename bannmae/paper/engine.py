"""WeasyPrint as this house uses it. Import only through `bannmae.paper.pdf` (it is slow to load).

Three things differ from plain WeasyPrint:

- fonts and the frame's stylesheet are read once per thread, not once per document (font maps may
  not be shared between threads);
- nothing is fetched but fonts, files of allowed folders and pictures handed in by the caller;
- every line of text carries its source text (`ActualText`), because a PDF maps glyphs to letters
  one to one, which loses sara am and moves tone marks in copied, searched or read-aloud Thai.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import weasyprint
import weasyprint.draw.text as draw_text
import weasyprint.pdf as weasyprint_pdf
from PIL import ImageFile
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse, URLFetchingError

from bannmae.paper.errors import PaperError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bannmae.paper.fonts import PaperFont
    from bannmae.paper.pdf import Picture

# WeasyPrint makes Pillow accept cut-off files, for the whole process: photo intake must not.
ImageFile.LOAD_TRUNCATED_IMAGES = False

PICTURE_SCHEME = "picture:"
_PICTURE_TYPES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
}
_KEPT_FONTS = 4
_local = threading.local()


def render(
    pages_of_html: Sequence[str],
    *,
    font: PaperFont,
    stylesheet: str,
    pictures: Mapping[str, Picture],
    folders: Sequence[Path],
    pdf_variant: str | None,
    title: str,
    author: str,
) -> bytes:
    """Lay out each HTML text by itself and return them as one PDF, each with its own page count.

    Raises:
        PaperError: a text asks for an address that may not be read, or there is no text.
    """
    if not pages_of_html:
        raise PaperError("nothing to print")
    config, sheets = _typesetting(font, stylesheet)
    fetcher = _Fetcher(pictures, folders)
    try:
        documents = [
            weasyprint.HTML(string=html, url_fetcher=fetcher).render(
                font_config=config, stylesheets=sheets, cache=fetcher.images
            )
            for html in pages_of_html
        ]
        whole: Document = documents[0]
        if len(documents) > 1:
            whole = whole.copy([page for document in documents for page in document.pages])
        whole.metadata.title = title
        whole.metadata.authors = [author] if author else []
        whole.metadata.lang = "th"
        data: bytes = whole.write_pdf(pdf_variant=pdf_variant, cache=fetcher.images)
    except FatalURLFetchingError as error:
        raise PaperError(str(error)) from error
    if fetcher.refused:
        # Inside an SVG WeasyPrint only logs it; a template that asks for such a thing is wrong.
        raise PaperError(fetcher.refused[0])
    return data


class _Fetcher:
    """Answers WeasyPrint's requests: pictures of the caller, files of allowed folders, no more."""

    # WeasyPrint's own name: a picture that cannot be had is not the end of the paper.
    _fail_on_errors = False

    def __init__(self, pictures: Mapping[str, Picture], folders: Sequence[Path]) -> None:
        self._pictures = pictures
        self._folders = [folder.resolve() for folder in folders]
        self.images: dict[str, Any] = {}
        self.refused: list[str] = []

    def __call__(self, url: str) -> URLFetcherResponse:
        """Return what stands at `url`; anything not allowed stops the rendering."""
        try:
            if url.startswith(PICTURE_SCHEME):
                return self._picture(url)
            if url.startswith("data:"):
                return _data(url)
            if url.startswith("file:"):
                return self._file(url)
            raise PaperError(f"a paper may not fetch {urlsplit(url).scheme or 'this'}: URLs")
        except PaperError as error:
            self.refused.append(str(error))
            raise FatalURLFetchingError(str(error)) from error

    def _picture(self, url: str) -> URLFetcherResponse:
        data = self._pictures.get(unquote(url.removeprefix(PICTURE_SCHEME)))
        if data is None:
            raise PaperError(f"no picture was handed in for {url}")
        if isinstance(data, Future):
            try:
                data = data.result()
            except PaperError as error:
                # Not what was asked wrongly: the photo is lost, and its `alt` says so.
                raise URLFetchingError(str(error)) from error
        return URLFetcherResponse(url, data, {"Content-Type": _content_type(data)})

    def _file(self, url: str) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.netloc or not any(path.is_relative_to(folder) for folder in self._folders):
            raise PaperError("a paper may not read files outside its folders")
        try:
            return URLFetcherResponse(url, path.read_bytes())
        except OSError as error:
            raise PaperError(f"{path.name} cannot be read") from error


def _data(url: str) -> URLFetcherResponse:
    """Return the picture inside a data: URL."""
    head, comma, body = url.partition(",")
    if not head.startswith("data:image/") or not comma:
        raise PaperError("a paper takes only pictures as data: URLs")
    data = unquote_to_bytes(body)
    if head.endswith(";base64"):
        try:
            data = base64.b64decode(data, validate=True)
        except ValueError as error:
            raise PaperError("unreadable data: URL") from error
    media_type = head.removeprefix("data:").partition(";")[0]
    return URLFetcherResponse(url, data, {"Content-Type": media_type})


def _content_type(data: bytes) -> str:
    """Return the media type by content."""
    for head, media_type in _PICTURE_TYPES.items():
        if data.startswith(head):
            return media_type
    return "image/svg+xml" if b"<svg" in data[:1000] else "application/octet-stream"


def _typesetting(
    font: PaperFont, stylesheet: str
) -> tuple[FontConfiguration, list[weasyprint.CSS]]:
    """Return this thread's font map and parsed stylesheet for `font`, made once."""
    kept: dict[tuple[PaperFont, int, str], tuple[FontConfiguration, list[weasyprint.CSS]]]
    kept = _local.__dict__.setdefault("kept", {})
    # The time of the file too: an office that uploads a better font keeps its name.
    changed = font.regular.stat().st_mtime_ns + (font.bold.stat().st_mtime_ns if font.bold else 0)
    digest = hashlib.sha256(stylesheet.encode()).hexdigest()
    key = (font, changed, digest)
    if key not in kept:
        while len(kept) >= _KEPT_FONTS:
            del kept[next(iter(kept))]
        config = FontConfiguration()
        folders = [path.parent for path in (font.regular, font.bold) if path]
        sheet = weasyprint.CSS(
            string=_font_faces(font) + stylesheet,
            font_config=config,
            url_fetcher=_Fetcher({}, folders),
        )
        kept[key] = (config, [sheet])
    return kept[key]


def _font_faces(font: PaperFont) -> str:
    """Return the rules that make the family 'Paper' of the font's files."""
    faces = [(font.regular, "normal")] + ([(font.bold, "bold")] if font.bold else [])
    return "".join(
        f'@font-face{{font-family:"Paper";font-weight:{weight};src:url("{path.resolve().as_uri()}")}}'
        for path, weight in faces
    )


def _with_source_text(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's line drawing so that the line also says which text it shows."""

    def draw_first_line(stream: Any, textbox: Any, *arguments: Any) -> Any:
        text: str = textbox.text
        # ASCII maps one glyph to one letter anyway (its ligatures are named in the font).
        if text.isascii() or not text.strip():
            return draw(stream, textbox, *arguments)
        # What keeps a line together is layout: who copies the text wants plain spaces.
        source = text.replace("\u00a0", " ").encode("utf-16-be").hex()
        stream.begin_marked_content("Span", f"<</ActualText <FEFF{source}>>>".encode())
        try:
            return draw(stream, textbox, *arguments)
        finally:
            stream.end_marked_content()

    draw_first_line.__wrapped__ = draw  # type: ignore[attr-defined]
    return draw_first_line


def _closed_profile(file_object: BinaryIO, *arguments: Any) -> ColorProfile:
    """Read a colour profile and close its file, which WeasyPrint leaves open."""
    with file_object:
        return ColorProfile(file_object, *arguments)


weasyprint_pdf.ColorProfile = _closed_profile
# A private function of WeasyPrint, hence its exact pin and the test that reads a PDF back.
if not hasattr(draw_text.draw_first_line, "__wrapped__"):
    draw_text.draw_first_line = _with_source_text(draw_text.draw_first_line)
