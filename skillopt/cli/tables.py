"""Tables on stdout: folded to the terminal's width, and one full line per row in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from skillopt.cli.output import is_coloured, put
from skillopt.cli.results import results
from skillopt.cli.terminal import printable, width

if TYPE_CHECKING:
    from rich.table import Table

GAP = 2
"""Columns of space between two columns of a table."""
NARROWEST_TEXT = 24
"""Columns the last column needs; where they are not left, each row takes several lines."""


class Column(NamedTuple):
    """A column of a table."""

    title: str
    right: bool = False
    """Aligned to the right: a number."""


def say_table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], *, report: bool = False
) -> None:
    """Print a table to stdout.

    On a terminal it has a header and no wider line than the terminal: the last column is folded,
    and where no room is left for it, all columns but the first stand below each other. In a pipe or
    a file there is one line per row, whole and without a header, for `cut`, `wc` and the like.

    Args:
        columns: from left to right; the last one is the text that may be long.
        rows: one cell per column; control characters are escaped.
        report: the header is shown in a pipe, too: without it the cells say nothing.
    """
    lines = table_lines(columns, rows, report=report, colours=is_coloured(results()))
    for line in lines:
        put(line)


def table_lines(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    report: bool = False,
    colours: bool = False,
) -> tuple[str, ...]:
    """The lines of :func:`say_table`; none for no rows."""
    cells = [tuple(printable(cell).replace("\n", " ") for cell in row) for row in rows]
    if not cells:
        return ()
    if results().isatty():
        return tuple(_drawn(columns, cells, colours=colours))
    head = [tuple(column.title.upper() for column in columns)] if report else []
    return tuple(_whole(columns, [*head, *cells]))


def _whole(columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    # Without rich, which takes a second for a few thousand rows.
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (
            cell.rjust(size) if column.right else cell.ljust(size)
            for column, cell, size in zip(columns, row, widths, strict=True)
        )
        yield (" " * GAP).join(padded).rstrip()


def _drawn(
    columns: Sequence[Column], rows: Sequence[tuple[str, ...]], *, colours: bool
) -> Iterable[str]:
    from io import StringIO

    from rich.cells import cell_len
    from rich.console import Console

    natural = [
        max(cell_len(cell) for cell in (column.title, *cells))
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    left = width() - sum(natural[:-1]) - GAP * (len(columns) - 1)
    fits = left >= min(natural[-1], NARROWEST_TEXT)
    console = Console(
        file=StringIO(),
        width=width(),
        force_terminal=colours,
        color_system="standard" if colours else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(_table(columns, rows) if fits else _stacked(columns, rows))
    assert isinstance(console.file, StringIO)
    return (line.rstrip() for line in console.file.getvalue().splitlines())


def _table(columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> Table:
    from rich.text import Text

    table = _empty(show_header=True)
    for column in columns:
        last = column is columns[-1]
        table.add_column(
            column.title.upper(),
            justify="right" if column.right else "left",
            no_wrap=not last,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _stacked(columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> Table:
    """The first column, and beside it all others; a number says what it is."""
    from rich.cells import cell_len
    from rich.text import Text

    table = _empty(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        named = [
            f"{column.title} {cell}" if column.right and cell else cell
            for column, cell in zip(columns, row, strict=True)
        ]
        first, *middle, last = named
        lines = _packed([cell for cell in middle if cell], width() - cell_len(first) - GAP)
        table.add_row(Text(first), Text("\n".join(filter(None, (*lines, last)))))
    return table


def _packed(cells: Sequence[str], room: int) -> list[str]:
    """Cells in as few lines as they fit in, none of them broken but one that is wider alone."""
    from rich.cells import cell_len

    lines: list[str] = []
    for cell in cells:
        longer = f"{lines[-1]}{' ' * GAP}{cell}" if lines else ""
        if longer and cell_len(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(cell)
    return lines


def _empty(*, show_header: bool) -> Table:
    from rich.table import Table

    return Table(
        box=None,
        pad_edge=False,
        padding=(0, GAP, 0, 0),
        show_header=show_header,
        header_style="bold",
    )
