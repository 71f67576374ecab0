"""Photos and other files that residents send, as the bot and the phone get them."""

from __future__ import annotations

import io
import json
from typing import Any

import pillow_heif
import pytest
import urllib3
from PIL import Image

from chatops.simulator.testing import Simulator, SimulatorError
from chatops.simulator.tests.bot import Bot
from chatops.simulator.tests.conftest import picture


def content(sim: Simulator, message_id: str, below: str = "") -> urllib3.BaseHTTPResponse:
    return sim.api("GET", f"/v2/bot/message/{message_id}/content{below}")


def message_of(answer: urllib3.BaseHTTPResponse) -> Any:
    return json.loads(answer.data)["message"]


def test_a_photo_comes_back_byte_for_byte(sim: Simulator, bot: Bot, somsri: str) -> None:
    photo = picture()
    sent = sim.image(somsri, photo)
    message = bot.events(1)[0]["message"]
    assert message["id"] == sent["message_id"]
    assert message["contentProvider"] == {"type": "line"}
    assert "imageSet" not in message
    answer = content(sim, sent["message_id"])
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.data == photo


def test_several_photos_are_an_image_set(sim: Simulator, bot: Bot, somsri: str) -> None:
    sent = sim.image(somsri, picture(), picture(50), picture(60))
    assert len(sent["sent"]) == 3
    sets = [event["message"]["imageSet"] for event in bot.events(3)]
    assert len({one["id"] for one in sets}) == 1
    assert sorted(one["index"] for one in sets) == [1, 2, 3]
    assert {one["total"] for one in sets} == {3}


def test_the_preview_is_smaller(sim: Simulator, somsri: str) -> None:
    sent = sim.image(somsri, picture(2000, 1000))
    preview = content(sim, sent["message_id"], "/preview")
    assert preview.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(preview.data)).size == (240, 120)


def test_content_can_take_its_time(sim: Simulator, somsri: str) -> None:
    message_id = sim.image(somsri, picture())["message_id"]
    sim.faults(content_not_ready=2)
    answers = [content(sim, message_id) for _ in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 200]
    assert answers[0].data == b""


@pytest.mark.parametrize("below", ["", "/preview", "/transcoding"])
def test_an_unknown_message_is_404(sim: Simulator, below: str) -> None:
    answer = content(sim, "123456789012345678", below)
    assert (answer.status, message_of(answer)) == (404, "not found")


def test_a_text_has_no_content(sim: Simulator, somsri: str) -> None:
    answer = content(sim, sim.text(somsri, "a")["message_id"])
    assert (answer.status, message_of(answer)) == (404, "not found")


def test_unsent_content_is_410_and_gone_from_the_phone(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    message_id = sim.image(somsri, picture())["message_id"]
    seen = sim.chat(somsri)[-1]["seq"]
    assert sim.request("GET", f"/_sim/content/{message_id}").status == 200
    sim.unsend(somsri, message_id)
    answer = content(sim, message_id)
    assert (answer.status, message_of(answer)) == (410, "The content is gone")
    assert content(sim, message_id, "/preview").status == 410
    assert bot.events(2)[1]["unsend"] == {"messageId": message_id}
    assert sim.request("GET", f"/_sim/content/{message_id}").status == 404
    (line,) = sim.chat(somsri, after=seen)
    assert (line["unsent"], line["message"]) == (True, {"type": "image"})


def test_a_heic_photo_arrives_as_the_line_app_sends_it(sim: Simulator, somsri: str) -> None:
    pillow_heif.register_heif_opener()
    message_id = sim.image(somsri, picture(64, 48, "HEIF"))["message_id"]
    answer = content(sim, message_id)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.data)).size == (64, 48)


def test_a_broken_photo_stays_broken(sim: Simulator, somsri: str) -> None:
    message_id = sim.image(somsri, b"no picture at all")["message_id"]
    assert content(sim, message_id).data == b"no picture at all"
    assert content(sim, message_id, "/preview").status == 404


def test_a_file_has_a_name_and_no_preview(sim: Simulator, bot: Bot, somsri: str) -> None:
    sent = sim.upload(somsri, "file", b"%PDF-1.7", name="สลิป.pdf")
    message = bot.events(1)[0]["message"]
    assert (message["type"], message["fileName"], message["fileSize"]) == ("file", "สลิป.pdf", 8)
    assert content(sim, sent["message_id"]).data == b"%PDF-1.7"
    answer = content(sim, sent["message_id"], "/preview")
    assert (answer.status, message_of(answer)) == (400, "The content can not be previewed")


def test_transcoding_is_for_video_and_sound(sim: Simulator, somsri: str) -> None:
    video = sim.upload(somsri, "video", b"\0\0\0 ftypisom", name="a.mp4")["message_id"]
    assert json.loads(content(sim, video, "/transcoding").data) == {"status": "succeeded"}
    sim.faults(content_not_ready=1)
    assert json.loads(content(sim, video, "/transcoding").data) == {"status": "processing"}
    photo = sim.image(somsri, picture())["message_id"]
    assert content(sim, photo, "/transcoding").status == 400


def test_an_upload_too_large_is_413_and_none_is_400(sim: Simulator, somsri: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        sim.upload(somsri, "file", b"0" * (25 * 1024 * 1024 + 1))
    assert refused.value.status == 413
    with pytest.raises(SimulatorError) as refused:
        sim.control("POST", f"residents/{somsri}/image", {})
    assert refused.value.status == 400


def test_content_can_fail_break_off_and_be_slow(sim: Simulator, somsri: str) -> None:
    message_id = sim.image(somsri, picture())["message_id"]
    sim.faults(content_error=1, content_cut=1, content_slow_ms=1)
    assert content(sim, message_id).status == 500
    with pytest.raises(urllib3.exceptions.HTTPError):
        content(sim, message_id)
    whole = content(sim, message_id)
    assert len(whole.data) == int(whole.headers["Content-Length"])
