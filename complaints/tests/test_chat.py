"""ติดตามสถานะ in the chat: her own cases, in whichever account she asks."""

from __future__ import annotations

import json

import pytest

from bannmae import testing
from chatops.models import Channel, Resident
from complaints.chat import latest_cases

pytestmark = pytest.mark.django_db
PROVIDER = "เทศบาลตำบลบ้านแม"


@pytest.fixture
def revenue() -> Channel:
    """A second account under the main one's provider."""
    Channel.objects.filter(slug=Channel.MAIN).update(provider=PROVIDER)
    return Channel.objects.create(slug="revenue", name="งานจัดเก็บรายได้", provider=PROVIDER)


def also_in(channel: Channel, resident: Resident) -> Resident:
    """The same LINE user in another account."""
    return Resident.objects.create(channel=channel, line_user_id=resident.line_user_id)


def told(resident: Resident) -> str:
    """What the chat answers her, as JSON."""
    return json.dumps(list(latest_cases(resident)), ensure_ascii=False)


def test_her_cases_are_listed_in_either_account(
    revenue: Channel, somsri: Resident, neighbour: Resident
) -> None:
    there = also_in(revenue, somsri)
    numbers = [testing.make_complaint(resident).number for resident in (somsri, there)]
    others = testing.make_complaint(also_in(revenue, neighbour)).number
    for resident in (somsri, there):
        assert all(number in told(resident) for number in numbers)
        assert others not in told(resident)


@pytest.mark.parametrize("provider", ["ผู้ให้บริการอื่น", ""])
def test_another_providers_user_of_that_id_sees_nothing_of_her(
    revenue: Channel, somsri: Resident, provider: str
) -> None:
    case = testing.make_complaint(somsri)
    stranger = also_in(revenue, somsri)
    revenue.provider = provider
    revenue.save()
    assert case.number not in told(stranger)
    assert case.number in told(somsri)


def test_who_has_none_is_shown_how_to_file_one(somsri: Resident, neighbour: Resident) -> None:
    testing.make_complaint(neighbour)
    assert "ยังไม่มีเรื่องที่ท่านแจ้งไว้" in told(somsri)
