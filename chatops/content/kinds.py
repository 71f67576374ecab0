"""What a file is, by its own bytes: neither its name nor its sender is asked."""

from __future__ import annotations

from bannmae.media.reading import is_pdf, picture_format

#: Bytes at the beginning of a file that `media_type` wants to see.
HEAD = 512
UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
PICTURE = "image/jpeg"
#: Types that a browser plays in the page; nothing in them can run.
PLAYED = frozenset(
    {"video/mp4", "audio/mp4", "audio/mpeg", "audio/aac", "audio/ogg", "audio/wav"},
)

_PICTURES = {
    "JPEG": PICTURE,
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
_BEGINNINGS = (
    (b"PK\x03\x04", "application/zip"),  # also DOCX, XLSX and their like
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # the old Office
    (b"GIF8", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)
_ENDINGS = {
    PDF: ".pdf",
    PICTURE: ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/aac": ".aac",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "application/zip": ".zip",
}


def media_type(head: bytes, kind: str) -> str:
    """Return the media type that the first HEAD bytes of a file say.

    `kind` is the message's: MP4 holds voice alone or pictures too, and looks the same.

    >>> media_type(b"\\0\\0\\0\\x18ftypM4A ", "audio"), media_type(b"<html><script>", "file")
    ('audio/mp4', 'application/octet-stream')
    """
    picture = picture_format(head)
    if picture is not None:
        return _PICTURES[picture]
    if is_pdf(head):
        return PDF
    if head[4:8] == b"ftyp":
        return "audio/mp4" if kind == "audio" or head[8:12] == b"M4A " else "video/mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:1] == b"\xff" and len(head) > 1:
        # An MPEG frame begins with eleven set bits; layer 0 of them is AAC's.
        if head[1] & 0xF6 == 0xF0:
            return "audio/aac"
        if head[1] & 0xE0 == 0xE0 and head[1] & 0x06 == 0x02:
            return "audio/mpeg"
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    return UNKNOWN


def ending_of(content_type: str) -> str:
    """Return the usual ending of a file of that type, '.bin' where there is none."""
    return _ENDINGS.get(content_type, ".bin")
