"""นำเข้ารายการเดินบัญชี: the file, which column is which, what would be taken in, and the yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from bannmae.staff_input import row_id
from bannmae.thai.calendar import format_date, format_time
from payments import access, cells
from payments.desk.register_common import note_act, page, require_handles
from payments.errors import Refused
from payments.models import BankAccount
from payments.statements import drafts, importing, layout, reading
from payments.statements.layout import Layout
from payments.tables import MAX_BYTES, MAX_ROWS, Row, text_of

PURPOSE = "statement"
SHOWN = 20
PROBLEMS = 50
SAMPLE = 24  # characters of a column's first value
OPTIONS = 40  # columns to choose from
STATES = {"new": ("ใหม่", "news"), "known": ("มีแล้ว", "ended"), "doubtful": ("อาจซ้ำ", "warn")}


class UploadForm(forms.Form):
    """Which account, and its file."""

    account: forms.ModelChoiceField[BankAccount] = forms.ModelChoiceField(
        queryset=BankAccount.objects.none(),
        label="บัญชี",
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label="ไฟล์รายการเดินบัญชี (.xlsx หรือ .csv)",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text=f"ไม่เกิน {MAX_BYTES // 1024 // 1024} MB และ {MAX_ROWS:,} แถว",
        error_messages={"required": "โปรดเลือกไฟล์", "empty": "ไฟล์ว่าง ไม่มีข้อมูล"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = BankAccount.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB")
        return file


@dataclass(frozen=True, slots=True)
class Choice:
    """A role of a column, with the columns that it may be."""

    role: str
    label: str
    chosen: int | None
    wanted: bool


def import_page(request: HttpRequest) -> HttpResponse:
    """Ask for a file; show what a file says; take it in."""
    staff = require_handles(request)
    token = request.GET.get("draft", "")
    if not token:
        return _upload(request)
    try:
        data, facts = drafts.read(token, PURPOSE, staff)
        rows = reading.rows_of(data)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(_url())
    account = BankAccount.objects.filter(pk=facts.get("account"), is_active=True).first()
    if account is None:
        messages.error(request, "บัญชีนี้เลิกใช้แล้ว โปรดเลือกบัญชีอื่น")
        return redirect(_url())
    if request.method != "POST":
        return _preview(request, account, facts, rows, token)
    if "discard" in request.POST:
        drafts.forget(token, PURPOSE, staff)
        messages.info(request, "ทิ้งไฟล์แล้ว ไม่มีรายการใดถูกนำเข้า")
        return redirect(_url())
    how, header, _ = asked_layout(request.POST, account, rows)
    try:
        if missing := how.missing():
            raise Refused(f"โปรดเลือกคอลัมน์ {missing}")
        lines = reading.read(rows, how, header).lines
        with transaction.atomic():
            done = importing.take_in(
                account,
                lines,
                staff,
                file_name=facts.get("name", ""),
                data=data,
                how=how,
                with_doubtful=request.POST.get("doubtful") == "1",
            )
            note_act(
                request,
                f"money:statement-{done.pk}",
                f"นำเข้ารายการเดินบัญชี {account}: ใหม่ {done.lines_count:,} "
                f"มีแล้ว {done.repeated_count:,}",
            )
    except Refused as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    drafts.forget(token, PURPOSE, staff)
    said = f"นำเข้าแล้ว {done.lines_count:,} รายการ"
    if done.repeated_count:
        said += f" (อีก {done.repeated_count:,} รายการมีอยู่แล้วหรือข้ามไว้)"
    messages.success(request, said)
    return redirect("admin:payments_statement_match")


def _upload(request: HttpRequest) -> HttpResponse:
    first = row_id(request.GET.get("account", ""))
    form = UploadForm(request.POST or None, request.FILES or None, initial={"account": first})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        data = typed["file"].read()
        try:
            reading.rows_of(data)
        except Refused as error:
            form.add_error("file", str(error))
        else:
            name = str(typed["file"].name)[-100:]
            token = drafts.keep(data, PURPOSE, request.user, account=typed["account"].pk, name=name)
            return redirect(f"{_url()}?{urlencode({'draft': token})}")
    context = {
        "form": form,
        "has_accounts": BankAccount.objects.filter(is_active=True).exists(),
        "back_url": reverse("admin:payments_statement_match"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "statement_upload", "นำเข้ารายการเดินบัญชี", context, status)


def asked_layout(
    sent: QueryDict, account: BankAccount, rows: Sequence[Row]
) -> tuple[Layout, int, str]:
    """Return the layout to read with, the index of its header's row, and a word about it.

    What the clerk has chosen on the page comes first, then what was kept of the account where
    the file has that header, then a guess.
    """
    if "header" in sent:
        number = row_id(sent["header"]) or 0
        header = next((at for at, row in enumerate(rows) if row.number == number), -1)
        columns = {
            role: at
            for role in layout.ROLES
            if (at := row_id(sent.get(f"col_{role}", ""))) is not None and at < OPTIONS
        }
        order = sent.get("order", "")
        texts = layout.header_texts(rows[header].cells) if header >= 0 else ()
        return (
            Layout(columns, texts, order if order in cells.ORDERS else "dmy"),
            header,
            "",
        )
    kept = layout.from_json(account.layout)
    if kept is not None:
        at = layout.find_header(rows, kept)
        if at is not None:
            return kept, at, "ใช้รูปแบบที่จำไว้ของบัญชีนี้"
    how, header = layout.guess(rows)
    word = "หัวตารางไม่เหมือนครั้งก่อน ระบบเดาใหม่ โปรดตรวจ" if kept else "ระบบเดาจากหัวตาราง โปรดตรวจ"
    return how, header, word


def _preview(
    request: HttpRequest,
    account: BankAccount,
    facts: dict[str, Any],
    rows: Sequence[Row],
    token: str,
) -> HttpResponse:
    how, header, word = asked_layout(request.GET, account, rows)
    context: dict[str, Any] = {
        "account": account,
        "file_name": facts.get("name", ""),
        "token": token,
        "word": word,
        "missing": how.missing(),
        "roles": [
            Choice(
                role,
                label,
                how.columns.get(role),
                role in (layout.DATE, layout.CREDIT, layout.AMOUNT),
            )
            for role, label in layout.ROLES.items()
        ],
        "columns": _columns(rows, header),
        "orders": cells.ORDERS.items(),
        "order": how.order,
        "header": rows[header].number if header >= 0 else 0,
        "headers": [
            (row.number, " · ".join(filter(None, map(text_of, row.cells)))[:90])
            for row in rows[: layout.HEADER_WITHIN]
        ],
        "sent": {f"col_{role}": at for role, at in how.columns.items()},
    }
    if how.is_complete:
        context |= _found(account, reading.read(rows, how, header))
    context["may_handle"] = access.may_handle(request.user)
    return page(request, "statement_import", "ตรวจก่อนนำเข้ารายการเดินบัญชี", context)


def _found(account: BankAccount, found: reading.Statement) -> dict[str, Any]:
    compared = importing.compare(account, found.lines)
    state = {id(one): "known" for one in compared.known}
    state |= {id(one): "doubtful" for one in compared.doubtful}
    # What is in doubt is looked at, wherever it stands in the file.
    shown = [*compared.doubtful[:SHOWN], *found.lines[:SHOWN]]
    unique = sorted({one.row: one for one in shown}.values(), key=lambda one: one.row)
    return {
        "found": found,
        "new": len(compared.new),
        "known": len(compared.known),
        "doubtful": len(compared.doubtful),
        "lines": [_line(one, STATES[state.get(id(one), "new")]) for one in unique],
        "problems": found.problems[:PROBLEMS],
        "problem_count": len(found.problems),
        "first": format_date(min(one.at for one in found.lines)) if found.lines else "",
        "last": format_date(max(one.at for one in found.lines)) if found.lines else "",
    }


def _line(one: reading.Read, state: tuple[str, str]) -> dict[str, Any]:
    return {
        "row": one.row,
        "day": format_date(one.at, short=True),
        "time": format_time(one.at) if one.has_time else "–",
        "amount": one.amount,
        "reference": one.reference,
        "description": one.description,
        "state": state[0],
        "tone": state[1],
    }


def _columns(rows: Sequence[Row], header: int) -> list[tuple[int, str]]:
    """Return the columns of a file to choose from: letter, header, a first value."""
    width = min(max((len(row.cells) for row in rows[:200]), default=0), OPTIONS)
    head = rows[header] if header >= 0 else None
    body = rows[header + 1 : header + 60]
    found = []
    for at in range(width):
        name = text_of(head.cell(at)) if head else ""
        value = next((text_of(row.cell(at)) for row in body if text_of(row.cell(at))), "")
        letter = chr(65 + at) if at < 26 else f"A{chr(65 + at - 26)}"
        words = " ".join(filter(None, (name, f"({value[:SAMPLE]})" if value else "")))
        found.append((at, f"{letter}: {words or 'ว่าง'}"))
    return found


def _url() -> str:
    return reverse("admin:payments_statement_import")
