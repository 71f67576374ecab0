"""The baseline of all that comes over HTTP: check a signature, keep an event once, answer 200."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import ClassVar

from django.apps.registry import Apps
from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

PATH = "/bench/bare"
WHAT = "bare view: checks the signature, parses the JSON, creates one row by the ORM"


class BareRow(models.Model):
    """The one row. In a registry of its own: no table of it stands in the product's migrations."""

    event_id = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    objects: ClassVar[models.Manager[BareRow]] = models.Manager()

    class Meta:
        app_label = "bench"
        apps = Apps()

    def __str__(self) -> str:
        return f"{self.pk}"


def make_table() -> None:
    """Create the table of BareRow."""
    with connection.schema_editor() as editor:
        editor.create_model(BareRow)


@csrf_exempt
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Check the signature over the raw body and insert one row. 200, or 401."""
    digest = hmac.digest(settings.LINE_CHANNEL_SECRETS[0].encode(), request.body, hashlib.sha256)
    given = request.headers.get("X-Line-Signature", "")
    if not hmac.compare_digest(base64.b64encode(digest), given.encode("utf8", "replace")):
        return HttpResponse(status=401)
    event_id = json.loads(request.body)["events"][0]["webhookEventId"]
    BareRow.objects.create(event_id=event_id, body=request.body.decode())
    return HttpResponse()
