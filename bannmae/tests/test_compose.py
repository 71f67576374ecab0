"""The form that goes live: what docker-compose.yml promises, and that it works as it stands there.

There is no Docker here. The compose file and the Dockerfile are read, and their very commands
run natively (see production.py), beside a throw-away PostgreSQL and Redis and behind TLS.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from bannmae import processes, testing
from bannmae.tests import journey
from bannmae.tests import production as live
from bannmae.tests.browser import chromium
from bannmae.tests.production import COMPOSE, OURS, ROOT, SERVICES, Production
from bannmae.tests.servers import until
from chatops.simulator.testing import BOONMEE

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
REQUIRED = set(re.findall(r"\$\{(\w+):\?", COMPOSE_TEXT))
SECRETS = {
    *("SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD"),
    *("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"),
}

# -- what the files say ------------------------------------------------------------------


def test_no_secret_has_a_default() -> None:
    assert SECRETS < REQUIRED
    assert not re.search(r"\$\{\w+:?[-+]", COMPOSE_TEXT)
    given = {
        value
        for service in SERVICES.values()
        for name, value in (service.get("environment") or {}).items()
        if name in SECRETS
    }
    assert all(value.startswith("${") for value in given)


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_start_stops_at_a_variable_that_is_missing(name: str) -> None:
    values = dict.fromkeys(REQUIRED, "x") | {name: ""}

    with pytest.raises(live.MissingVariable, match=name):
        live.interpolate(COMPOSE_TEXT, values)


def test_env_example_tells_of_every_variable() -> None:
    named = {
        name for service in SERVICES.values() for name in (service.get("environment") or {})
    } - {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"}
    text = (ROOT / ".env.example").read_text()

    assert sorted(name for name in named | REQUIRED if name not in text) == []


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_starts_again_and_is_watched(name: str) -> None:
    service = SERVICES[name]

    if name == "migrate":
        assert service["restart"].startswith("on-failure")
        return
    assert service["restart"] == "unless-stopped"
    assert service.get("healthcheck", {}).get("test") or live.health_check_of_the_image()
    assert service["logging"]["options"]["max-size"]


def test_only_the_tls_front_can_be_reached() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["front"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert {name for name, s in SERVICES.items() if s["networks"] == ["inside"]} == {
        "postgres",
        "redis",
    }


@pytest.mark.parametrize("name", [*OURS, "migrate"])
def test_our_containers_may_do_little(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_nothing_starts_before_the_database_is_migrated() -> None:
    for name in OURS:
        migrated = SERVICES[name]["depends_on"]["migrate"]
        assert migrated == {"condition": "service_completed_successfully"}


def test_all_that_is_kept_lies_on_volumes() -> None:
    kept = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert kept == set(COMPOSE["volumes"])
    assert "VAR_DIR=/var/lib/bannmae" in DOCKERFILE
    assert all(SERVICES[n]["volumes"] == ["files:/var/lib/bannmae"] for n in OURS)


def test_processes_are_those_of_make_run() -> None:
    # Where one listens and how long it may take to end differ; nothing else.
    own = ("--bind", "--graceful-timeout")
    of_make_run = {
        "web": processes.web("127.0.0.1:1"),
        "worker": processes.worker(),
        "beat": processes.beat(),
    }
    for name, command in of_make_run.items():
        wanted, given = (
            {option for option in options if not option.startswith(own)}
            for options in (command[1:], SERVICES[name]["command"][1:])
        )
        assert given == wanted


def test_image_is_small_and_not_root() -> None:
    *_, final = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)

    users = re.findall(r"^USER (\S+)$", final, re.MULTILINE)
    assert users == ["bannmae"]
    assert "useradd --system" in final
    # Of the stages before it comes what they made, and neither tools nor development packages.
    assert re.findall(r"^COPY .*$", final, re.MULTILINE) == [
        "COPY --from=packages /opt/venv /opt/venv",
        "COPY --from=build /app /app",
    ]
    assert "requirements-dev" not in DOCKERFILE
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    command = re.search(r"^CMD (\[.*\])$", final, re.MULTILINE)
    assert command
    assert json.loads(command[1]) == SERVICES["web"]["command"]


def test_image_takes_every_room_and_no_secret() -> None:
    copied = re.search(r"cp -r (.*) /app/ ", DOCKERFILE)
    assert copied
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(copied[1].split()) == rooms | {"manage.py", "templates"}
    assert {".env", ".env.*", "var", ".git"} <= set(
        (ROOT / ".dockerignore").read_text().splitlines()
    )


# -- that it works -----------------------------------------------------------------------

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Yield the production form, running; a test that stops a part starts it again."""
    with live.running(tmp_path_factory.mktemp("production")) as started:
        started.line.settings(quota=None)
        yield started


@pytest.fixture
def resident(production: Production) -> str:
    """A resident who has just added the account and has been greeted. Returns her LINE id."""
    somebody = production.line.add_resident(f"ผู้ทดสอบ {uuid.uuid4().hex[:6]}")
    production.line.follow(somebody)
    until(lambda: production.line.from_account(somebody), 60, "greeting")
    return somebody


def file_complaint(production: Production, resident: str) -> str:
    """Send a complaint with a photo as the form does; return its number."""
    token = {"Authorization": f"Bearer {production.line.id_token(resident)}"}
    picture = testing.picture(position=(18.79, 98.98))
    answer = production.request(
        "POST", "/api/v1/photos", fields={"file": ("photo.jpg", picture)}, headers=token
    )
    assert answer.status == 201, answer.data
    body = {
        "category": "road",
        "subject": "ถนนเป็นหลุม",
        "details": "หลุมลึกหน้าวัด รถล้มแล้วสองคัน",
        "village": 3,
        "latitude": 18.79,
        "longitude": 98.98,
        "reporter": {"full_name": "สมศรี ใจดี", "phone": "081-234-5678"},
        "photos": [json.loads(answer.data)["id"]],
        "notice_acknowledged": True,
    }
    answer = production.request(
        "POST",
        "/api/v1/complaints",
        json=body,
        headers=token | {"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status == 201, answer.data
    return str(json.loads(answer.data)["number"])


def notices(production: Production, resident: str) -> list[str]:
    """Return the alt texts of the status notices in her chat, oldest first."""
    told = production.line.from_account(resident)
    return [m["altText"] for m in told if m.get("altText", "").startswith("เรื่องเลขที่")]


def await_notice(production: Production, resident: str, *expected: str) -> None:
    """Wait until her chat holds exactly these notices."""
    wanted = list(expected)
    until(lambda: notices(production, resident) == wanted, 60, f"{wanted} in the chat")


def test_check_for_deployment_is_clean(production: Production) -> None:
    said = production.run(
        ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], "web"
    )

    assert "no issues" in said


def test_health_checks_see_life(production: Production) -> None:
    for name in OURS:
        assert production.healthy(name), name


def test_health_check_sees_a_worker_that_does_not_listen(production: Production) -> None:
    production.stop("worker")
    try:
        with redis.Redis.from_url(production.redis.url) as broker:
            broker.lpush("celery", *["{}"] * 31)
            assert not production.healthy("worker")
            broker.delete("celery")
    finally:
        production.start("worker")

    assert production.healthy("worker")


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS"])
def test_missing_secret_stops_the_start_with_one_line(production: Production, name: str) -> None:
    given = production.values.pop(name)
    production.values[name] = "-"
    try:
        with pytest.MonkeyPatch.context() as patch:
            environment = production.environment()
            environment.pop(name)
            patch.setattr(production, "environment", lambda service: environment)
            with pytest.raises(RuntimeError) as stopped:
                production.run(["python", "manage.py", "check"])
    finally:
        production.values[name] = given

    last = str(stopped.value).strip().splitlines()[-1]
    assert name in last


@pytest.mark.parametrize(
    "path", ["/", "/liff", "/liff/complaint", "/liff/emergency", "/admin/login/", "/api/v1/schema"]
)
def test_pages_are_served_behind_tls(production: Production, path: str) -> None:
    answer = production.get(path)

    assert answer.status == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "Secure" in cookie


def test_simulator_is_not_there(production: Production) -> None:
    assert production.get("/simulator/").status == 404


def test_static_files_are_kept_for_ever_under_hashed_names(production: Production) -> None:
    page = production.get("/admin/login/").data.decode()
    address = next(a for a in re.findall(r'(?:href|src)="(/static/[^"]+)"', page) if ".css" in a)

    answer = production.get(address)

    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_plain_http_is_sent_to_https(production: Production) -> None:
    host = {"Host": production.url.removeprefix("https://")}

    answer = production.http.request(
        "GET", f"http://127.0.0.1:{production.web_port}/liff", headers=host, redirect=False
    )

    assert answer.status == 301
    assert answer.headers["Location"] == f"{production.url}/liff"


def test_foreign_host_name_is_refused(production: Production) -> None:
    assert production.get("/", headers={"Host": "evil.example"}).status == 400


def test_complaint_reaches_staff_and_its_notice_the_chat(
    production: Production, resident: str
) -> None:
    number = file_complaint(production, resident)

    await_notice(production, resident, f"เรื่องเลขที่ {number} รับเรื่องแล้ว")
    token = {"Authorization": f"Bearer {production.line.id_token(resident)}"}
    case = json.loads(production.get(f"/api/v1/complaints/{number}", headers=token).data)
    assert case["status"] == "received"
    photo = case["photos"][0]["url"].removeprefix(production.url)
    assert production.get(photo, headers=token).data.startswith(b"\xff\xd8")
    assert production.get(photo).status == 404


class Resident(journey.Browser):
    """Opens a page and begins when she sees its button."""

    def open(self, label: str) -> Page:  # type: ignore[override]
        """Open the page behind a rich-menu area."""
        page = super().open(label)
        expect(page.get_by_role("button", name="ถัดไป")).to_be_visible(timeout=journey.PATIENCE)
        return page


def window(browser: Browser, width: int, height: int, complaints: list[str]) -> BrowserContext:
    """A person's own window, which writes down whatever the browser refuses or does not get."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="th-TH", ignore_https_errors=True
    )

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def answered(response: Response) -> None:
        if "/static/" in response.url and response.status >= 400:
            complaints.append(f"{response.status} {response.url}")

    context.on("console", said)
    context.on("response", answered)
    return context


@pytest.mark.browser
def test_whole_journey_in_browsers_behind_tls(production: Production, tmp_path: Path) -> None:
    production.run(["python", "manage.py", "sync_rich_menu"])
    hire = "from bannmae import testing; print(testing.make_legal_officer().username)"
    said = production.run(["python", "manage.py", "shell", "--no-imports", "-c", hire])
    refused: list[str] = []
    with chromium() as browser:
        phone = Resident(window(browser, 390, 844, refused), production.line, BOONMEE)

        desk = journey.from_the_tap_to_the_end(
            phone,
            lambda: journey.Desk(
                window(browser, 1366, 768, refused),
                production.url,
                said.split()[-1],
                testing.PASSWORD,
            ),
            journey.photos_of_a_phone(tmp_path),
        )

        cookies = {one["name"]: one for one in desk.page.context.cookies()}
        assert {"sessionid", "csrftoken"} <= cookies.keys()
        assert all(one["secure"] for one in cookies.values())
        assert cookies["sessionid"]["httpOnly"]
    assert refused == []


def test_worker_away_costs_no_notice(production: Production, resident: str) -> None:
    production.stop("worker")
    try:
        number = file_complaint(production, resident)
        assert notices(production, resident) == []
        assert production.get("/readyz").status == 200
    finally:
        production.start("worker")

    await_notice(production, resident, f"เรื่องเลขที่ {number} รับเรื่องแล้ว")


def test_beat_away_delays_nothing_that_was_rung_for(production: Production, resident: str) -> None:
    production.stop("beat")
    try:
        number = file_complaint(production, resident)
        await_notice(production, resident, f"เรื่องเลขที่ {number} รับเรื่องแล้ว")
    finally:
        production.start("beat")


def test_broker_away_fails_no_request_and_loses_nothing(
    production: Production, resident: str
) -> None:
    before = len(production.line.from_account(resident))
    production.redis.stop()
    try:
        number = file_complaint(production, resident)
        event = production.line.text(resident, "สวัสดีค่ะ")["event_id"]
        until(lambda: delivered(production, event), what="webhook while the broker is away")
        assert production.get("/readyz").status == 503
    finally:
        production.redis.start()

    await_notice(production, resident, f"เรื่องเลขที่ {number} รับเรื่องแล้ว")
    until(lambda: len(production.line.from_account(resident)) >= before + 2, 60, "reply")


def delivered(production: Production, event: str) -> bool:
    return any(
        d["event_id"] == event and d["http_status"] == 200 for d in production.line.deliveries()
    )


def test_web_away_is_made_up_for_by_lines_second_try(production: Production, resident: str) -> None:
    before = len(production.line.from_account(resident))
    production.stop("web")
    try:
        event = production.line.text(resident, "สวัสดีค่ะ")["event_id"]
        until(
            lambda: any(
                d["event_id"] == event and d["attempts"] for d in production.line.deliveries()
            ),
            what="a first try",
        )
    finally:
        production.start("web")
    production.line.retry_deliveries()

    until(lambda: len(production.line.from_account(resident)) == before + 1, 60, "reply")


def test_database_away_is_told_and_forgotten(production: Production, resident: str) -> None:
    production.postgres.stop()
    try:
        assert production.get("/healthz").status == 200
        assert production.get("/readyz").status == 503
    finally:
        production.postgres.start()
    until(lambda: production.get("/readyz").status == 200, what="readyz")

    answers: list[Any] = [production.get("/api/v1/categories").status for _ in range(24)]

    assert set(answers) == {200}
    number = file_complaint(production, resident)
    await_notice(production, resident, f"เรื่องเลขที่ {number} รับเรื่องแล้ว")


def test_logs_hold_no_personal_data(production: Production, resident: str) -> None:
    number = file_complaint(production, resident)
    await_notice(production, resident, f"เรื่องเลขที่ {number} รับเรื่องแล้ว")

    logs = "".join(production.log(name).read_text() for name in OURS)

    for told in ("สมศรี", "0812345678", "081-234-5678", resident, "หลุมลึก", "127.0.0.1 - -"):
        assert told not in logs
