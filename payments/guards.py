"""What the database itself refuses: to change or delete what was issued, and a wrong sum.

Models and functions refuse it too; this holds whoever talks to the database by another way.
Django has no words for triggers, so here is SQL of each vendor. They are put in after every
`migrate`: on SQLite a migration that alters a table makes it anew, without its triggers.
"""

from __future__ import annotations

# ruff: noqa: S608 - every name in these statements is our own
from django.db.backends.base.base import BaseDatabaseWrapper

RECEIPT = "payments_receipt"
LINE = "payments_receiptline"
# Rows of these are written once.
WRITTEN_ONCE = (LINE, "payments_receiptprint", "payments_noticeentry")
# And rows of these are never taken away.
KEPT = (RECEIPT, "payments_receiptvoid", "payments_dailyremittance", "payments_receiptbook")
NAMES = ("written_once", "kept", "snapshot", "void_stays", "whole", "closed")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in, as they are to be today; once more does no harm."""
    lift(connection)
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for statement in _postgresql(connection) if postgresql else _sqlite(connection):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for who empties a whole database (tests), and for nobody else."""
    with connection.cursor() as cursor:
        for table in {*WRITTEN_ONCE, *KEPT}:
            for name in NAMES:
                for event in ("insert", "update", "delete"):
                    trigger = f"{table}_{name}_{event}"
                    if connection.vendor == "postgresql":
                        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
                    else:
                        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def _columns(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the columns of a receipt that never change: all but the one that says void."""
    from payments.models import Receipt

    quote = connection.ops.quote_name
    return [
        quote(field.column) for field in Receipt._meta.concrete_fields if field.name != "is_void"
    ]


def _sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    def refuse(table: str, name: str, event: str, words: str, when: str = "") -> str:
        condition = f"WHEN {when} " if when else ""
        return (
            f"CREATE TRIGGER {table}_{name}_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH ROW {condition}BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )

    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _columns(connection))
    # Money is REAL in SQLite: compared in satang.
    total = (
        f"(SELECT COALESCE(SUM(CAST(ROUND((amount + surcharge) * 100) AS INTEGER)), 0) "
        f"FROM {LINE} WHERE receipt_key = NEW.key) <> CAST(ROUND(NEW.total * 100) AS INTEGER)"
    )
    return [
        *(refuse(table, "written_once", "UPDATE", "written once") for table in WRITTEN_ONCE),
        *(refuse(table, "written_once", "DELETE", "written once") for table in WRITTEN_ONCE),
        *(refuse(table, "kept", "DELETE", "never deleted") for table in KEPT),
        refuse(RECEIPT, "snapshot", "UPDATE", "a receipt is never changed", f"({changed})"),
        refuse(
            RECEIPT,
            "void_stays",
            "UPDATE",
            "a void receipt stays void",
            "OLD.is_void AND NOT NEW.is_void",
        ),
        refuse(RECEIPT, "whole", "INSERT", "the total is not the sum of the lines", total),
        refuse(
            LINE,
            "closed",
            "INSERT",
            "the receipt is issued already",
            f"EXISTS (SELECT 1 FROM {RECEIPT} WHERE key = NEW.receipt_key)",
        ),
    ]


def _postgresql(connection: BaseDatabaseWrapper) -> list[str]:
    def refuse(table: str, name: str, event: str, when: str = "") -> str:
        condition = f"WHEN ({when}) " if when else ""
        return (
            f"CREATE TRIGGER {table}_{name}_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION payments_refuse('{name}')"
        )

    changed = " OR ".join(
        f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _columns(connection)
    )
    return [
        "CREATE OR REPLACE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE OR REPLACE FUNCTION payments_whole() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF (SELECT COALESCE(SUM(amount + surcharge), 0) FROM {LINE} "
        "WHERE receipt_key = NEW.key) <> NEW.total THEN "
        "RAISE EXCEPTION 'the total is not the sum of the lines' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION payments_closed() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF EXISTS (SELECT 1 FROM {RECEIPT} WHERE key = NEW.receipt_key) THEN "
        "RAISE EXCEPTION 'the receipt is issued already' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
        *(refuse(table, "written_once", "UPDATE") for table in WRITTEN_ONCE),
        *(refuse(table, "written_once", "DELETE") for table in WRITTEN_ONCE),
        *(refuse(table, "kept", "DELETE") for table in KEPT),
        refuse(RECEIPT, "snapshot", "UPDATE", changed),
        refuse(RECEIPT, "void_stays", "UPDATE", "OLD.is_void AND NOT NEW.is_void"),
        f"CREATE TRIGGER {RECEIPT}_whole_insert BEFORE INSERT ON {RECEIPT} "
        "FOR EACH ROW EXECUTE FUNCTION payments_whole()",
        f"CREATE TRIGGER {LINE}_closed_insert BEFORE INSERT ON {LINE} "
        "FOR EACH ROW EXECUTE FUNCTION payments_closed()",
    ]
