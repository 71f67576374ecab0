"""Error reports: a real one of a failing page says where, and nothing of whom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NATIONAL_ID = "1234567890121"
NAME = "สมศรี ใจดี"
SECRETS = (
    NATIONAL_ID,
    NAME,
    "0812345678",
    "unguessable",
    "cookie-value",
    "header-value",
    "12 หมู่ 3",
)
# A process of its own: the kit hooks itself into Django and logging for good.
SCRIPT = """
import json, logging, sys
import sentry_sdk
from sentry_sdk.transport import Transport

class Kept(Transport):
    sent = []
    def capture_envelope(self, envelope):
        Kept.sent += [item.payload.json for item in envelope.items]

from bannmae import settings as ours
import django
django.setup()
client = sentry_sdk.get_client()
assert client.is_active()
client.transport = Kept()

import types
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def fails(request, token):
    secret = request.GET["q"] + request.POST["phone"]
    logging.getLogger("complaints").warning("looked for %s", secret)
    logging.getLogger("complaints").info("name=%s", request.GET["name"])
    row = {"reporter_name": request.GET["name"]}
    raise ValueError(
        f"no such person: {request.GET['name']!r} {secret}\\nDETAIL: Key (address)=(12 หมู่ 3)"
    )

def logs(request):
    logging.getLogger("complaints").error("cannot send to %s", request.GET["q"])
    from django.http import HttpResponse
    return HttpResponse("ok")

urls = types.ModuleType("failing_urls")
urls.urlpatterns = [path("receipts/<str:token>/", fails), path("logs/", logs)]
urls.handler500 = lambda request: __import__("django.http").http.HttpResponse(status=500)
sys.modules["failing_urls"] = urls
settings.ROOT_URLCONF = "failing_urls"
application = get_wsgi_application()
made = RequestFactory(headers={"X-Own": "header-value"})
made.cookies["other"] = "cookie-value"
who = "?q=1234567890121&name=สมศรี ใจดี"

def status(request):
    said = []
    answer = application(request.environ, lambda line, headers, *error: said.append(line))
    list(answer)
    answer.close()
    return said[0][:3]

assert status(made.post("/receipts/unguessable/" + who, {"phone": "0812345678"})) == "500"
assert status(made.get("/logs/" + who)) == "200"
try:
    len(None)
except TypeError as error:
    sentry_sdk.capture_exception(error)
with sentry_sdk.start_transaction(name=who):
    pass
sentry_sdk.flush()
print(json.dumps(Kept.sent))
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What was handed to the transport while a page failed and another logged an error."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(tmp_path_factory.mktemp("var")),
            "SENTRY_DSN": "http://key@127.0.0.1:9/1",
            "PUBLIC_URL": "http://testserver",
            "DJANGO_SETTINGS_MODULE": "bannmae.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    sent: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return sent


def test_a_failing_page_and_a_logged_error_are_reported(reports: list[dict[str, Any]]) -> None:
    failed, logged, wrong_type = reports
    exception = failed["exception"]["values"][-1]
    assert exception["type"] == "ValueError"
    assert exception["stacktrace"]["frames"][-1]["function"] == "fails"
    assert failed["transaction"] == "/receipts/{token}/"
    assert failed["request"] == {"method": "POST"}
    assert logged["logentry"]["message"] == "cannot send to %s"
    assert "'NoneType' has no len" in wrong_type["exception"]["values"][-1]["value"]
    before = [crumb["message"] for crumb in failed["breadcrumbs"]["values"]]
    assert "looked for %s" in before


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_the_people_is_in_a_report(reports: list[dict[str, Any]], secret: str) -> None:
    assert secret not in json.dumps(reports, ensure_ascii=False)


def test_no_report_holds_variables_headers_or_addresses(reports: list[dict[str, Any]]) -> None:
    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for one in value.values() for name in names(one)}
        return {name for one in value for name in names(one)} if isinstance(value, list) else set()

    assert names(reports).isdisjoint(
        {"vars", "headers", "cookies", "query_string", "url", "data", "env", "extra", "user"}
    )
