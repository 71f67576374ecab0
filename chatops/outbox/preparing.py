"""What has to be there before a message may leave: the picture that its address leads to.

A message is written in the transaction of its cause, where nothing may be drawn. Upper rooms
register who draws; the worker asks them just before LINE is called.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from chatops.models import OutboundMessage

logger = logging.getLogger(__name__)

# Makes what `message` needs, if it is not there yet; raises where that fails.
Prepare = Callable[[OutboundMessage], None]
_preparing: dict[str, Prepare] = {}


class NotYet(Exception):
    """Somebody is making it just now: the message waits for him, and no try is counted."""


def register(prefix: str, prepare: Prepare) -> None:
    """Have `prepare` asked before each message about `<prefix>:…` leaves; it may take seconds."""
    _preparing[prefix] = prepare


def failure(message: OutboundMessage) -> str:
    """Make what `message` needs; return '' when it may leave, else why it cannot, for staff.

    Raises:
        NotYet: it will be there in a moment.
    """
    prepare = _preparing.get(message.about.partition(":")[0])
    if prepare is None:
        return ""
    try:
        prepare(message)
    except NotYet:
        raise
    except Exception as error:  # one paper's trouble is not another's
        logger.exception("What message %s needs could not be made", message.pk)
        return f"เตรียมภาพไม่สำเร็จ ({type(error).__name__})"
    return ""
