"""Inserting rows by a plain statement: what is there already stays, and nothing is read back.

What bulk_create adds (a transaction around it, three trips to the database instead of one, the
statement put together anew each time) costs as much as all the rest of a webhook request.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from django.db import connection
from django.db.models import Field, Model

MAX_ROWS = 500  # of one statement; databases bound its parameters


def insert_new(rows: Sequence[Model]) -> None:
    """Insert `rows` (of one model) but those whose unique columns are taken already.

    Their primary keys stay unknown, and no signal is sent.
    """
    for start in range(0, len(rows), MAX_ROWS):
        part = rows[start : start + MAX_ROWS]
        fields = _fields(type(part[0]))
        values = [
            field.get_db_prep_save(getattr(row, field.attname), connection)
            for row in part
            for field in fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(_statement(type(part[0]), len(part)), values)


@functools.cache
def _fields(model: type[Model]) -> list[Field]:
    return [
        field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)
    ]


@functools.lru_cache(maxsize=64)
def _statement(model: type[Model], rows: int) -> str:
    columns = ", ".join(str(field.column) for field in _fields(model))
    place = "(" + ", ".join(["%s"] * len(_fields(model))) + ")"
    return (
        f"INSERT INTO {model._meta.db_table} ({columns}) "  # noqa: S608 - names are ours
        f"VALUES {', '.join([place] * rows)} ON CONFLICT DO NOTHING"
    )
