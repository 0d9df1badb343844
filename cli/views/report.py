"""A report on a terminal: each figure as a sentence and bars of characters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.cli.console import printable
from smoothl1.cli.views.aligned import aligned
from smoothl1.cli.views.tables import text_of
from smoothl1.figures.contract import Bars, Cells, Curve, Ranges
from smoothl1.figures.names import cut_to_fit
from smoothl1.figures.scales import place
from smoothl1.number_texts import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.figures.contract import Axis, Drawing, Figure
    from smoothl1.figures.report import Report

    _Characters = tuple[str, str, tuple[str, str, str, str]]


_BLOCKS: _Characters = ("▏▎▍▌▋▊▉█", "░▒▓█", ("├", "─", "┤", "●"))
_ASCII: _Characters = ("#", ".:*#", ("|", "-", "|", "o"))
_MOST_LINES = 16
_MOST_ROWS = 10
_LEAST_BAR = 4
"""Characters of a bar that shows something."""


def report_text(report: Report, width: int, *, is_ascii: bool) -> str:
    """The report as lines.

    Args:
        report: The report.
        width: The width of the terminal, in characters.
        is_ascii: Whether only ASCII is written.

    Returns:
        Text that ends with a line end.
    """
    parts = [_wrapped(printable(report.title), width)]
    parts += [_figure(figure, width, _ASCII if is_ascii else _BLOCKS) for figure in report.figures]
    parts.append("".join(_wrapped(printable(note), width) for note in report.notes))
    text = "\n".join(parts)
    return _in_ascii(text) if is_ascii else text


def _figure(figure: Figure, width: int, characters: _Characters) -> str:
    title = _wrapped(printable(figure.title), width)
    rule = ("-" if characters is _ASCII else "─") * max(map(len, title.splitlines()))
    text = f"{title}{rule}\n" + _wrapped(printable(figure.sentence), width)
    if figure.drawing is None:
        text += _table(figure, width)
    else:
        text += "".join(f"{line.rstrip()}\n" for line in _drawn(figure.drawing, width, characters))
    if isinstance(figure.drawing, Ranges):  # its note is about the other drawing
        n, n_shown = len(figure.table[0].cells), min(_MOST_ROWS, len(figure.drawing.rows))
        return text + (f"{n_shown} of {n:,}\n" if n > n_shown else "")
    return text + (_wrapped(printable(figure.note), width) if figure.note else "")


def _table(figure: Figure, width: int) -> str:
    columns = figure.table
    n_rows = len(columns[0].cells)
    rows = [
        [printable(text_of(column.cells[i], 6)) for column in columns]
        for i in range(min(n_rows, _MOST_ROWS * 2))
    ]
    heads = [column.name for column in columns]
    more = n_rows - len(rows)
    rest = f"and {more:,} more\n" if more > 0 else ""
    return aligned(heads, rows, [column.kind == "text" for column in columns], width) + rest


def _drawn(drawing: Drawing, width: int, characters: _Characters) -> Iterable[str]:
    if isinstance(drawing, Bars):
        return _bars(drawing, width, characters[0])
    if isinstance(drawing, Curve):
        return _curve(drawing, width, characters[0])
    if isinstance(drawing, Cells):
        return _cells(drawing, width, characters[1])
    return _ranges(drawing, width, characters[2])


def _bars(drawing: Bars, width: int, parts: str) -> Iterable[str]:
    """A line for each bar, with the edge at which it begins; neighbours are joined if many."""
    widths = [
        math.log(right / left) if drawing.x.is_log else right / 2 - left / 2
        for left, right in zip(drawing.edges, drawing.edges[1:], strict=False)
    ]
    areas = [height * width for height, width in zip(drawing.heights, widths, strict=True)]
    step = -(-len(areas) // _MOST_LINES)
    groups = [slice(i, i + step) for i in range(0, len(areas), step)]
    starts, total = [drawing.edges[group.start] for group in groups], sum(areas)
    rows = [
        (
            short(start, 3),
            sum(areas[group]) / sum(widths[group]),
            f"{sum(areas[group]) / total:.1%}",
        )
        for start, group in zip(starts, groups, strict=True)
    ]
    rows.append((short(drawing.edges[-1], 3), 0.0, ""))  # where the last one ends
    told = (
        f"Left: {drawing.x.label}, from this number up to that of the next line. Bar: "
        f"{drawing.y.label}. Right: share of these pairs."
    )
    for mark in drawing.marks:
        told += f" Line {sum(start <= mark.at for start in starts)} of {len(starts)}: {mark.label}."
    yield from _wrapped(told, width).splitlines()
    yield from _lengths(rows, width, parts)


def _curve(drawing: Curve, width: int, parts: str) -> Iterable[str]:
    step = -(-len(drawing.points) // _MOST_LINES)
    groups = [drawing.points[i : i + step] for i in range(0, len(drawing.points), step)]
    points = [(some[0][0], sum(y for _, y in some) / len(some)) for some in groups]
    joined = f", the average of {step} one after the other" if step > 1 else ""
    told = f"Left: {drawing.x.label}. Bar and right: {drawing.y.label}{joined}."
    yield from _wrapped(told, width).splitlines()
    yield from _lengths([(f"{x:,.6g}", y, short(y)) for x, y in points], width, parts)


def _lengths(rows: Sequence[tuple[str, float, str]], width: int, parts: str) -> Iterable[str]:
    """Lines of a name, a bar from 0 on, and a text."""
    most = max((value for _, value, _ in rows), default=0.0) or 1.0
    names = max(len(name) for name, _, _ in rows)
    texts = max(len(text) for _, _, text in rows)
    room = _room(width, names, texts)
    for name, value, text in rows:
        bar = f"{name:>{names}} {_bar(value / most, room, parts):<{room}}"
        yield f"{bar} {text:>{texts}}" if len(bar) + texts < width else bar


def _room(width: int, names: int, texts: int) -> int:
    """Characters for a bar between names and texts; texts give way to a bar of a few."""
    room = width - names - texts - 2
    return room if room >= _LEAST_BAR else max(1, width - names - 1)


def _bar(part: float, room: int, parts: str) -> str:
    """A bar of that part of the room."""
    eighths = round(part * room * len(parts))
    full, rest = divmod(eighths, len(parts))
    return parts[-1] * full + (parts[rest - 1] if rest else "")


def _cells(drawing: Cells, width: int, shades: str) -> Iterable[str]:
    n = max(len(drawing.counts), len(drawing.counts[0]))
    low, high = short(drawing.y.low, 3), short(drawing.y.high, 3)
    margin = max(len(low), len(high))
    step = max(1, -(-n // min(32, max(1, (width - margin - 1) // 2))))
    rows = [
        [
            sum(sum(row[j : j + step]) for row in drawing.counts[i : i + step])
            for j in range(0, len(drawing.counts[0]), step)
        ]
        for i in range(0, len(drawing.counts), step)
    ]
    most = max(map(max, rows))
    axes = f"Upwards: {drawing.y.label}. To the right: {drawing.x.label}."
    yield from _wrapped(axes, width).splitlines()
    for i, row in enumerate(reversed(rows)):
        edge = {0: high, len(rows) - 1: low}.get(i, "")
        yield f"{edge:>{margin}} " + "".join(2 * _shade(count, most, shades) for count in row)
    low, high = short(drawing.x.low, 3), short(drawing.x.high, 3)
    ends = low + high.rjust(max(len(high) + 1, 2 * len(rows[0]) - len(low)))
    if margin + 1 + len(ends) <= width:
        yield " " * (margin + 1) + ends
    else:
        yield from _wrapped(f"{drawing.x.label} from {low} to {high}", width).splitlines()


def _shade(count: int, most: int, shades: str) -> str:
    if count == 0:
        return " "
    if most == 1:
        return shades[-1]
    return shades[min(len(shades) - 1, int(len(shades) * math.log(count) / math.log(most)))]


def _ranges(drawing: Ranges, width: int, marks: tuple[str, str, str, str]) -> Iterable[str]:
    from rich.cells import cell_len

    left, line, right, dot = marks
    rows = drawing.rows[:_MOST_ROWS]
    shown = _names([name for name, *_ in rows], max(4, width // 3), is_ascii=marks is _ASCII[2])
    names = cell_len(shown[0])
    texts = max(len(short(value)) for _, value, _, _ in rows)
    room = _room(width, names, texts)
    yield from _wrapped(drawing.x.label, width).splitlines()
    for name, (_, value, low, high) in zip(shown, rows, strict=True):
        cells = [" "] * room
        if low <= high:
            start, stop = (_column(drawing.x, bound, room) for bound in (low, high))
            cells[start : stop + 1] = line * (stop - start + 1)
            cells[start], cells[stop] = left, right
        if math.isfinite(value):
            cells[_column(drawing.x, value, room)] = dot
        drawn = f"{name} {''.join(cells)}"
        yield f"{drawn} {short(value):>{texts}}" if len(drawn) + texts < width else drawn


def _names(names: Sequence[str], most: int, *, is_ascii: bool) -> list[str]:
    """Names in cells of one width; long ones are cut, and dots say so."""
    from rich.cells import cell_len

    texts = [_in_ascii(printable(name)) if is_ascii else printable(name) for name in names]
    cut = cut_to_fit(texts, most, cell_len, ".." if is_ascii else "\N{HORIZONTAL ELLIPSIS}")
    widest = max(map(cell_len, cut))
    return [text + " " * (widest - cell_len(text)) for text in cut]


def _column(axis: Axis, value: float, room: int) -> int:
    return min(room - 1, int(place(axis, value) * room))


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "".join(f"{line}\n" for line in textwrap.wrap(text, max(width, 20)))


def _in_ascii(text: str) -> str:
    plain = text.replace("\N{HORIZONTAL ELLIPSIS}", "...")
    return plain.encode("ascii", "backslashreplace").decode()
