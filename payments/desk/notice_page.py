"""One notice on one screen: the slip beside the form, what can be done, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from bannmae.thai.baht import baht_text
from bannmae.thai.calendar import format_date, format_datetime, human_age
from bannmae.thai.phone import InvalidPhone, format_phone, tel_uri
from payments import access, receipts, workflow
from payments.desk.lines import Lines, period_of, proposed, shown
from payments.desk.notice_forms import NoticeForm
from payments.desk.notice_issue import ElaasForm
from payments.desk.notice_preview import asked_preview, rejected_preview
from payments.desk.notice_receipts import receipt_rows, receipts_of
from payments.desk.notice_sent import sent_of
from payments.desk.notice_stands import Stand, differing, mark_of, mine_alone
from payments.desk.queue_common import (
    list_url,
    note_look,
    notice_for,
    notice_url,
    receipt_print_url,
)
from payments.desk.queue_households import lines_of_notice
from payments.desk.queue_rows import EDITABLE, TONES, what_for
from payments.desk.slip_file import Picture, pictures_of
from payments.models import (
    NoticeEntry,
    PaymentNotice,
    Revenue,
    Status,
)
from payments.statements.acts import lines_of

Kind = NoticeEntry.Kind
STEP_TONES = {
    Kind.RECEIVED: "news",
    Kind.ADDED: "news",
    Kind.ASKED: "ask",
    Kind.CHECKING: "progress",
    Kind.CONFIRMED: "progress",
    Kind.REJECTED: "ask",
    Kind.RECEIPTED: "done",
    Kind.VOIDED: "ask",
}


@dataclass(slots=True)
class Typed:
    """What was sent and is shown again, and what is wrong with it."""

    act: str
    form: NoticeForm
    lines: Lines
    ask_text: str = ""
    reason: str = ""
    note: str = ""
    version: int = 0
    errors: list[str] = field(default_factory=list)
    # What is wrong with the lines matters to a confirmation alone.
    wants_lines: bool = False
    overtaken: bool = False
    elaas: ElaasForm | None = None
    # Whether the form was sent, and not one of the small ones beside it.
    whole: bool = True
    # Of the page that was sent: notice_stands.mark_of.
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A slip of another notice that shows the same transfer."""

    what: str
    number: str
    url: str
    status: str
    payer: str
    at: str
    thumbnail: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history."""

    title: str
    at: str
    by: str
    text: str
    tone: str


def notice_page(
    request: HttpRequest, pk: int, *, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    """Show the page, and note the look."""
    notice = notice_for(request, pk)
    note_look(request, notice)
    if typed and typed.whole and typed.version != notice.version:
        # Whatever else is wrong: the page that comes back bears the new version.
        typed.overtaken = True
    handles = access.may_handle(request.user)
    editable = notice.status in EDITABLE and handles
    pictures = pictures_of(notice)
    issued = receipts_of(notice)
    current = next((one for one in issued if not one.is_void), None)
    context = {
        **admin.site.each_context(request),
        "title": f"แจ้งชำระเงิน {notice.number}",
        "notice": notice,
        "tone": TONES[Status(notice.status)],
        "what": what_for(notice),
        "age": human_age(notice.created_at, timezone.now()),
        "said": _said(notice),
        "caller": _caller(notice),
        "pictures": pictures,
        "repeats": _repeats(notice),
        "statement": _statement(notice),
        "steps": _steps(notice),
        "sent": sent_of(request, notice, issued),
        "receipts": receipt_rows(issued),
        "current": current,
        "print_url": receipt_print_url(current) if current else "",
        "may_handle": handles,
        "editable": editable,
        "confirmed": notice.status == Status.CONFIRMED,
        "at_counter": notice.via == PaymentNotice.Via.COUNTER,
        "act_url": reverse("admin:payments_paymentnotice_act", args=[notice.pk]),
        "preview_url": reverse("admin:payments_paymentnotice_preview", args=[notice.pk]),
        "list_url": list_url(),
        "next_url": _url(following(notice)),
        "previous_url": _url(preceding(notice)),
        "typed": typed,
        "lost": _lost(notice, typed, editable) if typed else [],
        "fresh": typed is None,
        "kept": request.GET.get("kept", ""),
        **_form(notice, typed, editable),
    }
    if notice.status == Status.CONFIRMED:
        context |= _to_issue(notice, typed)
    template = "payments/admin/notice.html"
    response = TemplateResponse(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _form(notice: PaymentNotice, typed: Typed | None, editable: bool) -> dict[str, Any]:
    if not editable:
        return {"ask_text": "", "reason": typed.reason if typed else "", "note": ""}
    lines = shown(notice.lines) if notice.lines else lines_of_notice(notice) or proposed(notice)
    form = NoticeForm(notice)
    stands: dict[str, Stand] = {}
    if typed is not None and typed.whole:
        form, lines = typed.form, typed.lines
        if typed.overtaken:
            stands = differing(notice, form, lines, typed.mark)
        # Whoever has read what happened meanwhile may send it once more.
        form.data = form.data.copy()
        form.data["version"] = str(notice.version)
        # Nobody can see or change these here.
        form.data["months"] = ",".join(notice.months)
        if not lines.rows:
            lines.rows = proposed(notice).rows
        if not typed.wants_lines:
            lines.error = ""
            for row in lines.rows:
                row.errors.clear()
    ask_text, reason = (typed.ask_text, typed.reason) if typed else ("", "")
    if typed and typed.act == "take_back":
        # For officers alone: the payer would read it in the other field.
        reason = ""
    kinds = form.fields["revenue"].queryset
    return {
        "form": form,
        "lines": lines,
        "mark": mark_of(notice),
        "stands": stands,
        "kinds": {
            str(kind.pk): {
                "name": kind.name,
                "mode": kind.mode,
                "households": kind.has_households,
                "reference": kind.reference_label,
            }
            for kind in kinds
        },
        "doubt": workflow.doubt_about(notice),
        "ask_text": ask_text,
        "reason": reason,
        "note": typed.note if typed else "",
        "asked_preview": asked_preview(notice, ask_text),
        "rejected_preview": rejected_preview(notice, reason),
        "household_url": reverse("admin:payments_households"),
        "household_label": _household_label(notice, form),
    }


def _household_label(notice: PaymentNotice, form: NoticeForm) -> str:
    chosen = form["household"].value()
    if notice.household and str(chosen or "") == str(notice.household_id):
        return f"{notice.household} {notice.household.owner_name}"
    found = form.fields["household"].queryset.filter(pk=chosen).first() if chosen else None
    return f"{found} {found.owner_name}" if found else ""


def _to_issue(notice: PaymentNotice, typed: Typed | None) -> dict[str, Any]:
    draft = workflow.draft_of(notice)
    mode = notice.revenue.mode if notice.revenue else ""
    elaas = None
    if mode == Revenue.Mode.ELAAS:
        elaas = (typed.elaas if typed else None) or ElaasForm(initial={"version": notice.version})
        if elaas.is_bound:
            elaas.data = elaas.data.copy()
            elaas.data["version"] = str(notice.version)
    return {
        "draft": draft,
        "total": receipts.total_of(draft.lines),
        "draft_words": baht_text(receipts.total_of(draft.lines)),
        "seen_on": format_date(draft.money_seen_on),
        "mode": mode,
        "elaas_form": elaas,
        "rejected_preview": rejected_preview(notice, typed.reason if typed else ""),
    }


def _lost(notice: PaymentNotice, typed: Typed, editable: bool) -> list[str]:
    """Return what was typed and has no place on the page any more, to be copied."""
    if editable:
        words = [typed.reason] if typed.act == "take_back" else []
        if "duplicate_reason" in typed.form.data and not workflow.doubt_about(notice):
            words.append(typed.form["duplicate_reason"].value())
        return [one for one in words if one and one != notice.duplicate_reason]
    words = [typed.ask_text, typed.reason, typed.note]
    if typed.whole:
        words += mine_alone(notice, typed.form)
    words += [
        " ".join(part for part in (row.text, row.period, row.amount, row.surcharge) if part)
        for row in typed.lines.rows
    ]
    return [one for one in words if one]


# -- what is known ----------------------------------------------------------------------------


def _said(notice: PaymentNotice) -> list[tuple[str, str]]:
    counter = notice.via == PaymentNotice.Via.COUNTER
    seen = format_date(notice.money_seen_on, short=True) if notice.money_seen_on else ""
    came = format_datetime(notice.created_at, short=True)
    if not counter:
        came = f"{came} ({notice.get_via_display()})"
    said = [
        ("รับชำระเมื่อ" if counter else "แจ้งเมื่อ", came),
        ("ประเภท", what_for(notice)),
        ("งวด", period_of(notice) if notice.months else ""),
        ("จำนวนเงิน", f"{notice.amount:,.2f} บาท" if notice.amount is not None else "ไม่ได้แจ้ง"),
        ("โอนเมื่อ", format_datetime(notice.paid_at, short=True) if notice.paid_at else ""),
        ("วิธีชำระ", f"{notice.get_method_display()} ได้รับเงิน {seen}" if seen else ""),
        ("ผู้ชำระ", notice.payer_name),
        ("ที่อยู่", notice.payer_address if notice.confirmed_at else ""),
        ("เลขอ้างอิง", notice.reference),
        ("ครัวเรือน", str(notice.household) if notice.household else ""),
        ("การประเมิน", str(notice.assessment) if notice.assessment else ""),
    ]
    return [(title, text) for title, text in said if text]


def _caller(notice: PaymentNotice) -> dict[str, Any]:
    try:
        tel = tel_uri(notice.phone) if notice.phone else ""
    except InvalidPhone:
        tel = ""
    return {
        "name": str(notice.resident) if notice.resident else "",
        "blocked": notice.resident is not None and notice.resident.is_blocked,
        "phone": format_phone(notice.phone),
        "tel": tel,
    }


def _statement(notice: PaymentNotice) -> list[dict[str, Any]]:
    return [
        {
            "at": (format_datetime if line.has_time else format_date)(line.at, short=True),
            "amount": line.amount,
            "account": str(line.account),
            "reference": line.reference,
        }
        for line in lines_of(notice)
    ]


def _repeats(notice: PaymentNotice) -> list[Repeat]:
    matches = workflow.repeats_of(notice).select_related("slip__notice", "other__notice")
    found = []
    for match in matches.order_by("id")[:20]:
        other = match.slip if match.other.notice_id == notice.pk else match.other
        found.append(
            Repeat(
                what=match.get_kind_display(),
                number=other.notice.number,
                url=notice_url(other.notice_id),
                status=other.notice.get_status_display(),
                payer=other.notice.payer_name,
                at=format_date(other.notice.created_at, short=True),
                thumbnail=Picture.of(other, other.notice_id).thumbnail_url,
            )
        )
    return found


def _steps(notice: PaymentNotice) -> list[Step]:
    counter = notice.via == PaymentNotice.Via.COUNTER
    payer = "เคาน์เตอร์" if counter else "ผู้ชำระ"
    return [
        Step(
            title="รับชำระ" if counter and entry.kind == Kind.RECEIVED else entry.get_kind_display(),
            at=format_datetime(entry.at, short=True),
            by=str(entry.by) if entry.by else payer if entry.kind in PAYERS else "ระบบ",
            text=entry.text,
            tone=STEP_TONES.get(Kind(entry.kind), "ended"),
        )
        for entry in notice.entries.select_related("by").order_by("-id")[:200]
    ]


PAYERS = (Kind.RECEIVED, Kind.ADDED, Kind.UNSENT)


# -- the neighbours ---------------------------------------------------------------------------


def following(notice: PaymentNotice, *, waiting: bool = False) -> int | None:
    """Return the next one in the queue (`waiting`: for a check), the first after the last."""
    queue = PaymentNotice.objects.filter(is_open=True).exclude(pk=notice.pk)
    if waiting:
        queue = queue.filter(status__in=EDITABLE)
    later = Q(created_at__gt=notice.created_at) | Q(created_at=notice.created_at, pk__gt=notice.pk)
    found = _first(queue.filter(later).order_by("created_at", "id"))
    return found or (_first(queue.order_by("created_at", "id")) if waiting else None)


def preceding(notice: PaymentNotice) -> int | None:
    """Return the one before it in the queue."""
    earlier = Q(created_at__lt=notice.created_at) | Q(
        created_at=notice.created_at, pk__lt=notice.pk
    )
    queue = PaymentNotice.objects.filter(earlier, is_open=True)
    return _first(queue.order_by("-created_at", "-id"))


def _first(rows: Any) -> int | None:
    keys: Sequence[int] = rows.values_list("pk", flat=True)[:1]
    return next(iter(keys), None)


def _url(pk: int | None) -> str:
    return notice_url(pk) if pk else ""
