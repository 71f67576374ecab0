"""The embedded broker: whole messages, each once, however many write and read."""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    """Transport options as settings give them."""
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    return {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "polling_interval": 0.01,
    }


@pytest.fixture
def name() -> str:
    """A queue of this test alone: kombu remembers in each process what it has bound."""
    return f"jobs-{uuid.uuid4().hex}"


def connect(folders: dict[str, str]) -> Connection:
    """A connection of its own, as each process has one."""
    return Connection(transport="bannmae.broker:Transport", transport_options=folders)


def test_many_writers_and_readers_lose_and_double_nothing(
    folders: dict[str, str], name: str
) -> None:
    writers, each = 4, 60
    got: list[Any] = []
    problems: list[BaseException] = []
    end = time.monotonic() + 60

    def write(writer: int) -> None:
        with connect(folders) as connection:
            channel = connection.channel()
            for number in range(each):
                channel._put(name, [writer, number])

    def read() -> None:
        try:
            with connect(folders) as connection:
                channel = connection.channel()
                while len(got) < writers * each and time.monotonic() < end:
                    try:
                        got.append(tuple(channel._get(name)))
                    except Empty:
                        time.sleep(0.001)
        except BaseException as error:
            problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in [*readers, *threads]:
        thread.start()
    for thread in [*readers, *threads]:
        thread.join()
    assert problems == []
    assert not list(Path(folders["data_folder_in"]).iterdir())
    assert sorted(got) == [(writer, number) for writer in range(writers) for number in range(each)]


@pytest.mark.parametrize("damage", ["", "{", "\x00"])
def test_a_damaged_file_is_passed_over(folders: dict[str, str], name: str, damage: str) -> None:
    folder = Path(folders["data_folder_in"])
    with connect(folders) as connection:
        queue = connection.SimpleQueue(name)
        (folder / f"!x.{name}.msg").write_text(damage)
        queue.put("whole")
        assert queue.get(timeout=1).payload == "whole"
    assert not list(folder.glob("!x*"))


def test_a_damaged_table_of_bindings_is_made_anew(folders: dict[str, str], name: str) -> None:
    (Path(folders["control_folder"]) / f"{name}.exchange").write_text("[")
    with connect(folders) as connection:
        queue = connection.SimpleQueue(name)
        queue.put("whole")
        assert queue.get(timeout=1).payload == "whole"
