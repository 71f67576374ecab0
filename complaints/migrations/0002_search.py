"""What makes searching quick: a trigram index on PostgreSQL, an FTS5 table on SQLite."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE complaints_search USING fts5("
    "search_text, content='complaints_complaint', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER complaints_search_ai AFTER INSERT ON complaints_complaint BEGIN "
    "INSERT INTO complaints_search(rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER complaints_search_ad AFTER DELETE ON complaints_complaint BEGIN "
    "INSERT INTO complaints_search(complaints_search, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text); END",
    "CREATE TRIGGER complaints_search_au AFTER UPDATE OF search_text ON complaints_complaint "
    "BEGIN INSERT INTO complaints_search(complaints_search, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text); "
    "INSERT INTO complaints_search(rowid, search_text) VALUES (new.id, new.search_text); END",
]
SQLITE_BACK = [
    "DROP TRIGGER IF EXISTS complaints_search_ai",
    "DROP TRIGGER IF EXISTS complaints_search_ad",
    "DROP TRIGGER IF EXISTS complaints_search_au",
    "DROP TABLE IF EXISTS complaints_search",
]
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX complaints_search_trgm ON complaints_complaint "
    "USING gin (search_text gin_trgm_ops)",
]
POSTGRESQL_BACK = ["DROP INDEX IF EXISTS complaints_search_trgm"]


def run(statements_by_vendor):
    def operation(apps, schema_editor):
        for statement in statements_by_vendor[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return operation


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]
    operations = [
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        )
    ]
