"""สร้างเรื่องจากแชต: an officer draws up a case from chosen messages, its teller confirms it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldBooleanSwitchWidget

from bannmae.models import Staff
from bannmae.staff_input import row_id
from bannmae.thai.text import shorten
from chatops.cases.access import MOVES, visible_to
from chatops.cases.access import SEES as SEES_CHATS
from chatops.desk.common import note_look
from chatops.models import ChatCase, Message, MessageContent
from chatops.people import same_person
from complaints.access import visible_to as visible_complaints
from complaints.desk_common import SEES, is_fetch
from complaints.desk_forms import WalkInForm
from complaints.models import Complaint, Requirement
from complaints.photos import MAX_PHOTOS
from complaints.proposals import Draft, Refused, copy_pictures, forget_pictures, propose

MAX_MESSAGES = 100


class FromChatForm(WalkInForm):
    """The walk-in form without what only a person at the counter gives."""

    position = forms.BooleanField(
        label="แนบพิกัดที่ส่งมาในแชต", required=False, widget=UnfoldBooleanSwitchWidget
    )
    pictures = forms.MultipleChoiceField(label="ภาพจากแชต", required=False)

    LEFT_OUT = ("via", "national_id", "email", "address", "photos", "acknowledged", "incident_at")

    def __init__(self, *args: Any, pictures: list[MessageContent], **kwargs: Any) -> None:
        """`pictures`: those of the chosen messages, the only ones to choose from."""
        super().__init__(*args, **kwargs)
        for name in self.LEFT_OUT:
            del self.fields[name]
        self.fields["category"].queryset = self.fields["category"].queryset.exclude(
            # Whoever must show an ID does so in the form, not through an officer.
            national_id=Requirement.REQUIRED
        )
        self.fields["pictures"].choices = [(one.token, one.token) for one in pictures]

    def clean_pictures(self) -> list[str]:
        """Return the tokens, at most as many as a case takes."""
        chosen: list[str] = self.cleaned_data["pictures"]
        if len(chosen) > MAX_PHOTOS:
            raise forms.ValidationError(f"แนบภาพได้ไม่เกิน {MAX_PHOTOS} ภาพ")
        return chosen

    def clean(self) -> dict[str, Any]:
        """As at the counter; there is no ID to ask for."""
        self.cleaned_data.setdefault("national_id", "")
        return super().clean()


def from_chat(request: HttpRequest) -> HttpResponse:
    """Show the form filled in from the chosen messages, or send it for her confirmation."""
    if not request.user.has_perm(MOVES):
        raise PermissionDenied
    case = _case(request)
    chosen = _chosen(request, case)
    pictures = _pictures(chosen)
    place = next((one for one in chosen if one.details.get("latitude") is not None), None)
    if request.method != "POST":
        filled_in = _filled_in(case, chosen, place, pictures, request.user)
        form = FromChatForm(initial=filled_in, pictures=pictures)
        return _page(request, case, form, pictures, place)
    form = FromChatForm(request.POST, pictures=pictures)
    if not form.is_valid():
        return _page(request, case, form, pictures, place)
    typed = form.cleaned_data
    taken = [one for one in pictures if one.token in typed["pictures"]]
    copies = copy_pictures(taken)
    try:
        propose(
            case.pk,
            request.user,
            Draft(
                category=typed["category"],
                subject=typed["subject"],
                details=typed["details"],
                full_name=typed["full_name"],
                phone=typed["phone"],
                village=typed["village"],
                place=typed["place"],
                hide_name=typed["hide_name"],
                **(_position(place) if typed["position"] else {}),
            ),
            copies,
            key=typed["filing_key"] or uuid4(),
            messages=chosen,
        )
    except IntegrityError:
        forget_pictures(copies)  # the same form, sent twice
        messages.info(request, "ส่งแบบฟอร์มนี้ให้ประชาชนยืนยันไว้แล้ว จึงไม่ส่งซ้ำ")
    except Refused as error:
        forget_pictures(copies)
        form.add_error(None, str(error))
        return _page(request, case, form, pictures, place)
    except BaseException:
        forget_pictures(copies)
        raise
    else:
        messages.success(request, "ส่งให้ประชาชนตรวจสอบและยืนยันในแชตแล้ว เมื่อยืนยันจะได้เลขที่เรื่องทันที")
    url = f"{reverse('admin:chatops_chatcase_changelist')}?case={case.pk}"
    return JsonResponse({"url": url}) if is_fetch(request) else redirect(url)


def _case(request: HttpRequest) -> ChatCase:
    pk = row_id(request.GET.get("case"))
    cases = visible_to(request.user).select_related("resident__channel", "topic", "division")
    case: ChatCase | None = cases.filter(pk=pk).first() if pk else None
    if case is None or not request.user.has_perm(SEES_CHATS):
        raise Http404
    note_look(request, case)
    return case


def _chosen(request: HttpRequest, case: ChatCase) -> list[Message]:
    """Return the messages that were ticked, those of this case alone, in their order."""
    sent = request.GET.get("messages", "").split(",")[:MAX_MESSAGES]
    ids = [pk for pk in map(row_id, sent) if pk is not None]
    rows = case.messages.filter(pk__in=ids, unsent_at=None).select_related("content")
    return list(rows.order_by("sent_at", "id"))


def _pictures(chosen: list[Message]) -> list[MessageContent]:
    return [
        one.content
        for one in chosen
        if one.kind == "image"
        and hasattr(one, "content")
        and one.content.state == MessageContent.State.STORED
    ]


def _filled_in(
    case: ChatCase,
    chosen: list[Message],
    place: Message | None,
    pictures: list[MessageContent],
    staff: Staff,
) -> dict[str, Any]:
    words = [one.text.strip() for one in chosen if one.kind == "text" and one.text.strip()]
    earlier = _earlier(case, staff)
    return {
        "filing_key": uuid4(),
        "subject": shorten(" ".join(words[0].split()), 60) if words else "",
        "details": "\n".join(words)[:5000],
        "place": str(place.details.get("title") or place.details.get("address") or "")[:300]
        if place
        else "",
        "position": place is not None,
        "pictures": [one.token for one in pictures[:MAX_PHOTOS]],
        "full_name": earlier.reporter_name if earlier else case.resident.display_name,
        "phone": earlier.phone if earlier else "",
    }


def _earlier(case: ChatCase, staff: Staff) -> Complaint | None:
    """Return her latest case that `staff` may see, with the name and telephone of hers.

    Names and numbers of restricted cases stay there.
    """
    if not staff.has_perm(SEES):
        return None
    mine = visible_complaints(
        staff,
        Complaint.objects.filter(
            resident__in=same_person(case.resident), category__restricted=False
        ),
    )
    return mine.exclude(hide_name=True).order_by("-id").first()


def _position(place: Message | None) -> dict[str, Decimal]:
    if place is None:
        return {}
    return {
        name: Decimal(str(place.details[name])).quantize(Decimal("0.000001"))
        for name in ("latitude", "longitude")
    }


def _page(
    request: HttpRequest,
    case: ChatCase,
    form: FromChatForm,
    pictures: list[MessageContent],
    place: Message | None,
) -> HttpResponse:
    if is_fetch(request) and form.errors:
        errors = {
            name: [text for one in found for text in one.messages]
            for name, found in form.errors.as_data().items()
        }
        return JsonResponse({"errors": errors}, status=422)
    if place is None:
        del form.fields["position"]
    chosen = form["pictures"].value() or []
    context = {
        **admin.site.each_context(request),
        "title": "สร้างเรื่องจากแชต",
        "case": case,
        "form": form,
        "fields": [form[name] for name in form.fields if name not in ("filing_key", "pictures")],
        "pictures": [(one, one.token in chosen) for one in pictures],
        "back_url": f"{reverse('admin:chatops_chatcase_changelist')}?case={case.pk}",
    }
    response = TemplateResponse(
        request,
        "complaints/admin/from_chat.html",
        context,
        status=422 if form.errors else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


def may_propose(staff: Staff) -> bool:
    """Tell whether `staff` is offered the form."""
    return bool(staff.has_perm(MOVES))
