"""What the database itself refuses: to change or delete what was issued, and a wrong sum.

Models and functions refuse it too; this holds whoever talks to the database by another way.
Django has no words for triggers, so here is SQL of each vendor. They are put in after every
`migrate`: on SQLite a migration that alters a table makes it anew, without its triggers.
"""

from __future__ import annotations

# ruff: noqa: S608 - every name in these statements is our own
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

RECEIPT = "payments_receipt"
LINE = "payments_receiptline"
VOID = "payments_receiptvoid"
REMITTANCE = "payments_dailyremittance"
BOOK = "payments_receiptbook"
YEAR = "payments_fiscalyear"
# Rows of these are written once.
WRITTEN_ONCE = (
    LINE,
    "payments_receiptprint",
    "payments_noticeentry",
    "payments_revokedlink",
)
# And rows of these are never taken away.
KEPT = (RECEIPT, VOID, REMITTANCE, BOOK, YEAR)
NAMES = ("written_once", "kept", "snapshot", "void_stays", "decided", "whole", "closed", "forward")
EVENTS = ("insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Guard:
    """Refuses `event` on a row of `table` where `when` holds; '' is always."""

    table: str
    name: str
    event: str
    words: str
    when: str = ""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in, as they are to be today; once more does no harm."""
    lift(connection)
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for statement in make(_guards(connection)):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for who empties a whole database (tests), and for nobody else."""
    with connection.cursor() as cursor:
        for table in {*WRITTEN_ONCE, *KEPT}:
            for name in NAMES:
                for event in EVENTS:
                    trigger = f"{table}_{name}_{event}"
                    if connection.vendor == "postgresql":
                        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
                    else:
                        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def _guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    """Return what is refused. Conditions are in words that both vendors have."""
    from payments.models import DailyRemittance, FiscalYear, Receipt, ReceiptBook

    def changed(model: type[Model], *but: str) -> str:
        """Return the condition that a column changes other than those of the fields `but`."""
        quote = connection.ops.quote_name
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        columns = [field.column for field in model._meta.concrete_fields if field.name not in but]
        return " OR ".join(f"NEW.{quote(one)} {differs} OLD.{quote(one)}" for one in columns)

    approved = f"(SELECT 1 FROM {VOID} WHERE receipt_id = NEW.id AND state = 'approved')"
    reopening = ("reopened_at", "reopened_by", "reopen_reason")
    return [
        *(Guard(table, "written_once", "UPDATE", "written once") for table in WRITTEN_ONCE),
        *(Guard(table, "written_once", "DELETE", "written once") for table in WRITTEN_ONCE),
        *(Guard(table, "kept", "DELETE", "never deleted") for table in KEPT),
        Guard(
            RECEIPT,
            "snapshot",
            "UPDATE",
            "a receipt is never changed",
            changed(Receipt, "is_void"),
        ),
        Guard(
            RECEIPT,
            "void_stays",
            "UPDATE",
            "void is what somebody has approved, and stays so",
            f"(OLD.is_void AND NOT NEW.is_void) OR (NEW.is_void AND NOT EXISTS {approved})",
        ),
        Guard(VOID, "decided", "UPDATE", "a decision stands", "OLD.state <> 'asked'"),
        Guard(
            REMITTANCE,
            "snapshot",
            "UPDATE",
            "a remittance is reopened once and never changed",
            f"OLD.reopened_at IS NOT NULL OR {changed(DailyRemittance, *reopening)}",
        ),
        Guard(
            BOOK,
            "forward",
            "UPDATE",
            "leaves are used one after another",
            "NEW.used < OLD.used OR NEW.used > OLD.used + 1 OR OLD.closed_at IS NOT NULL OR "
            + changed(ReceiptBook, "used", "closed_at", "closed_by"),
        ),
        Guard(
            YEAR,
            "forward",
            "UPDATE",
            "a closed year stays closed",
            "NEW.remittances < OLD.remittances OR OLD.closed_at IS NOT NULL OR "
            + changed(FiscalYear, "remittances", "closed_at", "closed_by"),
        ),
        Guard(
            RECEIPT,
            "whole",
            "INSERT",
            "the total is not the sum of the lines",
            _differs(connection),
        ),
        Guard(
            LINE,
            "closed",
            "INSERT",
            "the receipt is issued already",
            f"EXISTS (SELECT 1 FROM {RECEIPT} WHERE key = NEW.receipt_key)",
        ),
    ]


def _differs(connection: BaseDatabaseWrapper) -> str:
    """Return the condition that a new receipt's total is not its lines'."""
    lines = f"FROM {LINE} WHERE receipt_key = NEW.key"
    if connection.vendor == "postgresql":
        return f"(SELECT COALESCE(SUM(amount + surcharge), 0) {lines}) <> NEW.total"
    # Money is REAL in SQLite: compared in satang.
    satang = "CAST(ROUND({} * 100) AS INTEGER)"
    each = satang.format("(amount + surcharge)")
    return f"(SELECT COALESCE(SUM({each}), 0) {lines}) <> {satang.format('NEW.total')}"


def _sqlite(guards: list[Guard]) -> list[str]:
    return [
        f"CREATE TRIGGER {one.table}_{one.name}_{one.event.lower()} BEFORE {one.event} "
        f"ON {one.table} FOR EACH ROW {f'WHEN {one.when} ' if one.when else ''}"
        f"BEGIN SELECT RAISE(ABORT, '{one.words}'); END"
        for one in guards
    ]


def _postgresql(guards: list[Guard]) -> list[str]:
    statements = [
        "CREATE OR REPLACE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ]
    for one in guards:
        trigger = f"{one.table}_{one.name}_{one.event.lower()}"
        start = f"CREATE TRIGGER {trigger} BEFORE {one.event} ON {one.table} FOR EACH ROW"
        if "SELECT" not in one.when:
            condition = f"WHEN ({one.when}) " if one.when else ""
            statements.append(f"{start} {condition}EXECUTE FUNCTION payments_refuse('{one.words}')")
            continue
        # PostgreSQL takes no query in a trigger's condition: the function asks it.
        statements += [
            f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {one.when} THEN RAISE EXCEPTION '{one.words}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
            f"{start} EXECUTE FUNCTION {trigger}()",
        ]
    for table in {*WRITTEN_ONCE, *KEPT}:
        statements.append(
            f"CREATE TRIGGER {table}_kept_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse('never emptied')"
        )
    return statements
