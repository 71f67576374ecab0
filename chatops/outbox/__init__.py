"""The only door to LINE: `send` writes a row, a worker delivers it.

The web process imports `send` from here; what talks to LINE is in `delivery`.
"""

from chatops.outbox.store import send, send_again

__all__ = ["send", "send_again"]
