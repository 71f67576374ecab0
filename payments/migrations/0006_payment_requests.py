"""Number payment requests, ask each once; find slips that look alike by number alone."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_assessments_to_confirm")]

    operations = [
        migrations.CreateModel(
            name="RequestSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="ปี พ.ศ.")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="เลขล่าสุด")),
            ],
            options={"verbose_name": "เลขใบแจ้งยอด", "verbose_name_plural": "เลขใบแจ้งยอด"},
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="filing_key",
            # No request was ever made before this.
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="sliplikeness", name="likeness_once"),
        migrations.RemoveIndex(model_name="sliplikeness", name="likeness_lookup"),
        migrations.RemoveField(model_name="sliplikeness", name="band"),
        migrations.AddConstraint(
            model_name="sliplikeness",
            constraint=models.UniqueConstraint(fields=("value", "slip"), name="likeness_once"),
        ),
    ]
