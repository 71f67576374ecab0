"""Data that staff change now and then and that every request reads: holidays, categories.

Each process keeps what it last saw: an edit is seen at once by the process that made it, and
within SOLO_CACHE_TIMEOUT seconds by the others, as with the profile. What is kept is shared by
all threads: read it, never change it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

_Value = TypeVar("_Value")
_kept: dict[str, tuple[float, object]] = {}


def kept(key: str, fetch: Callable[[], _Value]) -> _Value:
    """Return what is kept under `key`, fetching it first where nothing is.

    None is not kept: whoever asks for what is not there must not fill the memory.
    """
    until, value = _kept.get(key, (0.0, None))
    if value is None or time.monotonic() >= until:
        value = fetch()
        if value is not None:
            _kept[key] = (time.monotonic() + settings.SOLO_CACHE_TIMEOUT, value)
    return cast(_Value, value)


def forget(keys: Iterable[str]) -> None:
    """Fetch these anew when they are asked for next."""
    for key in keys:
        _kept.pop(key, None)


def forget_all() -> None:
    """Fetch everything anew."""
    _kept.clear()


def forget_when_saved(model: type[Model], keys_of: Callable[[Any], Iterable[str]]) -> None:
    """Have `keys_of(row)` forgotten whenever a row of `model` is saved or deleted."""

    def changed(instance: Model, **_kwargs: object) -> None:
        keys = list(keys_of(instance))
        forget(keys)
        # Once more when others can see it: meanwhile one may have fetched and kept the old row.
        transaction.on_commit(lambda: forget(keys))

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False)
