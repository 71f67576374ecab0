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
        "fill_money": _fill_money,
        "open": _open,
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


def _fill_money(count: int) -> dict[str, Any]:
    from liff.bench import money_cast

    money_cast.fill(count)
    return {}


def _open(path: str) -> dict[str, Any]:
    """Return what a page of กองคลัง costs, with nothing cached."""
    from django.core.cache import cache

    from liff.bench import money_cast
    from liff.bench.queries import captured

    client = _signed_in_as(money_cast.finance_clerk)
    cache.clear()
    with captured() as statements:
        start = time.perf_counter()
        answer = client.get(path)
        seconds = time.perf_counter() - start
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return {"seconds": seconds, "statements": statements}


def _client(who: str) -> tuple[Any, str]:
    """Return the officer's browser and the list's address; forget what is cached."""
    from django.core.cache import cache
    from django.urls import reverse

    cache.clear()
    return _signed_in(who), reverse("admin:complaints_complaint_changelist")


def _signed_in(who: str) -> Any:
    from liff.bench import cast

    return _signed_in_as(getattr(cast, who))


@functools.cache
def _signed_in_as(officer: Callable[[], Any]) -> Any:
    """Return the browser in which the officer is signed in; making one loads the middleware."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(officer(), "django.contrib.auth.backends.ModelBackend")
    return client


if __name__ == "__main__":
    main()
