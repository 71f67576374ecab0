"""Data that staff change now and then and that every request reads: holidays, categories.

Kept in the process's cache like the profile: an edit is seen at once by the process that made it,
and within SOLO_CACHE_TIMEOUT seconds by the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

_Value = TypeVar("_Value")


def kept(key: str, fetch: Callable[[], _Value]) -> _Value:
    """Return what is kept under `key`, fetching it first where nothing is.

    None is not kept: whoever asks for what is not there must not fill the cache.
    """
    value = cache.get(key)
    if value is None:
        value = fetch()
        if value is not None:
            cache.set(key, value, settings.SOLO_CACHE_TIMEOUT)
    return cast(_Value, value)


def forget_when_saved(model: type[Model], keys_of: Callable[[Any], Iterable[str]]) -> None:
    """Have `keys_of(row)` forgotten whenever a row of `model` is saved or deleted."""

    def forget(instance: Model, **_kwargs: object) -> None:
        keys = list(keys_of(instance))
        cache.delete_many(keys)
        # Once more when others can see it: meanwhile one may have fetched and kept the old row.
        transaction.on_commit(lambda: cache.delete_many(keys))

    for signal in (post_save, post_delete):
        signal.connect(forget, sender=model, weak=False, dispatch_uid=f"forget {model.__name__}")
