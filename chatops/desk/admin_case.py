"""แชต in the admin: the list's address serves the desk, and all that the desk asks for."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import CharField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from bannmae import access_log, navigation
from bannmae.models import Staff
from bannmae.staff_input import row_id
from bannmae.staff_lists import ReadOnly, StaffModelAdmin
from chatops import audience
from chatops.cases.access import MOVES, SEES, reach, visible_to
from chatops.desk import (
    answering,
    canned,
    conversation,
    counts,
    moving,
    polling,
    quick_links,
    registry,
    resident,
)
from chatops.desk.common import desk_url
from chatops.desk.listing import SCOPES, TABS
from chatops.line.cards import MAX_MESSAGES, MAX_TEXT
from chatops.models import ChatCase


@admin.register(ChatCase)
class ChatCaseAdmin(ReadOnly, StaffModelAdmin):
    """แชต. Every address asks access.visible_to; every move goes through cases.workflow."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the desk."""
        staff: Staff = request.user
        if not staff.has_perm(SEES):
            raise PermissionDenied
        config = {
            "url": desk_url(),
            "staff": staff.pk,
            "case": row_id(request.GET.get("case", "")),
            "tabs": [{"key": key, "title": title} for key, (title, _) in TABS.items()],
            "max_text": MAX_TEXT,
            "max_pictures": MAX_MESSAGES,
            "links": quick_links.links(),
            "may_answer": staff.has_perm(MOVES),
            "actions": [
                {"key": one.key, "title": one.title, "url": one.url()}
                for one in registry.actions_for(staff)
            ],
        }
        context = {
            **self.admin_site.each_context(request),
            "title": "แชต",
            "is_fullwidth": "1",
            "config": config,
            "scopes": [
                (key, title)
                for key, title in SCOPES.items()
                if key != "division" or reach(staff).divisions
            ],
            "tabs": [(key, title) for key, (title, _) in TABS.items()],
            "may_edit_canned": staff.has_perm("chatops.change_cannedreply"),
            "canned_url": reverse("admin:chatops_cannedreply_changelist"),
            **(extra_context or {}),
        }
        response = TemplateResponse(request, "chatops/desk/page.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A case's own address opens it at the desk."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        if not request.user.has_perm(SEES):
            raise PermissionDenied
        return redirect(desk_url(pk))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened stands in the conversation."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Add what the desk asks for and posts."""
        wrap = self.admin_site.admin_view
        own = [
            ("poll/", require_safe(polling.poll), "poll"),
            ("canned/", require_safe(canned.canned), "canned"),
            ("<int:pk>/open/", require_safe(conversation.open_case), "open"),
            ("<int:pk>/older/", require_safe(conversation.older), "older"),
            ("<int:pk>/read/", require_POST(conversation.read), "read"),
            ("<int:pk>/answer/", require_POST(answering.send_answer), "answer"),
            ("<int:pk>/again/<int:message>/", require_POST(answering.again), "again"),
            ("<int:pk>/note/", require_POST(answering.note), "note"),
            ("<int:pk>/choices/", require_safe(moving.choices), "choices"),
            ("<int:pk>/move/<slug:move>/", require_POST(moving.move), "move"),
            ("<int:pk>/resident/", require_safe(resident.resident_pane), "resident"),
            ("<int:pk>/resident-note/", require_POST(resident.add_note), "resident_note"),
            ("<int:pk>/label/", require_POST(resident.set_label), "label"),
        ]
        urls = [path(tail, wrap(view), name=f"chatops_chatcase_{name}") for tail, view, name in own]
        return [*urls, *super().get_urls()]


def _seen(staff: Staff) -> Any:
    cases = visible_to(staff) if staff.has_perm(SEES) else ChatCase.objects.none()
    # The log keeps the number as text, and PostgreSQL compares no text with a number.
    return cases.annotate(number=Cast("pk", CharField()))


audience.add_topic(audience.Topic(prefix="chat", visible=visible_to, url=desk_url, permission=SEES))
access_log.guard(access_log.Guarded(prefix="chat", visible=_seen, field="number"))
navigation.add_tiles(counts.tiles)
navigation.add_worklists(counts.worklists)
navigation.add_entry(
    navigation.Entry(
        title="แชต",
        url=navigation.list_url("chatops_chatcase"),
        icon="chat",
        allowed=navigation.permitted(SEES),
        order=0,
        badge=counts.badge,
    )
)
