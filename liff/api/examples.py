"""Examples for the published schema. Nobody's: the ID is an example's, the phone too."""

from __future__ import annotations

from typing import Any

ROOT = "https://line.banmae.example"
PHOTO = "kJ3l5yq0mB4vT9wXz1sR7uQnE2aHcGdP6fLoYiKtVbM"

SESSION = {"display_name": "สมศรี", "expires_at": "2026-11-21T22:30:00+07:00"}
ME = {
    "display_name": "สมศรี",
    "reporter": {
        "full_name": "สมศรี ใจดี",
        "phone": "0812345678",
        "email": "",
        "address": "12 หมู่ 3 ตำบลบ้านแม",
        "national_id": "x-xxxx-xxxxx-12-1",
    },
}
CATEGORY = {
    "slug": "road",
    "kind": "complaint",
    "name": "ถนน/ทางเท้าชำรุด",
    "national_id": "optional",
    "location": "optional",
}
UPLOAD = {
    "id": PHOTO,
    "width": 2048,
    "height": 1536,
    "thumbnail_url": f"{ROOT}/api/v1/photos/{PHOTO}/thumbnail",
    "latitude": 18.6137,
    "longitude": 98.8936,
    "taken_at": "2026-11-21T09:58:12+07:00",
}
COMPLAINT: dict[str, Any] = {
    "category": "road",
    "subject": "ถนนเป็นหลุมหน้าวัด",
    "details": "หลุมลึกประมาณ 20 เซนติเมตร รถล้มแล้วสองคัน",
    "incident_at": "2026-11-21T08:00:00+07:00",
    "latitude": 18.6137,
    "longitude": 98.8936,
    "accuracy_m": 12,
    "village": 3,
    "place": "หน้าวัดบ้านแม",
    "hide_name": False,
    "reporter": {
        "full_name": "สมศรี ใจดี",
        "phone": "081-234-5678",
        "national_id": "1-2345-67890-12-1",
        "address": "12 หมู่ 3 ตำบลบ้านแม",
    },
    "photos": [PHOTO],
    "notice_acknowledged": True,
}
BRIEF = {
    "number": "69-0042",
    "status": "received",
    "status_label": "รับเรื่องแล้ว",
    "track_url": f"{ROOT}/liff/track/69-0042",
}
LISTED = BRIEF | {
    "subject": COMPLAINT["subject"],
    "category": "road",
    "category_name": "ถนน/ทางเท้าชำรุด",
    "kind": "complaint",
    "created_at": "2026-11-21T10:15:00+07:00",
    "due_on": "2026-12-07",
}
_PICTURE = {
    "url": f"{ROOT}/api/v1/photos/{PHOTO}",
    "thumbnail_url": f"{ROOT}/api/v1/photos/{PHOTO}/thumbnail",
    "width": 2048,
    "height": 1536,
}
CASE = LISTED | {
    "details": COMPLAINT["details"],
    "division": "กองช่าง",
    "incident_at": COMPLAINT["incident_at"],
    "village": 3,
    "place": COMPLAINT["place"],
    "latitude": 18.6137,
    "longitude": 98.8936,
    "accuracy_m": 12,
    "hide_name": False,
    "actions": ["additions", "withdraw"],
    "photos": [_PICTURE],
    "timeline": [
        {
            "at": "2026-11-21T10:15:00+07:00",
            "kind": "status",
            "status": "received",
            "status_label": "รับเรื่องแล้ว",
            "note": "",
            "photos": [],
        }
    ],
}
