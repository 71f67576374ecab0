from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0009_slip_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="noticeentry",
            name="fields",
            field=models.JSONField(blank=True, default=list, verbose_name="ช่องที่แก้"),
        ),
    ]
