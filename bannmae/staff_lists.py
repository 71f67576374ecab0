"""Lists of the admin that stay quick however much is in them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

COUNT_LIMIT = 1000


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


class CappedChangeList(ChangeList):
    """A list whose header does not speak of results: its foot says how many there are."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; there is no second count."""
        super().get_results(request)
        self.full_result_count = self.result_count


class CappedListAdmin(ModelAdmin):
    """A model with many rows."""

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Count no further than needed."""
        return CappedChangeList


def without_shortcuts(field: Any) -> Any:
    """Return a form field without the theme's links that add or change the related rows.

    What a form refers to is kept in a list of its own, with its own permissions.
    """
    for name in ("can_add_related", "can_change_related", "can_view_related"):
        if field is not None and hasattr(field.widget, name):
            setattr(field.widget, name, False)
    return field
