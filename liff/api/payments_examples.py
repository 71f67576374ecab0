"""Examples of payments for the published schema. Nobody's."""

from __future__ import annotations

from typing import Any

from liff.api.examples import PHOTO, ROOT

REVENUE = {
    "slug": "land_building_tax",
    "name": "ภาษีที่ดินและสิ่งปลูกสร้าง",
    "paper_name": "ภาษีที่ดินและสิ่งปลูกสร้าง",
    "period": "year",
    "reference_label": "เลขที่ ภ.ด.ส.6 หรือรหัส ผ.ท.4 หรือเลขที่แปลง/บ้าน",
    "asks": ["fiscal_year", "reference"],
}
NOTICE: dict[str, Any] = {
    "revenue": "land_building_tax",
    "fiscal_year": 2569,
    "payer_name": "สมศรี ใจดี",
    "reference": "ภ.ด.ส.6 เลขที่ 123/2569",
    "phone": "081-234-5678",
    "amount": "1,250.50",
    "slip": PHOTO,
}
ASKED = {
    "number": "R69-0007",
    "revenue": "garbage_fee",
    "revenue_name": "ค่าเก็บขยะ",
    "what_for": "ค่าเก็บขยะ ม.ค.–มี.ค. 2569",
    "amount": "450.00",
    "reference": "",
    "fiscal_year": None,
    "months": ["2026-01", "2026-02", "2026-03"],
}
BRIEF = {"number": "69-0042", "status": "received", "status_label": "ได้รับหลักฐานแล้ว"}
RECEIPT = {
    "number": "เล่มที่ ภด 1/2570 เลขที่ 7",
    "issued_on": "2026-11-23",
    "revenue_name": "ภาษีที่ดินและสิ่งปลูกสร้าง",
    "total": "1250.50",
    "is_void": False,
    "url": f"{ROOT}/receipts/{PHOTO}.pdf",
}
LISTED = BRIEF | {
    "status": "receipted",
    "status_label": "ออกใบเสร็จรับเงินแล้ว",
    "revenue": "land_building_tax",
    "revenue_name": "ภาษีที่ดินและสิ่งปลูกสร้าง",
    "amount": "1250.50",
    "created_at": "2026-11-21T10:15:00+07:00",
    "paid_at": None,
    "reason": "",
    "asked": "",
    "slip_again": False,
    "receipt_url": RECEIPT["url"],
    "receipts": [RECEIPT],
}
WHOLE = LISTED | {
    "fiscal_year": 2569,
    "months": [],
    "payer_name": NOTICE["payer_name"],
    "reference": NOTICE["reference"],
    "phone": "0812345678",
    "slips": 1,
    "timeline": [
        {
            "at": "2026-11-21T10:15:00+07:00",
            "kind": "received",
            "status_label": "ได้รับหลักฐานแล้ว",
            "note": "",
        },
        {
            "at": "2026-11-23T09:30:00+07:00",
            "kind": "receipted",
            "status_label": "ออกใบเสร็จรับเงินแล้ว",
            "note": "",
        },
    ],
}
