"""Tables for people: aligned columns, or on a narrow terminal a line for each cell."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.cli.console import escaped
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.results.columns import group_names
from smoothl1.tallies.group import is_of_names, level_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

_GAP = "  "

_LEAST_ROOM = 14
"""Fewest characters into which text is folded: in fewer, many words would be cut."""

_PARTS = lazy_pattern(r"[^ _./-]*[ _./-]|[^ _./-]+")
"""A word, or a part of a name, with the mark or the blank behind it."""


def aligned(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    are_text: Sequence[bool],
    width: int | None = None,
) -> str:
    """A table of aligned columns: text to the left, numbers to the right.

    Args:
        heads: The heads of the columns.
        rows: The cells of each row, printable text.
        are_text: Whether each column is text.
        width: The width of the terminal, in characters; None if there is no limit. A table that is
            wider is not cut: each cell has a line of its own, after the head of its column.

    Returns:
        Lines without spaces at their ends, each with its line end.
    """
    lines = [heads, *rows]
    widths = _widths(heads, rows)
    if width is not None and _total(widths) > width:
        return _listed(heads, rows, width)
    padded = [
        [
            _padded(cell, room, is_text=is_text)
            for cell, room, is_text in zip(line, widths, are_text, strict=True)
        ]
        for line in lines
    ]
    return "".join(f"{_GAP.join(line).rstrip()}\n" for line in padded)


def fitted(
    rows: Sequence[Mapping[str, str]],
    least_wanted: Sequence[Collection[str]],
    width: int,
    is_text: Callable[[str], bool],
    levels: Sequence[str] = (),
) -> str:
    """A table of rows for a terminal.

    If it is too wide, it lacks columns, and a sentence names them and says where they are. Before
    those are left out that are wanted most of these, text is folded. If that does not help, several
    tables, one below the other, share the rest of the columns. A single row, and what is still too
    wide, has a line for each cell of all columns.

    Args:
        rows: The cells of each row by the heads of their columns; one that lacks is empty.
        least_wanted: Columns that a narrow terminal does without, in this order; those of one
            collection at once.
        width: The width of the terminal, in characters.
        is_text: Whether a column is text, by its head.
        levels: The columns that the groups are of, which are named in place of `group`.

    Returns:
        Lines, each with its line end.
    """
    every = list(dict.fromkeys(name for row in rows for name in row))
    called = names_of_groups(every, levels)
    table = _Table(
        [escaped(called.get(name, name)) for name in every],
        [[row.get(name, "") for name in every] for row in rows],
        list(map(is_text, every)),
    )
    drops = [
        {head for some in least_wanted[:n] for head in some} for n in range(len(least_wanted) + 1)
    ]
    most = drops[-1:] if len(rows) > 1 else []
    ways = [(_in_lines, drops[:-1]), (_in_folds, drops), (_shared, most)]
    for lay_out, dropped in ((way, dropped) for way, some in ways for dropped in some):
        part = table.part([i for i, head in enumerate(every) if head not in dropped])
        if (shown := lay_out(part, width)) is not None:
            left_out = ", ".join(head for head in every if head in dropped)
            rest = f"not shown: {left_out} (in a wider terminal, and with --json)"
            return shown + (folded(rest, width) if left_out else "")
    return _listed(table.heads, table.rows, width)


def names_of_groups(heads: Sequence[str], levels: Sequence[str]) -> dict[str, str]:
    """The columns that groups are of, by what tables call the groups.

    Args:
        heads: The heads of a table.
        levels: The columns that the groups are of.
    """
    others = (head for head in heads if not is_of_names(head))
    return dict(zip(level_names(len(levels)), group_names(levels, others), strict=True))


def folded(sentence: str, width: int, margin: str = "") -> str:
    """A sentence in lines for a terminal, each with its line end. No word is cut.

    Args:
        sentence: The sentence.
        width: Characters in a line.
        margin: What stands before all lines but the first.
    """
    import textwrap  # late: only for terminals

    words = sentence.lstrip(" ")
    lines = textwrap.wrap(
        words,
        width,
        initial_indent=sentence[: len(sentence) - len(words)],
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in lines)


class _Table(NamedTuple):
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    are_text: Sequence[bool]

    def part(self, places: Sequence[int]) -> _Table:
        """The table of some columns."""
        return _Table(
            [self.heads[i] for i in places],
            [[row[i] for i in places] for row in self.rows],
            [self.are_text[i] for i in places],
        )


def _in_lines(table: _Table, width: int) -> str | None:
    """The table with a line for each row; None if it is too wide."""
    return aligned(*table) if _total(_widths(table.heads, table.rows)) <= width else None


def _in_folds(table: _Table, width: int) -> str | None:
    """The table with text folded into several lines; None if no text has enough room."""
    rooms = _widths(table.heads, table.rows)
    texts = [i for i, is_text in enumerate(table.are_text) if is_text and rooms[i] > _LEAST_ROOM]
    for i in texts:
        rooms[i] = min(rooms[i], width)
    while texts and _total(rooms) > width:
        widest = max(texts, key=lambda i: rooms[i])
        if rooms[widest] == _LEAST_ROOM:
            return None
        rooms[widest] -= 1
    if _total(rooms) > width:
        return None
    lines: list[Sequence[str]] = []
    for row in (table.heads, *table.rows):
        cells = [_folds(cell, rooms[i]) if i in texts else [cell] for i, cell in enumerate(row)]
        lines += zip_longest(*cells, fillvalue="")
    heads, *rows = lines
    return aligned(heads, rows, table.are_text)


def _folds(text: str, room: int) -> list[str]:
    """A text in lines of a width, which end behind words and parts of names as far as possible."""
    from rich.cells import cell_len, chop_cells  # late; it knows the width of wide characters

    if not text:
        return [""]
    lines = [""]
    for part in _PARTS.findall(text):
        if cell_len(f"{lines[-1]}{part}".rstrip()) <= room:
            lines[-1] += part
        else:
            lines += [f"{_GAP}{piece}" for piece in chop_cells(part, room - len(_GAP))]
    first, *others = (line.rstrip() for line in (lines if lines[0] else lines[1:]))
    return [first.removeprefix(_GAP), *others]


def _shared(table: _Table, width: int) -> str | None:
    """Tables that share the columns. Each has those that say what a row is about, up to the names.

    None if one is still too wide.
    """
    n_subjects = max((i + 1 for i, is_text in enumerate(table.are_text) if is_text), default=1)
    widths, subjects = _widths(table.heads, table.rows), list(range(n_subjects))
    shares: list[list[int]] = []
    for i in range(n_subjects, len(widths)):
        if not shares or _total([widths[j] for j in (*shares[-1], i)]) > width:
            shares.append([*subjects])
        shares[-1].append(i)
    if any(_total([widths[j] for j in share]) > width for share in shares):
        return None
    return "\n".join(aligned(*table.part(share)) for share in shares)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len  # late; it knows the width of wide characters

    return [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]


def _padded(cell: str, width: int, *, is_text: bool) -> str:
    from rich.cells import cell_len

    blanks = " " * (width - cell_len(cell))
    return cell + blanks if is_text else blanks + cell


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _listed(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """A line for each cell that is not empty, after its head; and an empty line between rows.

    In a table of two columns, the first of which names what the second has, each name has a line,
    and what it names the next lines.
    """
    if len(heads) == 2:
        return "".join(f"{name}\n{_indented(cell, width)}" for name, cell in rows)
    (longest,) = _widths([""], [[head] for head in heads])

    def line(head: str, cell: str) -> str:
        named = f"{_padded(head, longest, is_text=True)}{_GAP}{cell}"
        return f"{named}\n" if _widths([named], []) <= [width] else f"{head}\n{_GAP}{cell}\n"

    blocks = (
        [line(head, cell) for head, cell in zip(heads, row, strict=True) if cell] for row in rows
    )
    return "\n".join(map("".join, blocks))


def _indented(cell: str, width: int) -> str:
    """A cell in lines of its own, which are indented if its words leave room for that."""
    (longest,) = _widths([""], [[word] for word in cell.split()])
    margin = _GAP if longest + len(_GAP) <= width else ""
    return folded(margin + cell, width, margin)
