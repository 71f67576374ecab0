"""The pages of households: the list, one house by the month, rates, the report; who may not."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from bannmae import testing
from bannmae.models import AccessLog, Staff
from bannmae.thai.calendar import local_date
from payments import receipts
from payments.garbage import lines, register, rules
from payments.garbage import months as calendar
from payments.garbage.register import Entry
from payments.models import Household, HouseholdMonth, HouseholdRate, Method, Receipt, Revenue

pytestmark = pytest.mark.django_db
LIST = "/admin/payments/household/"
NOW = calendar.first_day(local_date(timezone.now()))
THIRTY = Decimal("30.00")


@pytest.fixture
def clerk(client: Client, finance_clerk: Staff) -> Client:
    client.force_login(finance_clerk)
    return client


def house(by: Staff, number: str = "12/3", months: int = 5, **fields: object) -> Household:
    """Return a house that owes `months` months."""
    values = {"village": 3, "owner_name": "นางสมศรี ใจดี"} | fields
    since = calendar.add(NOW, 1 - months)
    return register.add(Entry(house_no=number, since=since, **values), THIRTY, by)  # type: ignore[arg-type]


def pay(row: Household, by: Staff, count: int) -> Receipt:
    Revenue.objects.filter(slug="garbage_fee").update(mode=Revenue.Mode.OWN)
    revenue = Revenue.objects.get(slug="garbage_fee")
    return receipts.issue(
        receipts.Draft(
            revenue=revenue,
            payer_name=row.owner_name,
            lines=lines.lines_of(row, rules.allocate(row, count=count), revenue=revenue),
            method=Method.CASH,
            money_seen_on=local_date(timezone.now()),
            household=row,
        ),
        by,
    )


def test_the_list_tells_who_owes(clerk: Client, finance_clerk: Staff) -> None:
    house(finance_clerk, "1", 7)
    house(finance_clerk, "2", 2, village=5)
    paid = house(finance_clerk, "3", 1, owner_name="นายบุญมี")
    pay(paid, finance_clerk, 1)

    def numbers(query: str) -> set[str]:
        html = clerk.get(f"{LIST}{query}").content.decode()
        return {number for number in "123" if f">{number} หมู่ที่" in html}

    assert numbers("") == {"1", "2", "3"}
    assert numbers("?owes=3") == {"1"}
    assert numbers("?owes=1") == {"1", "2"}
    assert numbers("?village=5") == {"2"}
    assert numbers("?q=บุญมี") == {"3"}
    assert numbers("?owes=rate") == set()
    assert numbers("?owes=999&village=x") == {"1", "2", "3"}
    html = clerk.get(LIST).content.decode()
    assert "7 เดือน" in html
    assert "210.00" in html
    assert "ไม่ค้าง" in html


def test_the_list_stands_along_the_street(clerk: Client, finance_clerk: Staff) -> None:
    for number in ("11", "2/1", "2"):
        house(finance_clerk, number)
    html = clerk.get(LIST).content.decode()
    places = [html.index(f">{number} หมู่ที่") for number in ("2", "2/1", "11")]
    assert places == sorted(places)
    owing_first = clerk.get(f"{LIST}?o=-5")
    assert owing_first.status_code == 200


def test_a_house_is_paid_up_to_its_first_unpaid_month(
    clerk: Client, finance_clerk: Staff, finance_head: Staff
) -> None:
    row = house(finance_clerk)
    first = pay(row, finance_clerk, 2)
    pay(Household.objects.get(pk=row.pk), finance_clerk, 1)

    def paid_until() -> str:
        found = re.search(r"field-paid_until[^>]*>([^<]*)<", clerk.get(LIST).content.decode())
        assert found
        return found[1].strip()

    assert paid_until() == calendar.month_words(calendar.add(row.since, 2))
    receipts.approve_void(receipts.ask_void(first, finance_clerk, "ผิดบ้าน"), finance_head)
    # The third month is paid, the two before it are owed again.
    assert paid_until() == "–"


def test_one_house_month_by_month(clerk: Client, finance_clerk: Staff) -> None:
    row = house(finance_clerk)
    HouseholdMonth.objects.create(household=row, month=row.since, amount=THIRTY)
    receipt = pay(row, finance_clerk, 2)
    html = clerk.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "ค้าง 2 เดือน เป็นเงิน 60.00 บาท" in html
    assert html.count('class="hh-paid"') == 3
    assert html.count('class="hh-owed"') == 1
    assert html.count('class="hh-now"') == 1
    assert str(receipt) in html
    assert "ชำระก่อนเริ่มใช้ระบบ" in html
    assert AccessLog.objects.filter(action=AccessLog.Action.VIEW_PAYMENT).count() == 1


def test_a_void_receipt_gives_its_months_back(
    clerk: Client, finance_clerk: Staff, finance_head: Staff
) -> None:
    row = house(finance_clerk, months=2)
    receipt = pay(row, finance_clerk, 2)
    assert "ไม่ค้างชำระ" in clerk.get(f"{LIST}{row.pk}/change/").content.decode()
    receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิดบ้าน"), finance_head)
    html = clerk.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "ค้าง 2 เดือน" in html
    assert "ยกเลิก</span>" in html
    assert "2 เดือน" in clerk.get(f"{LIST}?owes=1").content.decode()


def test_a_house_is_added_corrected_and_given_a_rate(clerk: Client) -> None:
    sent = {
        "house_no": "๙/๑",
        "village": "4",
        "owner_name": "นาย ก",
        "rate": "30",
        "since": calendar.month_words(NOW),
        "phone": "081-234-5678",
    }
    wrong = clerk.post(f"{LIST}add/", sent | {"since": "อะไร", "rate": "x"})
    assert wrong.status_code == 422
    assert "อ่านเดือน" in wrong.content.decode()
    assert clerk.post(f"{LIST}add/", sent).status_code == 302
    row = Household.objects.get()
    assert (row.house_no, row.phone, row.since) == ("9/1", "0812345678", NOW)
    assert "ในทะเบียนแล้ว" in clerk.post(f"{LIST}add/", sent).content.decode()
    edited = sent | {"owner_name": "นาง ข", "until": calendar.month_words(calendar.add(NOW, 2))}
    assert clerk.post(f"{LIST}{row.pk}/edit/", edited).status_code == 302
    row.refresh_from_db()
    assert (row.owner_name, row.until) == ("นาง ข", calendar.add(NOW, 2))
    assert row.rates.count() == 1
    later = calendar.month_words(calendar.add(NOW, 1))
    rated = clerk.post(f"{LIST}{row.pk}/rate/", {"amount": "45", "since": later}, follow=True)
    assert "กำหนดอัตรา 45.00 บาท" in rated.content.decode()
    refused = clerk.post(f"{LIST}{row.pk}/rate/", {"amount": "45", "since": "1/2550"})
    assert refused.status_code == 422
    assert "ก่อนเดือนนั้น" in refused.content.decode()
    assert AccessLog.objects.filter(action=AccessLog.Action.MONEY).count() == 3


def test_an_ordinance_changes_many_rates_at_once(clerk: Client, finance_clerk: Staff) -> None:
    rows = [house(finance_clerk, str(at)) for at in range(3)]
    other = house(finance_clerk, "9", village=7)
    dear = house(finance_clerk, "10")
    dear.rates.update(amount=Decimal(80))
    sent = {"old": "30", "village": "3", "amount": "40", "since": calendar.month_words(NOW)}
    html = clerk.post(f"{LIST}rate/", sent).content.decode()
    assert "3 ครัวเรือน" in html
    assert HouseholdRate.objects.count() == 5
    stale = clerk.post(f"{LIST}rate/", sent | {"confirm": "1", "count": "2"})
    assert "เปลี่ยนไปแล้ว" in stale.content.decode()
    clerk.post(f"{LIST}rate/", sent | {"confirm": "1", "count": "3"})
    for row in rows:
        assert rules.months_owed(Household.objects.get(pk=row.pk))[-1].amount == Decimal(40)
    assert other.rates.count() == dear.rates.count() == 1


def test_a_file_of_houses_is_shown_and_taken_in(clerk: Client) -> None:
    data = "บ้านเลขที่,หมู่ที่,ชื่อ,อัตรา\n1,2,นาย ก,30\n,2,นาย ข,30\n".encode()
    response = clerk.post(f"{LIST}import/", {"file": SimpleUploadedFile("a.csv", data)})
    html = clerk.get(response.url).content.decode()
    assert "นาย ก" in html
    assert "โปรดระบุบ้านเลขที่" in html
    assert not Household.objects.exists()
    done = clerk.post(response.url, follow=True).content.decode()
    assert "เพิ่ม 1 ครัวเรือน" in done
    assert Household.objects.get().owner_name == "นาย ก"
    assert "โปรดเลือกไฟล์อีกครั้ง" in clerk.post(response.url, follow=True).content.decode()
    empty = clerk.post(f"{LIST}import/", {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")})
    assert empty.status_code == 422
    discarded = clerk.post(f"{LIST}import/", {"file": SimpleUploadedFile("a.csv", data)}).url
    assert "ทิ้งไฟล์แล้ว" in clerk.post(discarded, {"discard": "1"}, follow=True).content.decode()


def test_the_report_of_arrears_counts_as_the_pages_do(clerk: Client, finance_clerk: Staff) -> None:
    house(finance_clerk, "1", 7)
    house(finance_clerk, "=2", 2, village=5)
    pay(house(finance_clerk, "3", 1), finance_clerk, 1)
    response = clerk.get(f"{LIST}arrears.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [(row[1], row[5], row[7]) for row in rows] == [("1", 7, 210), ("'=2", 2, 60)]
    assert any(row[5] == 9 and row[7] == 270 for row in sheet.iter_rows(values_only=True))
    narrow = clerk.get(f"{LIST}arrears.xlsx?village=5&owes=1")
    sheet = openpyxl.load_workbook(io.BytesIO(narrow.content)).active
    assert sum(isinstance(row[0], int) for row in sheet.iter_rows(values_only=True)) == 1


def test_the_list_costs_the_same_at_ten_thousand_houses(
    clerk: Client, finance_clerk: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def cost(query: str) -> int:
        with django_assert_max_num_queries(40) as queries:
            assert clerk.get(f"{LIST}{query}").status_code == 200
        # What the side menu asks is kept for seconds, and is no concern of this list.
        return sum("payments_household" in query["sql"] for query in queries.captured_queries)

    asked = ["", "?owes=6", "?q=12", "?village=3&owes=1"]
    house(finance_clerk, "12/1", 8)
    few = [cost(query) for query in asked]
    since = date(2024, 1, 1)
    rows = Household.objects.bulk_create(
        (
            Household(
                house_no=str(at),
                village=at % 15 + 1,
                owner_name=f"นาย {at}",
                since=since,
                search_text=register.search_text(str(at), at % 15 + 1, f"นาย {at}"),
            )
            for at in range(10_000)
        ),
        batch_size=1000,
    )
    HouseholdRate.objects.bulk_create(
        (HouseholdRate(household=row, since=since, amount=THIRTY) for row in rows), batch_size=1000
    )
    assert [cost(query) for query in asked] == few


@pytest.mark.parametrize("who", ["engineer", "legal_officer", "executive", "outsider"])
def test_others_find_nothing(
    who: str, client: Client, finance_clerk: Staff, request: pytest.FixtureRequest
) -> None:
    row = house(finance_clerk)
    client.force_login(request.getfixturevalue(who))
    for page in ("", "add/", "import/", "rate/", "arrears.xlsx", f"{row.pk}/change/"):
        assert client.get(f"{LIST}{page}").status_code == 404, page
    assert client.post(f"{LIST}{row.pk}/rate/", {"amount": "1"}).status_code == 404
    assert client.post(f"{LIST}{row.pk}/edit/", {"owner_name": "x"}).status_code == 404
    assert row.rates.count() == 1


def test_who_only_looks_sees_no_forms(client: Client, finance_clerk: Staff) -> None:
    looker = testing.make_staff(divisions=("finance",))
    looker.user_permissions.set(Permission.objects.filter(codename="view_paymentnotice"))
    row = house(finance_clerk)
    client.force_login(looker)
    html = client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "ค้าง 5 เดือน" in html
    assert f"{row.pk}/rate/" not in html
    assert client.post(f"{LIST}{row.pk}/rate/", {"amount": "1"}).status_code == 404
    assert client.get(f"{LIST}import/").status_code == 404
