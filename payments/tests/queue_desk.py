"""What the tests of the clerk's pages share: a browser, a form as the page posts it, repeats."""

from __future__ import annotations

import io
import itertools
from typing import Any

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import Staff
from chatops.models import Resident
from payments.models import PaymentNotice, Revenue, Slip, SlipMatch
from payments.tests.cast import claimed, revenue, today

LIST = "/admin/payments/paymentnotice/"
_tokens = itertools.count(1)


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def page(notice: PaymentNotice, name: str = "change", *more: Any) -> str:
    """The address of a page of the notice: 'change', 'act', 'preview', 'slip' …"""
    return reverse(f"admin:payments_paymentnotice_{name}", args=[notice.pk, *more])


def form(notice: PaymentNotice, act: str, **changes: Any) -> dict[str, Any]:
    """What the page of a notice posts for a button, with one line of 1,250.50 baht."""
    revenue = notice.revenue
    return {
        "act": act,
        "version": notice.version,
        "revenue": revenue.pk if revenue else "",
        "fiscal_year": notice.fiscal_year or "",
        "months": ",".join(notice.months),
        "payer_name": notice.payer_name,
        "payer_address": notice.payer_address,
        "reference": notice.reference,
        "phone": notice.phone,
        "amount": notice.amount or "",
        "paid_at": "",
        "household": notice.household_id or "",
        "method": "transfer",
        "money_seen_on": today().isoformat(),
        "line_text": ["ภาษีที่ดินและสิ่งปลูกสร้าง"],
        "line_period": ["ปี 2569"],
        "line_arrears": ["0"],
        "line_amount": ["1,250.50"],
        "line_surcharge": [""],
        "line_months": [""],
    } | changes


def press(staff: Staff, notice: PaymentNotice, act: str, **changes: Any) -> Any:
    """Post a button of the notice's page, as `staff` last saw it."""
    return as_(staff).post(page(notice, "act"), form(notice, act, **changes))


def repeat(notice: PaymentNotice, of: PaymentNotice) -> SlipMatch:
    """Have a slip of `notice` repeat one of `of`."""
    mine, other = (
        one.slips.first()
        or Slip.objects.create(notice=one, state=Slip.State.GONE, token=f"token-{next(_tokens)}")
        for one in (notice, of)
    )
    return SlipMatch.objects.create(slip=mine, other=other, kind=SlipMatch.Kind.REFERENCE)


def strangers() -> dict[str, Staff]:
    """Who sees no payments, whatever else is theirs."""
    other = testing.make_staff(divisions=("health",), role=roles.FINANCE)
    boss = testing.make_staff(divisions=("legal",), is_superuser=True)
    return {
        "another division with the role": other,
        "superuser outside": boss,
        "of กองคลัง without a role": testing.make_staff(divisions=("revenue",)),
        "officer of กองคลัง": testing.make_staff(divisions=("revenue",), role=roles.OFFICER),
        "executive": testing.make_executive(),
        "legal officer": testing.make_legal_officer(),
    }


def onlooker() -> Staff:
    """One of กองคลัง who looks and does nothing."""
    staff = testing.make_staff(divisions=("finance",))
    staff.user_permissions.add(Permission.objects.get(codename="view_paymentnotice"))
    return Staff.objects.get(pk=staff.pk)


def drain(answer: Any) -> bytes:
    """Read an answer to its end, as a browser does; that closes the file behind it."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def pdf(name: str = "elaas.pdf") -> SimpleUploadedFile:
    """A PDF of one page."""
    import pypdfium2

    out = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    document.save(out)
    document.close()
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def fresh(notice: PaymentNotice) -> PaymentNotice:
    """The notice as it stands now."""
    return PaymentNotice.objects.get(pk=notice.pk)


def elaas_notice(somsri: Resident, clerk: Staff) -> PaymentNotice:
    """A notice that waits for its number of e-LAAS: confirming leads there."""
    notice = claimed(somsri, revenue=revenue("signboard_tax", Revenue.Mode.ELAAS))
    answer = press(clerk, notice, "issue")
    assert answer["Location"] == page(notice)
    return fresh(notice)
