from django.db import migrations, models

import bannmae.map_tiles


class Migration(migrations.Migration):
    dependencies = [("bannmae", "0003_map_attribution")]

    operations = [
        migrations.AlterField(
            model_name="municipality",
            name="map_tiles_url",
            field=models.CharField(
                blank=True,
                default="https://tile.openstreetmap.org/{z}/{x}/{y}.png",
                help_text="ว่าง = ไม่โหลดภาพแผนที่จากที่อื่น",
                max_length=300,
                validators=[bannmae.map_tiles.check_tiles_url],
                verbose_name="ที่อยู่ภาพแผนที่",
            ),
        ),
    ]
