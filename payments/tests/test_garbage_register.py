"""The register of households: what is owed, what a receipt records, a rate from a month on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from bannmae.models import Staff
from bannmae.thai.calendar import local_date
from payments import receipts
from payments.errors import Refused
from payments.garbage import lines, listing, register, rules
from payments.garbage.register import Entry
from payments.models import Household, HouseholdMonth, Method, Revenue

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
THIRTY = Decimal("30.00")


def entry(house_no: str = "12/3", **fields: object) -> Entry:
    values = {"village": 3, "owner_name": "นางสมศรี ใจดี", "since": date(2026, 7, 1)} | fields
    return Entry(house_no=house_no, **values)  # type: ignore[arg-type]


@pytest.fixture
def house(finance_clerk: Staff) -> Household:
    return register.add(entry(), THIRTY, finance_clerk)


@pytest.fixture
def garbage(finance_clerk: Staff) -> Revenue:
    revenue = Revenue.objects.get(slug="garbage_fee")
    revenue.mode = Revenue.Mode.OWN
    revenue.save()
    return revenue


def pay(house: Household, garbage: Revenue, by: Staff, **what: object) -> receipts.Receipt:
    today = local_date(timezone.now())
    allocation = rules.allocate(house, **what)  # type: ignore[arg-type]
    draft = receipts.Draft(
        revenue=garbage,
        payer_name=house.owner_name,
        lines=lines.lines_of(house, allocation, revenue=garbage),
        method=Method.CASH,
        money_seen_on=today,
        household=house,
    )
    return receipts.issue(draft, by)


def owed(house: Household) -> list[str]:
    return [one.words for one in rules.months_owed(house, today=TODAY)]


def test_a_new_house_owes_from_its_first_month_to_this_one(house: Household) -> None:
    assert owed(house) == ["ก.ค. 2569", "ส.ค. 2569", "ก.ย. 2569", "ต.ค. 2569", "พ.ย. 2569"]
    ahead = rules.months_payable(house, today=TODAY)
    assert ahead[-1].month == date(2028, 11, 1)
    assert [one.is_arrears for one in ahead].count(True) == 4


def test_lines_part_fiscal_years_and_arrears(house: Household, garbage: Revenue) -> None:
    months = [date(2026, month, 1) for month in (7, 8, 9, 10, 11, 12)]
    found = lines.lines_of(house, rules.allocate(house, months=months, today=TODAY))
    assert [(one.period, one.is_arrears, one.amount) for one in found] == [
        ("ก.ค.–ก.ย. 2569", True, Decimal("90.00")),
        ("ต.ค. 2569", True, THIRTY),
        ("พ.ย.–ธ.ค. 2569", False, Decimal("60.00")),
    ]
    assert found[0].text == ("ค่าธรรมเนียมเก็บและขนมูลฝอย บ้านเลขที่ 12/3 หมู่ที่ 3 (3 เดือน เดือนละ 30.00 บาท)")


def test_a_receipt_records_its_months_and_a_second_one_goes_on(
    house: Household, garbage: Revenue, finance_clerk: Staff
) -> None:
    first = pay(house, garbage, finance_clerk, count=2)
    assert first.total == Decimal("60.00")
    paid = HouseholdMonth.objects.filter(household=house).values_list("month", flat=True)
    assert list(paid) == [date(2026, 7, 1), date(2026, 8, 1)]
    house = Household.objects.get(pk=house.pk)
    assert rules.months_payable(house)[0].month == date(2026, 9, 1)
    with pytest.raises(Refused, match=r"ส\.ค\. 2569"):
        rules.allocate(house, months=[date(2026, 8, 1)])


def test_two_clerks_who_took_the_same_months_issue_one_receipt(
    house: Household, garbage: Revenue, finance_clerk: Staff
) -> None:
    both = rules.allocate(house, count=1)
    draft = receipts.Draft(
        revenue=garbage,
        payer_name="สมศรี",
        lines=lines.lines_of(house, both),
        method=Method.CASH,
        money_seen_on=local_date(timezone.now()),
        household=house,
    )
    receipts.issue(draft, finance_clerk)
    with pytest.raises(Refused, match="ชำระบางเดือน"):
        receipts.issue(draft, finance_clerk)
    assert HouseholdMonth.objects.filter(household=house).count() == 1


def test_a_new_rate_holds_from_its_month_for_what_is_unpaid(
    house: Household, garbage: Revenue, finance_clerk: Staff
) -> None:
    pay(house, garbage, finance_clerk, count=1)
    assert register.set_rate([house.pk], date(2026, 10, 15), Decimal("40"), finance_clerk) == 1
    house = Household.objects.get(pk=house.pk)
    found = rules.months_owed(house, today=TODAY)
    assert [one.amount for one in found] == [THIRTY, THIRTY, Decimal(40), Decimal(40)]
    assert len(lines.lines_of(house, rules.allocate(house, count=4, today=TODAY))) == 3
    paid = HouseholdMonth.objects.get(household=house)
    assert paid.amount == THIRTY


def test_a_rate_is_not_set_before_the_house_is_collected_from(
    house: Household, finance_clerk: Staff
) -> None:
    with pytest.raises(Refused, match="ก่อนเดือนนั้น"):
        register.set_rate([house.pk], date(2026, 6, 1), THIRTY, finance_clerk)
    for wrong in ("0", "-1", "1.005", "NaN", "100000"):
        with pytest.raises(Refused, match="อัตรา"):
            register.set_rate([house.pk], date(2026, 8, 1), Decimal(wrong), finance_clerk)


def test_a_house_stands_in_the_register_once(house: Household, finance_clerk: Staff) -> None:
    with pytest.raises(Refused, match="ในทะเบียนแล้ว"):
        register.add(entry(), THIRTY, finance_clerk)
    other = register.add(entry("14"), THIRTY, finance_clerk)
    with pytest.raises(Refused, match="ในทะเบียนแล้ว"):
        register.change(other.pk, entry("12/3"), finance_clerk)


def test_months_with_a_receipt_stay_within_the_span(
    house: Household, garbage: Revenue, finance_clerk: Staff
) -> None:
    pay(house, garbage, finance_clerk, count=1)
    with pytest.raises(Refused, match=r"ก\.ค\. 2569"):
        register.change(house.pk, entry(since=date(2026, 8, 1)), finance_clerk)
    changed = register.change(
        house.pk, entry(owner_name="นายบุญมี", until=date(2026, 9, 1)), finance_clerk
    )
    assert owed(changed) == ["ส.ค. 2569", "ก.ย. 2569"]
    assert "บุญมี" in changed.search_text


def test_others_keep_nothing(house: Household, engineer: Staff, executive: Staff) -> None:
    for staff in (engineer, executive):
        with pytest.raises(Refused, match="กองคลัง"):
            register.add(entry("99"), THIRTY, staff)
        with pytest.raises(Refused, match="กองคลัง"):
            register.set_rate([house.pk], date(2026, 9, 1), THIRTY, staff)


def test_the_database_counts_as_the_rules_do(house: Household, finance_clerk: Staff) -> None:
    ended = register.add(entry("1", until=date(2026, 9, 1)), THIRTY, finance_clerk)
    future = register.add(entry("2", since=date(2027, 1, 1)), THIRTY, finance_clerk)
    old = register.add(entry("3", since=date(2023, 2, 1)), THIRTY, finance_clerk)
    unrated = register.add(entry("4"), THIRTY, finance_clerk)
    unrated.rates.all().delete()
    late = register.add(entry("5"), THIRTY, finance_clerk)
    late.rates.update(since=date(2026, 9, 1))
    for row, month in ((house, 7), (house, 12), (ended, 9), (old, 1)):
        HouseholdMonth.objects.create(household=row, month=date(2026, month, 1), amount=THIRTY)
    HouseholdMonth.objects.create(
        household=old,
        month=date(2026, 2, 1),
        amount=THIRTY,
        released_at=timezone.now(),
    )
    rows = {row.pk: row for row in listing.with_what_is_owed(Household.objects.all(), TODAY)}
    for one in (house, ended, future, old, unrated, late):
        assert rows[one.pk].owed == len(rules.months_owed(one, today=TODAY)), str(one)
    assert set(listing.without_rate(Household.objects.all())) == {unrated}
    assert [
        row.pk
        for row in listing.owing(listing.with_what_is_owed(Household.objects.all(), TODAY), 5)
    ] == [old.pk]


def test_search_finds_by_number_village_and_name(house: Household, finance_clerk: Staff) -> None:
    register.add(entry("12/4", village=5, owner_name="นายบุญมี"), THIRTY, finance_clerk)
    everything = Household.objects.all()
    assert list(listing.search(everything, "๑๒/๓")) == [house]
    assert list(listing.search(everything, "12/ ม.3 สมศรี")) == [house]
    assert listing.search(everything, "12/").count() == 2
    assert not listing.search(everything, "ไม่มี").exists()


def test_houses_stand_as_along_the_street(finance_clerk: Staff) -> None:
    for number in ("11/2", "2/10", "บ้านพัก", "2", "11", "2/1", "100"):
        register.add(entry(number), THIRTY, finance_clerk)
    register.add(entry("1", village=9), THIRTY, finance_clerk)
    found = [row.house_no for row in listing.in_order(Household.objects.all())]
    assert found == ["2", "2/1", "2/10", "11", "11/2", "100", "บ้านพัก", "1"]
