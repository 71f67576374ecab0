"""LINE's keys as a real server on loopback, ID tokens really signed, and callers of the API."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from jwt.algorithms import ECAlgorithm

from bannmae import testing
from chatops.line import id_token
from chatops.models import Resident

LOGIN_CHANNEL = "2000000001"


@dataclass
class LineKeys:
    """LINE's place of keys: what it publishes, and what it signs with them."""

    url: str = ""
    fetched: int = 0
    down: bool = False
    instead: bytes = b""  # answered with 200 in place of the keys
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)

    def add(self, kid: str) -> None:
        """Publish one more key."""
        self.keys[kid] = ec.generate_private_key(ec.SECP256R1())

    def published(self) -> bytes:
        """What GET /oauth2/v2.1/certs answers."""
        rows = [
            {**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return json.dumps({"keys": [{**row, "alg": "ES256"} for row in rows]}).encode()

    def token(
        self,
        sub: str,
        *,
        kid: str = "first",
        key: Any = None,
        algorithm: str = "ES256",
        without: tuple[str, ...] = (),
        **claims: Any,
    ) -> str:
        """Return a signed token as LINE would issue it, but for what is asked otherwise."""
        now = int(time.time())
        payload = {
            "iss": "https://access.line.me",
            "sub": sub,
            "aud": LOGIN_CHANNEL,
            "exp": now + 3600,
            "iat": now,
            "amr": ["linesso"],
            "name": "สมศรี",
            "picture": "https://profile.line-scdn.net/0h",
        } | claims
        for name in without:
            del payload[name]
        signer = key if key is not None else self.keys[kid]
        return jwt.encode(payload, signer, algorithm=algorithm, headers={"kid": kid})


@pytest.fixture(scope="session")
def _key_server() -> Iterator[LineKeys]:
    line = LineKeys()
    line.add("first")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            line.fetched += 1
            known = self.path == "/oauth2/v2.1/certs" and not line.down
            body = (line.instead or line.published()) if known else b"{}"
            self.send_response(200 if known else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    line.url = f"http://127.0.0.1:{server.server_port}"
    yield line
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def line_keys(_key_server: LineKeys, settings: Any, monkeypatch: pytest.MonkeyPatch) -> LineKeys:
    """LINE's keys, fetched from a server, by a product that has seen none of them yet."""
    settings.LINE_API_URL = _key_server.url
    settings.LINE_LOGIN_CHANNEL_ID = LOGIN_CHANNEL
    _key_server.down, _key_server.instead = False, b""
    _key_server.fetched = 0
    monkeypatch.setattr(id_token, "_keys", id_token._Keys())
    return _key_server


class Caller:
    """Someone who calls the API: with a Bearer token, with a cookie, or unknown."""

    def __init__(self, **defaults: Any) -> None:
        self.client = Client(enforce_csrf_checks=True, **defaults)
        self.headers: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Any:
        """GET /api/v1/<path>, or a whole address."""
        return self._call("get", path, headers)

    def post(self, path: str, body: Any = None, *, key: Any = None, **headers: str) -> Any:
        """POST a JSON body; `key` is its Idempotency-Key."""
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        text = body if isinstance(body, str | bytes) else json.dumps(body if body else {})
        return self._call("post", path, headers, data=text, content_type="application/json")

    def delete(self, path: str, **headers: str) -> Any:
        """DELETE."""
        return self._call("delete", path, headers)

    def upload(self, data: bytes, name: str = "photo.jpg", field: str = "file") -> Any:
        """POST a photo."""
        file = SimpleUploadedFile(name, data, content_type="application/octet-stream")
        return self._call("post", "photos", {}, data={field: file})

    def file(self, body: dict[str, Any], *, key: Any = None) -> Any:
        """POST a complaint under a new key, or the one given."""
        return self.post("complaints", body, key=key or uuid.uuid4())

    def sign_in(self, token: str) -> Any:
        """Swap an ID token for the cookie, and answer CSRF from then on as a page does."""
        answer = self.post("session", {"id_token": token})
        if answer.status_code == 200:
            self.headers["X-CSRFToken"] = self.client.cookies["csrftoken"].value
        return answer

    def _call(self, method: str, path: str, headers: dict[str, str], **options: Any) -> Any:
        where = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        answer = getattr(self.client, method)(where, headers=self.headers | headers, **options)
        if answer.streaming:
            answer.body = b"".join(answer.streaming_content)  # which closes the file
        return answer


@pytest.fixture
def stranger(db: None) -> Caller:
    """Nobody in particular."""
    return Caller()


def bearer(line_keys: LineKeys, resident: Resident) -> Caller:
    """Return a caller with a resident's ID token on every call."""
    caller = Caller()
    token = line_keys.token(resident.line_user_id, name=resident.display_name)
    caller.headers["Authorization"] = f"Bearer {token}"
    return caller


def with_cookie(line_keys: LineKeys, resident: Resident) -> Caller:
    """Return a caller with a resident's session cookie."""
    caller = Caller()
    answer = caller.sign_in(line_keys.token(resident.line_user_id, name=resident.display_name))
    assert answer.status_code == 200
    return caller


@pytest.fixture
def as_somsri(line_keys: LineKeys, somsri: Resident) -> Caller:
    """สมศรี, by Bearer token."""
    return bearer(line_keys, somsri)


@pytest.fixture
def as_neighbour(line_keys: LineKeys, neighbour: Resident) -> Caller:
    """Her neighbour, by Bearer token."""
    return bearer(line_keys, neighbour)


@pytest.fixture
def report() -> dict[str, Any]:
    """What a whole, right report looks like."""
    return {
        "category": "road",
        "subject": "ถนนเป็นหลุมหน้าวัด",
        "details": "หลุมลึกประมาณ 20 เซนติเมตร\nรถล้มแล้วสองคัน",
        "latitude": 18.61370049,
        "longitude": 98.8936,
        "accuracy_m": 12.4,
        "village": 3,
        "place": "หน้าวัดบ้านแม",
        "hide_name": True,
        "reporter": {
            "full_name": "สมศรี ใจดี",
            "national_id": "1-2345-67890-12-1",
            "phone": "+66 81 234 5678",
            "email": "somsri@example.com",
            "address": "12 หมู่ 3",
        },
        "photos": [],
        "notice_acknowledged": True,
    }


@pytest.fixture
def photo() -> bytes:
    """A small photo that says where it was taken."""
    return testing.picture(position=(18.6137, 98.8936))
