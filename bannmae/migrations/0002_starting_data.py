"""Load divisions, holidays, profile and signatories to begin with."""

from datetime import date

from django.db import migrations

from bannmae.starting_data import (
    DIVISIONS,
    FIXED_HOLIDAYS,
    HOLIDAY_YEARS,
    PROFILE,
    SIGNATORIES,
)


def load(apps, schema_editor):
    division = apps.get_model("bannmae", "Division")
    made = {}
    for order, (slug, parent, name, short_name, sees_all) in enumerate(DIVISIONS):
        made[slug] = division.objects.create(
            slug=slug,
            parent=made.get(parent),
            name=name,
            short_name=short_name,
            sees_all_complaints=sees_all,
            order=order * 10,
        )
    holiday = apps.get_model("bannmae", "Holiday")
    for year in HOLIDAY_YEARS:
        for month, day, name in FIXED_HOLIDAYS:
            holiday.objects.create(date=date(year, month, day), name=name)
    apps.get_model("bannmae", "Municipality").objects.create(pk=1, **PROFILE)
    signatory = apps.get_model("bannmae", "Signatory")
    for office, title in SIGNATORIES:
        signatory.objects.create(office=office, title=title)


class Migration(migrations.Migration):
    dependencies = [("bannmae", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
