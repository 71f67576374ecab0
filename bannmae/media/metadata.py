"""Where and when a picture was taken, and how it must be turned, as its EXIF block says.

Metadata is a hint from a stranger: whatever is wrong with it, the answer is None.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_BANGKOK = ZoneInfo("Asia/Bangkok")


@dataclass(frozen=True, slots=True)
class Metadata:
    """`orientation` as in EXIF (1–8); position in degrees (WGS 84, 6 places); `taken_at` aware."""

    orientation: int = 1
    latitude: float | None = None
    longitude: float | None = None
    taken_at: dt.datetime | None = None


def read_metadata(picture: Image.Image) -> Metadata:
    """Return what the EXIF block of an opened picture says; never raises."""
    try:
        exif = picture.getexif()
        orientation = exif.get(Base.Orientation, 1)
    except Exception:
        return Metadata()
    latitude, longitude = _position(exif)
    return Metadata(
        orientation=orientation if orientation in range(1, 9) else 1,
        latitude=latitude,
        longitude=longitude,
        taken_at=_taken_at(exif),
    )


def _position(exif: Image.Exif) -> tuple[float, float] | tuple[None, None]:
    try:
        gps = exif.get_ifd(IFD.GPSInfo)
        latitude = _degrees(gps, GPS.GPSLatitude, GPS.GPSLatitudeRef, {"N": 1, "S": -1}, 90)
        longitude = _degrees(gps, GPS.GPSLongitude, GPS.GPSLongitudeRef, {"E": 1, "W": -1}, 180)
    except Exception:
        return None, None
    if latitude is None or longitude is None:
        return None, None
    # Cameras without a fix write zeros.
    return (latitude, longitude) if latitude or longitude else (None, None)


def _degrees(
    gps: Mapping[int, Any], value_tag: int, side_tag: int, sides: Mapping[str, int], limit: int
) -> float | None:
    parts = [float(part) for part in gps[value_tag]]
    side = sides[str(gps[side_tag]).strip("\x00 ").upper()]
    if not 1 <= len(parts) <= 3 or not all(math.isfinite(part) and part >= 0 for part in parts):
        return None
    degrees = side * sum(part / 60**place for place, part in enumerate(parts))
    return round(degrees, 6) if abs(degrees) <= limit else None


def _taken_at(exif: Image.Exif) -> dt.datetime | None:
    try:
        details = exif.get_ifd(IFD.Exif)
        text = details.get(Base.DateTimeOriginal) or details[Base.DateTimeDigitized]
        # Without a zone: the camera's own clock.
        taken = dt.datetime.strptime(  # noqa: DTZ007
            str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S"
        )
        offset = str(details.get(Base.OffsetTimeOriginal) or "").strip("\x00 ")
    except Exception:
        return None
    try:
        # An offset like '+07:00'; without a good one the camera ran on the local clock.
        zone = dt.datetime.strptime(offset, "%z").tzinfo
    except ValueError:
        zone = _BANGKOK
    return taken.replace(tzinfo=zone)
