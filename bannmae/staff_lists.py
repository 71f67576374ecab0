"""Lists of the admin that stay quick however much is in them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

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
