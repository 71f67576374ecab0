"""Who is let in, and who is not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from bannmae import testing
from bannmae.models import Staff
from chatops.line import id_token
from chatops.models import Resident
from chatops.simulator.testing import start_simulator
from liff.models import ResidentSession
from liff.tests.conftest import Caller, LineKeys, bearer, with_cookie

pytestmark = pytest.mark.django_db


def _as(token: str) -> Caller:
    caller = Caller()
    caller.headers["Authorization"] = f"Bearer {token}"
    return caller


def _segment(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_a_stranger_is_asked_to_sign_in(stranger: Caller) -> None:
    for path in ("me", "complaints", "complaints/69-0001"):
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json() == {"detail": "กรุณาเข้าสู่ระบบด้วย LINE ก่อน"}


def test_an_id_token_signs_in_and_makes_the_resident(line_keys: LineKeys) -> None:
    user_id = testing.line_user_id()
    answer = _as(line_keys.token(user_id, name="อุ๊ยคำ\x00")).get("me")
    assert answer.status_code == 200
    assert answer.json() == {"display_name": "อุ๊ยคำ", "reporter": None}
    resident = Resident.objects.get(line_user_id=user_id)
    assert resident.channel.slug == "main"
    assert resident.picture_url == "https://profile.line-scdn.net/0h"


def test_a_known_resident_keeps_her_row_and_gets_her_new_name(
    line_keys: LineKeys, somsri: Resident
) -> None:
    _as(line_keys.token(somsri.line_user_id, name="ศรี")).get("me")
    _as(line_keys.token(somsri.line_user_id, without=("name", "picture"))).get("me")
    somsri.refresh_from_db()
    assert somsri.display_name == "ศรี"
    assert Resident.objects.count() == 1


def test_line_is_asked_for_its_keys_once(line_keys: LineKeys, somsri: Resident) -> None:
    for _ in range(3):
        assert bearer(line_keys, somsri).get("me").status_code == 200
    assert line_keys.fetched == 1


def test_forged_tokens_are_refused(line_keys: LineKeys, somsri: Resident) -> None:
    sub = somsri.line_user_id
    now = int(time.time())
    public = line_keys.keys["first"].public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    good = line_keys.token(sub)
    head, body, signature = good.split(".")
    claims = {
        "iss": "https://access.line.me",
        "sub": sub,
        "aud": "2000000001",
        "exp": now + 600,
        "iat": now,
    }
    other_sub = _segment(claims | {"sub": testing.line_user_id()})
    hs256 = f"{_segment({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{_segment(claims)}"
    mac = _segment(hmac.new(pem, hs256.encode(), hashlib.sha256).digest())
    forged = {
        "alg none": f"{_segment({'alg': 'none', 'kid': 'first'})}.{_segment(claims)}.",
        "alg None": f"{_segment({'alg': 'None', 'kid': 'first'})}.{_segment(claims)}.{signature}",
        "HS256 by the public key": f"{hs256}.{mac}",
        "another's key": line_keys.token(sub, key=ec.generate_private_key(ec.SECP256R1())),
        "unknown key id": line_keys.token(
            sub, kid="unknown", key=ec.generate_private_key(ec.SECP256R1())
        ),
        "no key id": f"{_segment({'alg': 'ES256'})}.{body}.{signature}",
        "key id that is no text": f"{_segment({'alg': 'ES256', 'kid': [1]})}.{body}.{signature}",
        "other claims under a good signature": f"{head}.{other_sub}.{signature}",
        "another channel's": line_keys.token(sub, aud="2000000002"),
        "no channel's": line_keys.token(sub, aud=""),
        "another issuer's": line_keys.token(sub, iss="https://access.line.me.example"),
        "expired": line_keys.token(sub, iat=now - 7200, exp=now - 60),
        "not to be used yet": line_keys.token(sub, iat=now + 3600),
        "without an end": line_keys.token(sub, without=("exp",)),
        "without a subject": line_keys.token(sub, without=("sub",)),
        "an empty subject": line_keys.token(""),
        "a subject that is too long": line_keys.token("U" * 34),
        "a subject that no database takes": line_keys.token("U\x00"),
        "cut off": good[:-10],
        "two parts": f"{head}.{body}",
        "no token": "",
        "a name for it": "null",
        "nested too deep": f"{_segment(b'[' * 5000)}.{body}.{signature}",
        "header that is a list": f"{_segment([])}.{body}.{signature}",
        "too long": good + "A" * 9000,
    }
    for what, token in forged.items():
        answer = _as(token).get("me")
        assert answer.status_code == 401, what
        assert "Bearer" in answer["WWW-Authenticate"]
    assert Resident.objects.count() == 1
    assert _as(good).get("me").status_code == 200


def test_a_forged_token_is_not_swapped_for_a_session(line_keys: LineKeys, somsri: Resident) -> None:
    token = line_keys.token(somsri.line_user_id, key=ec.generate_private_key(ec.SECP256R1()))
    for forged in (token, "null", "ก", "\x00", "x" * 8192):
        answer = Caller().post("session", {"id_token": forged})
        assert answer.status_code == (400 if forged == "\x00" else 401)
        assert "resident_session" not in answer.cookies
    assert not ResidentSession.objects.exists()


def test_the_lack_of_lines_keys_is_no_refusal(line_keys: LineKeys, somsri: Resident) -> None:
    line_keys.down = True
    answer = bearer(line_keys, somsri).get("me")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"


@pytest.mark.parametrize("instead", [b"<html>maintenance</html>", b"[]", b"{}", b'{"keys": []}'])
def test_something_else_than_keys_is_no_refusal(
    line_keys: LineKeys, somsri: Resident, instead: bytes
) -> None:
    line_keys.instead = instead
    assert bearer(line_keys, somsri).get("me").status_code == 503


def test_old_keys_serve_while_line_has_none(
    line_keys: LineKeys, somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = bearer(line_keys, somsri)
    assert caller.get("me").status_code == 200
    monkeypatch.setattr(id_token, "KEYS_LIVE_SECONDS", -1)
    monkeypatch.setattr(id_token, "REFETCH_SECONDS", -1)
    line_keys.instead = b"<html>maintenance</html>"
    assert caller.get("me").status_code == 200
    assert line_keys.fetched == 2


def test_who_has_keys_does_not_wait_for_the_one_who_asks_for_new_ones(
    line_keys: LineKeys, somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = bearer(line_keys, somsri)
    assert caller.get("me").status_code == 200
    monkeypatch.setattr(id_token, "KEYS_LIVE_SECONDS", -1)
    with id_token._keys._asking:
        assert caller.get("me").status_code == 200
    assert line_keys.fetched == 1


def test_a_simulated_phone_signs_in(settings: Any, tmp_path: Any) -> None:
    simulator = start_simulator(tmp_path / "sim", public_url="http://127.0.0.1:9")
    try:
        settings.LINE_API_URL = simulator.url
        settings.LINE_LOGIN_CHANNEL_ID = simulator.login_channel_id
        user_id = simulator.resident()
        answer = _as(simulator.id_token(user_id)).get("me")
        assert (answer.status_code, answer.json()["display_name"]) == (200, "สมศรี ใจดี")
        caller = Caller()
        assert caller.sign_in(simulator.id_token(user_id)).status_code == 200
        assert caller.get("me").json()["display_name"] == "สมศรี ใจดี"
    finally:
        simulator.stop()


# -- the cookie ------------------------------------------------------------------------


def test_a_token_is_swapped_for_a_cookie(line_keys: LineKeys, somsri: Resident) -> None:
    caller = Caller()
    answer = caller.sign_in(line_keys.token(somsri.line_user_id))
    assert answer.status_code == 200
    assert answer.json()["display_name"] == "สมศรี"
    cookie = answer.cookies["resident_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 12 * 3600
    assert not cookie["secure"]
    assert "csrftoken" in answer.cookies
    # The table holds no token.
    session = ResidentSession.objects.get()
    assert session.token_hash == hashlib.sha256(cookie.value.encode()).hexdigest()
    assert caller.get("me").json()["display_name"] == "สมศรี"


def test_on_https_the_cookie_is_secure(
    line_keys: LineKeys, somsri: Resident, settings: Any
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    answer = Caller().sign_in(line_keys.token(somsri.line_user_id))
    assert answer.cookies["resident_session"]["secure"]


def test_a_session_ends(line_keys: LineKeys, somsri: Resident) -> None:
    caller = with_cookie(line_keys, somsri)
    ResidentSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert caller.get("me").status_code == 401


def test_a_made_up_cookie_opens_nothing(stranger: Caller) -> None:
    for value in ("x", "é" * 50, "a" * 5000):
        stranger.client.cookies["resident_session"] = value
        assert stranger.get("me").status_code == 401


def test_a_new_token_replaces_the_old_session(
    line_keys: LineKeys, somsri: Resident, neighbour: Resident
) -> None:
    caller = with_cookie(line_keys, somsri)
    old = caller.client.cookies["resident_session"].value
    caller.sign_in(line_keys.token(neighbour.line_user_id, name="บุญมี"))
    assert caller.get("me").json()["display_name"] == "บุญมี"
    assert ResidentSession.objects.get().resident == neighbour
    caller.client.cookies["resident_session"] = old
    assert caller.get("me").status_code == 401


def test_signing_out_ends_the_session(line_keys: LineKeys, somsri: Resident) -> None:
    caller = with_cookie(line_keys, somsri)
    token = caller.client.cookies["resident_session"].value
    answer = caller.delete("session")
    assert answer.status_code == 204
    assert answer.cookies["resident_session"].value == ""
    assert not ResidentSession.objects.exists()
    caller.client.cookies["resident_session"] = token
    assert caller.get("me").status_code == 401


def test_writing_with_the_cookie_needs_the_csrf_token(
    line_keys: LineKeys, somsri: Resident, report: dict[str, Any]
) -> None:
    caller = with_cookie(line_keys, somsri)
    good = caller.headers.pop("X-CSRFToken")
    for headers in ({}, {"X-CSRFToken": "x" * 64}):
        answer = caller.post("complaints", report, key="0" * 32, **headers)
        assert answer.status_code == 403
        assert "CSRF" in answer.json()["detail"]
    assert caller.upload(testing.picture()).status_code == 403
    assert caller.delete("session").status_code == 403
    assert caller.get("me").status_code == 200
    caller.headers["X-CSRFToken"] = good
    assert caller.file(report).status_code == 201


def test_a_bearer_call_needs_no_csrf_token(as_somsri: Caller, report: dict[str, Any]) -> None:
    assert as_somsri.file(report).status_code == 201


def test_bearer_outranks_the_cookie(
    line_keys: LineKeys, somsri: Resident, neighbour: Resident
) -> None:
    caller = with_cookie(line_keys, somsri)
    token = line_keys.token(neighbour.line_user_id, name="บุญมี")
    answer = caller.get("me", Authorization=f"Bearer {token}")
    assert answer.json()["display_name"] == "บุญมี"
    assert caller.get("me", Authorization="Bearer rubbish").status_code == 401
    assert caller.get("me", Authorization="Bearer").status_code == 401
    # A scheme that is not ours says nothing of a resident.
    assert caller.get("me", Authorization="Basic YTpi").json()["display_name"] == "สมศรี"


def test_a_staff_sign_in_gives_nothing_here(
    stranger: Caller, legal_officer: Staff, line_keys: LineKeys
) -> None:
    stranger.client.force_login(legal_officer)
    assert stranger.get("me").status_code == 401
    assert stranger.get("complaints").status_code == 401


def test_a_residents_sign_in_gives_nothing_in_the_admin(
    line_keys: LineKeys, somsri: Resident
) -> None:
    caller = with_cookie(line_keys, somsri)
    answer = caller.get("/admin/")
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]


@pytest.mark.parametrize("body", [{}, {"id_token": None}, {"id_token": 5}, {"id_token": ["x"]}, []])
def test_signing_in_without_a_token_is_told(stranger: Caller, body: Any) -> None:
    answer = stranger.post("session", json.dumps(body))
    assert answer.status_code in {400, 401}


def test_personal_answers_are_kept_in_no_cache(line_keys: LineKeys, somsri: Resident) -> None:
    caller = with_cookie(line_keys, somsri)
    for answer in (
        caller.get("me"),
        caller.get("complaints"),
        caller.get("complaints/69-9999"),
        Caller().get("me"),
    ):
        assert answer["Cache-Control"] == "no-store"
        assert {"Cookie", "Authorization"} <= {part.strip() for part in answer["Vary"].split(",")}
