"""Numbers that run through a year: taken inside the transaction that uses them."""

from __future__ import annotations

from django.db import connection, models


class YearSeries(models.Model):
    """The last number given in a year (Buddhist era). Each room has a table of its own."""

    year = models.PositiveSmallIntegerField("ปี พ.ศ.", unique=True)
    last = models.PositiveIntegerField("เลขล่าสุด", default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def take(cls, year: int) -> int:
        """Return the next number of `year` (Buddhist era), which this transaction then holds.

        One statement, understood by SQLite and PostgreSQL alike; the row stays locked until
        the transaction ends, so a number that was rolled back is taken again by the next.
        """
        table = connection.ops.quote_name(cls._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (year, last) VALUES (%s, 1) "  # noqa: S608 - our own name
                f"ON CONFLICT (year) DO UPDATE SET last = {table}.last + 1 RETURNING last",
                [year],
            )
            return int(cursor.fetchone()[0])
