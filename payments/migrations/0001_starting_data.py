"""The first words of what the chat says of taxes and fees."""

from django.db import migrations

TEXTS = [
    (
        "tax",
        "แตะเมนูแจ้งชำระภาษี",
        "แจ้งชำระภาษี (ภาษีที่ดินและสิ่งปลูกสร้าง ภาษีป้าย)\n"
        "ส่งภาพสลิปการโอนในแชตนี้ พร้อมพิมพ์ชื่อผู้ชำระ ประเภทภาษี ปีภาษี และเบอร์โทรศัพท์\n"
        "{payment_instructions}",
    ),
    (
        "garbage",
        "แตะเมนูแจ้งชำระค่าเก็บขยะ",
        "แจ้งชำระค่าเก็บขยะ\n"
        "ส่งภาพสลิปการโอนในแชตนี้ พร้อมพิมพ์ชื่อผู้ชำระ บ้านเลขที่ หมู่ที่ เดือนที่ชำระ และเบอร์โทรศัพท์\n"
        "{payment_instructions}",
    ),
]


def load(apps, schema_editor):
    for key, title, text in TEXTS:
        apps.get_model("chatops", "AutoText").objects.create(key=key, title=title, text=text)


class Migration(migrations.Migration):
    dependencies = [("chatops", "0002_starting_data")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
