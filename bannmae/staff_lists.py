"""Lists of the admin: narrowed by what they declare alone, and quick however much is in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ListFilter, ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from bannmae.staff_input import RowsField, row_id

COUNT_LIMIT = 1000
SEARCH_LIMIT = 200  # characters; each word more is another condition of the query


def declared_parameters(model: type[Model], filters: Iterable[Any]) -> frozenset[str]:
    """Return the names that `filters`, a list_filter of `model`, read in an address.

    Of a field these are the ones of Django's own filters for it.
    """
    names: set[str] = set()
    for one in filters:
        if isinstance(one, type) and issubclass(one, ListFilter):
            names.add(one.parameter_name)  # type: ignore[attr-defined]
            continue
        field = get_fields_from_path(model, one)[-1]
        exact = f"{one}__{field.target_field.name}__exact" if field.is_relation else f"{one}__exact"
        names |= {exact, f"{one}__isnull"}
    return frozenset(names)


class DeclaredChangeList(ChangeList):
    """A list that its declared filters narrow, and nothing else that an address may say.

    Django's would take a condition on any column: whoever sees a list could ask who is spoken
    of in a case, or read a password's hash letter by letter.
    """

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Leave out whatever no filter of the list reads."""
        known = declared_parameters(self.model, self.list_filter)
        sent = super().get_filters_params(params)
        return {name: value for name, value in sent.items() if name in known}


class StaffModelAdmin(ModelAdmin):
    """What every model in the staff's site is shown by."""

    # Facets would count each choice of each filter anew.
    show_facets = ShowFacets.NEVER

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the parameters of the declared filters."""
        filters = self.get_list_filter(request) if request else self.list_filter
        return lookup in declared_parameters(self.model, filters)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Take no other conditions from the address."""
        return DeclaredChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for no more words than a query can hold."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(
            request, queryset, search_term[:SEARCH_LIMIT]
        )
        return found

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Take rows by ids that the database can hold."""
        kwargs.setdefault("form_class", RowsField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Pass over ticks that are no row's."""
        sent = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST = request.POST.copy()  # type: ignore[assignment]
        request.POST.setlist(ACTION_CHECKBOX_NAME, [one for one in sent if row_id(one)])
        return super().response_action(request, queryset)


class CappedPaginator(Paginator):
    """Counts no further than COUNT_LIMIT rows, and offers pages only up to there.

    Whoever wants what lies deeper searches or filters; counting all of 100,000 rows would
    cost every page more than its own rows.
    """

    template_name = "admin/capped_pagination.html"

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNT_LIMIT + 1].count())

    @cached_property
    def count(self) -> int:
        """Rows that can be paged through."""
        return min(self._counted, COUNT_LIMIT)

    @property
    def capped(self) -> bool:
        """True when there are more rows than that."""
        return self._counted > COUNT_LIMIT

    @property
    def figure(self) -> str:
        """The count in words: '12', '1,000+'."""
        return f"{self.count:,}{'+' if self.capped else ''}"


class CappedChangeList(DeclaredChangeList):
    """A list whose header does not speak of results: its foot says how many there are."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; there is no second count."""
        super().get_results(request)
        self.full_result_count = self.result_count


class CappedListAdmin(StaffModelAdmin):
    """A model with many rows."""

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Count no further than needed."""
        return CappedChangeList


class ReadOnly:
    """Of pages that show what is written by the functions of their room: no form writes here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


def without_shortcuts(field: Any) -> Any:
    """Return a form field without the theme's links that add or change the related rows.

    What a form refers to is kept in a list of its own, with its own permissions.
    """
    for name in ("can_add_related", "can_change_related", "can_view_related"):
        if field is not None and hasattr(field.widget, name):
            setattr(field.widget, name, False)
    return field
