"""Why a picture or a scan is refused. `str()` of each is a Thai message for its sender."""

from __future__ import annotations


class FileRefused(ValueError):
    """The file is not taken in; nothing of it was stored.

    `status` is the HTTP status that says so, `code` a fixed word for programs.
    """

    status = 400
    code = "file_refused"


class PhotoTypeNotAllowed(FileRefused):
    """The content is of no accepted type, whatever its name says."""

    status = 415
    code = "type_not_allowed"


class PhotoTooLarge(FileRefused):
    """Too many bytes."""

    status = 413
    code = "too_large"


class UnreadablePhoto(FileRefused):
    """An accepted type that cannot be decoded within the limits."""

    status = 400
    code = "unreadable"


class Busy(FileRefused):
    """Nothing is wrong with the file: too many others are being read. Send it again soon.

    `retry_after`: seconds.
    """

    status = 503
    code = "busy"
    retry_after = 5

    def __init__(self) -> None:
        """Say so in Thai."""
        super().__init__("ขณะนี้มีผู้ส่งไฟล์พร้อมกันจำนวนมาก กรุณารอสักครู่แล้วลองอีกครั้ง")
