"""The main channel, and the first words of the automatic texts."""

from django.db import migrations

TEXTS = [
    (
        "greeting",
        "เพิ่มเพื่อน",
        "สวัสดีค่ะ ยินดีต้อนรับสู่ LINE ของ{municipality}\n"
        "แตะเมนูด้านล่างเพื่อแจ้งเรื่อง ขอรับบริการ ติดตามสถานะ หรือติดต่อเทศบาล\n"
        "เหตุฉุกเฉินโปรดโทร 1669 (เจ็บป่วย) 191 (เหตุร้าย) 199 (ไฟไหม้)",
    ),
    (
        "free_text",
        "พิมพ์ข้อความทั่วไป",
        "ได้รับข้อความของท่านแล้ว\n"
        "ที่แชตนี้ท่านแจ้งเรื่องร้องเรียน/ร้องทุกข์ ขอรับบริการ และติดตามสถานะได้ โดยแตะเมนูด้านล่าง\n"
        "ติดต่อเจ้าหน้าที่: {municipality} โทร. {phone} {office_hours}\n"
        "เหตุฉุกเฉินโปรดโทร 1669 · 191 · 199",
    ),
    (
        "welfare",
        "แตะเมนูสวัสดิการประชาชน",
        "สวัสดิการประชาชน (เบี้ยผู้สูงอายุ เบี้ยความพิการ เด็กแรกเกิด และอื่น ๆ)\n"
        "พิมพ์คำถามและรายละเอียดในช่องแชตได้เลย เจ้าหน้าที่จะตอบกลับในเวลาทำการ {office_hours}\n"
        "โปรดอย่าพิมพ์เลขบัตรประชาชนหรือข้อมูลสุขภาพในแชต",
    ),
]


def load(apps, schema_editor):
    apps.get_model("chatops", "Channel").objects.create(slug="main", name="บัญชีหลัก")
    for key, title, text in TEXTS:
        apps.get_model("chatops", "AutoText").objects.create(key=key, title=title, text=text)


class Migration(migrations.Migration):
    dependencies = [("chatops", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
