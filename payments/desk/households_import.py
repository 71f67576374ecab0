"""นำเข้าครัวเรือน: the file, what it would do row by row, and the yes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from payments.desk.register_common import note_act, page, require_handles
from payments.errors import Refused
from payments.garbage import importing
from payments.garbage.months import month_words
from payments.statements import drafts
from payments.tables import MAX_BYTES, MAX_ROWS

PURPOSE = "households"
SHOWN = 20
PROBLEMS = 100


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="ไฟล์ครัวเรือน (.xlsx หรือ .csv)",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f"ไม่เกิน {MAX_BYTES // 1024 // 1024} MB และ {MAX_ROWS:,} แถว",
        error_messages={"required": "โปรดเลือกไฟล์", "empty": "ไฟล์ว่าง ไม่มีข้อมูล"},
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB")
        return file


def import_page(request: HttpRequest) -> HttpResponse:
    """Ask for a file; show what it would do; do it."""
    staff = require_handles(request)
    token = request.GET.get("draft", "")
    if not token:
        return _upload(request)
    try:
        data, facts = drafts.read(token, PURPOSE, staff)
        if request.method == "POST" and "discard" not in request.POST:
            return _take_in(request, data, token)
        found = importing.preview(data)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(_url())
    if request.method == "POST":
        drafts.forget(token, PURPOSE, staff)
        messages.info(request, "ทิ้งไฟล์แล้ว ไม่มีครัวเรือนใดถูกนำเข้า")
        return redirect(_url())
    context = {
        "file_name": facts.get("name", ""),
        "found": found,
        "takes": len(found.new) + len(found.changed),
        "new": [_line(one) for one in found.new[:SHOWN]],
        "changed": [_line(one) for one in found.changed[:SHOWN]],
        "problems": found.problems[:PROBLEMS],
        "shown": SHOWN,
    }
    return page(request, "household_import", "ตรวจก่อนนำเข้าครัวเรือน", context)


def _take_in(request: HttpRequest, data: bytes, token: str) -> HttpResponse:
    lines, _, _ = importing.read(data)
    try:
        with transaction.atomic():
            added, changed = importing.take_in(lines, request.user)
            note_act(
                request,
                "money:households",
                f"นำเข้าครัวเรือน เพิ่ม {added:,} แก้ไข {changed:,}",
            )
    except IntegrityError as error:
        raise Refused("มีผู้นำเข้าครัวเรือนเดียวกันพร้อมกัน โปรดตรวจไฟล์อีกครั้ง") from error
    drafts.forget(token, PURPOSE, request.user)
    messages.success(request, f"นำเข้าแล้ว เพิ่ม {added:,} ครัวเรือน แก้ไข {changed:,} ครัวเรือน")
    return redirect("admin:payments_household_changelist")


def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        try:
            importing.read(data)
        except Refused as error:
            form.add_error("file", str(error))
        else:
            token = drafts.keep(data, PURPOSE, request.user, name=str(file.name)[-100:])
            return redirect(f"{_url()}?{urlencode({'draft': token})}")
    context = {
        "form": form,
        "columns": [(label, name in importing.NEEDED) for name, label in importing.LABELS.items()],
        "back_url": reverse("admin:payments_household_changelist"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "household_upload", "นำเข้าครัวเรือน", context, status)


def _line(one: importing.Line) -> dict[str, Any]:
    return {
        "row": one.row,
        "house": f"{one.entry.house_no} หมู่ที่ {one.entry.village}",
        "owner": one.entry.owner_name,
        "rate": one.rate,
        "since": month_words(one.entry.since),
        "paid_until": month_words(one.paid_until) if one.paid_until else "–",
        "paid": len(one.paid),
    }


def _url() -> str:
    return reverse("admin:payments_household_import")
