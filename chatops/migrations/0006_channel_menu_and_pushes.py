
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chatops", "0005_chat_starting_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="menu_entries",
            field=models.JSONField(blank=True, default=list, verbose_name="เมนูของบัญชีนี้"),
        ),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(("sent_via", "push")), fields=["sent_at"], name="outbound_pushed"
            ),
        ),
    ]
