"""The cheapest way to pair rows with columns (the Hungarian method, with potentials)."""

from __future__ import annotations

from collections.abc import Sequence

INFINITE = 10**15
# Leaving a row or a column alone costs more than any pair: as many pairs as can be.
FORBIDDEN = 10**9


def cheapest(costs: Sequence[Sequence[int | None]]) -> list[tuple[int, int]]:
    """Return pairs (row, column), as many as can be, together the cheapest; None is no pair.

    `costs` is a full matrix of whole numbers from 0 to below 10**7. The same costs always give
    the same pairs. Takes rows × columns × the larger of them steps.

    >>> cheapest([[1, 2], [2, 4]])
    [(0, 1), (1, 0)]
    >>> cheapest([[5, None], [1, None]])
    [(1, 0)]
    """
    rows = len(costs)
    columns = len(costs[0]) if rows else 0
    size = max(rows, columns)
    square = [
        [
            cost
            if row < rows and column < columns and (cost := costs[row][column]) is not None
            else FORBIDDEN
            for column in range(size)
        ]
        for row in range(size)
    ]
    of_column = _solve(square, size)
    pairs = [
        (row, column)
        for column, row in enumerate(of_column)
        if row < rows and column < columns and costs[row][column] is not None
    ]
    return sorted(pairs)


def _solve(square: Sequence[Sequence[int]], size: int) -> list[int]:
    """Return the row of each column. Rows and columns count from 1 inside; 0 is the start."""
    of_row, of_column = [0] * (size + 1), [0] * (size + 1)
    matched, way = [0] * (size + 1), [0] * (size + 1)
    for row in range(1, size + 1):
        matched[0] = row
        column = 0
        least = [INFINITE] * (size + 1)
        used = [False] * (size + 1)
        while True:
            used[column] = True
            here, step, following = matched[column], INFINITE, 0
            for other in range(1, size + 1):
                if used[other]:
                    continue
                cost = square[here - 1][other - 1] - of_row[here] - of_column[other]
                if cost < least[other]:
                    least[other], way[other] = cost, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(size + 1):
                if used[other]:
                    of_row[matched[other]] += step
                    of_column[other] -= step
                else:
                    least[other] -= step
            column = following
            if matched[column] == 0:
                break
        while column:
            before = way[column]
            matched[column] = matched[before]
            column = before
    return [row - 1 for row in matched[1:]]
