"""The embedded broker: kombu's filesystem transport, with every step one rename.

kombu's own writes a message into its final name, so a reader may see half of it, and its
worker dies of that. Here a message appears whole or not at all, and is taken by whoever
renames it first; what cannot be read is dropped (wake-ups may get lost, see chatops/wake.py).
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t


class Channel(filesystem.Channel):
    """Reads and writes whole files only."""

    def get_table(self, exchange: str) -> list[exchange_queue_t]:
        """Return the queues bound to `exchange`."""
        try:
            rows = json.loads(self._exchange_file(exchange).read_text())
        except (FileNotFoundError, ValueError):
            return []
        return [exchange_queue_t(*row) for row in rows]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self.control_folder.mkdir(exist_ok=True)
        with open(self.control_folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            bound = exchange_queue_t(routing_key or "", pattern or "", queue or "")
            table = self.get_table(exchange)
            if bound not in table:
                _write(self._exchange_file(exchange), [bound, *table])

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        # The name sorts by age; the clock is the machine's, shared by all its processes.
        name = f"{time.monotonic_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        _write(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}.taken-{uuid.uuid4().hex}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:  # another consumer was first
                continue
            try:
                return json.loads(taken.read_text())
            except ValueError:
                continue
            finally:
                with suppress(FileNotFoundError):
                    taken.unlink()
        raise Empty


class Transport(filesystem.Transport):
    """`CELERY_BROKER_TRANSPORT = "bannmae.broker:Transport"`."""

    Channel = Channel


def _write(path: Path, content: Any) -> None:
    """Write JSON to `path` so that no reader ever sees a part of it."""
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    fresh.write_text(json.dumps(content))
    fresh.replace(path)
