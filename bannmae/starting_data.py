"""The starting set for Ban Mae: what a data migration loads once, and staff edit afterwards.

Only what is known: no phone number, bank account or person is invented.
"""

from __future__ import annotations

# (slug, parent, name, short name, sees all complaints)
DIVISIONS = [
    ("executives", None, "ผู้บริหาร", "ผู้บริหาร", True),
    ("clerk-office", None, "สำนักปลัดเทศบาล", "สำนักปลัด", False),
    ("legal", "clerk-office", "งานนิติการ", "งานนิติการ", True),
    ("disaster", "clerk-office", "งานป้องกันและบรรเทาสาธารณภัย", "งานป้องกันฯ", False),
    ("finance", None, "กองคลัง", "กองคลัง", False),
    ("revenue", "finance", "งานจัดเก็บรายได้", "งานจัดเก็บรายได้", False),
    ("engineering", None, "กองช่าง", "กองช่าง", False),
    ("health", None, "กองสาธารณสุขและสิ่งแวดล้อม", "กองสาธารณสุข", False),
    ("welfare", None, "กองสวัสดิการสังคม", "กองสวัสดิการสังคม", False),
    ("education", None, "กองการศึกษา", "กองการศึกษา", False),
    ("strategy", None, "กองยุทธศาสตร์และงบประมาณ", "กองยุทธศาสตร์ฯ", False),
    ("public-relations", "strategy", "งานประชาสัมพันธ์", "งานประชาสัมพันธ์", False),
]

# Public holidays on fixed days; those of the moon and the cabinet's extra ones are added by
# staff each year from the announcement.
FIXED_HOLIDAYS = [
    (1, 1, "วันขึ้นปีใหม่"),
    (4, 6, "วันจักรี"),
    (4, 13, "วันสงกรานต์"),
    (4, 14, "วันสงกรานต์"),
    (4, 15, "วันสงกรานต์"),
    (5, 4, "วันฉัตรมงคล"),
    (6, 3, "วันเฉลิมพระชนมพรรษาสมเด็จพระนางเจ้าฯ พระบรมราชินี"),
    (7, 28, "วันเฉลิมพระชนมพรรษาพระบาทสมเด็จพระเจ้าอยู่หัว"),
    (8, 12, "วันแม่แห่งชาติ"),
    (10, 13, "วันนวมินทรมหาราช"),
    (10, 23, "วันปิยมหาราช"),
    (12, 5, "วันพ่อแห่งชาติ"),
    (12, 10, "วันรัฐธรรมนูญ"),
    (12, 31, "วันสิ้นปี"),
]
HOLIDAY_YEARS = (2026, 2027)  # Gregorian

PROFILE = {
    "address": "ตำบลบ้านแม อำเภอสันป่าตอง จังหวัดเชียงใหม่",
    "office_hours": "วันจันทร์–ศุกร์ เวลา 08.30–16.30 น. (เว้นวันหยุดราชการ)",
    # No page of its own is known: a search finds it wherever it is.
    "facebook_url": (
        "https://www.facebook.com/search/top?q="
        "%E0%B9%80%E0%B8%97%E0%B8%A8%E0%B8%9A%E0%B8%B2%E0%B8%A5"
        "%E0%B8%95%E0%B8%B3%E0%B8%9A%E0%B8%A5%E0%B8%9A%E0%B9%89%E0%B8%B2%E0%B8%99"
        "%E0%B9%81%E0%B8%A1"
    ),
}

SIGNATORIES = [
    ("head", "หัวหน้าสำนักปลัดเทศบาล"),
    ("clerk", "ปลัดเทศบาลตำบลบ้านแม"),
    ("mayor", "นายกเทศมนตรีตำบลบ้านแม"),
]
