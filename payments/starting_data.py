"""The starting kinds of revenue: loaded once, edited by กองคลัง afterwards."""

from __future__ import annotations

# (slug, name on paper, name that residents see, series, period, reference, households)
REVENUES = [
    (
        "land_building_tax",
        "ภาษีที่ดินและสิ่งปลูกสร้าง",
        "ภาษีที่ดินและสิ่งปลูกสร้าง",
        "ภด",
        "year",
        "เลขที่ ภ.ด.ส.6 หรือรหัส ผ.ท.4 หรือเลขที่แปลง/บ้าน",
        False,
    ),
    ("signboard_tax", "ภาษีป้าย", "ภาษีป้าย", "ภป", "year", "เลขที่ ภ.ป.3 หรือชื่อร้าน/ป้าย", False),
    (
        "garbage_fee",
        "ค่าธรรมเนียมเก็บและขนมูลฝอย",
        "ค่าเก็บขยะ",
        "ขย",
        "months",
        "บ้านเลขที่และหมู่ที่",
        True,
    ),
    ("other", "รายได้อื่น", "ค่าธรรมเนียมและรายได้อื่น", "อื่น", "none", "เลขที่ใบแจ้งหรือเลขอ้างอิง", False),
]
