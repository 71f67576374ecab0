"""What a payer's words add to her notice, and what it still lacks. Everything is a suggestion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.utils import timezone

from bannmae.privacy.blind_index import blind_index
from bannmae.thai.calendar import local_date
from chatops.people import same_person
from payments.chat_reading import Facts, read_words, without_ids
from payments.intake import PHONE
from payments.models import (
    Household,
    NoticeEntry,
    PaymentNotice,
    Revenue,
    Slip,
    active_revenues,
)

Kind = NoticeEntry.Kind
MAX_WORDS = 2000  # characters of hers that are kept with the notice
#: Topics of conversations about payments.
TOPICS = frozenset({"tax", "garbage-fee", "slip"})
_STANDING = frozenset({Slip.State.WANTED, Slip.State.STORED, Slip.State.READ})
_FIELDS = {field.name: field for field in PaymentNotice._meta.fields}


def read(text: str, now: dt.datetime, *, asked: bool = False) -> Facts:
    """Return what `text` says, the office's own kinds of revenue included."""
    kinds = [(one.slug, one.menu_name) for one in active_revenues()]
    return read_words(text, local_date(now), kinds=kinds, asked=asked)


def merged(several: Iterable[Facts]) -> Facts:
    """Return what several messages say together; the later one has the last word."""
    values: dict[str, object] = {}
    for facts in several:
        values |= {name: value for name, value in vars(facts).items() if value}
    return Facts(**values)  # type: ignore[arg-type]


def kind_of(slug: str) -> Revenue | None:
    """Return the kind of that slug, if residents may choose it."""
    return next((one for one in active_revenues() if one.slug == slug), None)


def contradicts(notice: PaymentNotice, facts: Facts) -> bool:
    """Tell whether the words are about another payment: other kind, amount or reference."""
    other_kind = facts.kind and notice.revenue is not None and notice.revenue.slug != facts.kind
    other_amount = facts.amount and notice.amount and facts.amount != notice.amount
    reference = facts.reference or _house_text(facts)
    other_place = reference and notice.reference and reference != notice.reference
    return bool(other_kind or other_amount or other_place)


def fill(notice: PaymentNotice, facts: Facts) -> list[str]:
    """Put what was read into what is empty; return the names of what was filled. Saves nothing."""
    filled: list[str] = []

    def put(field: str, value: object) -> None:
        if value and not getattr(notice, field):
            setattr(notice, field, value)
            filled.append(str(_FIELDS[field].verbose_name))

    put("revenue", kind_of(facts.kind))
    period = notice.revenue.period if notice.revenue else ""
    if period in ("", Revenue.Period.YEAR):
        put("fiscal_year", facts.fiscal_year)
    if period in ("", Revenue.Period.MONTHS):
        put("months", [f"{month:%Y-%m}" for month in facts.months])
    put("amount", facts.amount)
    put("payer_name", facts.payer_name)
    put("phone", facts.phone)
    notice.phone_index = blind_index(notice.phone, PHONE)
    house = _house_text(facts)
    put("payer_address", house)
    put("reference", facts.reference or house)
    if notice.revenue is not None and notice.revenue.has_households and facts.village:
        rows = Household.objects.filter(house_no=facts.house_no, village=facts.village)
        put("household", rows.first() if facts.house_no else None)
    return filled


def remembered_phone(notice: PaymentNotice) -> str:
    """Return the telephone number that she gave last time, '' where she gave none."""
    if notice.resident is None:
        return ""
    earlier = PaymentNotice.objects.filter(resident__in=same_person(notice.resident))
    last = earlier.exclude(pk=notice.pk).exclude(phone_index="").order_by("-id").first()
    return last.phone if last is not None else ""


def missing(notice: PaymentNotice) -> list[str]:
    """Return the names of what a receipt needs and she has not told yet, in asking's order."""
    revenue = notice.revenue
    period = revenue.period if revenue else ""
    lacks: list[str] = []
    if lacks_slip(notice):
        lacks.append("ภาพสลิปการโอน")
    if revenue is None:
        lacks.append("ชำระค่าอะไร")
        if not (notice.fiscal_year or notice.months):
            lacks.append("ปี (พ.ศ.) หรือเดือนที่ชำระ")
    elif period == Revenue.Period.YEAR and not notice.fiscal_year:
        lacks.append("ปี พ.ศ. ที่ชำระ")
    elif period == Revenue.Period.MONTHS and not notice.months:
        lacks.append("เดือนที่ชำระ เช่น ม.ค.-มี.ค. หรือทั้งปี")
    if revenue is not None and revenue.reference_label and not notice.reference:
        lacks.append(revenue.reference_label)
    if not notice.amount:
        lacks.append("จำนวนเงินที่โอน")
    if not notice.payer_name:
        lacks.append("ชื่อและนามสกุลผู้ชำระ (จะอยู่ในใบเสร็จ)")
    if not notice.phone:
        lacks.append("เบอร์โทรศัพท์")
    return lacks


def lacks_slip(notice: PaymentNotice) -> bool:
    """Tell whether none of the pictures that came with a notice is left."""
    return bool(why_no_slip(notice.slips.values_list("state", flat=True)))


def why_no_slip(states: Collection[str]) -> str:
    """Say to its payer why no slip is left of those in `states`; '' where one is, or none came."""
    if not states or not _STANDING.isdisjoint(states):
        return ""
    if Slip.State.REMOVED in states:
        return "ท่านยกเลิกภาพสลิปในแชตแล้ว"
    return "ระบบไม่ได้รับภาพสลิปจาก LINE"


def fill_again(notice: PaymentNotice) -> None:
    """Read her kept words once more, now that the kind is known. Saves nothing."""
    now = timezone.now()
    fill(notice, merged(read(line, now, asked=True) for line in notice.words.split("\n")))


def as_line(text: str) -> str:
    """Return words of hers as they are kept: one line, national IDs masked."""
    return " ".join(without_ids(text).split())


def keep_words(notice: PaymentNotice, texts: Iterable[str]) -> None:
    """Add her words to the notice, national IDs masked. Saves nothing."""
    said = [*notice.words.split("\n")] if notice.words else []
    said += [as_line(text) for text in texts]
    notice.words = "\n".join(line for line in said if line)[:MAX_WORDS]


def forget_words(notice: PaymentNotice, text: str) -> bool:
    """Let go of words that she has taken back, and of what they alone had said. Saves nothing."""
    line = as_line(text)
    said = notice.words.split("\n")
    if not line or line not in said:
        return False
    said.remove(line)
    notice.words = "\n".join(said)
    now = timezone.now()
    facts, left = read(text, now, asked=True), [read(one, now, asked=True) for one in said]
    for field in ("fiscal_year", "amount", "payer_name", "phone", "reference"):
        value = getattr(facts, field)
        if value and getattr(notice, field) == value:
            if not any(getattr(one, field) == value for one in left):
                setattr(notice, field, "" if isinstance(value, str) else None)
    house = _house_text(facts)
    if house and not any(_house_text(one) == house for one in left):
        if notice.payer_address == house:
            notice.payer_address = ""
        if notice.reference == house:
            notice.reference = ""
        notice.household = None
    if facts.months and notice.months == [f"{month:%Y-%m}" for month in facts.months]:
        notice.months = []
    notice.phone_index = blind_index(notice.phone, PHONE)
    return True


def save(notice: PaymentNotice) -> None:
    """Save a notice that its payer has changed: who has it open learns that it is another."""
    notice.version += 1
    notice.changed_at = timezone.now()
    notice.save()


def note(notice: PaymentNotice, kind: NoticeEntry.Kind, text: str) -> None:
    """Write down what happened to a notice by itself."""
    NoticeEntry.objects.create(notice=notice, kind=kind, text=text[:1000])


def _house_text(facts: Facts) -> str:
    if not facts.house_no:
        return ""
    return f"{facts.house_no} หมู่ที่ {facts.village}" if facts.village else facts.house_no
