"""The statements' pages: a file to rows, rows to pairs, pairs to matches; and who may not."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from bannmae import testing
from bannmae.models import AccessLog, Staff
from payments import intake, workflow
from payments.errors import Refused
from payments.intake import Claim
from payments.models import (
    BankAccount,
    NoticeEntry,
    PaymentNotice,
    Revenue,
    Slip,
    StatementImport,
    StatementLine,
    Status,
)
from payments.statements import acts

pytestmark = pytest.mark.django_db
IMPORT = "/admin/payments/statementline/import/"
MATCH = "/admin/payments/statementline/match/"
LIST = "/admin/payments/statementline/"
PAID = (timezone.localtime() - timedelta(days=2)).replace(
    hour=10, minute=5, second=0, microsecond=0
)


@pytest.fixture
def clerk(client: Client, finance_clerk: Staff) -> Client:
    client.force_login(finance_clerk)
    return client


@pytest.fixture
def account(db: None) -> BankAccount:
    return BankAccount.objects.create(name="กรุงไทย", bank="006", number="1234567890")


def day(moment: datetime) -> str:
    return f"{moment:%d/%m}/{moment.year + 543}"


def statement(*rows: str) -> bytes:
    return "\n".join(["วันที่,เวลา,เงินเข้า,รายละเอียด,เลขอ้างอิง", *rows]).encode()


def upload(client: Client, account: BankAccount, data: bytes, name: str = "a.csv") -> str:
    file = SimpleUploadedFile(name, data)
    response = client.post(IMPORT, {"account": account.pk, "file": file})
    assert response.status_code == 302, response.content.decode()[:2000]
    return str(response.url)


def chosen(html: str) -> dict[str, str]:
    """Return what the page's confirming form sends."""
    form = re.search(r'<form method="post">.*?</form>', html, re.S)
    assert form
    return dict(re.findall(r'name="((?:col_|header|order)\w*)" value="(\w*)"', form[0]))


def notice(amount: str = "100", minutes: int = 0, **fields: Any) -> PaymentNotice:
    claim = Claim(
        revenue=Revenue.objects.get(slug="garbage_fee"),
        payer_name=fields.pop("payer", "นางสมศรี ใจดี"),
        amount=Decimal(amount),
        paid_at=PAID + timedelta(minutes=minutes),
    )
    return intake.file_notice(
        resident=fields.pop("resident", None), claim=claim, via=PaymentNotice.Via.COUNTER
    )


def line(
    account: BankAccount, amount: str = "100", minutes: int = 0, **fields: Any
) -> StatementLine:
    source, _ = StatementImport.objects.get_or_create(
        account=account,
        defaults={"file_name": "x.csv", "sha256": "", "by": testing.make_staff()},
    )
    return StatementLine.objects.create(
        account=account,
        source=source,
        at=PAID + timedelta(minutes=minutes),
        amount=Decimal(amount),
        fingerprint=f"{StatementLine.objects.count()}",
        **fields,
    )


# -- the import -------------------------------------------------------------------------------


def test_a_file_is_shown_before_anything_is_kept(clerk: Client, account: BankAccount) -> None:
    data = statement(f'{day(PAID)},10:05,"1,250.00",รับโอน,REF12345678', f"{day(PAID)},,x,,")
    url = upload(clerk, account, data)
    html = clerk.get(url).content.decode()
    assert "1,250.00" in html
    assert "REF12345678" in html
    assert "แถวที่ 3" in html
    assert "อ่านจำนวนเงิน “x” ไม่ได้" in html
    assert not StatementLine.objects.exists()
    stored = [
        name
        for folder in default_storage.listdir("import-drafts")[0]
        for month in default_storage.listdir(f"import-drafts/{folder}")[0]
        for name in default_storage.listdir(f"import-drafts/{folder}/{month}")[1]
    ]
    assert len(stored) == 1

    response = clerk.post(url, chosen(html), follow=True)
    assert "นำเข้าแล้ว 1 รายการ" in response.content.decode()
    kept = StatementLine.objects.get()
    assert (kept.amount, kept.at, kept.has_time) == (Decimal("1250.00"), PAID, True)
    account.refresh_from_db()
    assert account.layout["columns"]["credit"] == 2
    assert AccessLog.objects.filter(action=AccessLog.Action.MONEY).count() == 1
    # The file is gone, and the same form again takes nothing in.
    again = clerk.post(url, chosen(html), follow=True)
    assert "โปรดเลือกไฟล์อีกครั้ง" in again.content.decode()
    # The same file once more finds everything there.
    html = clerk.get(upload(clerk, account, data)).content.decode()
    assert "ใช้รูปแบบที่จำไว้" in html
    assert 'data-testid="new">0<' in html


def test_the_clerk_corrects_the_columns(clerk: Client, account: BankAccount) -> None:
    data = f"a,b,c\n{day(PAID)},7,90\n".encode()
    url = upload(clerk, account, data)
    assert "ยังอ่านไม่ได้" in clerk.get(url).content.decode()
    html = clerk.get(f"{url}&header=1&order=dmy&col_date=0&col_credit=2").content.decode()
    assert 'data-testid="new">1<' in html
    clerk.post(url, chosen(html))
    assert StatementLine.objects.get().amount == Decimal(90)
    refused = clerk.post(upload(clerk, account, data), {"header": "1"}, follow=True)
    assert "โปรดเลือกคอลัมน์" in refused.content.decode()


def test_what_may_be_a_repeat_is_taken_in_only_when_ticked(
    clerk: Client, account: BankAccount
) -> None:
    line(account, "90", description="เดิม")
    data = statement(f"{day(PAID)},10:05,90,คำใหม่,")
    url = upload(clerk, account, data)
    html = clerk.get(url).content.decode()
    assert "อาจซ้ำ" in html
    clerk.post(url, chosen(html))
    assert StatementLine.objects.count() == 1
    clerk.post(upload(clerk, account, data), chosen(html) | {"doubtful": "1"})
    assert StatementLine.objects.count() == 2


def test_an_excel_file_goes_the_same_way(clerk: Client, account: BankAccount) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["วันที่", "ฝากเงิน"])
    book.active.append([PAID.replace(tzinfo=None), 45.5])
    out = io.BytesIO()
    book.save(out)
    url = upload(clerk, account, out.getvalue(), "a.xlsx")
    clerk.post(url, chosen(clerk.get(url).content.decode()))
    assert StatementLine.objects.get().amount == Decimal("45.50")


def test_another_clerk_cannot_confirm_my_file(
    client: Client, finance_clerk: Staff, finance_head: Staff, account: BankAccount
) -> None:
    client.force_login(finance_clerk)
    url = upload(client, account, statement(f"{day(PAID)},10:05,90,,"))
    client.force_login(finance_head)
    assert "อัปโหลดโดยผู้อื่น" in client.get(url, follow=True).content.decode()
    tampered = f"{IMPORT}?draft=abc:def"
    assert "หมดเวลาแล้ว" in client.get(tampered, follow=True).content.decode()


def test_a_broken_file_is_told_beside_the_field(clerk: Client, account: BankAccount) -> None:
    for data in (b"%PDF-1.7 x", b"PK\x03\x04x"):
        file = SimpleUploadedFile("a.xlsx", data)
        response = clerk.post(IMPORT, {"account": account.pk, "file": file})
        assert response.status_code == 422
        assert "bm-error" in response.content.decode()


# -- matching -------------------------------------------------------------------------------------


def test_sure_pairs_are_matched_at_once_and_confirm_nothing(
    clerk: Client, account: BankAccount, finance_clerk: Staff
) -> None:
    first, second = notice("100"), notice("200")
    lines = [line(account, "100", 2), line(account, "200", 1)]
    twins = [notice("300"), notice("300", 1), line(account, "300")]
    html = clerk.get(MATCH).content.decode()
    assert 'data-testid="sure">2<' in html
    assert "ไม่แน่ชัด" in html
    pairs = re.findall(r'name="pair" value="([\d:]+)"', html)
    assert set(pairs) == {f"{lines[0].pk}:{first.pk}", f"{lines[1].pk}:{second.pk}"}
    # What was never sure is not matched by this button, whatever a browser sends.
    forged = f"{twins[2].pk}:{twins[0].pk}"
    response = clerk.post(f"{MATCH}sure/", {"pair": [*pairs, forged]}, follow=True)
    assert "จับคู่แล้ว 2 คู่ อีก 1 คู่เปลี่ยนไปแล้ว" in response.content.decode()
    assert StatementLine.objects.filter(notice__isnull=False).count() == 2
    first.refresh_from_db()
    assert first.status == Status.RECEIVED
    entry = NoticeEntry.objects.get(notice=first, kind=NoticeEntry.Kind.MATCHED)
    assert "เงินเข้า 100.00 บาท" in entry.text
    assert entry.by == finance_clerk
    assert acts.suggested_date(first) == PAID.date()
    assert [one.pk for one in acts.lines_of(first)] == [lines[0].pk]
    assert acts.suggested_date(twins[0]) is None


def test_payments_without_money_are_named(clerk: Client, account: BankAccount) -> None:
    found, alone = notice("100"), notice("70", payer="นายบุญมี แก้วคำ")
    line(account, "100")

    text = clerk.get(MATCH).content.decode()

    table = text.partition('data-testid="notices-alone"')[2].partition("</section>")[0]
    assert alone.number in table
    assert "นายบุญมี แก้วคำ" in table
    assert found.number not in table
    assert "แจ้งชำระทุกรายการพบเงินเข้า" not in text


def test_the_slips_reference_is_looked_for(account: BankAccount) -> None:
    told = notice("100", 300)
    Slip.objects.create(
        notice=told, state=Slip.State.READ, token="t", bank="014", reference="0123ABCD456"
    )
    other = line(account, "100", 0)
    mine = line(account, "100", 1, description="รับโอน 0123abcd456")
    pair = acts.overview().pairs[0]
    assert (pair.line, pair.notice, pair.is_sure) == (mine.pk, told.pk, True)
    assert other.pk != mine.pk


def test_by_hand_a_notice_may_have_two_lines(clerk: Client, account: BankAccount) -> None:
    told = notice("300")
    for amount in ("100", "200"):
        row = line(account, amount, 500)
        url = f"{LIST}{row.pk}/match-one/"
        response = clerk.post(url, {"number": told.number.lower()}, follow=True)
        assert "จับคู่แล้ว" in response.content.decode()
    assert sum(one.amount for one in acts.lines_of(told)) == Decimal(300)
    missing = clerk.post(url, {"number": "P00-9"}, follow=True)
    assert "ไม่พบรายการแจ้งชำระ" in missing.content.decode()


def test_the_day_of_the_banks_line_is_proposed_as_the_day_of_the_money(
    clerk: Client, account: BankAccount, finance_clerk: Staff
) -> None:
    told = notice()
    url = f"/admin/payments/paymentnotice/{told.pk}/change/"
    proposed = 'name="money_seen_on" value="{:%Y-%m-%d}"'.format
    assert proposed(PAID) in clerk.get(url).content.decode()
    a_day_later = line(account, minutes=24 * 60)
    acts.match(a_day_later.pk, told.pk, finance_clerk)
    html = clerk.get(url).content.decode()
    assert proposed(PAID + timedelta(days=1)) in html


def test_a_match_is_taken_back_and_money_set_aside(clerk: Client, account: BankAccount) -> None:
    told, row = notice(), line(account)
    clerk.post(f"{LIST}{row.pk}/match-one/", {"notice": told.pk})
    clerk.post(f"{LIST}{row.pk}/unmatch/", {"reason": "ผิดคน"})
    row.refresh_from_db()
    assert (row.notice, row.matched_by, row.matched_at) == (None, None, None)
    kinds = told.entries.values_list("kind", "text")
    assert [kind for kind, _ in kinds][-2:] == ["matched", "unmatched"]
    assert "ผิดคน" in kinds.last()[1]
    clerk.post(f"{LIST}{row.pk}/set-aside/", {"reason": " "})
    row.refresh_from_db()
    assert row.set_aside == ""
    clerk.post(f"{LIST}{row.pk}/set-aside/", {"reason": "ดอกเบี้ย"})
    row.refresh_from_db()
    assert row.set_aside == "ดอกเบี้ย"
    assert not acts.open_lines().exists()
    clerk.post(f"{LIST}{row.pk}/bring-back/")
    assert acts.open_lines().get() == row


def test_what_is_settled_or_rejected_is_not_matched_again(
    account: BankAccount, finance_clerk: Staff
) -> None:
    told, row = notice(), line(account)
    acts.match(row.pk, told.pk, finance_clerk)
    with pytest.raises(Refused, match="จับคู่ไปแล้ว"):
        acts.match(row.pk, notice("5").pk, finance_clerk)
    with pytest.raises(Refused, match="จับคู่แล้ว"):
        acts.set_aside(row.pk, finance_clerk, "x")
    assert not acts.open_notices().filter(pk=told.pk).exists()
    refused = notice("7")
    workflow.reject(refused.pk, finance_clerk, refused.version, "ไม่พบเงิน")
    with pytest.raises(Refused, match="ตรวจสอบไม่ผ่าน"):
        acts.match(line(account, "7").pk, refused.pk, finance_clerk)
    assert not acts.open_notices().filter(pk=refused.pk).exists()


def test_money_of_a_notice_that_was_rejected_is_told_of(
    clerk: Client, account: BankAccount, finance_clerk: Staff
) -> None:
    told, row = notice("88"), line(account, "88")
    acts.match(row.pk, told.pk, finance_clerk)
    assert "ซึ่งตรวจไม่ผ่าน" not in clerk.get(MATCH).content.decode()
    workflow.reject(told.pk, finance_clerk, told.version, "ผิดคน")
    assert "ซึ่งตรวจไม่ผ่าน" in clerk.get(MATCH).content.decode()
    assert "88.00" in clerk.get(f"{LIST}?state=rejected").content.decode()


def test_the_pages_cost_the_same_with_many_rows(
    clerk: Client, account: BankAccount, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def cost(url: str) -> int:
        with django_assert_max_num_queries(60) as queries:
            assert clerk.get(url).status_code == 200
        asked = ("payments_statement", "payments_slip", "payments_bankaccount")
        return sum(any(name in one["sql"] for name in asked) for one in queries.captured_queries)

    notice("100"), line(account, "100")
    few = [cost(MATCH), cost(LIST)]
    for at in range(12):
        notice(str(200 + at)), line(account, str(200 + at)), line(account, "7", at)
        line(account, "9", notice=notice("9", 60 * at), set_aside="")
    assert [cost(MATCH), cost(LIST)] == few


def test_a_line_shows_whose_it_may_be(clerk: Client, account: BankAccount) -> None:
    told, row = notice("55", 2000), line(account, "55")
    html = clerk.get(f"{LIST}{row.pk}/change/").content.decode()
    assert told.number in html
    listed = clerk.get(f"{LIST}?state=open").content.decode()
    assert "55.00" in listed
    assert "55.00" in clerk.get(f"{LIST}?q=55.00").content.decode()
    assert "55.00" in clerk.get(f"{LIST}?q={day(PAID)}").content.decode()
    assert "55.00" not in clerk.get(f"{LIST}?state=matched").content.decode()


# -- who may not ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["engineer", "legal_officer", "executive", "outsider"])
def test_others_find_nothing(
    who: str, client: Client, request: pytest.FixtureRequest, account: BankAccount
) -> None:
    client.force_login(request.getfixturevalue(who))
    row, told = line(account), notice()
    pages = [IMPORT, MATCH, LIST, f"{LIST}{row.pk}/change/", "/admin/payments/bankaccount/"]
    assert {client.get(url).status_code for url in pages} <= {404}
    for act in ("match-one", "unmatch", "set-aside", "bring-back"):
        sent = {"notice": told.pk, "reason": "x"}
        assert client.post(f"{LIST}{row.pk}/{act}/", sent).status_code == 404
    assert client.post(f"{MATCH}sure/", {"pair": f"{row.pk}:{told.pk}"}).status_code == 404
    row.refresh_from_db()
    assert (row.notice, row.set_aside) == (None, "")


def test_who_only_looks_changes_nothing(client: Client, account: BankAccount) -> None:
    looker = testing.make_staff(divisions=("finance",))
    looker.user_permissions.set(Permission.objects.filter(codename="view_paymentnotice"))
    client.force_login(looker)
    row, told = line(account), notice()
    html = client.get(MATCH).content.decode()
    assert told.number in html
    assert "statementline/match/sure" not in html
    assert client.get(IMPORT).status_code == 404
    assert client.post(f"{LIST}{row.pk}/match-one/", {"notice": told.pk}).status_code == 404
    with pytest.raises(Refused):
        acts.match(row.pk, told.pk, looker)


def test_an_account_is_kept_in_digits(clerk: Client) -> None:
    url = reverse("admin:payments_bankaccount_add")
    sent = {"name": "ธ.ก.ส.", "bank": "034", "number": "๐๑๒-๓-๔๕๖๗๘-๙", "is_active": "on"}
    assert clerk.post(url, sent).status_code == 302
    assert BankAccount.objects.get().number == "0123456789"
    assert "มีบัญชีนี้ในระบบแล้ว" in clerk.post(url, sent).content.decode()
