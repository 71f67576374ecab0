"""What the tests of the mailbox share: a browser for an officer, and the pages of a case."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bannmae import testing
from bannmae.models import Staff
from complaints.models import Category, Complaint, Order
from complaints.workflow import ExecutiveOrder

LIST = "/admin/complaints/complaint/"


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def page(case: Complaint, name: str = "change", *more: Any) -> str:
    """The address of a page of the case: 'change', 'move', 'reveal' …"""
    return reverse(f"admin:complaints_complaint_{name}", args=[case.pk, *more])


def picture_file(name: str = "after.jpg", **arguments: Any) -> SimpleUploadedFile:
    """A photo as a browser uploads it."""
    return SimpleUploadedFile(name, testing.picture(**arguments), "image/jpeg")


def order_fields(case: Complaint, **changes: Any) -> dict[str, Any]:
    """What the panel of มอบหมาย posts."""
    from django.utils import timezone

    return {
        "version": case.version,
        "note": "",
        "internal_note": "",
        "decision": Order.Decision.ASSIGN.value,
        "ordered_by": "นายกเทศมนตรีตำบลบ้านแม",
        "ordered_on": timezone.localdate().isoformat(),
        "division": case.division_id,
        "order_text": "",
    } | changes


def order_of(case: Complaint, **changes: Any) -> ExecutiveOrder:
    """The same, for workflow.move."""
    from django.utils import timezone

    fields = {
        "decision": Order.Decision.ASSIGN,
        "ordered_by": "นายกเทศมนตรีตำบลบ้านแม",
        "ordered_on": timezone.localdate(),
        "division": case.division,
    }
    return ExecutiveOrder(**(fields | changes))


def restricted_case(*readers: Staff, **arguments: Any) -> Complaint:
    """A case about the conduct of staff, read by `readers` alone."""
    category = Category.objects.select_related("division").get(slug="misconduct")
    category.readers.set(readers)
    arguments.setdefault("subject", "เจ้าหน้าที่เรียกรับเงิน")
    return testing.make_complaint(category=category, **arguments)


def allow(staff: Staff, *codenames: str) -> Staff:
    """Give permissions of this room to one person; returns him as he now is."""
    staff.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="complaints", codename__in=codenames)
    )
    return Staff.objects.get(pk=staff.pk)
