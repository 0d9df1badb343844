"""Drawings as SVG: static, without scripts, and readable without any style sheet.

Colours stand in presentation attributes, which hold where a Content-Security-Policy refuses styles.
Classes let the style sheet of a page replace them, as for a dark page.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.figures.contract import Bars, Cells, Curve, Ranges
from smoothl1.figures.names import cut_to_fit, length
from smoothl1.figures.scales import place, ticks
from smoothl1.figures.texts import escaped
from smoothl1.number_texts import short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from smoothl1.figures.contract import Axis, Drawing, Figure, Mark

WIDTH = 480
_HEIGHT = 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 26, 46
_ROW_HEIGHT = 22
_LARGER = 14 / 12
"""How much larger pages write on small screens."""

_RANGE_MARGIN = 10
"""Units on either side of ranges: what reaches into them goes on beyond the axis."""

INK, MUTED, LINE, FILL, ACCENT = "#1b1f24", "#57606a", "#d0d7de", "#2f6fb2", "#b3400f"
SHADES = ("#dbe8f5", "#b5d0ea", "#8ab4db", "#5f95c9", "#3a76b0", "#245a8f", "#15406b", "#0a2847")
"""From few to many."""

_RIM = 'fill="#ffffff" stroke="#ffffff" stroke-width="3" aria-hidden="true"'
"""Of a text below another one, which it sets off from what is drawn."""


class _Frame:
    """The rectangle within the axes, in units of the drawing.

    Args:
        x: The horizontal axis.
        y: The vertical axis; None for rows of names.
        height: The height of the drawing.
        left: The left edge of the rectangle.
        margin: The room on either side of the horizontal axis, for what goes on beyond it.
    """

    def __init__(
        self,
        x: Axis,
        y: Axis | None,
        height: float = _HEIGHT,
        left: float = _LEFT,
        margin: float = 0,
    ) -> None:
        self.x_axis, self.y_axis = x, y
        self.left, self.right, self.margin = left, WIDTH - _RIGHT, margin
        self.top, self.bottom = _TOP, height - _BOTTOM

    def x(self, value: float) -> float:
        if value < self.x_axis.low:
            return self.left
        if value > self.x_axis.high:
            return self.right
        width = self.right - self.left - 2 * self.margin
        return self.left + self.margin + place(self.x_axis, value) * width

    def y(self, value: float) -> float:
        part = 0.0 if self.y_axis is None else place(self.y_axis, value)
        return self.bottom - part * (self.bottom - self.top)

    def axes(self) -> Iterable[str]:
        """The lines and texts of both axes."""
        for value, text in ticks(self.x_axis, 5):
            x = self.x(value)
            yield _line(x, self.top, x, self.bottom, "grid", LINE)
            yield _text(x, self.bottom + 18, text, "end" if x > WIDTH - 24 else "middle", MUTED)
        middle = (self.left + self.right) / 2
        yield _text(middle, self.bottom + 36, self.x_axis.label, "middle", INK)
        if self.y_axis is not None:
            for value, text in ticks(self.y_axis, 5):
                y = self.y(value)
                yield _line(self.left, y, self.right, y, "grid", LINE)
                yield _text(self.left - 6, y + 4, text, "end", MUTED)
            yield _text(4, 14, self.y_axis.label, "start", INK)
        yield _line(self.left, self.bottom, self.right, self.bottom, "axis", MUTED)

    def marks(self, marks: Sequence[Mark], shift_up: float = -8) -> Iterable[str]:
        """A line at each place that has a name, written so far above the rectangle."""
        for mark in marks:
            x = self.x(mark.at)
            anchor = "end" if x > (self.left + self.right) / 2 else "start"
            shift = -4 if anchor == "end" else 4
            yield _line(x, self.top - 4, x, self.bottom, "mark", ACCENT, ' stroke-dasharray="4 3"')
            yield _text(x + shift, self.top - shift_up, mark.label, anchor, ACCENT, "mark-text")


def svg_of(figure: Figure, width: str | None = None) -> str:
    """The drawing of a figure as an `svg` element.

    Args:
        figure: A figure with a drawing.
        width: The width that it takes of a page, such as "100%"; unset, it is a file of its own,
            with a size and a background.

    Raises:
        ValueError: The figure has no drawing.
    """
    drawing = figure.drawing
    if drawing is None:
        raise ValueError(f"figure {figure.name} has no drawing")
    height = _height(drawing)
    content = "\n".join(_drawn(drawing, height))
    # Without a style sheet a page leaves the height as it is, on screens of any width.
    size, back = f'width="{width}" height="{height}" preserveAspectRatio="xMinYMin"', ""
    if width is None:
        size = f'width="{WIDTH}" height="{height}"'
        back = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
    name = figure.name
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'{size} aria-labelledby="{name}-title {name}-desc" '
        f'font-family="system-ui, sans-serif" font-size="12">\n'
        f'<title id="{name}-title">{escaped(figure.title)}</title>\n'
        f'<desc id="{name}-desc">{escaped(figure.sentence)}</desc>\n'
        f"{back}{content}\n</svg>\n"
    )


def _height(drawing: Drawing) -> int:
    if isinstance(drawing, Ranges):
        return _TOP + _BOTTOM + _ROW_HEIGHT * max(1, len(drawing.rows))
    return WIDTH if isinstance(drawing, Cells) else _HEIGHT


def _drawn(drawing: Drawing, height: int) -> Iterable[str]:
    if isinstance(drawing, Bars):
        return _bars(drawing)
    if isinstance(drawing, Curve):
        return _curve(drawing)
    return _cells(drawing) if isinstance(drawing, Cells) else _ranges(drawing, height)


def _bars(drawing: Bars) -> Iterable[str]:
    frame = _Frame(drawing.x, drawing.y)
    yield from frame.axes()
    path = [f"M{_n(frame.x(drawing.edges[0]))} {_n(frame.bottom)}"] if drawing.heights else []
    for height, right in zip(drawing.heights, drawing.edges[1:], strict=True):
        path += [f"V{_n(frame.y(height))}", f"H{_n(frame.x(right))}"]
    if path:
        path.append(f"V{_n(frame.bottom)}Z")
        yield f'<path class="bar" fill="{FILL}" d="{"".join(path)}"/>'
    yield from frame.marks(drawing.marks)


def _curve(drawing: Curve) -> Iterable[str]:
    frame = _Frame(drawing.x, drawing.y)
    yield from frame.axes()
    xs = [frame.x(x) for x, _ in drawing.points]
    if drawing.bounds:
        lows = [(x, frame.y(low)) for x, (low, _) in zip(xs, drawing.bounds, strict=True)]
        highs = [(x, frame.y(high)) for x, (_, high) in zip(xs, drawing.bounds, strict=True)]
        yield (
            f'<path class="band" fill="{SHADES[1]}" fill-opacity="0.7" '
            f'd="{_path([*highs, *reversed(lows)])}Z"/>'
        )
    points = [(x, frame.y(y)) for x, (_, y) in zip(xs, drawing.points, strict=True)]
    if points:
        line = f'fill="none" stroke="{FILL}" stroke-width="2"'
        yield f'<path class="curve" {line} d="{_path(points)}"/>'
    if len(points) <= 40:
        for x, y in points:
            yield _dot(x, y, 3)
    yield from frame.marks(drawing.marks)


def _cells(drawing: Cells) -> Iterable[str]:
    frame = _Frame(drawing.x, drawing.y, WIDTH)
    yield from frame.axes()
    most = max((max(row, default=0) for row in drawing.counts), default=0)
    n_rows = len(drawing.counts)
    paths: dict[int, list[str]] = {}
    for i, row in enumerate(drawing.counts):
        top = frame.bottom - (i + 1) * (frame.bottom - frame.top) / n_rows
        bottom = frame.bottom - i * (frame.bottom - frame.top) / n_rows
        for shade, start, stop in _runs(row, lambda count: _shade(count, most)):
            left, right = (
                frame.left + j * (frame.right - frame.left) / len(row) for j in (start, stop)
            )
            rectangle = f"M{_n(left)} {_n(top)}H{_n(right)}V{_n(bottom)}H{_n(left)}Z"
            paths.setdefault(shade, []).append(rectangle)
    for shade in sorted(paths):
        yield f'<path class="shade{shade}" fill="{SHADES[shade]}" d="{"".join(paths[shade])}"/>'
    low, high = max(drawing.x.low, drawing.y.low), min(drawing.x.high, drawing.y.high)
    if low < high:
        ends = (frame.x(low), frame.y(low), frame.x(high), frame.y(high))
        yield _line(*ends, "mark", ACCENT, ' stroke-dasharray="4 3"')
        yield _text(
            ends[2] - 6, max(ends[3] + 4, frame.top - 8), "equal", "end", ACCENT, "mark-text"
        )


def _runs(
    row: Sequence[int], shade_of: Callable[[int], int | None]
) -> Iterable[tuple[int, int, int]]:
    """Shade, begin and end of each run of cells of one shade."""
    start, current = 0, None
    for i, shade in enumerate([*map(shade_of, row), None]):
        if shade != current:
            if current is not None:
                yield current, start, i
            start, current = i, shade


def _shade(count: int, most: int) -> int | None:
    """The shade of a count, by its logarithm; None for none."""
    if count == 0:
        return None
    if most == 1:
        return len(SHADES) - 1
    return min(len(SHADES) - 1, int(len(SHADES) * math.log(count) / math.log(most)))


def _ranges(drawing: Ranges, height: int) -> Iterable[str]:
    names = cut_to_fit([name for name, *_ in drawing.rows])
    left = 12 + _LARGER * max(map(length, names), default=0.0)
    frame = _Frame(drawing.x, None, height, left, _RANGE_MARGIN)
    yield from frame.axes()
    for i, (_, value, low, high) in enumerate(drawing.rows):
        y = frame.top + (i + 0.5) * _ROW_HEIGHT
        yield _text(left - 8, y + 4, names[i], "end", INK)
        if low <= high:
            yield _line(
                frame.x(low), y, frame.x(high), y, "range", FILL, ' stroke-width="3" opacity="0.6"'
            )
        if math.isfinite(value):
            yield _dot(frame.x(value), y, 4)
        else:
            yield _text(frame.left + 4, y + 4, short(value), "start", ACCENT, "mark-text")
    yield from frame.marks(drawing.marks, 6)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _dot(x: float, y: float, radius: int) -> str:
    return f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="{radius}" fill="{FILL}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str, color: str, more: str = "") -> str:
    return (
        f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" '
        f'stroke="{color}"{more}/>'
    )


def _text(x: float, y: float, text: str, anchor: str, color: str, kind: str = "") -> str:
    kind = kind or {INK: "ink", MUTED: "muted"}.get(color, "ink")
    place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
    # Names of places stand above what is drawn: a rim in the colour of the page sets them off. It
    # is a text of its own, since not all that draws SVG knows paint-order.
    rim = f'<text class="rim" {place} {_RIM}>{escaped(text)}</text>' if kind == "mark-text" else ""
    return f'{rim}<text class="{kind}" {place} fill="{color}">{escaped(text)}</text>'


def _n(value: float) -> str:
    """A coordinate, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")
