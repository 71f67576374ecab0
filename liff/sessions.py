"""How a resident stays signed in: her cookie holds a token, the table its hash, for twelve hours.

Never Django's own login: staff and residents share one origin, and neither may become the other.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from bannmae.thai.text import normalise_text
from chatops.line import id_token
from chatops.line.id_token import Identity, InvalidIdToken
from chatops.models import Channel, Resident
from chatops.people import channels_of_provider
from liff.models import ResidentSession

COOKIE = "resident_session"
LIFE = timedelta(hours=12)
MAX_TOKEN_LENGTH = 8192
MAX_USER_ID_LENGTH = 33  # as LINE's: 'U' and 32 hex digits


def resident_of(token: str) -> Resident:
    """Return the resident whom a LIFF ID token proves, made or brought up to date from it.

    Raises InvalidIdToken or KeysUnavailable.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidIdToken("too long")
    try:
        identity = id_token.verify(token)
    except (ValueError, TypeError, RecursionError) as error:
        # What a made-up token can bring a decoder to, beyond its own errors.
        raise InvalidIdToken("unreadable") from error
    if not (0 < len(identity.user_id) <= MAX_USER_ID_LENGTH and identity.user_id.isprintable()):
        raise InvalidIdToken("no LINE user")
    return _known(identity)


def _known(identity: Identity) -> Resident:
    name = normalise_text(identity.name)[:200]
    picture = identity.picture if identity.picture.startswith("https://") else ""
    facts = {"display_name": name, "picture_url": picture[:2000]}
    resident = (
        Resident.objects.select_related("channel")
        .filter(channel__slug="main", line_user_id=identity.user_id)
        .first()
    )
    if resident is None:
        main = Channel.main()
        # Who writes to another of our accounts alone is told there: a push to an account that
        # she never added is taken by LINE and arrives nowhere.
        resident = (
            Resident.objects.select_related("channel")
            .filter(
                channel__in=channels_of_provider(main.pk),
                channel__is_active=True,
                line_user_id=identity.user_id,
            )
            .order_by("pk")
            .first()
        )
        if resident is None:
            resident, _ = Resident.objects.get_or_create(
                channel=main, line_user_id=identity.user_id, defaults=facts
            )
            return resident
    # A token without the profile scope says nothing of either.
    changed = [
        field for field, value in facts.items() if value and getattr(resident, field) != value
    ]
    if changed:
        for field in changed:
            setattr(resident, field, facts[field])
        resident.save(update_fields=changed)
    return resident


def hash_of(token: str) -> str:
    """Return what the table holds of a cookie's token. No salt: the token is random itself."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


# In front of every call: written out, since putting it together costs more than running it.
_SIGNED_IN = """
    SELECT resident.* FROM chatops_resident AS resident
    JOIN liff_residentsession AS session ON session.resident_id = resident.id
    WHERE session.token_hash = %s AND session.expires_at > %s
"""


def find(request: HttpRequest) -> Resident | None:
    """Return whom the request's cookie signs in, None without one or when its time is over."""
    token = request.COOKIES.get(COOKIE)
    if not token:
        return None
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return next(iter(Resident.objects.raw(_SIGNED_IN, [hash_of(token), now])), None)


def start(request: HttpRequest, response: HttpResponseBase, resident: Resident) -> datetime:
    """Open a session for `resident` in place of the browser's old one; return when it ends."""
    forget(request)
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    session = ResidentSession.objects.create(
        token_hash=hash_of(token), resident=resident, created_at=now, expires_at=now + LIFE
    )
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return session.expires_at


def end(request: HttpRequest, response: HttpResponseBase) -> None:
    """Sign the browser out."""
    forget(request)
    response.delete_cookie(COOKIE, samesite="Lax")


def forget(request: HttpRequest) -> None:
    """Delete the session that the request's cookie opens, if any."""
    token = request.COOKIES.get(COOKIE)
    if token:
        ResidentSession.objects.filter(token_hash=hash_of(token)).delete()
