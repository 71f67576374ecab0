"""What the simulated platform remembers. Times are milliseconds of its own clock."""

from __future__ import annotations

from django.db import models


class Row(models.Model):
    """What all tables share: a name to show in a debugger."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Return the kind of row and its key."""
        return f"{type(self).__name__} {self.pk}"


class State(Row):
    """A named value: settings that were changed, faults, the default menu, the sequence."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()


class RichMenu(Row):
    """A rich menu; `image_type` is empty until its picture was uploaded."""

    rich_menu_id = models.CharField(max_length=41, primary_key=True)
    spec = models.JSONField()
    image_type = models.CharField(max_length=20, blank=True, default="")
    created_at = models.BigIntegerField()


class Alias(Row):
    """A rich menu alias. It may outlive its menu, as on LINE."""

    alias_id = models.CharField(max_length=32, primary_key=True)
    rich_menu_id = models.CharField(max_length=41)


class Resident(Row):
    """A LINE user whose phone can be looked at."""

    user_id = models.CharField(max_length=33, primary_key=True)
    display_name = models.CharField(max_length=200)
    position = models.IntegerField()
    blocked = models.BooleanField(default=False)
    menu = models.ForeignKey(RichMenu, null=True, on_delete=models.SET_NULL)
    seen_seq = models.BigIntegerField(default=0)
    typing_until = models.BigIntegerField(null=True)
    read_until = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["position"]


class Entry(Row):
    """One line of a chat. `seq` grows with every change, so that a phone asks for news only."""

    seq = models.BigIntegerField(unique=True)
    message_id = models.CharField(max_length=20, unique=True)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE)
    from_account = models.BooleanField()
    at = models.BigIntegerField()
    message = models.JSONField()
    sender = models.JSONField(null=True)
    via = models.CharField(max_length=5, blank=True, default="")
    unsent = models.BooleanField(default=False)
    quote_token = models.CharField(max_length=80, blank=True, default="")
    read_token = models.CharField(max_length=80, blank=True, default="", db_index=True)
    content_type = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["resident", "seq"])]


class ReplyToken(Row):
    """A reply token: once, and only within its minute."""

    token = models.CharField(max_length=40, primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE)
    event_at = models.BigIntegerField()
    valid_until = models.BigIntegerField()
    used = models.BooleanField(default=False)


class Delivery(Row):
    """A webhook event on its way. One row per event, however often it is sent."""

    event_id = models.CharField(max_length=26, unique=True)
    lane = models.CharField(max_length=33)
    position = models.BigIntegerField()
    event = models.JSONField()
    token = models.CharField(max_length=40, blank=True, default="")
    status = models.CharField(max_length=10, default="pending")
    http_status = models.IntegerField(null=True)
    error = models.CharField(max_length=200, blank=True, default="")
    attempts = models.IntegerField(default=0)
    again = models.BooleanField(default=False)
    ms = models.FloatField(null=True)
    at = models.BigIntegerField()
    due_at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"])]


class AcceptedPush(Row):
    """A push that was accepted under a retry key."""

    key = models.CharField(max_length=36, primary_key=True)
    body_hash = models.CharField(max_length=64)
    request_id = models.CharField(max_length=36)
    sent = models.JSONField()
    at = models.BigIntegerField()


class ApiRequest(Row):
    """One call of the Messaging API, as it came. Status 0: it got no answer."""

    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    status = models.IntegerField()
    retry_key = models.CharField(max_length=100, null=True)
    body = models.TextField(blank=True)
    at = models.BigIntegerField()


class Usage(Row):
    """Messages that counted against the quota, by month (`2026-11`)."""

    month = models.CharField(max_length=7, primary_key=True)
    count = models.IntegerField(default=0)


class SigningKey(Row):
    """A key that signs ID tokens; the newest signs, all published ones verify."""

    kid = models.CharField(max_length=64, primary_key=True)
    pem = models.TextField()
    created_at = models.BigIntegerField()
    published = models.BooleanField(default=True)


class AuthCode(Row):
    """An authorization code of LINE Login, good for one exchange."""

    code = models.CharField(max_length=64, primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=40)
    redirect_uri = models.TextField()
    challenge = models.CharField(max_length=128, blank=True, default="")
    nonce = models.CharField(max_length=200, blank=True, default="")
    scope = models.CharField(max_length=200)
    valid_until = models.BigIntegerField()


class UserToken(Row):
    """A user's access token, as LIFF and LINE Login give it."""

    token = models.CharField(max_length=120, primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=40)
    scope = models.CharField(max_length=200)
    valid_until = models.BigIntegerField()
