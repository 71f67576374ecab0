"""Rich menus: what LINE takes, the picture, the default, links and aliases, and her phone."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import urllib3

from chatops.simulator.testing import BOONMEE, Simulator
from chatops.simulator.tests.bot import Bot
from chatops.simulator.tests.conftest import picture

MENU = "/v2/bot/richmenu"
SWITCH = {"type": "richmenuswitch", "richMenuAliasId": "tab-2", "data": "to-2", "label": "อื่น ๆ"}
SPEC: dict[str, Any] = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "เมนูหลัก",
    "chatBarText": "เมนูบริการ",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 1250, "height": 1686},
            "action": {"type": "message", "label": "ติดตามสถานะ", "text": "ติดตามสถานะ"},
        },
        {"bounds": {"x": 1250, "y": 0, "width": 1250, "height": 1686}, "action": SWITCH},
    ],
}


def body_of(answer: urllib3.BaseHTTPResponse) -> Any:
    return json.loads(answer.data)


def create(sim: Simulator, **changes: Any) -> str:
    answer = sim.api("POST", MENU, {**SPEC, **changes})
    assert answer.status == 200, answer.data
    return body_of(answer)["richMenuId"]


def upload(
    sim: Simulator, menu: str, data: bytes, content_type: str = "image/png"
) -> urllib3.BaseHTTPResponse:
    return sim.request(
        "POST",
        f"{MENU}/{menu}/content",
        headers={"Authorization": f"Bearer {sim.token}", "Content-Type": content_type},
        body=data,
    )


@pytest.fixture(scope="module")
def menu_picture() -> bytes:
    return picture(2500, 1686, "PNG")


@pytest.fixture
def ready(sim: Simulator, menu_picture: bytes) -> str:
    """A menu with its picture."""
    menu = create(sim)
    assert upload(sim, menu, menu_picture).status == 200
    return menu


def test_a_menu_comes_back_as_it_was_made(sim: Simulator) -> None:
    menu = create(sim)
    expected = {"richMenuId": menu, **SPEC}
    assert body_of(sim.api("GET", f"{MENU}/{menu}")) == expected
    assert body_of(sim.api("GET", f"{MENU}/list")) == {"richmenus": [expected]}
    assert menu.startswith("richmenu-")


BAD = {
    "name": ({"name": None}, "name", "must be specified"),
    "long name": ({"name": "ก" * 301}, "name", "must not be longer than 300 characters"),
    "bar": ({"chatBarText": "ก" * 15}, "chatBarText", "must not be longer than 14 characters"),
    "selected": ({"selected": None}, "selected", "must be specified"),
    "width": (
        {"size": {"width": 700, "height": 250}},
        "size.width",
        "Must be between 800 and 2500",
    ),
    "height": (
        {"size": {"width": 2500, "height": 200}},
        "size.height",
        "Must be between 250 and 2147483647",
    ),
    "ratio": (
        {"size": {"width": 2500, "height": 1800}},
        "size.height",
        "The aspect ratio (width / height) must be 1.45 or more",
    ),
    "areas": ({"areas": [SPEC["areas"][0]] * 21}, "areas", "Size must be between 0 and 20"),
    "uri": (
        {"areas": [{**SPEC["areas"][0], "action": {"type": "uri", "uri": "http:///x"}}]},
        "areas[0].action.uri",
        "invalid uri",
    ),
    "label": (
        {"areas": [{**SPEC["areas"][0], "action": {**SWITCH, "label": "ก" * 21}}]},
        "areas[0].action.label",
        "must not be longer than 20 characters",
    ),
    "alias": (
        {"areas": [{**SPEC["areas"][0], "action": {**SWITCH, "richMenuAliasId": "Tab 2"}}]},
        "areas[0].action.richMenuAliasId",
        "invalid richMenuAliasId",
    ),
    "camera": (
        {"areas": [{**SPEC["areas"][0], "action": {"type": "camera", "label": "a"}}]},
        "areas[0].action.type",
        "camera action is not allowed here",
    ),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("path", [MENU, f"{MENU}/validate"])
def test_a_menu_that_line_would_refuse(sim: Simulator, name: str, path: str) -> None:
    changes, place, words = BAD[name]
    answer = sim.api("POST", path, {**SPEC, **changes})
    assert answer.status == 400
    assert body_of(answer) == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": words, "property": place}],
    }


def test_validate_makes_nothing(sim: Simulator) -> None:
    answer = sim.api("POST", f"{MENU}/validate", SPEC)
    assert (answer.status, body_of(answer)) == (200, {})
    assert body_of(sim.api("GET", f"{MENU}/list")) == {"richmenus": []}


def test_an_area_of_a_menu_needs_no_label(sim: Simulator) -> None:
    spec = copy.deepcopy(SPEC)
    del spec["areas"][0]["action"]["label"]
    assert sim.api("POST", MENU, spec).status == 200


# -- the picture --------------------------------------------------------------------


def test_a_picture_is_set_once(sim: Simulator, ready: str, menu_picture: bytes) -> None:
    answer = sim.api("GET", f"{MENU}/{ready}/content")
    assert (answer.headers["Content-Type"], answer.data) == ("image/png", menu_picture)
    again = upload(sim, ready, menu_picture)
    assert (again.status, body_of(again)) == (
        400,
        {"message": "An image has already been uploaded to the richmenu"},
    )


@pytest.mark.parametrize(
    ("size", "allowed"),
    [((800, 250), True), ((2500, 1724), True), ((2500, 1725), False), ((799, 250), False),
     ((2501, 1000), False), ((800, 249), False)],
)  # fmt: skip
def test_the_pictures_size(sim: Simulator, size: tuple[int, int], allowed: bool) -> None:
    answer = upload(sim, create(sim), picture(*size), "image/jpeg")
    if allowed:
        assert (answer.status, body_of(answer)) == (200, {})
    else:
        assert (answer.status, body_of(answer)) == (
            400,
            {"message": "The image size is not allowed for richmenu"},
        )


def test_one_megabyte_at_most(sim: Simulator) -> None:
    just = picture(800, 400)
    padded = just + b"\0" * (1024 * 1024 - len(just))
    assert upload(sim, create(sim), padded + b"\0", "image/jpeg").status == 400
    assert upload(sim, create(sim), padded, "image/jpeg").status == 200


def test_other_types_are_415_and_disguises_400(sim: Simulator, menu_picture: bytes) -> None:
    menu = create(sim)
    assert upload(sim, menu, menu_picture, "image/webp").status == 415
    assert upload(sim, menu, menu_picture, "application/json").status == 415
    assert upload(sim, menu, menu_picture, "image/jpeg").status == 400
    assert upload(sim, menu, b"not a picture", "image/png").status == 400
    assert sim.api("GET", f"{MENU}/{menu}/content").status == 404


# -- default and links --------------------------------------------------------------


def test_the_default_menu(sim: Simulator, ready: str, somsri: str) -> None:
    missing = sim.api("GET", "/v2/bot/user/all/richmenu")
    assert (missing.status, body_of(missing)["message"]) == (404, "no default richmenu")
    assert sim.menu(somsri) is None
    assert sim.api("POST", f"/v2/bot/user/all/richmenu/{ready}").status == 200
    assert body_of(sim.api("GET", "/v2/bot/user/all/richmenu")) == {"richMenuId": ready}
    menu = sim.menu(somsri)
    assert menu is not None
    assert (menu["rich_menu_id"], menu["chat_bar_text"]) == (ready, "เมนูบริการ")
    assert menu["areas"] == SPEC["areas"]
    assert sim.http.request("GET", menu["image_url"]).headers["Content-Type"] == "image/png"
    assert sim.api("DELETE", "/v2/bot/user/all/richmenu").status == 200
    assert sim.menu(somsri) is None


def test_a_menu_without_picture_cannot_be_shown(sim: Simulator, somsri: str) -> None:
    bare = create(sim)
    for path in ("all", somsri):
        answer = sim.api("POST", f"/v2/bot/user/{path}/richmenu/{bare}")
        assert answer.status == 400
        assert body_of(answer)["message"] == (
            "must upload richmenu image before applying it to user"
        )


@pytest.mark.parametrize("path", ["", "/content"])
def test_an_unknown_menu_is_404(sim: Simulator, path: str) -> None:
    answer = sim.api("GET", f"{MENU}/richmenu-{'0' * 32}{path}")
    assert (answer.status, body_of(answer)) == (404, {"message": "Not found"})
    assert sim.api("POST", f"/v2/bot/user/all/richmenu/richmenu-{'0' * 32}").status == 404


def test_her_own_menu_comes_before_the_default(
    sim: Simulator, ready: str, menu_picture: bytes, somsri: str
) -> None:
    own = create(sim, name="ส่วนตัว")
    upload(sim, own, menu_picture)
    sim.api("POST", f"/v2/bot/user/all/richmenu/{ready}")
    assert sim.api("POST", f"/v2/bot/user/{somsri}/richmenu/{own}").status == 200
    assert body_of(sim.api("GET", f"/v2/bot/user/{somsri}/richmenu")) == {"richMenuId": own}
    assert sim.menu(somsri)["rich_menu_id"] == own
    assert sim.menu(sim.resident(BOONMEE))["rich_menu_id"] == ready
    assert sim.api("DELETE", f"/v2/bot/user/{somsri}/richmenu").status == 200
    assert sim.menu(somsri)["rich_menu_id"] == ready
    answer = sim.api("GET", f"/v2/bot/user/{somsri}/richmenu")
    assert (answer.status, body_of(answer)["message"]) == (404, "the user has no richmenu")


def test_linking_who_is_no_friend_does_nothing(sim: Simulator, ready: str, somsri: str) -> None:
    sim.block(somsri)
    assert sim.api("POST", f"/v2/bot/user/{somsri}/richmenu/{ready}").status == 200
    assert sim.api("POST", f"/v2/bot/user/U{'0' * 32}/richmenu/{ready}").status == 200
    bad = sim.api("POST", f"/v2/bot/user/nobody/richmenu/{ready}")
    assert (bad.status, body_of(bad)["message"]) == (
        400,
        "The value for the 'userId' parameter is invalid",
    )
    sim.unblock(somsri)
    assert sim.menu(somsri) is None


def test_many_links_at_once(sim: Simulator, ready: str, somsri: str) -> None:
    body = {"richMenuId": ready, "userIds": [somsri]}
    assert sim.api("POST", f"{MENU}/bulk/link", body).status == 202
    assert sim.menu(somsri)["rich_menu_id"] == ready
    assert sim.api("POST", f"{MENU}/bulk/unlink", {"userIds": [somsri]}).status == 202
    assert sim.menu(somsri) is None
    assert sim.api("POST", f"{MENU}/bulk/link", {**body, "userIds": ["x"]}).status == 400
    assert sim.api("POST", f"{MENU}/bulk/link", {**body, "userIds": []}).status == 400
    assert sim.api("POST", f"{MENU}/bulk/link", {**body, "richMenuId": "x"}).status == 400
    unknown = {**body, "richMenuId": f"richmenu-{'0' * 32}"}
    assert sim.api("POST", f"{MENU}/bulk/link", unknown).status == 404


def test_deleting_a_menu_takes_it_off_every_phone(sim: Simulator, ready: str, somsri: str) -> None:
    sim.api("POST", f"/v2/bot/user/all/richmenu/{ready}")
    sim.api("POST", f"/v2/bot/user/{somsri}/richmenu/{ready}")
    assert sim.api("DELETE", f"{MENU}/{ready}").status == 200
    assert sim.menu(somsri) is None
    assert sim.api("GET", "/v2/bot/user/all/richmenu").status == 404
    assert sim.api("DELETE", f"{MENU}/{ready}").status == 404


# -- aliases ------------------------------------------------------------------------


def test_an_alias_from_birth_to_death(sim: Simulator, ready: str, menu_picture: bytes) -> None:
    body = {"richMenuAliasId": "tab-1", "richMenuId": ready}
    assert sim.api("POST", f"{MENU}/alias", body).status == 200
    assert body_of(sim.api("GET", f"{MENU}/alias/tab-1")) == body
    assert body_of(sim.api("GET", f"{MENU}/alias/list")) == {"aliases": [body]}
    conflict = sim.api("POST", f"{MENU}/alias", body)
    assert (conflict.status, body_of(conflict)["message"]) == (400, "conflict richmenu alias id")
    other = create(sim)
    upload(sim, other, menu_picture)
    assert sim.api("POST", f"{MENU}/alias/tab-1", {"richMenuId": other}).status == 200
    assert body_of(sim.api("GET", f"{MENU}/alias/tab-1"))["richMenuId"] == other
    assert sim.api("DELETE", f"{MENU}/alias/tab-1").status == 200
    gone = sim.api("GET", f"{MENU}/alias/tab-1")
    assert (gone.status, body_of(gone)) == (
        404,
        {"message": "richmenu alias not found", "details": []},
    )


def test_an_alias_needs_a_menu_with_a_picture_and_a_proper_name(sim: Simulator, ready: str) -> None:
    def refusal(**body: str) -> str:
        answer = sim.api("POST", f"{MENU}/alias", body)
        assert answer.status == 400
        return (body_of(answer).get("details") or [body_of(answer)])[0]["message"]

    assert refusal(richMenuAliasId="a", richMenuId=create(sim)) == "richmenu not found"
    assert refusal(richMenuAliasId="a", richMenuId="menu") == "invalid richMenuId"
    assert refusal(richMenuAliasId="A b", richMenuId=ready) == "invalid richMenuAliasId"
    assert refusal(richMenuAliasId="a" * 33, richMenuId=ready) == "invalid richMenuAliasId"


def test_switching_tabs_changes_the_menu_and_tells_the_bot(
    sim: Simulator, bot: Bot, ready: str, menu_picture: bytes, somsri: str
) -> None:
    second = create(sim, name="แท็บสอง")
    upload(sim, second, menu_picture)
    sim.api("POST", f"/v2/bot/user/all/richmenu/{ready}")
    sim.api("POST", f"{MENU}/alias", {"richMenuAliasId": "tab-2", "richMenuId": second})
    assert sim.tap_menu(somsri, "อื่น ๆ") is None
    assert sim.menu(somsri)["rich_menu_id"] == second
    event = bot.events(1)[0]
    assert event["postback"] == {
        "data": "to-2",
        "params": {"newRichMenuAliasId": "tab-2", "status": "SUCCESS"},
    }
    assert event["replyToken"]


def test_a_switch_that_leads_nowhere_says_so(
    sim: Simulator, bot: Bot, ready: str, menu_picture: bytes, somsri: str
) -> None:
    sim.tap(somsri, SWITCH)
    second = create(sim)
    upload(sim, second, menu_picture)
    sim.api("POST", f"{MENU}/alias", {"richMenuAliasId": "tab-2", "richMenuId": second})
    sim.api("DELETE", f"{MENU}/{second}")
    sim.tap(somsri, SWITCH)
    assert [event["postback"]["params"] for event in bot.events(2)] == [
        {"status": "RICHMENU_ALIAS_ID_NOTFOUND"},
        {"status": "RICHMENU_NOTFOUND"},
    ]
