"""The published description: valid, whole, and true of what the API does."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver
from openapi_spec_validator import OpenAPIV30SpecValidator

import liff
from liff.tests.conftest import Caller

pytestmark = pytest.mark.django_db

ROOM = Path(liff.__file__).parent
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def described(stranger: Caller) -> dict[str, Any]:
    """What anyone gets at /api/v1/schema."""
    answer = stranger.get("schema")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    return json.loads(answer.content)


def _operations(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_it_is_valid(described: dict[str, Any]) -> None:
    assert list(OpenAPIV30SpecValidator(described).iter_errors()) == []


def test_it_names_every_call(described: dict[str, Any]) -> None:
    assert set(_operations(described)) == {
        "POST /api/v1/session",
        "DELETE /api/v1/session",
        "GET /api/v1/me",
        "GET /api/v1/categories",
        "POST /api/v1/photos",
        "GET /api/v1/photos/{token}",
        "DELETE /api/v1/photos/{token}",
        "GET /api/v1/photos/{token}/thumbnail",
        "GET /api/v1/complaints",
        "POST /api/v1/complaints",
        "GET /api/v1/complaints/{number}",
        "POST /api/v1/complaints/{number}/feedback",
        "POST /api/v1/complaints/{number}/withdraw",
        "POST /api/v1/complaints/{number}/additions",
        "GET /api/v1/revenues",
        "GET /api/v1/payment-notices",
        "POST /api/v1/payment-notices",
        "GET /api/v1/payment-notices/{number}",
        "GET /api/v1/payment-requests/{number}",
        "GET /api/v1/receipts",
        "GET /api/v1/taxes",
        "POST /api/v1/tax-proofs",
        "DELETE /api/v1/tax-proofs/{link}",
    }


def test_every_call_has_a_name_and_tells_its_errors(described: dict[str, Any]) -> None:
    operations = _operations(described)
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)
    public = {"POST /api/v1/session", "GET /api/v1/categories", "GET /api/v1/revenues"}
    for call, operation in operations.items():
        assert operation["description"], call
        assert "429" in operation["responses"], call
        if call in public:
            assert operation.get("security") in (None, [{}]), call
        else:
            assert {"idToken": []} in operation["security"], call
            assert {"session": []} in operation["security"], call
            assert "401" in operation["responses"], call
    schemes = described["components"]["securitySchemes"]
    assert schemes["idToken"]["scheme"] == "bearer"
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "resident_session")


def test_filing_is_described_to_the_letter(described: dict[str, Any]) -> None:
    filing = _operations(described)["POST /api/v1/complaints"]
    key = filing["parameters"][0]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True)
    assert {"200", "201", "400", "401", "403", "409", "413", "429"} <= set(filing["responses"])
    form = described["components"]["schemas"]["ComplaintForm"]
    assert set(form["required"]) == {
        "category",
        "subject",
        "details",
        "reporter",
        "notice_acknowledged",
    }


def test_its_example_is_really_taken(
    described: dict[str, Any], as_somsri: Caller, photo: bytes
) -> None:
    filing = _operations(described)["POST /api/v1/complaints"]
    (example,) = filing["requestBody"]["content"]["application/json"]["examples"].values()
    body = example["value"]
    body["incident_at"] = "2026-01-02T08:00:00+07:00"
    body["photos"] = [as_somsri.upload(photo).json()["id"]]
    answer = as_somsri.file(body)
    assert answer.status_code == 201
    told = as_somsri.get(f"complaints/{answer.json()['number']}").json()
    shown = _operations(described)["GET /api/v1/complaints/{number}"]["responses"]["200"]
    (case,) = shown["content"]["application/json"]["examples"].values()
    assert set(told) == set(case["value"])
    schema = described["components"]["schemas"]["CaseAnswer"]
    assert set(told) == set(schema["properties"])


def test_it_comes_as_yaml_for_who_asks(stranger: Caller) -> None:
    answer = stranger.get("schema", Accept="application/vnd.oai.openapi")
    assert answer.status_code == 200
    assert answer.content.startswith(b"openapi:")


def test_every_name_of_the_api_is_reachable() -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {"api-complaints", "api-photo", "api-photo-thumbnail", "api-schema"} <= names


# -- the words ---------------------------------------------------------------------------------


def _messages() -> set[str]:
    found = set()
    for path in [*ROOM.glob("*.py"), *ROOM.glob("api/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "ngettext"}
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_every_message_has_its_english() -> None:
    catalogue = (ROOM / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf8")
    translated = set()
    for entry in catalogue.split("\n\n"):
        lines = dict(
            line.split(" ", 1)
            for line in entry.splitlines()
            if line.startswith(("msgid ", "msgstr"))
        )
        words = lines.get("msgstr") or lines.get("msgstr[1]", '""')
        if words != '""':
            translated.add(json.loads(lines["msgid"]))
    assert _messages() == translated
