"""รับเรื่องแทนประชาชน: what is told at the counter, by telephone or by letter."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from bannmae.media import photos as photo_intake
from bannmae.media.errors import FileRefused
from bannmae.media.photos import StoredPhoto
from complaints.access import still_sees
from complaints.desk_common import ADDS, SEES, is_fetch, require
from complaints.desk_forms import WalkInForm
from complaints.intake import Place, Reporter, file_complaint
from complaints.mailbox import case_url, list_url
from complaints.models import Complaint


def walk_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or file the case by the one door for all."""
    require(request, ADDS)
    if request.method != "POST":
        return _page(request, WalkInForm())
    form = WalkInForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    key: UUID | None = form.cleaned_data["filing_key"]
    if earlier := _filed_with(key):
        return _sent_again(request, form, earlier)
    stored: list[StoredPhoto] = []
    try:
        for file in form.cleaned_data["photos"]:
            try:
                stored.append(photo_intake.take_in(file))
            except FileRefused as error:
                form.add_error("photos", f"{file.name}: {error}")
                _discard(stored)
                return _page(request, form)
        complaint = _file(form.cleaned_data, stored)
    except IntegrityError:
        _discard(stored)
        # The same form, a moment earlier: the second of two clicks waits here for the first.
        if not (earlier := _filed_with(key)):
            raise
        return _sent_again(request, form, earlier)
    except BaseException:
        _discard(stored)
        raise
    return _filed(request, complaint)


def _file(typed: dict[str, Any], photos: list[StoredPhoto]) -> Complaint:
    return file_complaint(
        category=typed["category"],
        subject=typed["subject"],
        details=typed["details"],
        reporter=Reporter(
            full_name=typed["full_name"],
            phone=typed["phone"],
            national_id=typed["national_id"],
            email=typed["email"],
            address=typed["address"],
        ),
        place=Place(village=typed["village"], text=typed["place"]),
        incident_at=typed["incident_at"],
        hide_name=typed["hide_name"],
        photos=photos,
        via=Complaint.Via(typed["via"]),
        notice_acknowledged=typed["acknowledged"],
        filing_key=typed["filing_key"],
    )


def _filed_with(key: UUID | None) -> Complaint | None:
    """Return the case that this very form has made already."""
    if key is None:
        return None
    return Complaint.objects.select_related("category").filter(filing_key=key).first()


def _sent_again(request: HttpRequest, form: WalkInForm, earlier: Complaint) -> HttpResponse:
    """Lead to the case that this form has made; what was typed since is another one's."""
    if _says_the_same(form.cleaned_data, earlier):
        return _filed(request, earlier, again=True)
    form.data = form.data.copy()
    form.data["filing_key"] = str(uuid4())
    form.add_error(
        None,
        f"แบบฟอร์มนี้บันทึกไปแล้วเป็นเรื่องเลขที่ {earlier.number} แต่ข้อมูลครั้งนี้ต่างจากเรื่องนั้น "
        "ถ้าเป็นอีกเรื่องหนึ่ง โปรดตรวจสอบแล้วกด “บันทึกเรื่อง” อีกครั้ง",
    )
    return _page(request, form, status=409)


def _says_the_same(typed: dict[str, Any], case: Complaint) -> bool:
    """Tell whether `case` is what was typed. Pictures that a browser has let go are no change."""
    said = {
        "via": case.via,
        "category": case.category,
        "subject": case.subject,
        "details": case.details,
        "incident_at": case.incident_at,
        "village": case.village,
        "place": case.place,
        "full_name": case.reporter_name,
        "phone": case.phone,
        "national_id": case.national_id,
        "email": case.email,
        "address": case.address,
        "hide_name": case.hide_name,
    }
    if any(typed[name] != value for name, value in said.items()):
        return False
    return len(typed["photos"]) <= case.photos.filter(entry=None).count()


def _filed(request: HttpRequest, complaint: Complaint, *, again: bool = False) -> HttpResponse:
    if again:
        messages.info(
            request,
            f"แบบฟอร์มนี้บันทึกแล้วเป็นเรื่องเลขที่ {complaint.number} จึงไม่บันทึกซ้ำ "
            "ถ้าเป็นอีกเรื่องหนึ่ง โปรดเปิดแบบฟอร์มใหม่",
        )
    else:
        messages.success(request, f"รับเรื่องแล้ว เลขที่ {complaint.number} โปรดแจ้งเลขที่ให้ผู้แจ้งทราบ")
    sees = request.user.has_perm(SEES) and still_sees(request.user, complaint)
    url = case_url(complaint.pk) if sees else list_url()
    return JsonResponse({"url": url}) if is_fetch(request) else redirect(url)


def _discard(stored: list[StoredPhoto]) -> None:
    photo_intake.delete(name for one in stored for name in (one.name, one.thumbnail_name))


def _page(request: HttpRequest, form: WalkInForm, status: int = 422) -> HttpResponse:
    if is_fetch(request) and form.errors:
        errors = {
            name: [text for one in found for text in one.messages]
            for name, found in form.errors.as_data().items()
        }
        # The page stays as it is, but for the key of what is sent next.
        values = {"filing_key": form.data.get("filing_key", "")} if status == 409 else {}
        return JsonResponse({"errors": errors, "values": values}, status=status)
    context = {
        **admin.site.each_context(request),
        "title": "รับเรื่องแทนประชาชน",
        "form": form,
        "back_url": list_url(),
    }
    response = TemplateResponse(
        request, "complaints/admin/walk_in.html", context, status=status if form.errors else 200
    )
    response["Cache-Control"] = "no-store"
    return response
