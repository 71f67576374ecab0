"""The rules once more, on the production's database.

The suite runs on SQLite; the tests of what must never break (numbers, workflow, privacy,
delivery, once-only) are run here a second time, as they stand, on a throw-away PostgreSQL.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bannmae.tests.servers import Postgres

ROOT = Path(__file__).resolve().parents[2]
RULES = [
    "complaints/tests/test_intake.py",
    "complaints/tests/test_workflow.py",
    "complaints/tests/test_mailbox_walk_in.py",
    "chatops/tests/test_webhook.py",
    "chatops/tests/test_delivery.py",
    "chatops/tests/test_inbox.py",
    "chatops/tests/test_conversation.py",
    "chatops/tests/test_chat_moves.py",
    "chatops/tests/test_chat_clock.py",
    "chatops/tests/test_chat_concurrency.py",
    "chatops/tests/test_content_fetching.py",
    "bannmae/tests/test_privacy_fields.py",
    "liff/tests/test_api_complaints.py",
    "payments/tests/test_books_property.py",
    "payments/tests/test_payment_workflow.py",
    "payments/tests/test_days_and_years.py",
    "payments/tests/test_receipts.py",
    "payments/tests/test_voids_desk.py",
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL as docker-compose.yml starts it: Thai sorts and trigrams work."""
    server = Postgres("--encoding=UTF8", "--locale-provider=icu", "--icu-locale=th")
    yield server
    server.close()


@pytest.mark.timeout(600)
def test_the_rules_hold_on_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    } | {
        "DATABASE_URL": postgres.url,
        "SECRET_KEY": "x" * 50,
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "--quiet", "-n0", "-p", "no:cacheprovider"),
            *("-m", "not browser", *RULES),
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout
