"""The knowledge base to begin with, and what tells an edit from what a file said."""

from django.db import migrations, models

from chatops.answers.knowledge_base import load_starting_rows


def load(apps, schema_editor):
    load_starting_rows(
        {
            "Division": apps.get_model("bannmae", "Division"),
            "Topic": apps.get_model("chatops", "Topic"),
            "KnowledgeRow": apps.get_model("chatops", "KnowledgeRow"),
            "KnowledgePhrase": apps.get_model("chatops", "KnowledgePhrase"),
        }
    )


class Migration(migrations.Migration):
    dependencies = [("chatops", "0007_staff_link_attempts"), ("bannmae", "0002_starting_data")]
    operations = [
        migrations.AddField(
            "knowledgerow",
            "file_digest",
            models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
