"""คำถามที่ยังไม่มีคำตอบ in the admin: one click makes a row of the knowledge base of a group."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from bannmae.models import Division
from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai.calendar import format_datetime
from bannmae.thai.text import search_key
from chatops.answers import rights, sensitive
from chatops.answers.knowledge_admin import OwnerFilter, row_url
from chatops.answers.knowledge_form import add_ways
from chatops.models import KnowledgeRow, QuestionGroup, Topic

State = QuestionGroup.State
EXAMPLES = 30  # shown
WAYS = 10  # taken over into a row
ROWS = 500  # to choose from
TONES = {State.OPEN: "ask", State.ANSWERED: "done", State.DISMISSED: "ended"}


class StateFilter(SimpleListFilter):
    """What waits for an answer, unless something else is asked for."""

    title = "สถานะ"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Open ones are what shows when nothing is chosen."""
        closed = [(state.value, state.label) for state in (State.ANSWERED, State.DISMISSED)]
        return [("all", "ทั้งหมด"), *closed]

    def choices(self, changelist: Any) -> Any:
        """Name the default for what it is."""
        for index, choice in enumerate(super().choices(changelist)):
            yield choice | ({"display": State.OPEN.label} if index == 0 else {})

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        if self.value() == "all":
            return queryset
        if self.value() in (State.ANSWERED, State.DISMISSED):
            return queryset.filter(state=self.value())
        return queryset.filter(state=State.OPEN)


@admin.register(QuestionGroup)
class QuestionGroupAdmin(CappedListAdmin):
    """Groups by how often they were asked, with what can be done about them."""

    list_display = ["what", "often", "last", "owner", "state_text", "make"]
    list_filter = [StateFilter, OwnerFilter]
    list_select_related = ["division", "row"]
    list_fullwidth = True
    list_before_template = "chatops/admin/unanswered_intro.html"
    search_fields = ["text", "questions__text"]
    search_help_text = "ค้นหาคำถาม"
    ordering = ["-times", "-last_at"]
    actions = ["dismiss_all"]

    # -- who may do what --------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Residents ask them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They go by themselves."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionGroup]:
        """His divisions', and those that belong to nobody."""
        return rights.questions_for(request.user).order_by(*self.ordering)

    # -- pages ------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        """Add what can be done with a group."""
        acts = {
            "make-row": self.make_row,
            "same-as": self.same_as,
            "dismiss": self.dismiss,
            "reopen": self.reopen,
        }
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(require_POST(view)),
                    name=f"chatops_questiongroup_{name.replace('-', '_')}",
                )
                for name, view in acts.items()
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One group: its examples, and what can be done."""
        group = self.get_object(request, str(row_id(object_id) or ""))
        if group is None:
            raise Http404
        if not self.has_view_permission(request, group):
            raise PermissionDenied
        may_act = self.has_change_permission(request, group)
        rows = rights.kept_by(request.user).exclude(state=KnowledgeRow.State.RETIRED)
        rows = rows.select_related("division").order_by("division__order", "id")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "คำถามที่ยังไม่มีคำตอบ",
            "group": group,
            "chip": _chip(group),
            "first": format_datetime(group.first_at, short=True),
            "last": format_datetime(group.last_at, short=True),
            "examples": [
                (one.text, format_datetime(one.at, short=True))
                for one in group.questions.order_by("-id")[:EXAMPLES]
            ],
            "may_act": may_act,
            "may_make": may_act and self._division_for(request, group) is not None,
            "is_open": group.state == State.OPEN,
            "rows": _by_division(rows[:ROWS]) if may_act and group.state == State.OPEN else [],
            "row_url": row_url(group.row) if group.row else "",
        }
        return TemplateResponse(request, "chatops/admin/unanswered.html", context)

    def make_row(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin a row with the question and its examples; the officer writes the answer."""
        with transaction.atomic():
            group = self._open_group(request, pk)
            if group is None:
                return redirect(_group_url(pk))
            division = self._division_for(request, group)
            if division is None or not request.user.has_perm("chatops.add_knowledgerow"):
                raise PermissionDenied
            question = sensitive.without_masks(group.text) or group.text
            row = KnowledgeRow.objects.filter(question=question).first()
            if row is not None and not rights.keeps(request.user, row):
                messages.error(request, f"มีคำถามนี้ในฐานความรู้ของ{row.division.name}แล้ว")
                return redirect(_group_url(pk))
            if row is None:
                row = KnowledgeRow.objects.create(
                    question=question,
                    answer="",
                    division=division,
                    changed_by=request.user,
                )
            add_ways(row, _ways(group))
            _settle(group, row)
            self.log_change(request, group, f"ทำเป็นคำตอบ: {row.question}")
        messages.success(
            request, "สร้างฉบับร่างพร้อมตัวอย่างคำถามแล้ว เขียนคำตอบ แล้วเลือกตรวจสอบแล้วเพื่อใช้ตอบ"
        )
        return redirect(row_url(row))

    def same_as(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add the examples to a row that is there, as other ways to ask it."""
        with transaction.atomic():
            group = self._open_group(request, pk)
            if group is None:
                return redirect(_group_url(pk))
            chosen = row_id(request.POST.get("row", ""))
            row = rights.kept_by(request.user).filter(pk=chosen).first() if chosen else None
            if row is None:
                messages.error(request, "โปรดเลือกคำถามในฐานความรู้")
                return redirect(_group_url(pk))
            new = add_ways(row, _ways(group))
            row.changed_by = request.user
            row.save()  # the automatic reply looks at when a row changed
            _settle(group, row)
            self.log_change(request, group, f"เป็นคำถามเดียวกับ: {row.question}")
        messages.success(request, f"เพิ่มวิธีถามอื่น {new} แบบ ให้ “{row.question}” แล้ว")
        return redirect("admin:chatops_questiongroup_changelist")

    def dismiss(self, request: HttpRequest, pk: int) -> HttpResponse:
        """No answer is needed, also when it is asked again."""
        with transaction.atomic():
            group = self._open_group(request, pk)
            if group is None:
                return redirect(_group_url(pk))
            group.state = State.DISMISSED
            group.save(update_fields=["state"])
            self.log_change(request, group, "ไม่ต้องมีคำตอบ")
        messages.success(request, "บันทึกแล้วว่าคำถามนี้ไม่ต้องมีคำตอบ")
        return redirect("admin:chatops_questiongroup_changelist")

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It needs an answer after all."""
        with transaction.atomic():
            group = self._group(request, pk)
            group.state, group.row = State.OPEN, None
            group.save(update_fields=["state", "row"])
            self.log_change(request, group, "เปิดคำถามอีกครั้ง")
        return redirect(_group_url(pk))

    @admin.action(description="ไม่ต้องมีคำตอบ", permissions=["change"])
    def dismiss_all(self, request: HttpRequest, queryset: QuerySet[QuestionGroup]) -> None:
        """The same for those ticked."""
        ids = list(queryset.filter(state=State.OPEN).values_list("pk", flat=True)[:200])
        changed = QuestionGroup.objects.filter(pk__in=ids, state=State.OPEN).update(
            state=State.DISMISSED
        )
        self.message_user(request, f"บันทึกแล้ว {changed} คำถาม")

    def _group(self, request: HttpRequest, pk: int) -> QuestionGroup:
        groups = rights.questions_for(request.user).select_related("division", "row")
        group = groups.select_for_update(of=("self",)).filter(pk=pk).first()
        if group is None:
            raise Http404
        if not self.has_change_permission(request, group):
            raise PermissionDenied
        return group

    def _open_group(self, request: HttpRequest, pk: int) -> QuestionGroup | None:
        """Return the group, None where a colleague was quicker."""
        group = self._group(request, pk)
        if group.state == State.OPEN:
            return group
        messages.warning(request, f"มีผู้อื่นจัดการคำถามนี้แล้ว: {State(group.state).label}")
        return None

    def _division_for(self, request: HttpRequest, group: QuestionGroup) -> Division | None:
        """Return the division of a new row: the group's where it is his, else his own."""
        mine = rights.divisions_of(request.user)
        if group.division_id:
            return mine.filter(pk=group.division_id).first()
        if rights.keeps_all(request.user):
            general = Topic.objects.filter(slug=Topic.GENERAL).select_related("division").first()
            return general.division if general else mine.first()
        return mine.first()

    # -- columns --------------------------------------------------------------------------

    @admin.display(description="คำถาม", ordering="text")
    def what(self, group: QuestionGroup) -> str:
        """How it was asked first."""
        return group.text

    @admin.display(description="ถาม", ordering="times")
    def often(self, group: QuestionGroup) -> str:
        """How often."""
        return f"{group.times:,} ครั้ง"

    @admin.display(description="ล่าสุด", ordering="last_at")
    def last(self, group: QuestionGroup) -> str:
        """When."""
        return format_datetime(group.last_at, short=True)

    @admin.display(description="กอง/งาน", ordering="division__order")
    def owner(self, group: QuestionGroup) -> str:
        """Whose it would be."""
        return group.division.short_name if group.division else "–"

    @admin.display(description="สถานะ")
    def state_text(self, group: QuestionGroup) -> str:
        """What became of it."""
        return _chip(group)

    @admin.display(description="")
    def make(self, group: QuestionGroup) -> str:
        """The one click; it posts the list's own form to another address."""
        if group.row_id:
            return format_html('<a class="bm-link" href="{}">ดูคำตอบ</a>', row_url(group.row))
        if group.state != State.OPEN:
            return ""
        return format_html(
            '<button class="bm-button" formaction="{}">ทำเป็นคำตอบ</button>',
            reverse("admin:chatops_questiongroup_make_row", args=[group.pk]),
        )


def _chip(group: QuestionGroup) -> str:
    state = State(group.state)
    return format_html('<span class="bm-chip bm-{}">{}</span>', TONES[state], state.label)


def _group_url(pk: int) -> str:
    return reverse("admin:chatops_questiongroup_change", args=[pk])


def _ways(group: QuestionGroup) -> list[str]:
    """Return the questions of a group, the newest wordings, each once."""
    ways: dict[str, str] = {}
    asked = group.questions.order_by("-id").values_list("text", flat=True)[:200]
    for text in (group.text, *asked):
        way = sensitive.without_masks(text)
        ways.setdefault(search_key(way), way)
    return [way for way in ways.values() if way][:WAYS]


def _settle(group: QuestionGroup, row: KnowledgeRow) -> None:
    group.state, group.row = State.ANSWERED, row
    group.save(update_fields=["state", "row"])


def _by_division(rows: QuerySet[KnowledgeRow]) -> list[tuple[str, list[KnowledgeRow]]]:
    grouped: dict[str, list[KnowledgeRow]] = {}
    for row in rows:
        grouped.setdefault(row.division.name, []).append(row)
    return list(grouped.items())
