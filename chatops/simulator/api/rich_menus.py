"""Rich menus: objects, pictures, the default, links per user, aliases."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatops.simulator import answers, limits, pictures, store
from chatops.simulator.answers import LineError, as_json, read_json
from chatops.simulator.api.account import is_user_id
from chatops.simulator.models import Alias, Resident, RichMenu
from chatops.simulator.rules import Report, check_rich_menu
from chatops.simulator.rules.rich_menu import image_is_allowed

NO_IMAGE = "must upload richmenu image before applying it to user"
ALIAS_NOT_FOUND = "richmenu alias not found"


def _checked(request: HttpRequest) -> dict[str, Any]:
    body = read_json(request)
    report = Report()
    check_rich_menu(body, report)
    answers.refuse(report.problems)
    return body


def _menu(rich_menu_id: str) -> RichMenu:
    menu = RichMenu.objects.filter(pk=rich_menu_id).first()
    if menu is None:
        raise LineError(404, answers.NOT_FOUND)
    return menu


def _ready_menu(rich_menu_id: str) -> RichMenu:
    menu = _menu(rich_menu_id)
    if not menu.image_type:
        raise LineError(400, NO_IMAGE, details=[])
    return menu


def _as_object(menu: RichMenu) -> dict[str, Any]:
    names = ("size", "selected", "name", "chatBarText", "areas")
    return {"richMenuId": menu.pk, **{name: menu.spec[name] for name in names}}


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/richmenu."""
    spec = _checked(request)
    with transaction.atomic():
        if RichMenu.objects.count() >= limits.RICH_MENUS:
            raise LineError(400, "The maximum number of richmenus has been reached", details=[])
        menu = RichMenu.objects.create(
            rich_menu_id=f"richmenu-{secrets.token_hex(16)}",
            spec=spec,
            created_at=store.now_ms(),
        )
    return as_json({"richMenuId": menu.pk})


@require_POST
def validate(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/richmenu/validate."""
    _checked(request)
    return as_json({})


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """GET /v2/bot/richmenu/list."""
    menus = RichMenu.objects.order_by("created_at", "pk")
    return as_json({"richmenus": [_as_object(menu) for menu in menus]})


@require_http_methods(["GET", "DELETE"])
def one(request: HttpRequest, rich_menu_id: str) -> HttpResponse:
    """GET and DELETE /v2/bot/richmenu/{richMenuId}. Aliases of a deleted menu stay behind."""
    menu = _menu(rich_menu_id)
    if request.method == "GET":
        return as_json(_as_object(menu))
    with transaction.atomic():
        if store.read("default_menu") == menu.pk:
            store.write("default_menu", "")
        menu.delete()
    pictures.drop_menu(rich_menu_id)
    return as_json({})


@require_http_methods(["GET", "POST"])
def image(request: HttpRequest, rich_menu_id: str) -> HttpResponse:
    """GET and POST /v2/bot/richmenu/{richMenuId}/content: the picture, set once."""
    menu = _menu(rich_menu_id)
    if request.method == "GET":
        data = pictures.menu(menu.pk) if menu.image_type else None
        if data is None:
            raise LineError(404, answers.NOT_FOUND)
        return HttpResponse(data, content_type=menu.image_type)
    kind = (request.content_type or "").lower()
    if kind not in {"image/jpeg", "image/png"}:
        raise LineError(415, f"The content type, {kind or 'null'}, is not supported")
    if menu.image_type:
        raise LineError(400, "An image has already been uploaded to the richmenu")
    data = request.body
    size = pictures.size_of(data)
    if size is None or f"image/{size[2].lower()}" != kind:
        raise LineError(400, "The image format is not allowed for richmenu")
    if len(data) > limits.RICH_MENU_IMAGE_BYTES:
        raise LineError(400, "The image file size is not allowed for richmenu")
    if not image_is_allowed(size[0], size[1]):
        raise LineError(400, "The image size is not allowed for richmenu")
    pictures.keep_menu(menu.pk, data)
    RichMenu.objects.filter(pk=menu.pk).update(image_type=kind)
    return as_json({})


@require_http_methods(["GET", "DELETE"])
def default(request: HttpRequest) -> HttpResponse:
    """GET and DELETE /v2/bot/user/all/richmenu."""
    if request.method == "DELETE":
        store.write("default_menu", "")
        return as_json({})
    rich_menu_id = store.read("default_menu", "")
    if not rich_menu_id:
        raise LineError(404, "no default richmenu", details=[])
    return as_json({"richMenuId": rich_menu_id})


@require_POST
def set_default(request: HttpRequest, rich_menu_id: str) -> HttpResponse:
    """POST /v2/bot/user/all/richmenu/{richMenuId}."""
    with transaction.atomic():
        store.write("default_menu", _ready_menu(rich_menu_id).pk)
    return as_json({})


@require_POST
def link(request: HttpRequest, user_id: str, rich_menu_id: str) -> HttpResponse:
    """POST /v2/bot/user/{userId}/richmenu/{richMenuId}: nothing happens for who is no friend."""
    if not is_user_id(user_id):
        raise LineError(400, answers.INVALID_USER_ID)
    menu = _ready_menu(rich_menu_id)
    Resident.objects.filter(pk=user_id, blocked=False).update(menu=menu)
    return as_json({})


@require_http_methods(["GET", "DELETE"])
def of_user(request: HttpRequest, user_id: str) -> HttpResponse:
    """GET and DELETE /v2/bot/user/{userId}/richmenu."""
    if not is_user_id(user_id):
        raise LineError(400, answers.INVALID_USER_ID)
    friends = Resident.objects.filter(pk=user_id, blocked=False)
    if request.method == "DELETE":
        friends.update(menu=None)
        return as_json({})
    resident = friends.first()
    if resident is None or resident.menu_id is None:
        raise LineError(404, "the user has no richmenu", details=[])
    return as_json({"richMenuId": resident.menu_id})


def _user_ids(body: dict[str, Any]) -> list[str]:
    ids = body.get("userIds")
    if not isinstance(ids, list) or not 1 <= len(ids) <= limits.MULTICAST_RECIPIENTS:
        raise answers.refuse_property(
            "userIds", f"Size must be between 1 and {limits.MULTICAST_RECIPIENTS}"
        )
    for index, user_id in enumerate(ids):
        if not is_user_id(user_id):
            raise answers.invalid_property(f"userIds[{index}]")
    return ids


@require_POST
def bulk_link(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/richmenu/bulk/link: 202."""
    body = read_json(request)
    ids = _user_ids(body)
    menu = RichMenu.objects.filter(pk=_menu_id_in(body)).first()
    if menu is None:
        raise LineError(404, "richmenu not found", details=[])
    if not menu.image_type:
        raise LineError(400, NO_IMAGE, details=[])
    Resident.objects.filter(pk__in=ids, blocked=False).update(menu=menu)
    return as_json({}, 202)


@require_POST
def bulk_unlink(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/richmenu/bulk/unlink: 202."""
    ids = _user_ids(read_json(request))
    Resident.objects.filter(pk__in=ids, blocked=False).update(menu=None)
    return as_json({}, 202)


def _menu_id_in(body: dict[str, Any]) -> str:
    rich_menu_id = body.get("richMenuId")
    if (
        not isinstance(rich_menu_id, str)
        or re.fullmatch(limits.RICH_MENU_ID_PATTERN, rich_menu_id) is None
    ):
        raise answers.refuse_property("richMenuId", "invalid richMenuId")
    return rich_menu_id


def _alias_target(body: dict[str, Any]) -> str:
    """Return the menu that an alias shall name: it must exist and have its picture."""
    rich_menu_id = _menu_id_in(body)
    if not RichMenu.objects.filter(pk=rich_menu_id).exclude(image_type="").exists():
        raise LineError(400, "richmenu not found", details=[])
    return rich_menu_id


def _as_alias(alias: Alias) -> dict[str, str]:
    return {"richMenuAliasId": alias.pk, "richMenuId": alias.rich_menu_id}


@require_POST
def create_alias(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/richmenu/alias."""
    body = read_json(request)
    alias_id = body.get("richMenuAliasId")
    if not isinstance(alias_id, str) or re.fullmatch(limits.ALIAS_PATTERN, alias_id) is None:
        raise answers.refuse_property("richMenuAliasId", "invalid richMenuAliasId")
    with transaction.atomic():
        target = _alias_target(body)
        if Alias.objects.filter(pk=alias_id).exists():
            raise LineError(400, "conflict richmenu alias id", details=[])
        if Alias.objects.count() >= limits.RICH_MENU_ALIASES:
            raise LineError(
                400, "The maximum number of richmenu aliases has been reached", details=[]
            )
        Alias.objects.create(alias_id=alias_id, rich_menu_id=target)
    return as_json({})


@require_http_methods(["GET", "POST", "DELETE"])
def one_alias(request: HttpRequest, alias_id: str) -> HttpResponse:
    """GET, POST (update) and DELETE /v2/bot/richmenu/alias/{richMenuAliasId}."""
    if re.fullmatch(limits.ALIAS_PATTERN, alias_id) is None:
        raise answers.refuse_property("richMenuAliasId", "invalid richMenuAliasId")
    alias = Alias.objects.filter(pk=alias_id).first()
    if alias is None:
        raise LineError(404, ALIAS_NOT_FOUND, details=[])
    if request.method == "GET":
        return as_json(_as_alias(alias))
    if request.method == "DELETE":
        alias.delete()
        return as_json({})
    alias.rich_menu_id = _alias_target(read_json(request))
    alias.save()
    return as_json({})


@require_GET
def list_aliases(request: HttpRequest) -> HttpResponse:
    """GET /v2/bot/richmenu/alias/list."""
    return as_json({"aliases": [_as_alias(alias) for alias in Alias.objects.order_by("pk")]})
