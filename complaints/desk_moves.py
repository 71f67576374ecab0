"""What the case page posts: moves, notes to colleagues, who is spoken of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from bannmae.access_log import record
from bannmae.media import photos as photo_intake
from bannmae.media.errors import FileRefused
from bannmae.media.photos import StoredPhoto
from bannmae.media.scans import StoredScan, take_in_scan
from bannmae.models import AccessLog, Staff
from complaints import workflow
from complaints.access import is_left_to_somebody, still_sees
from complaints.desk_case import accused_form, case_page
from complaints.desk_common import CHANGES, SEES, case_for, is_fetch, require
from complaints.desk_counts import forget_unread
from complaints.desk_forms import MoveForm, NoteForm
from complaints.desk_words import own_newest
from complaints.mailbox import case_url, list_url
from complaints.models import Complaint, Order, Status, TimelineEntry
from complaints.search import case_number

ALREADY = "ข้อความนี้บันทึกไว้แล้วตั้งแต่ครั้งก่อน จึงไม่บันทึกซ้ำ"
NOBODY_LEFT = (
    "ยังไม่ได้บันทึก: ถ้าระบุชื่อทั้งหมดนี้ จะไม่เหลือผู้ใดที่เห็นเรื่องนี้และแก้ไขรายชื่อได้ "
    "โปรดเว้นผู้รับผิดชอบเรื่องนี้ไว้อย่างน้อยหนึ่งคน"
)


@dataclass(slots=True)
class Taken:
    """Files that were taken in for a move, and go again if the move is not made."""

    photos: list[StoredPhoto] = field(default_factory=list)
    scan: StoredScan | None = None

    def discard(self) -> None:
        """Delete the files."""
        names = [name for one in self.photos for name in (one.name, one.thumbnail_name)]
        if self.scan is not None:
            names += [self.scan.name, self.scan.thumbnail_name]
        photo_intake.delete(names)


def move(request: HttpRequest, pk: int, to: str, **kwargs: Any) -> HttpResponse:
    """Make a move; whatever is refused, what was typed stays on the page."""
    require(request, CHANGES)
    if to not in Status.values or not request.user.has_perm(SEES):
        raise Http404
    form = MoveForm(Status(to), request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, pk, form)
    taken = Taken()
    try:
        _take_in(form, taken)
        entry = _make(request.user, pk, form, taken)
    except FileRefused:
        taken.discard()
        return _refused(request, pk, form)
    except workflow.WorkflowError as error:
        taken.discard()
        if saved := _saved_already(request.user, pk, form):
            messages.info(request, ALREADY)
            return _made(request, saved, again=True)
        return _refused(request, pk, form, error)
    except BaseException:
        taken.discard()
        raise
    return _made(request, entry.complaint)


def _take_in(form: MoveForm, taken: Taken) -> None:
    """Check and store the files; a refused one is told beside its field. Raises FileRefused."""
    for file in form.cleaned_data.get("photos") or []:
        try:
            taken.photos.append(photo_intake.take_in(file))
        except FileRefused as error:
            form.add_error("photos", f"{file.name}: {error}")
            raise
    if scan := form.cleaned_data.get("scan"):
        try:
            taken.scan = take_in_scan(scan)
        except FileRefused as error:
            form.add_error("scan", str(error))
            raise


def _make(staff: Staff, pk: int, form: MoveForm, taken: Taken) -> Any:
    typed = form.cleaned_data
    order = None
    if form.to == Status.ASSIGNED:
        order = workflow.ExecutiveOrder(
            decision=Order.Decision(typed["decision"]),
            ordered_by=typed["ordered_by"],
            ordered_on=typed["ordered_on"],
            division=typed["division"],
            text=typed["order_text"],
            scan=taken.scan.name if taken.scan else "",
        )
    return workflow.move(
        pk,
        form.to,
        by=staff,
        version=typed["version"],
        note=typed["note"],
        internal_note=typed["internal_note"],
        order=order,
        photos=taken.photos,
        duplicate_of=typed.get("duplicate_of", ""),
    )


def _saved_already(staff: Staff, pk: int, form: MoveForm) -> Complaint | None:
    """Return the case if this very move is its newest: the answer to it was lost on the way."""
    typed = form.cleaned_data
    newest = own_newest(pk, staff, TimelineEntry.Kind.STATUS)
    if newest is None or newest.complaint.version <= typed["version"]:
        return None
    order = getattr(newest, "order", None)
    original = newest.complaint.duplicate_of
    said = {
        "note": newest.note,
        "internal_note": newest.internal_note,
        "decision": order.decision if order else None,
        "ordered_by": order.ordered_by if order else None,
        "ordered_on": order.ordered_on if order else None,
        "division": order.division if order else None,
        "order_text": order.text if order else None,
    }
    if newest.status != form.to or any(typed.get(name) != value for name, value in said.items()):
        return None
    if form.to == Status.DUPLICATE and original:
        number = case_number(typed["duplicate_of"]) or typed["duplicate_of"].upper()
        if number != original.number:
            return None
    # Pictures that a browser has let go are no change; more of them are.
    if len(typed.get("photos") or []) > newest.photos.count():
        return None
    return None if typed.get("scan") and not (order and order.scan) else newest.complaint


def _made(request: HttpRequest, complaint: Complaint, *, again: bool = False) -> HttpResponse:
    if not again:
        label = Status(complaint.status).label
        messages.success(request, f"เรื่องเลขที่ {complaint.number}: {label}")
    forget_unread(request.user)
    # A case that was passed on may be out of reach now.
    url = case_url(complaint.pk) if still_sees(request.user, complaint) else list_url()
    return JsonResponse({"url": url}) if is_fetch(request) else redirect(url)


def _refused(
    request: HttpRequest,
    pk: int,
    form: MoveForm,
    error: workflow.WorkflowError | None = None,
) -> HttpResponse:
    """Tell what is wrong: beside the fields, or above them for the whole move."""
    if isinstance(error, workflow.NotAllowed):
        raise Http404
    overtaken = isinstance(error, workflow.StaleCase | workflow.IllegalMove)
    if isinstance(error, workflow.Incomplete) and error.field in form.fields:
        form.add_error(error.field, str(error))
    elif error is not None:
        form.add_error(None, str(error))
    status = 409 if overtaken else 422
    if is_fetch(request):
        return JsonResponse({"errors": _errors(form), "overtaken": overtaken}, status=status)
    return case_page(request, pk, move_form=form, overtaken=overtaken, status=status)


def _errors(form: Form) -> dict[str, list[str]]:
    return {
        name: [text for one in found for text in one.messages]
        for name, found in form.errors.as_data().items()
    }


def note(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
    """Write a note that only colleagues read."""
    case = case_for(request, pk)
    require(request, CHANGES)
    form = NoteForm(request.POST)
    if not form.is_valid():
        if is_fetch(request):
            return JsonResponse({"errors": _errors(form), "overtaken": False}, status=422)
        return case_page(request, pk, note_form=form, status=422)
    text = form.cleaned_data["internal_note"]
    newest = own_newest(pk, request.user, TimelineEntry.Kind.NOTE)
    if newest is not None and newest.internal_note == text:
        messages.info(request, ALREADY)
    else:
        workflow.note_internally(case, request.user, text)
        messages.success(request, "บันทึกภายในแล้ว ผู้แจ้งไม่เห็นข้อความนี้")
    return JsonResponse({"url": case_url(pk)}) if is_fetch(request) else redirect(case_url(pk))


def accused(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
    """Name the officers whom the case is about; they do not see it from now on."""
    case = case_for(request, pk, "category")
    form = accused_form(request, case, request.POST)
    if form is None:
        require(request, CHANGES)
        raise Http404
    if not form.is_valid():
        return case_page(request, pk, accused=form, status=422)
    chosen = list(form.cleaned_data["accused"])
    with transaction.atomic():
        Complaint.objects.select_for_update().get(pk=case.pk)
        if not is_left_to_somebody(case, chosen):
            form.add_error("accused", NOBODY_LEFT)
            return case_page(request, pk, accused=form, status=422)
        # A closed account is not offered and stays named: it may be opened again.
        case.accused.set([*chosen, *case.accused.filter(is_active=False)])
        # Without names: the division reads this, and could tell a colleague.
        workflow.note_internally(case, request.user, "กำหนดเจ้าหน้าที่ที่ถูกกล่าวถึงแล้ว")
        record(
            request,
            AccessLog.Action.VIEW_CASE,
            f"complaint:{case.number}",
            "กำหนดเจ้าหน้าที่ที่ถูกกล่าวถึง",
        )
    if request.user in chosen:
        messages.success(request, "บันทึกแล้ว ท่านจะไม่เห็นเรื่องนี้อีก")
        return redirect(list_url())
    messages.success(request, "บันทึกแล้ว ผู้ที่ถูกกล่าวถึงจะไม่เห็นเรื่องนี้")
    return redirect(case_url(pk))
