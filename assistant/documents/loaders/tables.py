"""Tables → rows that can be read alone: each names its columns, since a row without its header says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HEADER_CELL_MAX = 80
_SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Table:
    """A table's cells, row by row, spanned cells repeated; ``headers`` is how many rows are known to name columns."""

    rows: Sequence[Sequence[str]]
    headers: int = 0


def row_texts(table: Table) -> Iterator[tuple[int, str]]:
    """The rows under the header as "Item: magnets | Code: 1C902", each with its place in the table; empty ones not.

    A table that marks no header has one where its first row reads like it. One that is all header gives its rows bare.
    """
    folded = [(at, [" ".join(cell.split()) for cell in row]) for at, row in enumerate(table.rows)]
    rows = [(at, row) for at, row in folded if any(row)]
    headers = sum(at < table.headers for at, _ in rows) or (1 if _reads_like_header([row for _, row in rows]) else 0)
    if headers >= len(rows):
        headers = 0
    names = _column_names([row for _, row in rows[:headers]])
    for at, row in rows[headers:]:
        yield at, _row_text(row, names)


def _reads_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: every cell has a short text of its own that is no number."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    first = rows[0]
    return (
        all(0 < len(cell) <= _HEADER_CELL_MAX for cell in first)
        and len(set(first)) == len(first)
        and not any(cell[0].isdigit() or cell[-1] in ".;。；" for cell in first)
    )


def _column_names(headers: Sequence[Sequence[str]]) -> list[str]:
    """A name for each column; of several header rows, the texts from top to bottom, each once."""
    width = max((len(row) for row in headers), default=0)
    columns = ([row[at] for row in headers if at < len(row) and row[at]] for at in range(width))
    return [" ".join(dict.fromkeys(column)).rstrip(":：") for column in columns]


def _row_text(row: Sequence[str], names: Sequence[str]) -> str:
    if len(set(row)) == 1:  # one cell over the whole width
        return row[0]
    parts = []
    for at, cell in enumerate(row):
        if not cell or (at and cell == row[at - 1] and _name(names, at) == _name(names, at - 1)):
            continue
        name = _name(names, at)
        parts.append(f"{name}: {cell}" if name and name != cell else cell)
    return _SEPARATOR.join(parts)


def _name(names: Sequence[str], at: int) -> str:
    return names[at] if at < len(names) else ""
