"""อ่านแล้ว: LINE is told by a worker, never by the web process."""

from __future__ import annotations

import logging
import threading

logger = logging.getLogger(__name__)


def mark_as_read_in_line(case_id: int) -> None:
    """Have a worker show her that her messages of this case were read. Returns at once.

    When the broker does not take it, she sees it the next time: nothing depends on it.
    """

    def publish() -> None:
        from chatops.tasks import mark_as_read

        try:
            mark_as_read.apply_async((case_id,), retry=False, expires=300)
        except Exception as error:  # any broker's any error
            logger.warning("The broker does not take tasks: %s", type(error).__name__)

    threading.Thread(target=publish, name="mark-as-read", daemon=True).start()
