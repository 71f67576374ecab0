"""A browser plays what was sent, seeks in it, and runs nothing of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from playwright.sync_api import Browser, Page, expect

from bannmae.tests.browser import chromium
from chatops.content.views import content_response
from chatops.models import MessageContent
from chatops.simulator.testing import Simulator
from chatops.tests.content_box import HTML, Phone, fetch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECORD = """async ([mime, seconds]) => {
  let stream;
  if (mime === "video/mp4") {
    const canvas = document.createElement("canvas");
    const paint = canvas.getContext("2d");
    let hue = 0;
    setInterval(() => {
      paint.fillStyle = `hsl(${(hue += 9)} 90% 50%)`;
      paint.fillRect(0, 0, 300, 150);
    }, 30);
    stream = canvas.captureStream(30);
  } else {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const out = audio.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    stream = out.stream;
  }
  const recorder = new MediaRecorder(stream, { mimeType: mime });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  recorder.stop();
  await stopped;
  const reader = new FileReader();
  const read = new Promise((resolve) => (reader.onload = resolve));
  reader.readAsDataURL(new Blob(parts));
  await read;
  return reader.result;
}"""
SEEK = """async (player) => {
  player.muted = true;
  await player.play();
  player.pause();
  const end = player.duration;
  const sought = new Promise((resolve) => (player.onseeked = resolve));
  player.currentTime = 0.5;
  await sought;
  return { time: player.currentTime, error: player.error && player.error.message, end };
}"""


def give(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, without the desk's question who asks."""
    return content_response(request, MessageContent.objects.get(pk=pk))


def page_of(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that holds the file, under the site's own rules of what may load."""
    kind = MessageContent.objects.get(pk=pk).message.kind
    return HttpResponse(
        f"<!DOCTYPE html><title>x</title><{kind} src='/{pk}' controls preload=auto></{kind}>"
    )


urlpatterns = [path("<int:pk>", give), path("page/<int:pk>", page_of)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--autoplay-policy=no-user-gesture-required") as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(line: Simulator, private_storage: Path) -> Phone:
    return Phone(line, private_storage)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_chromium_plays_and_seeks(phone: Phone, page: Page, live_server: Any, kind: str) -> None:
    recorded = page.evaluate(RECORD, [f"{kind}/mp4", 1.5])
    content = fetch(phone.send(kind, base64.b64decode(recorded.partition(",")[2])))
    parts: list[int] = []
    page.on("response", lambda answer: parts.append(answer.status))
    page.goto(f"{live_server.url}/page/{content.pk}")
    played = page.locator(kind).evaluate(SEEK)
    assert played["error"] is None
    assert played["time"] == 0.5
    assert parts[0] == 200
    assert set(parts[1:]) == {206}


@pytest.mark.urls(__name__)
def test_a_page_sent_as_a_file_is_saved_not_opened(
    phone: Phone, page: Page, live_server: Any
) -> None:
    content = fetch(phone.send("file", HTML, "สลิปโอนเงิน.html"))
    page.goto(f"{live_server.url}/page/{content.pk}")
    with page.expect_download() as saved:
        page.evaluate("(address) => { location.href = address; }", f"/{content.pk}")
    # Chromium names a downloaded file as it was told to.
    assert saved.value.suggested_filename == "สลิปโอนเงิน.html.bin"
    expect(page).to_have_url(f"{live_server.url}/page/{content.pk}")
