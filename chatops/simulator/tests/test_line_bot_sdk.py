"""LINE's own SDK as the client: it meets here what it would meet at LINE."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    FlexContainer,
    FlexMessage,
    MarkMessagesAsReadByTokenRequest,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    RichMenuRequest,
    Sender,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
    URIAction,
    ValidateMessageRequest,
)
from linebot.v3.messaging.exceptions import NotFoundException, UnauthorizedException

from chatops.simulator.testing import Simulator
from chatops.simulator.tests.bot import Bot
from chatops.simulator.tests.conftest import picture
from chatops.simulator.tests.samples import BUBBLE
from chatops.simulator.tests.test_rich_menus import SPEC

TIMES = (2, 5)


@pytest.fixture
def client(sim: Simulator) -> Iterator[ApiClient]:
    with ApiClient(Configuration(access_token=sim.token, host=sim.url)) as one:
        yield one
        one.rest_client.pool_manager.clear()


@pytest.fixture
def line(client: ApiClient) -> MessagingApi:
    return MessagingApi(client)


@pytest.fixture
def blob(client: ApiClient) -> MessagingApiBlob:
    return MessagingApiBlob(client)


def text(words: str = "สวัสดี", **more: Any) -> TextMessage:
    return TextMessage(text=words, **more)


def test_a_push_with_sender_and_quick_reply(
    sim: Simulator, line: MessagingApi, somsri: str
) -> None:
    item = QuickReplyItem(action=URIAction(label="โทร 1669", uri="tel:1669"))
    message = text(sender=Sender(name="กองช่าง"), quick_reply=QuickReply(items=[item]))
    answer = line.push_message_with_http_info(
        PushMessageRequest(to=somsri, messages=[message]), _request_timeout=TIMES
    )
    assert answer.status_code == 200
    assert answer.headers["X-Line-Request-Id"]
    (shown,) = sim.chat(somsri)
    assert shown["id"] == answer.data.sent_messages[0].id
    assert shown["message"]["quickReply"]["items"][0]["action"]["uri"] == "tel:1669"


def test_a_reply_and_its_token_again(
    sim: Simulator, bot: Bot, line: MessagingApi, somsri: str
) -> None:
    sim.text(somsri, "สวัสดี")
    request = ReplyMessageRequest(
        reply_token=bot.events(1)[0]["replyToken"], messages=[text("ตอบ")]
    )
    assert line.reply_message(request, _request_timeout=TIMES).sent_messages[0].quote_token
    with pytest.raises(ApiException) as refused:
        line.reply_message(request, _request_timeout=TIMES)
    assert refused.value.status == 400
    assert "Invalid reply token" in refused.value.body


def test_a_retry_after_a_timeout_is_409_and_sent_once(
    sim: Simulator, line: MessagingApi, somsri: str
) -> None:
    key, request = str(uuid.uuid4()), PushMessageRequest(to=somsri, messages=[text()])
    sim.faults(timeout_after_accept=1)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        line.push_message(request, x_line_retry_key=key, _request_timeout=(2, 0.3))
    with pytest.raises(ApiException) as again:
        line.push_message(request, x_line_retry_key=key, _request_timeout=TIMES)
    assert again.value.status == 409
    assert again.value.headers["x-line-accepted-request-id"]
    assert "sentMessages" in again.value.body
    assert len(sim.chat(somsri)) == 1


def test_a_dropped_connection_raises_and_sends_nothing(
    sim: Simulator, line: MessagingApi, somsri: str
) -> None:
    sim.faults(connection_drop=1)
    with pytest.raises(urllib3.exceptions.HTTPError):
        line.push_message(PushMessageRequest(to=somsri, messages=[text()]), _request_timeout=TIMES)
    assert sim.chat(somsri) == []


def test_flex_is_taken_and_bad_flex_refused(
    sim: Simulator, line: MessagingApi, somsri: str
) -> None:
    good = FlexMessage(alt_text="เรื่อง", contents=FlexContainer.from_dict(BUBBLE))
    line.validate_push(ValidateMessageRequest(messages=[good]), _request_timeout=TIMES)
    line.push_message(PushMessageRequest(to=somsri, messages=[good]), _request_timeout=TIMES)
    assert sim.from_account(somsri)[0]["contents"]["footer"] == BUBBLE["footer"]
    empty = FlexMessage(alt_text="เรื่อง", contents=FlexContainer.from_dict({"type": "bubble"}))
    with pytest.raises(ApiException) as refused:
        line.validate_push(ValidateMessageRequest(messages=[empty]), _request_timeout=TIMES)
    assert "At least one block must be specified" in refused.value.body


def test_profile_and_its_404(sim: Simulator, line: MessagingApi, somsri: str) -> None:
    profile = line.get_profile(somsri, _request_timeout=TIMES)
    assert (profile.display_name, profile.user_id) == ("สมศรี ใจดี", somsri)
    sim.block(somsri)
    with pytest.raises(NotFoundException):
        line.get_profile(somsri, _request_timeout=TIMES)


def test_a_wrong_token_is_an_unauthorized_exception(sim: Simulator) -> None:
    with ApiClient(Configuration(access_token="wrong", host=sim.url)) as client:
        with pytest.raises(UnauthorizedException):
            MessagingApi(client).get_bot_info(_request_timeout=TIMES)
        client.rest_client.pool_manager.clear()


def test_quota_info_loading_and_read_marks(
    sim: Simulator, bot: Bot, line: MessagingApi, somsri: str
) -> None:
    assert line.get_message_quota(_request_timeout=TIMES).value == 300
    assert line.get_message_quota_consumption(_request_timeout=TIMES).total_usage == 0
    info = line.get_bot_info(_request_timeout=TIMES)
    assert (info.chat_mode, info.mark_as_read_mode) == ("chat", "manual")
    request = ShowLoadingAnimationRequest(chatId=somsri, loadingSeconds=5)
    loading = line.show_loading_animation_with_http_info(request, _request_timeout=TIMES)
    assert loading.status_code == 202
    sim.text(somsri, "ก")
    token = bot.events(1)[0]["message"]["markAsReadToken"]
    line.mark_messages_as_read_by_token(
        MarkMessagesAsReadByTokenRequest(mark_as_read_token=token), _request_timeout=TIMES
    )
    assert sim.state(somsri)["read_until"]


def test_webhook_settings(sim: Simulator, bot: Bot, line: MessagingApi) -> None:
    url = f"{bot.url}/hook"
    line.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=url), _request_timeout=TIMES)
    endpoint = line.get_webhook_endpoint(_request_timeout=TIMES)
    assert (endpoint.endpoint, endpoint.active) == (url, True)
    result = line.test_webhook_endpoint(_request_timeout=TIMES)
    assert (result.success, result.status_code) == (True, 200)


def test_content_while_it_is_prepared_and_after(
    sim: Simulator, blob: MessagingApiBlob, somsri: str
) -> None:
    photo = picture()
    message_id = sim.image(somsri, photo)["message_id"]
    sim.faults(content_not_ready=1)
    assert blob.get_message_content(message_id, _request_timeout=TIMES) is None
    assert blob.get_message_content(message_id, _request_timeout=TIMES) == photo
    assert blob.get_message_content_preview(message_id, _request_timeout=TIMES)
    sim.unsend(somsri, message_id)
    with pytest.raises(ApiException) as gone:
        blob.get_message_content(message_id, _request_timeout=TIMES)
    assert gone.value.status == 410


def test_a_rich_menu_from_drawing_to_phone(
    sim: Simulator, line: MessagingApi, blob: MessagingApiBlob, somsri: str
) -> None:
    menu = line.create_rich_menu(RichMenuRequest.from_dict(SPEC), _request_timeout=TIMES)
    image = picture(2500, 1686, "PNG")
    headers = {"Content-Type": "image/png"}
    blob.set_rich_menu_image(menu.rich_menu_id, image, _headers=headers, _request_timeout=TIMES)
    assert blob.get_rich_menu_image(menu.rich_menu_id, _request_timeout=TIMES) == image
    line.set_default_rich_menu(menu.rich_menu_id, _request_timeout=TIMES)
    line.create_rich_menu_alias(
        CreateRichMenuAliasRequest(rich_menu_alias_id="tab-1", rich_menu_id=menu.rich_menu_id),
        _request_timeout=TIMES,
    )
    aliases = line.get_rich_menu_alias_list(_request_timeout=TIMES).aliases
    assert [alias.rich_menu_alias_id for alias in aliases] == ["tab-1"]
    (listed,) = line.get_rich_menu_list(_request_timeout=TIMES).richmenus
    assert listed.name == "เมนูหลัก"
    assert line.get_default_rich_menu_id(_request_timeout=TIMES).rich_menu_id == menu.rich_menu_id
    assert sim.menu(somsri)["rich_menu_id"] == menu.rich_menu_id
    line.delete_rich_menu(menu.rich_menu_id, _request_timeout=TIMES)
    assert sim.menu(somsri) is None
