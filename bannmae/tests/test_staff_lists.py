"""The staff's lists take from an address what they declare, and break at nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from bannmae import testing
from bannmae.models import Division, Staff
from complaints.models import Category, Complaint

pytestmark = pytest.mark.django_db
ADMINS = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
every_admin = pytest.mark.parametrize(
    ("model", "model_admin"), [pytest.param(*one, id=one[0]._meta.label_lower) for one in ADMINS]
)
LOOKUPS = (
    "", "exact", "id", "id__exact", "pk__in", "in", "isnull", "regex", "iregex", "contains",
    "startswith", "gt", "lte", "year", "password__regex", "username__startswith",
)  # fmt: skip
NINES = "9" * 30


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def root() -> Client:
    """A browser of who may open every list: an administrator who belongs to กองคลัง."""
    return as_(testing.make_staff("root", is_superuser=True, divisions=("finance",)))


def list_of(model: type[Model]) -> str:
    """The address of a model's list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def lookups(model: type[Model]) -> Iterator[str]:
    """Conditions on every column and relation, and on what lies behind the relations."""
    fields = [field.name for field in model._meta.get_fields()]
    behind = [
        f"{field.name}__{further.name}"
        for field in model._meta.get_fields()
        if field.related_model and isinstance(field.related_model, type)
        for further in field.related_model._meta.get_fields()
    ]
    for name in ["pk", *fields, *behind]:
        for lookup in LOOKUPS:
            yield f"{name}__{lookup}".removesuffix("__")


def declared(model_admin: ModelAdmin, request: Any) -> set[str]:
    """What the filters of a list read, as they say themselves."""
    from django.contrib.admin.filters import FieldListFilter
    from django.contrib.admin.utils import get_fields_from_path

    model, names = model_admin.model, set()
    for one in model_admin.get_list_filter(request):
        if isinstance(one, type) and issubclass(one, SimpleListFilter):
            names.add(one.parameter_name)
        else:
            field = get_fields_from_path(model, one)[-1]
            made = FieldListFilter.create(field, request, {}, model, model_admin, field_path=one)
            names |= set(made.expected_parameters())
    return names


@every_admin
def test_no_list_takes_a_condition_that_it_does_not_declare(
    model: type[Model], model_admin: ModelAdmin
) -> None:
    request = RequestFactory().get("/")
    request.user = testing.make_staff("root", is_superuser=True)
    own = declared(model_admin, request)
    taken = {name for name in lookups(model) if model_admin.lookup_allowed(name, "1", request)}
    assert taken <= own
    assert {name for name in own if model_admin.lookup_allowed(name, "1", request)} == own


@every_admin
def test_unknown_conditions_leave_the_list_as_it_is(
    model: type[Model], model_admin: ModelAdmin, root: Client
) -> None:
    column = model._meta.pk.name
    odd = {f"{column}__gt": NINES, f"{column}__regex": "(a", "nothing__like__it": "\0", "x": "1"}
    answer = root.get(list_of(model), odd)
    assert answer.status_code == 200
    if "cl" in (answer.context or {}):
        plain = root.get(list_of(model)).context["cl"]
        assert [*answer.context["cl"].result_list] == [*plain.result_list]


@every_admin
def test_no_order_page_search_or_filter_breaks_a_list(
    model: type[Model], model_admin: ModelAdmin, root: Client
) -> None:
    request = RequestFactory().get("/")
    request.user = Staff.objects.get(username="root")
    numbers, words = (NINES, "9" * 5000), ("(a", "%00")
    odd = {
        "o": (*numbers, f"-{NINES}", "", "1.-1.0", *words),
        "q": (*numbers, *words, '"'),
        "p": (*numbers, f"-{NINES}", *words),
        "_facets": ("1",),
        "_popup": ("1",),
    } | dict.fromkeys(declared(model_admin, request), (*numbers, *words))
    for name, values in odd.items():
        for value in values:
            answer = root.get(f"{list_of(model)}?{name}={value}", follow=True)
            assert answer.status_code == 200, (name, value)


@every_admin
def test_a_search_for_thousands_of_words_is_answered(
    model: type[Model], model_admin: ModelAdmin, root: Client
) -> None:
    assert root.get(list_of(model), {"q": "a bcd " * 700}).status_code == 200


@every_admin
def test_no_number_of_a_row_breaks_its_page(
    model: type[Model], model_admin: ModelAdmin, root: Client
) -> None:
    for key in (NINES, "9" * 5000, "²"):
        for tail in ("change/", "history/", "delete/"):
            answer = root.get(f"{list_of(model)}{key}/{tail}", follow=True)
            assert answer.status_code in (200, 403, 404), (key[:40], tail)


def test_whom_a_case_speaks_of_is_not_told_by_the_list(executive: Staff, engineer: Staff) -> None:
    case = testing.make_complaint()
    case.accused.add(executive)
    other = testing.make_complaint()
    shown = as_(engineer).get(
        reverse("admin:complaints_complaint_changelist"), {"accused__id__exact": executive.pk}
    )
    assert [row.pk for row in shown.context["rows"]] == [other.pk, case.pk]


def test_a_password_is_not_read_letter_by_letter(root: Client) -> None:
    letter = Staff.objects.get(username="root").password[0]
    lists = [
        root.get(list_of(Staff), {"password__regex": pattern}).context["cl"].result_count
        for pattern in (f"^{letter}", "^#")
    ]
    assert lists == [1, 1]


def test_declared_filters_still_narrow(root: Client) -> None:
    engineering = Division.objects.get(slug="engineering")
    officer = testing.make_engineer()
    testing.make_health_officer()
    shown = root.get(list_of(Staff), {"divisions__id__exact": engineering.pk}).context["cl"]
    assert [*shown.result_list] == [officer]
    closed = root.get(list_of(Staff), {"is_active__exact": "0"}).context["cl"]
    assert not [*closed.result_list]


@pytest.mark.parametrize("tick", [NINES, "abc", "9" * 5000, ""])
def test_ticks_that_are_no_row_print_nothing(legal_officer: Staff, tick: str) -> None:
    testing.make_complaint()
    answer = as_(legal_officer).post(
        list_of(Complaint), {"action": "print_sheets", "_selected_action": [tick]}, follow=True
    )
    assert answer.status_code == 200


def test_what_nothing_asks_for_is_not_answered(root: Client) -> None:
    asked = {"app_label": "complaints", "model_name": "complaint", "field_name": "accused"}
    assert root.get(reverse("admin:autocomplete"), asked | {"term": "ส"}).status_code == 404
    assert root.get(reverse("admin:search"), {"s": "a", "page": "x"}).status_code == 404


NO_ROW = ["abc", "²", "-1", NINES, "9" * 5000]


@pytest.mark.parametrize("key", NO_ROW)
def test_no_number_that_a_browser_sends_breaks_a_page_of_a_case(
    legal_officer: Staff, key: str
) -> None:
    case = testing.make_complaint()
    officer, start = as_(legal_officer), f"{list_of(Complaint)}{case.pk}/"
    shown = officer.post(f"{start}preview/", {"to": "assigned", "division": key})
    assert shown.status_code == 200
    assert officer.get(f"{start}scan/{key}/", follow=True).status_code == 404
    assert officer.get(f"{list_of(Complaint)}{key}/change/").status_code == 404
    for fields in ({"division": key}, {"version": key}, {"division": "1", "version": key}):
        sent = officer.post(f"{start}move/assigned/", fields)
        assert sent.status_code == 422, fields
    assert officer.post(f"{start}accused/", {"accused": [key]}).status_code == 422
    sent = officer.post(f"{list_of(Complaint)}add/", {"category": key, "village": key})
    assert sent.status_code == 422


@pytest.mark.parametrize("key", NO_ROW)
def test_no_number_that_a_browser_sends_breaks_a_form_of_the_settings(
    root: Client, key: str
) -> None:
    for model in (Staff, Category, Group, Division):
        kept = model.objects.last()
        fields = {
            "divisions": key, "groups": key, "readers": key, "permissions": key, "parent": key,
            "division": key, "order": key, "days_to_answer": key,
        }  # fmt: skip
        assert root.post(f"{list_of(model)}{kept.pk}/change/", fields).status_code == 200
        assert root.get(f"{list_of(model)}add/", fields).status_code == 200
