"""A file between its upload and the clerk's yes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bannmae.models import Staff
from payments.errors import Refused
from payments.statements import drafts

pytestmark = pytest.mark.django_db
DATA = "เลขบัญชี 1234567890".encode()


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / drafts.FOLDER).rglob("*") if path.is_file()]


def test_it_comes_back_as_it_was_and_is_not_readable_meanwhile(
    finance_clerk: Staff, private_storage: Path
) -> None:
    token = drafts.keep(DATA, "statement", finance_clerk, name="ก.csv")
    (stored,) = files(private_storage)
    assert DATA not in stored.read_bytes()
    data, facts = drafts.read(token, "statement", finance_clerk)
    assert (data, facts["name"]) == (DATA, "ก.csv")
    drafts.forget(token, "statement", finance_clerk)
    assert files(private_storage) == []
    drafts.forget(token, "statement", finance_clerk)
    with pytest.raises(Refused, match="เลือกไฟล์อีกครั้ง"):
        drafts.read(token, "statement", finance_clerk)


def test_it_is_his_alone_and_for_its_page(finance_clerk: Staff, finance_head: Staff) -> None:
    token = drafts.keep(DATA, "statement", finance_clerk)
    for purpose, staff in (("statement", finance_head), ("households", finance_clerk)):
        with pytest.raises(Refused, match="ผู้อื่น"):
            drafts.read(token, purpose, staff)
        drafts.forget(token, purpose, staff)
    assert drafts.read(token, "statement", finance_clerk)[0] == DATA
    with pytest.raises(Refused, match="หมดเวลา"):
        drafts.read(token[:-3], "statement", finance_clerk)


def test_what_nobody_confirmed_is_gone_after_a_day(
    finance_clerk: Staff, private_storage: Path
) -> None:
    drafts.keep(DATA, "statement", finance_clerk)
    (old,) = files(private_storage)
    yesterday = time.time() - drafts.LIVES.total_seconds() - 60
    os.utime(old, (yesterday, yesterday))
    drafts.keep(DATA, "statement", finance_clerk)
    assert old not in files(private_storage)
    assert len(files(private_storage)) == 1
