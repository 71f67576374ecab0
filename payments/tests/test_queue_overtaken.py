"""Two clerks on one notice: the slower one sees what the quicker one has changed, and decides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bannmae import testing
from bannmae.models import Staff
from chatops.models import Resident
from payments import chat_notice, workflow
from payments.desk import notice_page
from payments.models import NoticeEntry, PaymentNotice, Revenue, Slip, Status
from payments.tests.cast import claimed, revenue
from payments.tests.queue_desk import as_, form, fresh, page

pytestmark = pytest.mark.django_db


class _Marks(HTMLParser):
    """Finds the form's hidden fields that a browser sends back."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("name") in ("mark", "version", "months"):
            self.hidden.setdefault(str(values["name"]), values.get("value") or "")


def hidden(answer: Any) -> dict[str, str]:
    """What the page that was shown carries unseen."""
    found = _Marks()
    found.feed(answer.content.decode())
    return found.hidden


class Clerk:
    """A browser with a notice open: what it shows is what it sends, but for what is typed."""

    def __init__(self, staff: Staff, notice: PaymentNotice) -> None:
        self.client: Client = as_(staff)
        self.url = page(notice, "act")
        self.sent = form(notice, "save")
        self.answer = self.client.get(page(notice))
        self.sent |= hidden(self.answer)
        assert self.sent["mark"]

    def press(self, act: str, **typed: Any) -> Any:
        """Type and press; a page that comes back is the one that is open then."""
        self.sent |= {"act": act} | typed
        self.answer = self.client.post(self.url, self.sent)
        if self.answer.status_code == 422:
            self.sent |= hidden(self.answer)
        return self.answer

    @property
    def stands(self) -> dict[str, Any]:
        """What the page says beside its fields."""
        found: dict[str, Any] = self.answer.context["stands"]
        return found


@pytest.fixture
def finance_head(finance_head: Staff) -> Staff:
    """A head who does not bear the clerk's name."""
    finance_head.first_name = "วรรณา"
    finance_head.save(update_fields=["first_name"])
    return finance_head


def test_what_a_colleague_changed_stands_beside_the_field_with_name_and_time(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri, payer_address="12 หมู่ที่ 3", reference="ภ.ด.ส.6/1")
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    quick.press("save", payer_name="นางสมศรี ใจดียิ่ง", phone="0899999999", amount="1300")

    answer = slow.press("save", payer_name="น.ส.สมศรี ใจดี", payer_address="99 หมู่ที่ 9")

    assert answer.status_code == 422
    assert {name: one.text for name, one in slow.stands.items()} == {
        "payer_name": "นางสมศรี ใจดียิ่ง",
        # He has not touched these: his page would put back what the other has corrected.
        "phone": "089-999-9999",
        "amount": "1,300.00 บาท",
    }
    assert {one.by for one in slow.stands.values()} == {str(finance_head)}
    entry = notice.entries.get(kind=NoticeEntry.Kind.EDITED)
    text = answer.content.decode()
    assert text.count("ตอนนี้:") == 3
    assert f"แก้โดย {finance_head}" in text
    assert slow.stands["payer_name"].at in text
    assert entry.by == finance_head
    # What he typed stays, and nothing of it is kept yet.
    assert "น.ส.สมศรี ใจดี" in text
    assert fresh(notice).payer_name == "นางสมศรี ใจดียิ่ง"

    # His second press is a decision: one of theirs, one of his.
    assert slow.press("save", phone="0899999999", amount="1300").status_code == 302
    after = fresh(notice)
    assert (after.payer_name, after.payer_address) == ("น.ส.สมศรี ใจดี", "99 หมู่ที่ 9")
    assert (after.phone, after.amount) == ("0899999999", Decimal("1300.00"))


def test_fields_that_agree_show_nothing(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    quick.press("take", payer_name="นางสมศรี ใจงาม")

    answer = slow.press("save", payer_name="นางสมศรี ใจงาม", reference="ของผู้ช้าเอง")

    assert answer.status_code == 422
    assert slow.stands == {}
    text = answer.content.decode()
    assert "มีผู้ดำเนินการรายการนี้ไปก่อนท่าน" in text
    assert "ไม่มีช่องใดที่ผู้อื่นแก้ไว้ต่างจากของท่าน" in text
    assert "ตอนนี้:" not in text


def test_a_field_that_is_wrong_as_well_lets_nobody_overwrite_unseen(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    quick.press("save", payer_name="นางสมศรี ใจงาม")

    # The page that comes back bears the new version: it has to say what the old one did not show.
    answer = slow.press("confirm", phone="12")

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "มีผู้ดำเนินการรายการนี้ไปก่อนท่าน" in text
    assert "โทรศัพท์:" in text
    assert slow.stands["payer_name"].text == "นางสมศรี ใจงาม"
    assert fresh(notice).status == Status.RECEIVED


def test_each_change_bears_the_name_of_who_made_it(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    third = testing.make_finance_clerk()
    third.first_name = "มานี"
    third.save(update_fields=["first_name"])
    notice = claimed(somsri)
    slow = Clerk(finance_clerk, notice)
    Clerk(finance_head, notice).press("save", payer_name="ชื่อใหม่", phone="0822222222")
    Clerk(third, fresh(notice)).press("save", reference="เลขใหม่; ผู้ชำระ: ลวง")
    Clerk(finance_head, fresh(notice)).press("note", note="โทรแล้ว")

    slow.press("save", payer_address="ที่อยู่ของผู้ช้า")

    assert {name: one.by for name, one in slow.stands.items()} == {
        "payer_name": str(finance_head),
        "phone": str(finance_head),
        "reference": str(third),
    }
    # Once more overtaken, he is shown what is new since the page that he sees now.
    Clerk(third, fresh(notice)).press("save", payer_name="ชื่อใหม่กว่า")
    slow.press("save")
    assert {name: one.text for name, one in slow.stands.items()} == {"payer_name": "ชื่อใหม่กว่า"}


def test_what_a_payer_writes_into_a_field_changes_no_name(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri, reference="1; ผู้ชำระ: ลวง")
    slow = Clerk(finance_clerk, notice)
    Clerk(finance_head, notice).press("save", payer_name="ชื่อใหม่")
    third = testing.make_finance_clerk()
    Clerk(third, fresh(notice)).press("save", reference="2")

    slow.press("save", payer_address="ที่อยู่ของผู้ช้า")

    assert slow.stands["payer_name"].by == str(finance_head)


def just_before(monkeypatch: pytest.MonkeyPatch, name: str, do: Callable[[], Any]) -> None:
    """Let `do` happen once, before notice_page calls what it knows by `name`."""
    waiting = [do]
    called = getattr(notice_page, name)

    def instead(*sent: Any) -> Any:
        if waiting:
            waiting.pop()()
        return called(*sent)

    monkeypatch.setattr(notice_page, name, instead)


def test_a_change_while_the_page_is_made_bears_its_name(
    somsri: Resident,
    finance_clerk: Staff,
    finance_head: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notice = claimed(somsri)
    change = partial(workflow.edit, notice.pk, finance_head, 1, payer_name="ชื่อใหม่")
    # It has read the notice by then.
    just_before(monkeypatch, "note_look", change)
    slow = Clerk(finance_clerk, notice)
    assert "ชื่อใหม่" not in slow.answer.content.decode()

    slow.press("save", payer_address="ที่อยู่ของผู้ช้า")

    assert (slow.stands["payer_name"].text, slow.stands["payer_name"].by) == (
        "ชื่อใหม่",
        str(finance_head),
    )


def test_what_the_page_cannot_choose_is_told_and_not_offered(
    somsri: Resident,
    finance_clerk: Staff,
    finance_head: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notice = claimed(somsri)
    slow = Clerk(finance_clerk, notice)
    Clerk(finance_head, notice).press("save", payer_name="ชื่อใหม่")
    closed = revenue("signboard_tax")
    Revenue.objects.filter(pk=closed.pk).update(is_active=False)
    change = partial(workflow.edit, notice.pk, finance_head, 2, revenue=closed)
    # The form has its choices by then.
    just_before(monkeypatch, "notice_for", change)

    text = slow.press("save").content.decode()

    assert slow.stands["revenue"].text == "ภาษีป้าย"
    assert slow.stands["revenue"].value is None
    assert slow.stands["payer_name"].value == "ชื่อใหม่"
    assert text.count("ใช้ค่านี้") == 1


def test_a_field_that_the_page_has_no_more_is_told_in_the_headline(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    notice.slips.update(state=Slip.State.STORED, due_at=timezone.now())
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    quick.press("confirm", duplicate_reason="โทรถามธนาคารแล้ว")
    quick.sent["version"] = fresh(notice).version
    quick.press("take_back", reason="ยอดยังไม่ครบ")

    # Nobody has read the slip yet: the field is there.
    text = slow.press("confirm", duplicate_reason="เห็นเงินแล้ว").content.decode()
    assert 'href="#id_duplicate_reason"' in text
    assert 'id="id_duplicate_reason"' in text
    # Then it has been read, and nobody needs a reason.
    notice.slips.update(state=Slip.State.READ, due_at=None)
    workflow.edit(notice.pk, finance_head, fresh(notice).version, payer_name="ชื่อใหม่")
    text = slow.press("confirm", mark="").content.decode()
    assert 'id="id_duplicate_reason"' not in text
    assert 'href="#id_duplicate_reason"' not in text
    assert slow.answer.context["lost"] == ["เห็นเงินแล้ว"]
    assert slow.stands["duplicate_reason"].by == str(finance_head)
    assert "(ตอนนี้: โทรถามธนาคารแล้ว แก้โดย" in text


def test_lines_that_a_colleague_confirmed_and_took_back_are_shown(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    quick.press("confirm", method="cash", line_amount=["900"], line_surcharge=["18"])
    quick.sent["version"] = fresh(notice).version
    quick.press("take_back", reason="ยอดยังไม่ครบ")

    answer = slow.press("confirm")

    assert answer.status_code == 422
    assert slow.stands["lines"].text == (
        "ภาษีที่ดินและสิ่งปลูกสร้าง ปี 2569 900.00 + เงินเพิ่ม 18.00 · รวม 918.00 บาท"
    )
    assert slow.stands["method"].text == "เงินสด"
    assert slow.stands["method"].by == str(finance_head)
    assert "amount" in slow.stands
    assert slow.press("confirm").status_code == 302
    assert fresh(notice).amount == Decimal("1250.50")


def test_what_the_payer_added_meanwhile_is_told_and_months_are_not_put_back(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri, revenue=revenue("garbage_fee"), fiscal_year=None, payer_name="")
    slow = Clerk(finance_clerk, notice)
    hers = fresh(notice)
    hers.payer_name, hers.months, hers.version = "นางสมศรี", ["2026-10", "2026-11"], 2
    hers.save()
    chat_notice.note(hers, NoticeEntry.Kind.ADDED, "ผู้ชำระ")

    slow.press("save", payer_name="นายอื่น")

    assert slow.stands["payer_name"].text == "นางสมศรี"
    assert slow.stands["payer_name"].by == "ผู้ชำระหรือระบบ"
    slow.press("save")
    assert fresh(notice).months == ["2026-10", "2026-11"]


@pytest.mark.parametrize("mark", ["", "x", "[]", "{}", '{"entry": "x", "fields": 1}', "[" * 4000])
def test_a_page_without_a_mark_is_told_of_all_that_differs(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff, mark: str
) -> None:
    notice = claimed(somsri)
    slow = Clerk(finance_clerk, notice)
    Clerk(finance_head, notice).press("save", payer_name="ชื่อใหม่")

    slow.press("save", mark=mark, reference="ของตน")

    assert {name: one.text for name, one in slow.stands.items()} == {
        "money_seen_on": "(ว่าง)",
        "payer_name": "ชื่อใหม่",
        "reference": "(ว่าง)",
    }


def test_values_are_shown_as_people_read_them_and_never_as_markup(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    sign = revenue("signboard_tax", Revenue.Mode.OWN)
    quick.press(
        "save", revenue=sign.pk, payer_name="<script>x</script>", paid_at="2026-11-02T09:30"
    )

    text = slow.press("save").content.decode()

    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert "<script>x" not in text
    assert slow.stands["revenue"].text == "ภาษีป้าย"
    assert slow.stands["revenue"].value == str(sign.pk)
    assert slow.stands["paid_at"].text.startswith("2 พฤศจิกายน 2569")
    # A folded part with something to read is open.
    assert '<details class="pay-more" open>' in text


def test_what_was_typed_for_an_issued_notice_can_be_copied(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    slow, quick = Clerk(finance_clerk, notice), Clerk(finance_head, notice)
    quick.press("issue")

    text = slow.press("save", payer_address="99 หมู่ที่ 9").content.decode()

    assert "ที่อยู่บนใบเสร็จ: 99 หมู่ที่ 9" in text


def test_an_internal_reason_is_never_put_where_the_payer_reads(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    quick = Clerk(finance_head, notice)
    quick.press("confirm")
    stale = {"act": "take_back", "version": fresh(notice).version, "reason": "คนในแจ้งว่ายอดผิด"}
    quick.client.post(quick.url, {**stale, "reason": "ยอดผิด"})

    answer = as_(finance_clerk).post(quick.url, stale)

    assert answer.status_code == 422
    assert answer.context["reason"] == ""
    assert answer.context["lost"] == ["คนในแจ้งว่ายอดผิด"]
    # The form was not sent: it shows what stands, and not nothing.
    assert answer.context["form"]["payer_name"].value() == "นางสมศรี ใจดี"
    assert answer.context["stands"] == {}


def test_an_empty_note_leaves_the_form_as_it_stands(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)

    answer = as_(finance_clerk).post(page(notice, "act"), {"act": "note", "note": ""})

    assert answer.status_code == 422
    assert answer.context["form"]["payer_name"].value() == "นางสมศรี ใจดี"


def test_the_same_clerk_in_another_tab_loses_nothing_of_what_he_typed(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri)
    one, other = Clerk(finance_clerk, notice), Clerk(finance_clerk, notice)
    one.press("save", payer_name="นางสมศรี ใจงาม")

    # A second click of the same is no change; something else is not passed over in silence.
    assert one.press("save").status_code == 302
    answer = other.press("save", payer_address="99 หมู่ที่ 9")

    assert answer.status_code == 422
    assert other.stands["payer_name"].text == "นางสมศรี ใจงาม"
    assert "99 หมู่ที่ 9" in answer.content.decode()
    assert other.press("save", payer_name="นางสมศรี ใจงาม").status_code == 302
    after = fresh(notice)
    assert (after.payer_name, after.payer_address) == ("นางสมศรี ใจงาม", "99 หมู่ที่ 9")


@pytest.mark.parametrize("act", ["confirm", "issue"])
def test_a_second_click_with_other_money_is_not_taken_for_the_first(
    somsri: Resident, finance_clerk: Staff, act: str
) -> None:
    notice = claimed(somsri)
    one, other = Clerk(finance_clerk, notice), Clerk(finance_clerk, notice)
    one.press(act, line_amount=["900"])

    again = one.press(act, line_amount=["900"])
    different = other.press(act, line_amount=["800"])

    assert again.status_code == 302
    assert different.status_code == 422
    assert any("800" in words for words in different.context["lost"])
    assert fresh(notice).amount == Decimal("900.00")
