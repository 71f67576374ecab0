"""Addresses of the simulator: LINE's own, and the control API below `/_sim/`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from chatops.simulator import control, liff_app, login, sdk, state
from chatops.simulator.answers import NOT_FOUND, as_json
from chatops.simulator.api import account, content, rich_menus, sending


class FileKind(StringConverter):
    """The kinds of uploads other than photos."""

    regex = "file|video|audio"


class LiffId(StringConverter):
    """The id of a LIFF app: the login channel's, and eight letters."""

    regex = r"\d+-\w+"


class Below(StringConverter):
    """All that follows, with its slash; may be nothing."""

    regex = "(?:/.*)?"


register_converter(FileKind, "file_kind")
register_converter(LiffId, "liff_id")
register_converter(Below, "below")

MESSAGE = "v2/bot/message"
MENU = "v2/bot/richmenu"
RESIDENT = "_sim/residents/<str:user_id>"

urlpatterns = [
    # -- Messaging API
    path(f"{MESSAGE}/reply", sending.reply),
    path(f"{MESSAGE}/push", sending.push),
    path(f"{MESSAGE}/validate/reply", sending.validate),
    path(f"{MESSAGE}/validate/push", sending.validate),
    path(f"{MESSAGE}/quota", account.quota),
    path(f"{MESSAGE}/quota/consumption", account.consumption),
    path(f"{MESSAGE}/<str:message_id>/content", content.content),
    path(f"{MESSAGE}/<str:message_id>/content/preview", content.preview),
    path(f"{MESSAGE}/<str:message_id>/content/transcoding", content.transcoding),
    path("v2/bot/profile/<str:user_id>", account.profile),
    path("v2/bot/info", account.info),
    path("v2/bot/chat/loading/start", account.loading),
    path("v2/bot/chat/markAsRead", account.mark_as_read),
    path("v2/bot/channel/webhook/endpoint", account.webhook_endpoint),
    path("v2/bot/channel/webhook/test", account.webhook_test),
    path(MENU, rich_menus.create),
    path(f"{MENU}/validate", rich_menus.validate),
    path(f"{MENU}/list", rich_menus.listing),
    path(f"{MENU}/bulk/link", rich_menus.bulk_link),
    path(f"{MENU}/bulk/unlink", rich_menus.bulk_unlink),
    path(f"{MENU}/alias", rich_menus.create_alias),
    path(f"{MENU}/alias/list", rich_menus.list_aliases),
    path(f"{MENU}/alias/<str:alias_id>", rich_menus.one_alias),
    path(f"{MENU}/<str:rich_menu_id>", rich_menus.one),
    path(f"{MENU}/<str:rich_menu_id>/content", rich_menus.image),
    path("v2/bot/user/all/richmenu", rich_menus.default),
    path("v2/bot/user/all/richmenu/<str:rich_menu_id>", rich_menus.set_default),
    path("v2/bot/user/<str:user_id>/richmenu", rich_menus.of_user),
    path("v2/bot/user/<str:user_id>/richmenu/<str:rich_menu_id>", rich_menus.link),
    # -- LINE Login and LIFF
    path("oauth2/v2.1/authorize", login.authorize),
    path("oauth2/v2.1/token", login.token),
    path("oauth2/v2.1/certs", login.certs),
    path("oauth2/v2.1/verify", login.verify),
    path("oauth2/v2.1/revoke", login.revoke),
    path("v2/profile", login.user_profile),
    path("friendship/v1/status", login.friendship),
    path("liff/sdk.js", sdk.script),
    path("liff/v1/authorize", liff_app.authorize),
    path("liff/v2/apps/<str:liff_id>/contextToken", liff_app.context_token),
    path("liff/v2/apps/<str:liff_id>/featureToken", liff_app.feature_token),
    path("<liff_id:liff_id><below:below>", liff_app.open_link),
    # -- control API
    path("_sim/state", state.state),
    path("_sim/residents", control.add_resident),
    path(f"{RESIDENT}/text", control.text),
    path(f"{RESIDENT}/image", control.image),
    path(f"{RESIDENT}/<file_kind:kind>", control.file),
    path(f"{RESIDENT}/location", control.location),
    path(f"{RESIDENT}/sticker", control.sticker),
    path(f"{RESIDENT}/messages", control.messages),
    path(f"{RESIDENT}/action", control.action),
    path(f"{RESIDENT}/follow", control.follow),
    path(f"{RESIDENT}/block", control.block),
    path(f"{RESIDENT}/unblock", control.unblock),
    path(f"{RESIDENT}/unsend", control.unsend),
    path(f"{RESIDENT}/liff", control.liff),
    path("_sim/faults", state.faults),
    path("_sim/settings", state.settings),
    path("_sim/requests", state.requests),
    path("_sim/deliveries", state.deliveries),
    path("_sim/deliveries/retry", state.retry_deliveries),
    path("_sim/webhook", state.webhook),
    path("_sim/keys/rotate", state.rotate_keys),
    path("_sim/reset", state.reset),
    path("_sim/healthz", state.healthz),
    path("_sim/content/<str:message_id>", state.content, name="phone-content"),
    path("_sim/richmenu/<str:rich_menu_id>/image", state.menu_image, name="phone-menu"),
    path("_sim/avatar/<str:user_id>", state.avatar, name="avatar"),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address as LINE does."""
    return as_json({"message": NOT_FOUND}, 404)


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses (a strange host, for one)."""
    return as_json({"message": "Bad Request"}, 400)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer a fault of the simulator itself, which is no simulated one."""
    return as_json({"message": "Internal Server Error (simulator)"}, 500)
