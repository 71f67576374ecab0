"""Does in one database what is measured beside another: it answers each line that it reads."""

from __future__ import annotations

import functools
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django


def main() -> None:
    """Bring the database up to date, then do what is asked until nothing more comes."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    doing: dict[str, Callable[..., dict[str, Any]]] = {
        "fill": _fill,
        "look": _look,
        "count": _count,
        "fill_chats": _fill_chats,
        "chat": _chat,
        "answers": _answers,
    }
    for line in sys.stdin:
        asked = json.loads(line)
        answer = doing[asked.pop("what")](**asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def _fill(count: int) -> dict[str, Any]:
    from liff.bench import cast

    cast.fill(count)
    return {}


def _look(who: str, query: dict[str, str]) -> dict[str, Any]:
    """Return how long the list took to be shown, with nothing cached."""
    client, address = _client(who)
    start = time.perf_counter()
    answer = client.get(address, query)
    seconds = time.perf_counter() - start
    if answer.status_code != 200:
        raise RuntimeError(f"the list was answered with {answer.status_code}")
    return {"seconds": seconds}


def _count(who: str, query: dict[str, str]) -> dict[str, Any]:
    """Return the statements that the list needs, with nothing cached."""
    from liff.bench.queries import captured

    client, address = _client(who)
    with captured() as statements:
        client.get(address, query)
    return {"statements": statements}


def _fill_chats(count: int) -> dict[str, Any]:
    from liff.bench import chat_cast

    chat_cast.fill(count)
    return {}


def _chat(look: str) -> dict[str, Any]:
    from liff.bench import chat_looks

    return chat_looks.take(look)


def _answers(most: int) -> dict[str, Any]:
    from liff.bench import chat_looks

    return chat_looks.answers(most)


def _client(who: str) -> tuple[Any, str]:
    """Return the officer's browser and the list's address; forget what is cached."""
    from django.core.cache import cache
    from django.urls import reverse

    cache.clear()
    return _signed_in(who), reverse("admin:complaints_complaint_changelist")


@functools.cache
def _signed_in(who: str) -> Any:
    """Return the browser in which the officer is signed in; making one loads the middleware."""
    from django.test import Client

    from liff.bench import cast

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(getattr(cast, who)(), "django.contrib.auth.backends.ModelBackend")
    return client


if __name__ == "__main__":
    main()
