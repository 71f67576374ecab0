"""What the chat waits for gets columns of its own: `asked` holds what an officer has asked alone."""

from django.db import migrations, models

# What stood in `asked` where the payer had taken her only slip back.
IN_ASKED = "ภาพสลิปการโอน (ภาพเดิมถูกยกเลิกในแชตแล้ว)"


def into_column(apps, schema_editor):
    notices = apps.get_model("payments", "PaymentNotice").objects.filter(asked=IN_ASKED)
    notices.update(asked="", slip_again=True)


def into_asked(apps, schema_editor):
    notices = apps.get_model("payments", "PaymentNotice").objects
    notices.filter(asked="", slip_again=True).update(asked=IN_ASKED)


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_register_file")]

    operations = [
        migrations.AddField(
            model_name="paymentnotice",
            name="slip_again",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="paymentnotice",
            name="asked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(into_column, into_asked),
    ]
