"""ฐานความรู้ in the admin: rows with their state, age and use; and a place to try a question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from bannmae.models import Division
from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin, without_shortcuts
from bannmae.thai.calendar import format_date
from bannmae.thai.text import normalise_text
from chatops.answers import rights, trial
from chatops.answers.knowledge_form import EraDateField, KnowledgeForm, check
from chatops.answers.wording import answer_text
from chatops.cases.access import reach
from chatops.models import KnowledgeRow

State = KnowledgeRow.State
SOON = timedelta(days=30)
CHECK_EVERY = timedelta(days=365)
MINE = "mine"
LONGEST_TRIAL = 500
CHIPS = ("ได้คำตอบแล้ว", "คุยกับเจ้าหน้าที่")


def row_url(row: KnowledgeRow) -> str:
    """Return the address of a row's page."""
    return reverse("admin:chatops_knowledgerow_change", args=[row.pk])


def is_expired(row: KnowledgeRow) -> bool:
    """Tell whether the day until which it holds has passed."""
    return row.valid_until is not None and row.valid_until < timezone.localdate()


def state_chip(row: KnowledgeRow) -> str:
    """Return how a row stands, as words on a colour."""
    tone, text = "ended", "เลิกใช้"
    if row.state == State.DRAFT:
        tone, text = "progress", "ฉบับร่าง"
    elif row.state == State.PUBLISHED:
        tone, text = "done", "ใช้ตอบ"
        if is_expired(row):
            tone, text = "late", "หมดอายุ ไม่ใช้ตอบ"
        elif row.valid_until and row.valid_until <= timezone.localdate() + SOON:
            days = (row.valid_until - timezone.localdate()).days
            tone, text = "warn", f"ใช้ตอบ เหลือ {days} วัน" if days else "ใช้ตอบ วันสุดท้าย"
    return format_html('<span class="bm-chip bm-{}">{}</span>', tone, text)


class ShowFilter(SimpleListFilter):
    """What may be answered from, and what somebody must look at."""

    title = "สถานะ"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states, and what needs a check."""
        return [
            ("usable", "ใช้ตอบอยู่"),
            ("expired", "หมดอายุ"),
            ("check", "ควรตรวจสอบ"),
            *((State.DRAFT.value, "ฉบับร่าง"), (State.RETIRED.value, "เลิกใช้")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        today = timezone.localdate()
        if self.value() == "usable":
            return queryset.usable(today)
        if self.value() == "expired":
            return queryset.expired(today)
        if self.value() == "check":
            old = Q(checked_on=None) | Q(checked_on__lt=today - CHECK_EVERY)
            return queryset.filter(old | Q(valid_until__lte=today + SOON), state=State.PUBLISHED)
        if self.value() in State.values:
            return queryset.filter(state=self.value())
        return queryset


class OwnerFilter(SimpleListFilter):
    """Whose answer it is; a กอง with its งาน."""

    title = "กอง/งาน"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Mine, then every division."""
        divisions = Division.objects.filter(is_active=True).order_by("order", "name")
        return [
            (MINE, "กองของฉัน"),
            *((str(pk), name) for pk, name in divisions.values_list("pk", "name")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        chosen = self.value()
        if chosen == MINE:
            return queryset.filter(division__in=reach(request.user).divisions)
        if chosen is None or chosen not in (key for key, _ in self.lookup_choices):
            return queryset
        return queryset.filter(Q(division=chosen) | Q(division__parent=chosen))


@admin.register(KnowledgeRow)
class KnowledgeAdmin(CappedListAdmin):
    """ฐานความรู้: everybody reads all, a division's officers keep their own."""

    form = KnowledgeForm
    list_display = [
        "what",
        "owner",
        "state_text",
        "until",
        "checked",
        "answered",
        "solved",
        "handed_over",
    ]
    list_filter = [ShowFilter, OwnerFilter]
    list_select_related = ["division"]
    list_fullwidth = True
    list_before_template = "chatops/admin/knowledge_intro.html"
    search_fields = ["question", "answer", "phrases__text"]
    search_help_text = "ค้นหาคำถาม คำตอบ หรือวิธีถามอื่น"
    ordering = ["division__order", "id"]
    actions = ["checked_today", "retire"]
    change_form_outer_before_template = "chatops/admin/knowledge_row.html"
    warn_unsaved_form = True

    # -- who may do what ----------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who has a division to write for."""
        return bool(super().has_add_permission(request)) and (
            rights.keeps_all(request.user) or bool(reach(request.user).divisions)
        )

    def has_change_permission(self, request: HttpRequest, obj: KnowledgeRow | None = None) -> bool:
        """His own divisions' rows."""
        allowed = bool(super().has_change_permission(request, obj))
        return allowed if obj is None else allowed and rights.keeps(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are retired: what was answered from them stays told."""
        return False

    # -- the form -------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: KnowledgeRow | None = None) -> Any:
        """Question and answer first; then how long it holds; then what becomes of it."""
        writes = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        ways = "other_ways" if writes else "ways"
        last = ["look", "act", "seen"] if writes else ["state"]
        return (
            (None, {"fields": ["question", "answer", ways]}),
            (
                "เจ้าของและอายุของคำตอบ",
                {"fields": [("division", "topic"), "valid_for", "valid_until", "source"]},
            ),
            ("การใช้ตอบ", {"fields": last}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The ways as text, for who only reads; a look at what is not saved yet, for who writes."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ["ways"]
        return ["look"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer his own divisions."""
        if db_field.name == "division":
            kwargs["queryset"] = rights.divisions_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No links into other lists."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: KnowledgeForm, change: bool) -> None:
        """Write it as decided."""
        form.apply(obj, request.user)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show above the form how the row stands and what a resident reads."""
        row = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if row is not None:
            context |= {
                "row": row,
                "chip": state_chip(row),
                "expired": row.state == State.PUBLISHED and is_expired(row),
                "preview": answer_text(row, timezone.localdate()),
                "chips": CHIPS,
                "checked": _checked(row),
                "rates": _rates(row),
                "may_check": self.has_change_permission(request, row) and bool(row.answer),
            }
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="วิธีถามอื่น")
    def ways(self, row: KnowledgeRow) -> str:
        """One a line."""
        return format_html_join("", "{}<br>", row.phrases.values_list("text")) or "–"

    @admin.display(description="ตัวอย่าง")
    def look(self, row: KnowledgeRow) -> str:
        """A look at what is typed but not saved; it posts the form to another address."""
        return format_html(
            '<button class="bm-button" formaction="{}" formtarget="_blank" formnovalidate>'
            "ดูที่ประชาชนจะอ่าน ก่อนบันทึก</button>",
            reverse("admin:chatops_knowledgerow_look"),
        )

    # -- further addresses ---------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        """Add ลองถาม and ตรวจสอบแล้ววันนี้."""
        wrap = self.admin_site.admin_view
        return [
            path("try/", wrap(self.try_view), name="chatops_knowledgerow_try"),
            path(
                "look/",
                wrap(require_POST(self.look_view)),
                name="chatops_knowledgerow_look",
            ),
            path(
                "<int:pk>/checked/",
                wrap(require_POST(self.check_view)),
                name="chatops_knowledgerow_checked",
            ),
            *super().get_urls(),
        ]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Show what the automatic reply would do with a question; nothing is sent or kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = " ".join(request.POST.get("asked", "").split())[:LONGEST_TRIAL]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "ลองถาม",
            "asked": asked,
            "outcome": trial.ask(asked, timezone.localdate()) if asked else None,
        }
        return TemplateResponse(request, "chatops/admin/knowledge_try.html", context)

    def look_view(self, request: HttpRequest) -> HttpResponse:
        """Show typed words as a resident would read them; nothing is saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        chosen = row_id(request.POST.get("division", ""))
        division = Division.objects.filter(pk=chosen).select_related("parent").first()
        try:
            until = EraDateField(required=False).clean(request.POST.get("valid_until", ""))
        except ValidationError:
            until = None
        row = KnowledgeRow(
            answer=normalise_text(request.POST.get("answer", "")),
            division=division or Division(name="(ยังไม่ได้เลือกกอง/งาน)"),
            valid_for=request.POST.get("valid_for", "")[:300],
            valid_until=until,
            checked_on=timezone.localdate(),
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "ที่ประชาชนจะอ่าน",
            "bubble": answer_text(row, timezone.localdate()),
            "chips": CHIPS,
        }
        return TemplateResponse(request, "chatops/admin/knowledge_look.html", context)

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that a row was checked today, and answer from it."""
        row = KnowledgeRow.objects.filter(pk=pk).first()
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        self._check(request, [row])
        return redirect(row_url(row))

    @admin.action(description="ตรวจสอบแล้ววันนี้ และใช้ตอบ", permissions=["change"])
    def checked_today(self, request: HttpRequest, queryset: QuerySet[KnowledgeRow]) -> None:
        """The same for those ticked."""
        self._check(request, list(queryset.select_related("division")[:200]))

    @admin.action(description="เลิกใช้", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[KnowledgeRow]) -> None:
        """Answer from them no more."""
        rows = [row for row in queryset[:200] if rights.keeps(request.user, row)]
        with transaction.atomic():
            for row in rows:
                row.state, row.changed_by = State.RETIRED, request.user
                row.save()
                self.log_change(request, row, "เลิกใช้")
        self.message_user(request, f"เลิกใช้แล้ว {len(rows)} ข้อ")

    def _check(self, request: HttpRequest, rows: list[KnowledgeRow]) -> None:
        """Publish what may be; say what may not, and why."""
        own = [row for row in rows if rights.keeps(request.user, row)]
        ready = [row for row in own if row.answer.strip() and not is_expired(row)]
        with transaction.atomic():
            for row in ready:
                check(row, request.user)
                row.save()
                self.log_change(request, row, "ตรวจสอบแล้ว ใช้ตอบ")
        if ready:
            messages.success(request, f"บันทึกว่าตรวจสอบแล้ววันนี้ {len(ready)} ข้อ ใช้ตอบประชาชนได้")
        for row in own:
            if row not in ready:
                why = "ยังไม่มีคำตอบ" if not row.answer.strip() else "พ้นวันที่ใช้ได้แล้ว โปรดแก้วันที่ก่อน"
                messages.error(request, f"“{row.question}” {why}")
        if len(own) < len(rows):
            messages.error(request, f"{len(rows) - len(own)} ข้อเป็นของกองอื่น จึงไม่ได้เปลี่ยน")

    # -- columns ----------------------------------------------------------------------------

    @admin.display(description="คำถาม", ordering="question")
    def what(self, row: KnowledgeRow) -> str:
        """Its question."""
        return row.question

    @admin.display(description="กอง/งาน", ordering="division__order")
    def owner(self, row: KnowledgeRow) -> str:
        """Whose it is."""
        return _whole(row.division.short_name)

    @admin.display(description="สถานะ", ordering="state")
    def state_text(self, row: KnowledgeRow) -> str:
        """Whether it is answered from."""
        return state_chip(row)

    @admin.display(description="ใช้ได้ถึง", ordering="valid_until")
    def until(self, row: KnowledgeRow) -> str:
        """The last day."""
        return _whole(format_date(row.valid_until, short=True)) if row.valid_until else "–"

    @admin.display(description="ตรวจสอบล่าสุด", ordering="checked_on")
    def checked(self, row: KnowledgeRow) -> str:
        """When, and who: the given name is enough in a list."""
        day, dot, who = _checked(row).partition(" · ")
        return _whole(f"{day}{dot}{who.split(' ')[0]}")

    @admin.display(description="ตอบ", ordering="times_answered")
    def answered(self, row: KnowledgeRow) -> str:
        """How often."""
        return f"{row.times_answered:,}"

    @admin.display(description="ได้คำตอบแล้ว", ordering="times_solved")
    def solved(self, row: KnowledgeRow) -> str:
        """How often that was enough."""
        return _whole(_rate(row.times_solved, row.times_answered))

    @admin.display(description="ขอคุยต่อ", ordering="times_handed_over")
    def handed_over(self, row: KnowledgeRow) -> str:
        """How often a person was asked for."""
        return _whole(_rate(row.times_handed_over, row.times_answered))


def _whole(text: str) -> str:
    """Return a text that stays on one line of the list."""
    return format_html('<span class="bm-number">{}</span>', text)


def _checked(row: KnowledgeRow) -> str:
    if row.checked_on is None:
        return "ยังไม่ได้ตรวจ"
    day = format_date(row.checked_on, short=True)
    return f"{day} · {row.checked_by}" if row.checked_by else day


def _rate(part: int, whole: int) -> str:
    return f"{part:,} ({round(100 * part / whole)}%)" if whole else "–"


def _rates(row: KnowledgeRow) -> list[tuple[str, str]]:
    return [
        ("ตอบไปแล้ว", f"{row.times_answered:,} ครั้ง"),
        ("ได้คำตอบแล้ว", _rate(row.times_solved, row.times_answered)),
        ("ขอคุยกับเจ้าหน้าที่", _rate(row.times_handed_over, row.times_answered)),
    ]
