"""What LINE's own LIFF SDK asks of LINE: context, sign-in for a LIFF app, LIFF links."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest

from chatops.simulator.testing import Simulator

VERIFIER = "Zk4b0vVYkYt0uQ1cB2eX7r3mS9aLhP6dWnJfGiTyEoU"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def context(sim: Simulator, **headers: str) -> dict[str, Any]:
    answer = sim.request("GET", f"/liff/v2/apps/{sim.liff_id}/contextToken", headers=headers)
    assert answer.status == 200, answer.data
    token = json.loads(answer.data)["contextToken"]
    return jwt.decode(token, options={"verify_signature": False})


def back(sim: Simulator, **asked: str) -> tuple[str, dict[str, str]]:
    """Return where the SDK's authorization request leads, and with what query."""
    query = {
        "app_id": sim.liff_id,
        "state": "x1y2",
        "response_type": "code",
        "code_challenge_method": "S256",
        "code_challenge": CHALLENGE,
        "liff_sdk_version": "2.31.0",
        **asked,
    }
    answer = sim.request("GET", "/liff/v1/authorize?" + urlencode(query))
    assert answer.status == 302, answer.data.decode()
    address, _, given = answer.headers["Location"].partition("?")
    return address, dict(parse_qsl(given))


def test_a_browser_is_told_of_the_liff_app(sim: Simulator) -> None:
    told = context(sim)

    assert told["type"] == "external"
    assert told["liffId"] == sim.liff_id
    assert told["endpointUrl"] == f"{sim.public_url}/liff"
    assert told["permanentLinkPattern"] == "concat"
    assert "userId" not in told


@pytest.mark.parametrize("what", ["contextToken", "featureToken"])
def test_of_no_app_of_ours_nothing_is_told(sim: Simulator, what: str) -> None:
    assert sim.request("GET", f"/liff/v2/apps/1-other/{what}").status == 404


def test_the_context_names_who_is_signed_in(sim: Simulator, somsri: str) -> None:
    fragment = dict(parse_qsl(urlsplit(sim.liff_url(somsri)).fragment))

    told = context(sim, Authorization=f"Bearer {fragment['access_token']}")

    assert told["userId"] == somsri


@pytest.mark.parametrize("what", ["contextToken", "featureToken"])
def test_a_strange_access_token_opens_nothing(sim: Simulator, somsri: str, what: str) -> None:
    given = dict(parse_qsl(urlsplit(sim.liff_url(somsri)).fragment))["access_token"]
    path = f"/liff/v2/apps/{sim.liff_id}/{what}"

    for token, status in ((given, 200), ("nobody", 401)):
        answer = sim.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status == status


def test_signing_in_leads_back_with_what_the_sdk_exchanges(sim: Simulator, somsri: str) -> None:
    page = f"{sim.public_url}/liff/track"
    address, given = back(sim, redirect_uri=page, user=somsri)

    assert address == page
    assert given["state"] == "x1y2"
    assert given["liffRedirectUri"] == page
    answer = sim.request(
        "POST",
        "/oauth2/v2.1/token",
        body=urlencode(
            {
                "grant_type": "authorization_code",
                "client_id": given["liffClientId"],
                "appId": sim.liff_id,
                "code": given["code"],
                "code_verifier": VERIFIER,
                "redirect_uri": given["liffRedirectUri"],
                "id_token_key_type": "JWK",
            }
        ),
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
    )
    claims = jwt.decode(json.loads(answer.data)["id_token"], options={"verify_signature": False})
    assert claims["sub"] == somsri
    assert claims["aud"] == sim.login_channel_id


def test_without_an_address_it_leads_back_to_the_endpoint(sim: Simulator, somsri: str) -> None:
    address, given = back(sim, user=somsri)

    assert address == given["liffRedirectUri"] == f"{sim.public_url}/liff"


def test_saying_no_leads_back_with_the_sdks_mark(sim: Simulator) -> None:
    _, given = back(sim, deny="1")

    assert given["error"] == "ACCESS_DENIED"
    assert given["liffOAuth2Error"]


def test_another_app_signs_nobody_in(sim: Simulator, somsri: str) -> None:
    query = urlencode({"app_id": "1-other", "user": somsri})

    assert sim.request("GET", f"/liff/v1/authorize?{query}").status == 400


@pytest.mark.parametrize(
    ("below", "state"),
    [
        ("", None),
        ("/track/69-0042", "/track/69-0042"),
        ("/complaint?from=card&x=1", "/complaint?from=card&x=1"),
        ("/%E0%B8%81", "/%E0%B8%81"),
    ],
)
def test_a_liff_link_leads_a_browser_to_the_endpoint(
    sim: Simulator, below: str, state: str | None
) -> None:
    answer = sim.request("GET", f"/{sim.liff_id}{below}")

    assert answer.status == 302
    address, _, query = answer.headers["Location"].partition("?")
    assert address == f"{sim.public_url}/liff"
    assert dict(parse_qsl(query)).get("liff.state") == state


def test_a_link_to_another_app_leads_nowhere(sim: Simulator) -> None:
    assert sim.request("GET", "/1234567890-OtherApp/track").status == 404
