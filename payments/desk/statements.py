"""รายการเดินบัญชี: the bank's lines in a list, and each one with whose money it may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from bannmae import navigation
from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.numerals import to_arabic_digits
from payments import access, cells
from payments.desk import statements_import, statements_match, verify
from payments.desk.permissions import HandledByFinance, posted
from payments.desk.queue_common import notice_url
from payments.desk.register_common import add_entry, note_act, note_look, page, require_sees
from payments.errors import Refused
from payments.models import BankAccount, PaymentNotice, StatementLine, Status
from payments.statements import acts

CANDIDATES = 20
STATES = {
    "open": "ยังไม่จับคู่",
    "matched": "จับคู่แล้ว",
    "aside": "พักไว้",
    "rejected": "คู่ที่แจ้งชำระตรวจไม่ผ่าน",
}


def state_of(line: StatementLine) -> tuple[str, str]:
    """Return how a line stands: words and tone."""
    if line.notice is not None:
        rejected = line.notice.status == Status.REJECTED
        return STATES["rejected" if rejected else "matched"], "late" if rejected else "done"
    return (STATES["aside"], "ended") if line.set_aside else (STATES["open"], "ask")


def moment_of(line: StatementLine) -> str:
    """Write when money came in, as exactly as the bank says."""
    if line.has_time:
        return format_datetime(line.at, short=True)
    return format_date(line.at, short=True)


class StateFilter(SimpleListFilter):
    """Whose money is known, and whose is not."""

    title = "สถานะ"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The ways that a line may stand."""
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow down."""
        if self.value() == "open":
            return queryset.filter(notice=None, set_aside="")
        if self.value() == "matched":
            return queryset.filter(notice__isnull=False)
        if self.value() == "rejected":
            return acts.of_rejected(queryset)
        return queryset.exclude(set_aside="") if self.value() == "aside" else queryset


class AccountFilter(SimpleListFilter):
    """One account."""

    title = "บัญชี"
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All of them."""
        return [(str(one.pk), str(one)) for one in BankAccount.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow down."""
        pk = row_id(self.value() or "")
        return queryset.filter(account=pk) if pk else queryset


@admin.register(StatementLine)
class StatementLineAdmin(HandledByFinance, CappedListAdmin):
    """Money that came in. Lines come from files alone and are never changed."""

    list_display = ["moment", "shown_amount", "what", "of_account", "state", "whose"]
    list_filter = [StateFilter, AccountFilter]
    list_fullwidth = True
    list_before_template = "payments/admin/statement_list_head.html"
    search_fields = ["reference", "description"]
    search_help_text = "ค้นหาเลขอ้างอิง คำในรายการ จำนวนเงิน หรือวันที่ (21/11/2569)"
    ordering = ["-at", "-id"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatementLine]:
        """With whose they are."""
        rows: QuerySet[StatementLine] = super().get_queryset(request)
        return access.visible_to(request.user, rows).select_related("account", "notice")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """An amount and a day are found as such."""
        asked = to_arabic_digits(search_term.strip())[:100]
        if not asked:
            return queryset, False
        words = Q(reference__icontains=asked) | Q(description__icontains=asked)
        return queryset.filter(words | _amount(asked) | _day(asked)), False

    def get_urls(self) -> list[Any]:
        """Add the pages beside the list, and what they post."""
        wrap = self.admin_site.admin_view
        name = "payments_statement_{}".format
        line_acts = {
            "match-one": match_one,
            "unmatch": unmatch,
            "set-aside": set_aside,
            "bring-back": bring_back,
        }
        return [
            path("match/", wrap(statements_match.match_page), name=name("match")),
            path("match/sure/", wrap(posted(statements_match.match_sure)), name=name("sure")),
            path("import/", wrap(statements_import.import_page), name=name("import")),
            path("verify/<int:pk>/", wrap(verify.verify), name="payments_notice_verify"),
            *(
                path(f"<int:pk>/{one}/", wrap(posted(view)), name=name(one.replace("-", "_")))
                for one, view in line_acts.items()
            ),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Lines come from files."""
        return False

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The import is the way in."""
        return redirect("admin:payments_statement_import")

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One line; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return line_page(request, pk)

    # -- columns ---------------------------------------------------------------------------

    @admin.display(description="วันเวลา", ordering="at")
    def moment(self, line: StatementLine) -> str:
        """When."""
        return format_html('<span class="bm-number">{}</span>', moment_of(line))

    @admin.display(description="เงินเข้า (บาท)", ordering="amount")
    def shown_amount(self, line: StatementLine) -> str:
        """How much."""
        return format_html('<span class="bm-number">{}</span>', f"{line.amount:,.2f}")

    @admin.display(description="รายการ")
    def what(self, line: StatementLine) -> str:
        """What the bank says of it."""
        return " · ".join(filter(None, (line.description, line.reference))) or "–"

    @admin.display(description="บัญชี", ordering="account__name")
    def of_account(self, line: StatementLine) -> str:
        """Which account; its last digits stay with the end of its name."""
        return str(line.account).replace(" …", "\u00a0…")

    @admin.display(description="สถานะ")
    def state(self, line: StatementLine) -> str:
        """How it stands."""
        words, tone = state_of(line)
        return format_html('<span class="bm-chip bm-{}">{}</span>', tone, words)

    @admin.display(description="แจ้งชำระ / เหตุ")
    def whose(self, line: StatementLine) -> str:
        """Whose it is, or why it is nobody's."""
        if line.notice is None:
            return line.set_aside or "–"
        return format_html(
            '<a class="bm-link" href="{}">{}</a> {}',
            notice_url(line.notice.pk),
            line.notice.number,
            line.notice.payer_name,
        )


def _amount(asked: str) -> Q:
    try:
        amount = cells.money(asked)
    except ValueError:
        return Q()
    return Q(amount=amount) if amount else Q()


def _day(asked: str) -> Q:
    try:
        day = cells.day(asked)
    except ValueError:
        return Q()
    return Q(at__date=day) if day and "/" in asked else Q()


# -- one line ------------------------------------------------------------------------------------


def line_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a line, whose money it may be, and what may be done with it."""
    staff = require_sees(request)
    line = (
        access.visible_to(staff, StatementLine.objects.all())
        .select_related("account", "notice__revenue", "source__by", "matched_by")
        .filter(pk=pk)
        .first()
    )
    if line is None:
        raise Http404
    note_look(request, f"money:statement-line-{pk}")
    words, tone = state_of(line)
    is_open = line.notice_id is None and not line.set_aside
    context = {
        "line": line,
        "moment": moment_of(line),
        "state": words,
        "tone": tone,
        "is_open": is_open,
        "may_handle": access.may_handle(staff),
        "candidates": candidates_of(line) if is_open else [],
        "notice_url": notice_url(line.notice_id) if line.notice_id else "",
        "back_url": reverse("admin:payments_statementline_changelist") + "?state=open",
    }
    return page(request, "statement_line", f"เงินเข้า {line.amount:,.2f} บาท", context)


def candidates_of(line: StatementLine) -> list[dict[str, Any]]:
    """Return open notices of that amount, the nearest in time first."""
    rows = acts.open_notices().filter(amount=line.amount).select_related("revenue")
    near = rows.filter(created_at__gte=line.at - acts.SPAN, created_at__lte=line.at + acts.SPAN)
    found = sorted(
        near.order_by("-id")[: 10 * CANDIDATES],
        key=lambda one: abs((one.paid_at or one.created_at) - line.at),
    )
    return [statements_match.notice_words(one) for one in found[:CANDIDATES]]


def match_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Match a line with the notice that the clerk chose or whose number he typed."""
    typed = to_arabic_digits(request.POST.get("number", "")).strip().upper()[:20]
    notice = row_id(request.POST.get("notice", ""))
    if notice is None and typed:
        found = PaymentNotice.objects.filter(number=typed).values_list("pk", flat=True).first()
        notice = found
    if notice is None:
        messages.error(request, f"ไม่พบรายการแจ้งชำระเลขที่ {typed}" if typed else "โปรดใส่เลขที่แจ้งชำระ")
        return _back(request, pk)
    return _done(
        request,
        pk,
        lambda: acts.match(pk, notice, request.user),
        "จับคู่แล้ว ยอดเงินยังต้องยืนยันในหน้าแจ้งชำระ",
    )


def unmatch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a match back."""
    reason = request.POST.get("reason", "")[:300]
    return _done(request, pk, lambda: acts.unmatch(pk, request.user, reason), "ยกเลิกการจับคู่แล้ว")


def set_aside(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say why it is nobody's."""
    reason = request.POST.get("reason", "")
    return _done(request, pk, lambda: acts.set_aside(pk, request.user, reason), "พักไว้แล้ว")


def bring_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let it be matched again."""
    return _done(request, pk, lambda: acts.bring_back(pk, request.user), "นำกลับมาแล้ว")


def _done(
    request: HttpRequest, pk: int, act: Callable[[], StatementLine], said: str
) -> HttpResponseBase:
    try:
        with transaction.atomic():
            line = act()
            about = f" ↔ {line.notice.number}" if line.notice else ""
            note_act(request, f"money:statement-line-{pk}", f"{said}{about}"[:300])
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return _back(request, pk)


def _back(request: HttpRequest, pk: int) -> HttpResponseBase:
    if request.POST.get("back") == "match":
        return redirect("admin:payments_statement_match")
    return redirect("admin:payments_statementline_change", pk)


def _waiting(request: HttpRequest) -> str:
    """Return the badge of the side menu: money of the last weeks that is nobody's."""
    since = timezone.now() - statements_match.FRESH
    count = acts.open_lines().filter(at__gte=since)[: statements_match.BADGE + 1].count()
    return navigation.figure(count, statements_match.BADGE) if count else ""


add_entry(
    "รายการเดินบัญชี",
    lambda: reverse("admin:payments_statement_match"),
    "account_balance_wallet",
    40,
    badge=_waiting,
)
