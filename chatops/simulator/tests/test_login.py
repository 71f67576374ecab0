"""LINE Login and LIFF on the server's side: links, ID tokens, keys, PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
import pytest
import urllib3

from chatops.simulator.testing import Simulator, SimulatorError

VERIFIER = "wJKN8qz5t8SSI9lMFhBB6qwNkQBkuPZoCxzRhwLRUo1"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def form(sim: Simulator, path: str, **values: str) -> urllib3.BaseHTTPResponse:
    return sim.request(
        "POST",
        f"/oauth2/v2.1/{path}",
        body=urlencode(values),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def keys(sim: Simulator) -> list[dict[str, str]]:
    return json.loads(sim.request("GET", "/oauth2/v2.1/certs").data)["keys"]


def decode(sim: Simulator, token: str, **options: Any) -> dict[str, Any]:
    """Verify an ID token as the product does: published key, audience, issuer, time."""
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(one) for one in keys(sim) if one["kid"] == kid)
    return jwt.decode(
        token,
        key,
        algorithms=["ES256"],
        audience=sim.login_channel_id,
        issuer="https://access.line.me",
        leeway=5,
        options={"require": ["exp", "iat", "aud", "iss", "sub"], **options},
    )


# -- LIFF links ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("", None),
        ("/track?x=1", "/track?x=1"),
        ("/track/69-0042", "/track/69-0042"),
        ("?from=menu", "?from=menu"),
        ("/a#b", "/a#b"),
    ],
)
def test_a_liff_link_becomes_the_primary_redirect(
    sim: Simulator, somsri: str, path: str, state: str | None
) -> None:
    url = sim.liff_url(somsri, path)
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == sim.public_url + "/liff"
    assert parse_qs(parts.query).get("liff.state") == (None if state is None else [state])
    fragment = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
    of_the_app = {"context_token", "feature_token", "client_id"}
    assert set(fragment) == {"access_token", "id_token"} | of_the_app
    context = jwt.decode(fragment["context_token"], options={"verify_signature": False})
    assert (context["type"], context["userId"]) == ("utou", somsri)
    assert context["endpointUrl"] == sim.public_url + "/liff"
    assert decode(sim, fragment["id_token"])["sub"] == somsri


def test_the_documented_example_of_a_state(sim: Simulator, somsri: str) -> None:
    assert "/liff?liff.state=%2Ftrack%3Fx%3D1#access_token=" in sim.liff_url(somsri, "/track?x=1")


@pytest.mark.parametrize(
    "uri",
    [
        "https://liff.line.me/1234567890-unknown/track",
        "https://example.com/liff",
        "https://liff.line.me.example.com/x",
        "https://[",
        "tel:1669",
    ],
)
def test_a_link_to_no_liff_app_of_ours_is_404(sim: Simulator, somsri: str, uri: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        sim.control("POST", f"residents/{somsri}/liff", {"uri": uri})
    assert refused.value.status == 404


@pytest.mark.parametrize(
    "base", ["https://miniapp.line.me/{}", "https://line.me/R/app/{}", "line://app/{}"]
)
def test_the_other_forms_of_a_liff_link(sim: Simulator, somsri: str, base: str) -> None:
    uri = base.format(sim.liff_id) + "/track"
    url = sim.control("POST", f"residents/{somsri}/liff", {"uri": uri})["url"]
    assert "liff.state=%2Ftrack" in url


# -- ID tokens ----------------------------------------------------------------------


def test_an_id_token_is_a_real_one(sim: Simulator, somsri: str) -> None:
    token = sim.id_token(somsri)
    payload = decode(sim, token)
    assert payload["name"] == "สมศรี ใจดี"
    assert payload["exp"] - payload["iat"] == 3600
    assert jwt.get_unverified_header(token)["alg"] == "ES256"


def test_verify_answers_the_payload(sim: Simulator, somsri: str) -> None:
    token = sim.id_token(somsri)
    answer = form(sim, "verify", id_token=token, client_id=sim.login_channel_id, user_id=somsri)
    assert answer.status == 200
    assert json.loads(answer.data) == decode(sim, token)


def test_verify_refuses_in_lines_words(sim: Simulator, somsri: str) -> None:
    token = sim.id_token(somsri)
    head, payload, signature = token.split(".")

    def refusal(id_token: str = token, **values: str) -> str:
        values.setdefault("client_id", sim.login_channel_id)
        answer = form(sim, "verify", id_token=id_token, **values)
        assert answer.status == 400
        body = json.loads(answer.data)
        assert body["error"] == "invalid_request"
        return body["error_description"]

    assert refusal(client_id="1") == "Invalid IdToken Audience."
    assert refusal(nonce="n") == "Invalid IdToken Nonce."
    assert refusal(user_id="U1") == "Invalid IdToken Subject Identifier."
    assert refusal("nonsense") == "Invalid IdToken."
    assert refusal(f"{head}.{payload}.{signature[::-1]}") == "Invalid IdToken."
    assert refusal(f"{head}.{payload[:-4]}AAAA.{signature}") == "Invalid IdToken."
    unsigned = jwt.encode(decode(sim, token), None, algorithm="none")
    assert refusal(unsigned) == "Invalid IdToken."
    sim.advance(3601)
    assert refusal() == "IdToken expired."


def test_the_lifetime_of_an_id_token_can_be_set(sim: Simulator, somsri: str) -> None:
    sim.settings(id_token_seconds=7, clock_offset_seconds=-3600)
    token = sim.id_token(somsri)
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(sim, token)
    payload = decode(sim, token, verify_exp=False)
    assert payload["exp"] - payload["iat"] == 7


def test_keys_rotate_and_old_tokens_stay_good_until_withdrawn(sim: Simulator, somsri: str) -> None:
    old = sim.id_token(somsri)
    kid = sim.rotate_keys()
    new = sim.id_token(somsri)
    assert jwt.get_unverified_header(new)["kid"] == kid == keys(sim)[0]["kid"]
    assert decode(sim, old)["sub"] == decode(sim, new)["sub"] == somsri
    sim.rotate_keys(withdraw_old=True)
    assert len(keys(sim)) == 1
    with pytest.raises(StopIteration):
        decode(sim, old)


# -- LINE Login in a browser outside LINE -------------------------------------------


def authorize(sim: Simulator, **changes: str) -> urllib3.BaseHTTPResponse:
    query = {
        "response_type": "code",
        "client_id": sim.login_channel_id,
        "redirect_uri": sim.public_url + "/liff/track?x=1",
        "state": "s t&a=te",
        "scope": "openid profile",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return sim.request("GET", "/oauth2/v2.1/authorize?" + urlencode(query))


def code_for(sim: Simulator, resident: str, **changes: str) -> str:
    location = authorize(sim, login_hint=resident, **changes).headers["Location"]
    return parse_qs(urlsplit(location).query)["code"][0]


def exchange(sim: Simulator, code: str, **changes: str) -> urllib3.BaseHTTPResponse:
    values = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": sim.public_url + "/liff/track?x=1",
        "client_id": sim.login_channel_id,
        "code_verifier": VERIFIER,
        **changes,
    }
    return form(sim, "token", **values)


def test_the_sign_in_page_offers_the_residents(sim: Simulator) -> None:
    page = authorize(sim)
    assert page.status == 200
    html = page.data.decode()
    assert "เลือกผู้ใช้" in html
    assert html.count("data-user-id=") == 4
    assert "อุ๊ยคำ ปันแก้ว" in html


def test_choosing_leads_back_with_code_and_state(sim: Simulator, somsri: str) -> None:
    answer = authorize(sim, user=somsri)
    assert answer.status == 302
    back = urlsplit(answer.headers["Location"])
    query = parse_qs(back.query)
    assert back.path == "/liff/track"
    assert (query["x"], query["state"]) == (["1"], ["s t&a=te"])
    tokens = json.loads(exchange(sim, query["code"][0]).data)
    assert decode(sim, tokens["id_token"])["sub"] == somsri
    assert tokens["token_type"] == "Bearer"


def test_saying_no_leads_back_with_an_error(sim: Simulator) -> None:
    query = parse_qs(urlsplit(authorize(sim, deny="1").headers["Location"]).query)
    assert query["error"] == ["ACCESS_DENIED"]
    assert "code" not in query


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "1"},
        {"redirect_uri": "https://evil.example/liff"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://127.0.0.1:99999/liff"},
        {"response_type": "token"},
        {"code_challenge": "short"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_bad_authorization_request_shows_an_error_and_goes_nowhere(
    sim: Simulator, somsri: str, changes: dict[str, str]
) -> None:
    answer = authorize(sim, login_hint=somsri, **changes)
    assert answer.status == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/liffy", "/", "/admin/"])
def test_a_redirect_outside_the_endpoint_is_refused(sim: Simulator, path: str) -> None:
    assert authorize(sim, redirect_uri=sim.public_url + path).status == 400


def test_both_names_of_this_machine_are_one_place(sim: Simulator, somsri: str) -> None:
    other = sim.public_url.replace("127.0.0.1", "localhost") + "/liff"
    assert authorize(sim, login_hint=somsri, redirect_uri=other).status == 302


def test_a_code_is_good_once(sim: Simulator, somsri: str) -> None:
    code = code_for(sim, somsri)
    assert [exchange(sim, code).status for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1/liff"}, "invalid_grant"),
        ({"client_id": "1"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"code": "unknown"}, "invalid_grant"),
    ],
)
def test_an_exchange_that_does_not_fit_is_400(
    sim: Simulator, somsri: str, changes: dict[str, str], error: str
) -> None:
    answer = exchange(sim, **{"code": code_for(sim, somsri), **changes})
    assert (answer.status, json.loads(answer.data)["error"]) == (400, error)


def test_a_code_grows_old(sim: Simulator, somsri: str) -> None:
    code = code_for(sim, somsri)
    sim.advance(601)
    assert exchange(sim, code).status == 400


def test_the_nonce_comes_back_in_the_token(sim: Simulator, somsri: str) -> None:
    tokens = json.loads(exchange(sim, code_for(sim, somsri, nonce="n-1")).data)
    assert decode(sim, tokens["id_token"])["nonce"] == "n-1"
    values = {"id_token": tokens["id_token"], "client_id": sim.login_channel_id}
    assert form(sim, "verify", **values, nonce="n-1").status == 200


# -- what a user's access token opens -----------------------------------------------


def test_an_access_token_opens_profile_and_friendship_for_12_hours(
    sim: Simulator, somsri: str
) -> None:
    fragment = parse_qs(urlsplit(sim.liff_url(somsri)).fragment)
    token = unquote(fragment["access_token"][0])
    bearer = {"Authorization": f"Bearer {token}"}

    def get(path: str) -> urllib3.BaseHTTPResponse:
        return sim.request("GET", path, headers=bearer)

    assert json.loads(get("/v2/profile").data)["userId"] == somsri
    assert json.loads(get("/friendship/v1/status").data) == {"friendFlag": True}
    sim.block(somsri)
    assert json.loads(get("/friendship/v1/status").data) == {"friendFlag": False}
    verify = f"/oauth2/v2.1/verify?access_token={token}"
    assert json.loads(get(verify).data)["client_id"] == sim.login_channel_id
    sim.advance(43_201)
    assert get("/v2/profile").status == 401
    assert json.loads(get(verify).data)["error_description"] == "access token expired"


def test_a_revoked_token_opens_nothing(sim: Simulator, somsri: str) -> None:
    token = parse_qs(urlsplit(sim.liff_url(somsri)).fragment)["access_token"][0]
    assert form(sim, "revoke", access_token=token).status == 200
    bearer = {"Authorization": f"Bearer {token}"}
    assert sim.request("GET", "/v2/profile", headers=bearer).status == 401
    assert sim.request("GET", "/v2/profile").status == 401
