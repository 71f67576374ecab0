"""The categories to begin with."""

from django.db import migrations

# (slug, kind, name, division, location)
CATEGORIES = [
    ("road", "complaint", "ถนน/ทางเท้าชำรุด", "engineering", "optional"),
    ("street-light", "complaint", "ไฟฟ้าสาธารณะ", "engineering", "optional"),
    ("water-supply", "complaint", "ประปา/น้ำอุปโภคบริโภค", "engineering", "optional"),
    ("drain-flood", "complaint", "ท่อ/รางระบายน้ำ น้ำท่วมขัง", "engineering", "optional"),
    ("garbage", "complaint", "ขยะมูลฝอย", "health", "optional"),
    ("trees", "complaint", "ต้นไม้/กิ่งไม้กีดขวางหรือเสี่ยงล้ม", "disaster", "optional"),
    ("noise", "grievance", "เสียงดังรบกวน", "health", "optional"),
    ("smell-smoke", "grievance", "กลิ่นเหม็น ควัน การเผา", "health", "optional"),
    ("animals", "complaint", "สัตว์จรจัด/สัตว์ดุร้าย", "health", "optional"),
    ("waste-water", "grievance", "น้ำเสีย", "health", "optional"),
    ("mosquito-disease", "complaint", "ยุง/โรคระบาด", "health", "optional"),
    ("encroachment", "complaint", "ป้าย/สิ่งกีดขวาง/รุกล้ำที่สาธารณะ", "engineering", "optional"),
    ("building", "complaint", "อาคาร/การก่อสร้าง", "engineering", "optional"),
    ("traffic", "complaint", "จราจร/จุดเสี่ยง", "engineering", "optional"),
    ("welfare", "grievance", "สวัสดิการ", "welfare", "off"),
    ("nuisance", "grievance", "เหตุรำคาญอื่น", "health", "optional"),
    ("dispute", "grievance", "ข้อพิพาท", "legal", "optional"),
    ("misconduct", "complaint", "ทุจริต/พฤติกรรมเจ้าหน้าที่", "legal", "off"),
    ("other", "complaint", "เรื่องอื่น ๆ", "legal", "optional"),
    ("suggestion", "complaint", "ชมเชย/ข้อเสนอแนะ", "legal", "off"),
    ("request-garbage", "request", "ขอให้จัดเก็บขยะ", "health", "optional"),
    ("request-water", "request", "ขอน้ำอุปโภคบริโภค", "disaster", "optional"),
    ("request-equipment", "request", "ขอยืมวัสดุอุปกรณ์ (โต๊ะ เก้าอี้ เต็นท์)", "clerk-office", "off"),
    ("request-tree", "request", "ขอตัดต้นไม้/กิ่งไม้", "disaster", "optional"),
    ("request-light", "request", "ขอติดตั้ง/ซ่อมไฟฟ้าสาธารณะ", "engineering", "optional"),
    ("request-information", "request", "ขอข้อมูลข่าวสาร", "public-relations", "off"),
    ("request-other", "request", "ขอรับบริการอื่น ๆ", "legal", "optional"),
]


def load(apps, schema_editor):
    division = {one.slug: one for one in apps.get_model("bannmae", "Division").objects.all()}
    category = apps.get_model("complaints", "Category")
    for order, (slug, kind, name, responsible, location) in enumerate(CATEGORIES):
        category.objects.create(
            slug=slug,
            kind=kind,
            name=name,
            division=division[responsible],
            location=location,
            restricted=slug == "misconduct",
            order=order * 10,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0002_search"),
        ("bannmae", "0002_starting_data"),
    ]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
