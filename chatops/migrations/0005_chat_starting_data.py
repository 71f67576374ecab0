"""Topics, the texts of the chat desk and its settings, to begin with."""

from django.db import migrations

from chatops.starting_data import AUTO_TEXTS, CANNED_REPLIES, TOPICS


def load(apps, schema_editor):
    divisions = {one.slug: one for one in apps.get_model("bannmae", "Division").objects.all()}
    topic = apps.get_model("chatops", "Topic")
    for order, (slug, name, division, restricted, words) in enumerate(TOPICS):
        # A municipality that has taken one of the starting divisions away chooses for itself.
        owner = divisions.get(division) or next(iter(divisions.values()), None)
        if owner is not None:
            topic.objects.create(
                slug=slug,
                name=name,
                division=owner,
                restricted=restricted,
                words="\n".join(words.split()),
                order=order * 10,
            )
    for key, title, text in AUTO_TEXTS:
        apps.get_model("chatops", "AutoText").objects.get_or_create(
            key=key, defaults={"title": title, "text": text}
        )
    for order, (title, text) in enumerate(CANNED_REPLIES):
        apps.get_model("chatops", "CannedReply").objects.create(
            title=title, text=text, order=order * 10
        )
    apps.get_model("chatops", "ChatSettings").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("chatops", "0004_chat_desk"), ("bannmae", "0002_starting_data")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
