"""Files that residents sent: shown to whoever may see the case, to nobody else."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from chatops.cases.access import SEES, visible_to
from chatops.desk.common import note_look
from chatops.models import MessageContent


@require_safe
def content(request: HttpRequest, token: str, *, thumbnail: bool = False) -> HttpResponseBase:
    """Give a file, or its small picture; Http404 for who may not see the case."""
    from chatops.content.views import content_response

    row = MessageContent.objects.select_related("message__case__topic").filter(token=token).first()
    if row is None or not _may_see(request, row.message.case_id):
        raise Http404
    if row.message.case is not None:
        note_look(request, row.message.case)
    return content_response(request, row, thumbnail=thumbnail)


def _may_see(request: HttpRequest, case_id: int | None) -> bool:
    if not request.user.has_perm(SEES):
        return False
    if case_id is None:
        return bool(request.user.is_superuser)
    return visible_to(request.user).filter(pk=case_id).exists()
