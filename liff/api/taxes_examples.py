"""Examples of taxes for the published schema. Nobody's."""

from __future__ import annotations

from typing import Any

PROOF = {"national_id": "1-2345-67890-12-1", "number": "123/2570"}
TAXES: dict[str, Any] = {
    "proofs": [{"id": 7, "name": "นางสมศรี ใจดี", "at": "2027-03-02T09:30:00+07:00"}],
    "taxes": [
        {
            "id": 42,
            "proof": 7,
            "revenue": "land_building_tax",
            "revenue_name": "ภาษีที่ดินและสิ่งปลูกสร้าง",
            "year": 2570,
            "number": "123/2570",
            "amount": "1000.00",
            "rest": "1000.00",
            "due_on": "2027-04-30",
            "is_overdue": True,
            "state": "unpaid",
            "state_label": "ยังไม่ชำระ",
            "estimate": {
                "as_of": "2027-05-02",
                "penalty": "100.00",
                "penalty_percent": "10.00",
                "interest": "10.00",
                "interest_months": 1,
                "surcharge": "110.00",
                "total": "1110.00",
                "note": "ประมาณการ ยอดจริงให้ถือตามที่กองคลังแจ้ง",
            },
            "payment_url": "/liff/payment?assessment=42",
        }
    ],
}
