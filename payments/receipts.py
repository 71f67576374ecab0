"""Issuing, voiding and reprinting receipts. No other code makes one.

The number, the receipt, the months that it pays, the notice's status and the message to the
payer are one transaction; the paper and its picture are drawn by a worker afterwards.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from bannmae.models import Municipality, Staff
from bannmae.thai.baht import baht_text
from bannmae.thai.calendar import fiscal_year, local_date
from payments import access, alarm, books, days, duties, notices
from payments.errors import Refused
from payments.models import (
    Household,
    HouseholdMonth,
    Method,
    MoneyDuty,
    NoticeEntry,
    PaymentNotice,
    Receipt,
    ReceiptFile,
    ReceiptLine,
    ReceiptPrint,
    ReceiptVoid,
    Revenue,
    RevokedLink,
    Status,
)

LIMIT = Decimal("99999999.99")  # what PaymentNotice.amount holds
Kind = NoticeEntry.Kind


@dataclass(frozen=True)
class Line:
    """One line to be issued. `amount` > 0 and `surcharge` ≥ 0 in baht, at most two places."""

    text: str
    amount: Decimal
    period: str = ""
    is_arrears: bool = False
    surcharge: Decimal = Decimal("0.00")
    # Of a household: the months (first days) that the line pays, and what each costs.
    months: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True)
class Draft:
    """What a receipt is to say."""

    revenue: Revenue
    payer_name: str
    lines: Sequence[Line]
    method: Method
    money_seen_on: date
    payer_address: str = ""
    note: str = ""
    household: Household | None = None
    replaces: Receipt | None = None


@dataclass(frozen=True)
class Elaas:
    """The receipt that e-LAAS has made; `file` is the name of its PDF in private storage."""

    book: str
    number: str
    file: str = ""


def total_of(lines: Sequence[Line]) -> Decimal:
    """Return what lines come to, in baht."""
    return sum((line.amount + line.surcharge for line in lines), Decimal("0.00"))


@transaction.atomic
def issue(
    draft: Draft, by: Staff, *, notice: PaymentNotice | None = None, elaas: Elaas | None = None
) -> Receipt:
    """Issue a receipt dated today (Bangkok), of the own series or as e-LAAS has made it.

    With a `notice`, which must be confirmed, it becomes ออกใบเสร็จรับเงินแล้ว and its payer
    gets the receipt in the chat.

    Raises:
        Refused: the kind's mode is not chosen or another, the day or year is closed, the notice
            is not confirmed or has a receipt, a month is paid already, or a field is wrong.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้นที่ออกใบเสร็จได้")
    check(draft)
    year = books.lock_year(fiscal_year(timezone.now()))
    now = timezone.now()  # the lock was waited for: numbers are in the order of time
    today = local_date(now)
    if fiscal_year(today) != year.year:
        year = books.lock_year(fiscal_year(today))
    if draft.money_seen_on > today:
        raise Refused("วันที่ได้รับเงินยังมาไม่ถึง")
    days.refuse_closed(today)
    revenue = Revenue.objects.get(pk=draft.revenue.pk)
    if not revenue.mode:
        raise Refused(f"ยังไม่ได้เลือกวิธีออกใบเสร็จของ{revenue.name} ให้หัวหน้ากองคลังตั้งค่าก่อน")
    if (elaas is not None) != (revenue.mode == Revenue.Mode.ELAAS):
        raise Refused(f"{revenue.name}ใช้วิธี “{revenue.get_mode_display()}”")
    if notice is not None:
        notice = PaymentNotice.objects.select_for_update().get(pk=notice.pk)
        if notice.status != Status.CONFIRMED:
            raise Refused(f"รายการ {notice.number} อยู่ในสถานะ “{notice.get_status_display()}”")
    if draft.replaces is not None and not Receipt.objects.get(pk=draft.replaces.pk).is_void:
        raise Refused("ออกแทนได้เฉพาะใบเสร็จที่ยกเลิกแล้ว")
    key = uuid.uuid4()
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt_id=key,
            order=order,
            text=line.text,
            period=line.period,
            is_arrears=line.is_arrears,
            amount=line.amount,
            surcharge=line.surcharge,
        )
        for order, line in enumerate(draft.lines, 1)
    )
    if elaas is None:
        book, leaf = books.take_leaf(year, revenue)
        if book.receipts.filter(issued_on__gt=today).exists():
            raise Refused("นาฬิกาของเครื่องช้ากว่าใบเสร็จฉบับก่อน โปรดตั้งเวลาเครื่องให้ถูกต้องก่อน")
        place = {
            "mode": Receipt.Mode.OWN,
            "book": book,
            "leaf": leaf,
            "book_label": book.label,
            "number_label": f"{leaf:04d}",
        }
    else:
        if year.closed_at is not None:
            raise Refused(f"ปีงบประมาณ {year.year} ปิดแล้ว")
        if not (elaas.book.strip() and elaas.number.strip() and elaas.file):
            raise Refused("โปรดกรอกเล่มที่ เลขที่ และแนบไฟล์ PDF จาก e-LAAS")
        place = {
            "mode": Receipt.Mode.ELAAS,
            "book_label": elaas.book.strip(),
            "number_label": elaas.number.strip(),
            "elaas_file": elaas.file,
        }
    office = Municipality.get_solo()
    total = total_of(draft.lines)
    resident = notice.resident if notice is not None else None
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(
                key=key,
                token=secrets.token_urlsafe(32),
                fiscal_year=year,
                revenue=revenue,
                notice=notice,
                resident=resident,
                issued_on=today,
                issued_at=now,
                issued_by=by,
                revenue_name=revenue.name,
                municipality_name=office.name,
                municipality_address=office.address,
                municipality_tax_id=office.tax_id,
                municipality_phone=office.phone,
                payer_name=draft.payer_name.strip(),
                payer_address=draft.payer_address.strip(),
                total=total,
                total_text=baht_text(total),
                method=draft.method,
                money_seen_on=draft.money_seen_on,
                received_by_name=(by.signature_name.strip("() ") or str(by)),
                received_by_position=by.position,
                note=draft.note,
                replaces=draft.replaces,
                **place,
            )
    except IntegrityError as error:
        raise Refused(_why(elaas, notice, draft)) from error
    _pay_months(receipt, draft)
    ReceiptFile.objects.create(receipt=receipt, kind=ReceiptFile.Kind.ORIGINAL, due_at=now)
    if notice is not None:
        _move(notice, Status.RECEIPTED, Kind.RECEIPTED, by, str(receipt))
        notices.tell_receipt(notice, receipt)
    transaction.on_commit(alarm.ring_for_papers)
    return receipt


def ask_void(receipt: Receipt, by: Staff, reason: str) -> ReceiptVoid:
    """Ask for a receipt to be voided; nothing happens to it until somebody else approves.

    Raises:
        Refused: no reason, void or asked for already, or its day is closed.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้นที่ขอยกเลิกใบเสร็จได้")
    if not reason.strip():
        raise Refused("โปรดระบุเหตุผลที่ขอยกเลิก")
    with transaction.atomic():
        books.lock_year(receipt.fiscal_year_id)
        days.refuse_closed(receipt.issued_on)
        try:
            with transaction.atomic():
                void = ReceiptVoid.objects.create(
                    receipt=receipt, reason=reason.strip()[:500], asked_by=by
                )
        except IntegrityError as error:
            raise Refused("ใบเสร็จนี้ยกเลิกแล้ว หรือมีผู้ขอยกเลิกไว้แล้ว") from error
        if receipt.notice is not None:
            _note(receipt.notice, Kind.VOID_ASKED, by, reason)
        return void


@transaction.atomic
def approve_void(void: ReceiptVoid, by: Staff) -> Receipt:
    """Void a receipt as somebody else has asked; the months that it paid are owed again.

    The notice goes back to กำลังตรวจสอบ, and its payer is told that the receipt is void.

    Raises:
        Refused: his own request, not his to approve, decided already, or the day is closed.
    """
    duty = duties.demand(by, MoneyDuty.Duty.APPROVE_VOID)
    books.lock_year(void.receipt.fiscal_year_id)
    void, receipt = _asked(void)
    if void.asked_by_id == by.pk:
        raise Refused("ผู้ขอยกเลิกอนุมัติเองไม่ได้ ต้องเป็นอีกคนหนึ่ง")
    days.refuse_closed(receipt.issued_on)
    now = timezone.now()
    void.state, void.decided_by, void.decided_at = ReceiptVoid.State.APPROVED, by, now
    void.acting = duty.acting
    void.save()
    Receipt.objects.filter(pk=receipt.pk).update(is_void=True)
    receipt.is_void = True
    HouseholdMonth.objects.filter(receipt=receipt, released_at=None).update(released_at=now)
    ReceiptFile.objects.create(receipt=receipt, kind=ReceiptFile.Kind.VOID, due_at=now)
    if receipt.notice is not None:
        notice = PaymentNotice.objects.select_for_update().get(pk=receipt.notice.pk)
        _move(notice, Status.CHECKING, Kind.VOIDED, by, f"{receipt}: {void.reason}")
        notices.tell_void(notice, receipt)
    transaction.on_commit(alarm.ring_for_papers)
    return receipt


@transaction.atomic
def decline_void(void: ReceiptVoid, by: Staff, reason: str) -> ReceiptVoid:
    """Leave a receipt as it is.

    Raises:
        Refused: no reason, his own request, not his to decide, or decided already.
    """
    duty = duties.demand(by, MoneyDuty.Duty.APPROVE_VOID)
    if not reason.strip():
        raise Refused("โปรดระบุเหตุผลที่ไม่อนุมัติ")
    books.lock_year(void.receipt.fiscal_year_id)
    void, receipt = _asked(void)
    if void.asked_by_id == by.pk:
        raise Refused("ผู้ขอยกเลิกพิจารณาเองไม่ได้ ต้องเป็นอีกคนหนึ่ง")
    void.state, void.decided_by, void.decided_at = ReceiptVoid.State.DECLINED, by, timezone.now()
    void.acting, void.decline_reason = duty.acting, reason.strip()[:500]
    void.save()
    if receipt.notice is not None:
        _note(receipt.notice, Kind.VOID_DECLINED, by, reason)
    return void


@transaction.atomic
def note_copy(receipt: Receipt, by: Staff) -> ReceiptPrint:
    """Count a reprint and return it: the paper bears สำเนา and its number.

    Raises:
        Refused: not of กองคลัง.
    """
    if not access.may_see(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังเท่านั้น")
    books.lock_year(receipt.fiscal_year_id)
    last = receipt.prints.aggregate(last=Max("copy_no"))["last"] or 0
    return ReceiptPrint.objects.create(receipt=receipt, copy_no=last + 1, by=by)


@transaction.atomic
def revoke_link(receipt: Receipt, by: Staff, reason: str) -> RevokedLink:
    """Have the receipt's addresses give nothing any more: it went to somebody else.

    Raises:
        Refused: no reason, revoked already, or not of กองคลัง.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    if not reason.strip():
        raise Refused("โปรดระบุเหตุผล")
    link, created = RevokedLink.objects.get_or_create(
        receipt=receipt, defaults={"by": by, "reason": reason.strip()[:300]}
    )
    if not created:
        raise Refused("ยกเลิกลิงก์ของใบเสร็จนี้ไว้แล้ว")
    return link


# -- pieces -------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """Raise Refused for what no receipt may say."""
    if not draft.payer_name.strip():
        raise Refused("โปรดระบุชื่อผู้ชำระ")
    if not draft.lines:
        raise Refused("ใบเสร็จต้องมีรายการอย่างน้อยหนึ่งรายการ")
    if len(draft.lines) > 30:
        raise Refused("ใบเสร็จหนึ่งฉบับมีได้ไม่เกิน 30 รายการ")
    for line in draft.lines:
        if not line.text.strip():
            raise Refused("โปรดระบุชื่อรายการให้ครบทุกบรรทัด")
        for amount in (line.amount, line.surcharge):
            exponent = amount.as_tuple().exponent if amount.is_finite() else None
            if not isinstance(exponent, int) or exponent < -2:
                raise Refused("จำนวนเงินมีทศนิยมได้ไม่เกินสองตำแหน่ง")
        if line.amount <= 0 or line.surcharge < 0:
            raise Refused("จำนวนเงินต้องมากกว่า 0 และเงินเพิ่มต้องไม่ติดลบ")
    if total_of(draft.lines) > LIMIT:
        raise Refused("จำนวนเงินมากเกินกว่าที่ระบบรับได้")


def _why(elaas: Elaas | None, notice: PaymentNotice | None, draft: Draft) -> str:
    if notice is not None and notice.receipts.filter(is_void=False).exists():
        return f"รายการ {notice.number} ออกใบเสร็จแล้ว"
    if draft.replaces is not None and Receipt.objects.filter(replaces=draft.replaces).exists():
        return "ใบเสร็จฉบับนี้ออกฉบับใหม่แทนแล้ว"
    if elaas is not None:
        return f"บันทึกใบเสร็จ e-LAAS เล่มที่ {elaas.book} เลขที่ {elaas.number} ไว้แล้ว ตรวจเลขอีกครั้ง"
    return "ออกใบเสร็จไม่ได้ โปรดลองอีกครั้ง"


def _pay_months(receipt: Receipt, draft: Draft) -> None:
    months = [paid for line in draft.lines for paid in line.months]
    if not months:
        return
    if draft.household is None:
        raise ValueError("Months are a household's")
    try:
        with transaction.atomic():
            HouseholdMonth.objects.bulk_create(
                HouseholdMonth(
                    household=draft.household, month=month, amount=amount, receipt=receipt
                )
                for month, amount in months
            )
    except IntegrityError as error:
        raise Refused(f"{draft.household} ชำระบางเดือนในรายการนี้แล้ว โปรดเลือกเดือนใหม่") from error


def _asked(void: ReceiptVoid) -> tuple[ReceiptVoid, Receipt]:
    row = ReceiptVoid.objects.select_for_update().get(pk=void.pk)
    if row.state != ReceiptVoid.State.ASKED:
        raise Refused(f"คำขอนี้พิจารณาแล้ว: {row.get_state_display()}")
    return row, Receipt.objects.select_related("notice").get(pk=row.receipt_id)


def _move(notice: PaymentNotice, status: Status, kind: Kind, by: Staff, text: str) -> None:
    notice.status = status
    notice.version += 1
    notice.changed_at = timezone.now()
    notice.save(update_fields=["status", "version", "changed_at"])
    _note(notice, kind, by, text)


def _note(notice: PaymentNotice, kind: Kind, by: Staff, text: str) -> None:
    NoticeEntry.objects.create(notice=notice, kind=kind, by=by, text=text[:1000])
