"""แจ้งเตือนครบกำหนด: what would be said, to how many, at what cost; then starting and stopping."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget

from bannmae.models import Municipality
from bannmae.navigation import list_url
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from bannmae.staff_forms import Text, lines
from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai.calendar import be_year, format_date, format_datetime, local_date
from chatops import audience
from chatops.desk.flex import part_of
from chatops.outbox import kinds
from payments import access
from payments.assessments import reminders
from payments.assessments.audience import left_to_the_post
from payments.assessments.mailing import labels_of
from payments.assessments.reading import FIRST_YEAR, LAST_YEAR
from payments.desk.assessments_common import assessed_kinds
from payments.desk.permissions import HandledByFinance, posted
from payments.desk.register_common import (
    add_entry,
    note_act,
    page,
    require_handles,
    require_sees,
    sheet_response,
)
from payments.errors import Refused
from payments.models import PaymentSettings, ReminderRecipient, ReminderRun, Revenue, TaxTerms
from payments.papers.forms import Office

State, Moment = ReminderRun.State, ReminderRun.Moment
# Labels of one file: twenty sheets, drawn in two seconds while other pages wait.
LABELS = 480
TONES = {
    State.DRAFT: "news",
    State.SENDING: "progress",
    State.PAUSED: "warn",
    State.DONE: "done",
    State.CANCELLED: "late",
}


class RunForm(forms.Form):
    """Of which tax, and when it is said."""

    revenue: forms.ModelChoiceField[Revenue] = forms.ModelChoiceField(
        queryset=Revenue.objects.none(),
        label="ประเภท",
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    year = forms.IntegerField(
        label="ปี (พ.ศ.)",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "bm-input"}),
    )
    moment = forms.ChoiceField(
        label="ส่งเมื่อ", choices=ReminderRun.Moment.choices, widget=UnfoldAdminSelectWidget
    )
    words = Text(
        label="ข้อความเพิ่มเติม",
        required=False,
        max_length=300,
        widget=lines(3),
        help_text="ต่อท้ายข้อความมาตรฐาน ห้ามมีชื่อบุคคลหรือจำนวนเงิน",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revenue"].queryset = assessed_kinds()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What goes to everybody names nobody."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if {"revenue", "year", "words"} <= typed.keys():
            problem = reminders.problem_with(typed["words"], typed["revenue"], typed["year"])
            if problem:
                self.add_error("words", problem)
        return typed


def new(request: HttpRequest) -> HttpResponse:
    """Make a draft; nothing is sent."""
    staff = require_handles(request)
    this_year = be_year(local_date(timezone.now()))
    form = RunForm(request.POST or None, initial={"year": this_year})
    if request.method == "POST" and form.is_valid():
        run = ReminderRun.objects.create(created_by=staff, **form.cleaned_data)
        return redirect("admin:payments_reminderrun_change", run.pk)
    context = {"form": form, "back_url": reverse("admin:payments_reminderrun_changelist")}
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "reminder_new", "แจ้งเตือนครบกำหนดทาง LINE", context, status=status)


def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run: before it starts what it would do, then how far it is."""
    require_sees(request)
    run = _of(pk)
    context: dict[str, Any] = {
        "run": run,
        "tone": TONES[State(run.state)],
        "part": part_of(reminders.message_of(run)),
        "not_a_notice": reminders.NOT_A_NOTICE,
        "letters": (letters := len(left_to_the_post(run))),
        "label_parts": range(1, -(-letters // LABELS) + 1),
        "progress": reminders.progress_of(run),
        "may_handle": access.may_handle(request.user),  # type: ignore[arg-type]
        "back_url": reverse("admin:payments_reminderrun_changelist"),
    }
    if run.state == State.DRAFT:
        context["cost"] = reminders.cost_of(run)
        context["mistimed"] = mistimed(run)
        context["postage"] = PaymentSettings.get_solo().postage_baht
    return page(request, "reminder", str(run), context)


def mistimed(run: ReminderRun) -> str:
    """Say what is odd about sending `run` today; '' where its words fit the due date."""
    terms = TaxTerms.objects.filter(revenue=run.revenue_id, year=run.year).first()
    if terms is None:
        return ""
    today = local_date(timezone.now())
    fits = {
        Moment.BEFORE: today < terms.due_on,
        Moment.ON: today == terms.due_on,
        Moment.AFTER: today > terms.due_on,
    }
    if fits[Moment(run.moment)]:
        return ""
    due = format_date(terms.due_on, short=True)
    words = f"ข้อความนี้เป็นของช่วง “{run.get_moment_display()}” แต่กำหนดชำระคือ {due}"
    return f"{words} ถ้าเริ่มส่งวันนี้ข้อความจะไม่ตรงวัน"


@never_cache
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Give how far a run is, as JSON; the page asks each second or two."""
    require_sees(request)
    run = _of(pk)
    found = reminders.progress_of(run)
    answer = {name: getattr(found, name) for name in found.__slots__}
    answer |= {"percent": found.percent, "state": run.state}
    return JsonResponse(answer)


@posted
def act(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Start, pause, go on or cancel."""
    run = _of(pk)
    try:
        with transaction.atomic():
            said = _ACTS[name](run, request)
            note_act(request, f"money:reminder:{pk}", f"แจ้งเตือน {run}: {said}")
    except KeyError:
        raise Http404 from None
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("admin:payments_reminderrun_change", pk)


def _start(run: ReminderRun, request: HttpRequest) -> str:
    reminders.start(run, request.user)  # type: ignore[arg-type]
    return f"เริ่มส่งถึง {run.recipients.count():,} คน"


def _pause(run: ReminderRun, _request: HttpRequest) -> str:
    reminders.pause(run)
    return "หยุดไว้แล้ว"


def _go_on(run: ReminderRun, _request: HttpRequest) -> str:
    reminders.go_on(run)
    return "ส่งต่อแล้ว"


def _cancel(run: ReminderRun, _request: HttpRequest) -> str:
    back = reminders.cancel(run)
    return f"ยกเลิกแล้ว เรียกคืนข้อความที่ยังไม่ส่ง {back:,} ข้อความ" if back else "ยกเลิกแล้ว"


_ACTS = {"start": _start, "pause": _pause, "continue": _go_on, "cancel": _cancel}


@never_cache
@require_safe
def mailing_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the list of who gets a letter, as XLSX."""
    from payments.papers.labels import mailing_list_xlsx

    require_handles(request)
    run = _of(pk)
    rows = labels_of(left_to_the_post(run))
    office = Office(name=Municipality.get_solo().name)
    data = mailing_list_xlsx(rows, office=office, subject=str(run))
    note_act(request, f"money:reminder:{pk}", f"บัญชีส่งไปรษณีย์ {len(rows):,} ราย (XLSX)")
    return sheet_response(data, f"mailing-{pk}")


@never_cache
@require_safe
def labels(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give their address labels, as PDF, some sheets at a time (`?part=`)."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from payments.papers.labels import PER_SHEET, labels_pdf

    require_handles(request)
    run = _of(pk)
    rows = labels_of(left_to_the_post(run))
    if not rows:
        messages.info(request, "ไม่มีผู้ที่ต้องส่งไปรษณีย์")
        return redirect("admin:payments_reminderrun_change", pk)
    # Who has several assessments has one label: the last parts may be empty.
    part = row_id(request.GET.get("part", "")) or 1
    rows = rows[(part - 1) * LABELS : part * LABELS]
    if not rows:
        messages.info(request, f"ป้ายจ่าหน้าซองมีไม่ถึงชุดที่ {part}")
        return redirect("admin:payments_reminderrun_change", pk)
    first = row_id(request.GET.get("first", "")) or 1
    font = office_font(Municipality.get_solo())
    pdf = labels_pdf(rows, start_at=min(max(1, first), PER_SHEET), font=font)
    note_act(request, f"money:reminder:{pk}", f"ป้ายจ่าหน้า {len(rows):,} ราย ชุดที่ {part} (PDF)")
    return pdf_response(request, pdf, f"labels-{pk}-{part}")


def _of(pk: int) -> ReminderRun:
    run = ReminderRun.objects.select_related("revenue", "created_by").filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


@admin.register(ReminderRun)
class ReminderRunAdmin(HandledByFinance, CappedListAdmin):
    """Runs of reminders."""

    list_display = ["__str__", "state", "who", "moment_made"]
    list_filter = ["state", "revenue"]
    ordering = ["-id"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReminderRun]:
        """With what a line names."""
        rows: QuerySet[ReminderRun] = super().get_queryset(request)
        return rows.select_related("revenue", "created_by")

    @admin.display(description="ผู้สร้าง")
    def who(self, run: ReminderRun) -> str:
        """Who made it."""
        return str(run.created_by)

    @admin.display(description="สร้างเมื่อ")
    def moment_made(self, run: ReminderRun) -> str:
        """When."""
        return format_datetime(run.created_at, short=True)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new one."""
        return new(request)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One run; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return look(request, pk)

    def get_urls(self) -> list[Any]:
        """Add what the page posts and asks."""
        wrap = self.admin_site.admin_view
        own = [
            ("act/<slug:name>/", act, "act"),
            ("progress/", progress, "progress"),
            ("mailing.xlsx", mailing_list, "mailing"),
            ("labels.pdf", labels, "labels"),
        ]
        return [
            *(
                path(f"<int:pk>/{tail}", wrap(view), name=f"payments_reminderrun_{name}")
                for tail, view, name in own
            ),
            *super().get_urls(),
        ]


def _visible(staff: Any) -> QuerySet[ReminderRecipient]:
    return access.visible_to(staff, ReminderRecipient.objects.all())


def _url(recipient: int) -> str:
    run = ReminderRecipient.objects.filter(pk=recipient).values_list("run", flat=True).first()
    return reverse("admin:payments_reminderrun_change", args=[run]) if run else ""


audience.add_topic(
    audience.Topic(prefix="reminder", visible=_visible, url=_url, permission=access.SEES)
)
kinds.add("reminder", "แจ้งเตือนครบกำหนดภาษี")
add_entry(
    "แจ้งเตือนครบกำหนด", list_url("payments_reminderrun"), "notifications_active", 61, inner=True
)
