"""The kinds of revenue that every municipality has, and who signs for กองคลัง."""

from django.db import migrations

from payments.starting_data import REVENUES


def load(apps, schema_editor):
    revenue = apps.get_model("payments", "Revenue")
    for order, row in enumerate(REVENUES, 1):
        slug, name, menu_name, series, period, reference_label, has_households = row
        revenue.objects.create(
            slug=slug,
            name=name,
            menu_name=menu_name,
            series=series,
            period=period,
            reference_label=reference_label,
            has_households=has_households,
            order=order,
        )
    signatory = apps.get_model("bannmae", "Signatory")
    if not signatory.objects.filter(office="finance").exists():
        signatory.objects.create(office="finance", title="ผู้อำนวยการกองคลัง")


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_payments"), ("bannmae", "0005_finance_and_money")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
