"""Figures as one page of HTML: no script, no request, readable without its style sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from smoothl1.errors import counted
from smoothl1.figures.svg import ACCENT, FILL, INK, LINE, MUTED, SHADES, svg_of
from smoothl1.figures.texts import escaped
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import BETA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.figures.contract import Figure
    from smoothl1.results.columns import Column

MOST_ROWS = 200
"""Most rows of a table; a sentence counts the others."""

_FEW_CHARACTERS = 20
"""Characters of a text that needs no room for several words in a line."""

_FEW_COLUMNS = 6
"""Columns of a table that has room beside another figure."""

_DARK = {
    "ink": "#e6edf3",
    "muted": "#a5afba",
    "line": "#3d444d",
    "fill": "#6cb0f5",
    "accent": "#ffab70",
    "back": "#0d1117",
    "edge": "#6e7681",
}
_LIGHT = {
    "ink": INK,
    "muted": MUTED,
    "line": LINE,
    "fill": FILL,
    "accent": ACCENT,
    "back": "#ffffff",
    "edge": "#8c959f",
}


def _variables(colors: dict[str, str], shades: Sequence[str], band: str) -> str:
    named = {**colors, "band": band, **{f"shade{i}": shade for i, shade in enumerate(shades)}}
    return "".join(f"--{name}:{color};" for name, color in named.items())


_SCROLLED = """
.numbers{overflow:auto;max-height:60rem;border:1px solid transparent;background:
linear-gradient(to right,var(--back) 50%,transparent) left/3rem 100% no-repeat local,
linear-gradient(to left,var(--back) 50%,transparent) right/3rem 100% no-repeat local,
linear-gradient(to right,var(--edge),transparent) left/1rem 100% no-repeat scroll,
linear-gradient(to left,var(--edge),transparent) right/1rem 100% no-repeat scroll,
linear-gradient(to bottom,var(--back) 50%,transparent) top/100% 3rem no-repeat local,
linear-gradient(to top,var(--back) 50%,transparent) bottom/100% 3rem no-repeat local,
linear-gradient(to bottom,var(--edge),transparent) top/100% 1rem no-repeat scroll,
linear-gradient(to top,var(--edge),transparent) bottom/100% 1rem no-repeat scroll,
var(--back)}
details .numbers{max-height:24rem}
"""
"""Tables scroll within a frame, an edge of which is dark while there is more beyond it: the dark
edges stay, and covers in the colour of the page move with the table until they hide them."""

_STYLE = f"""
:root{{color-scheme:light;{_variables(_LIGHT, SHADES, SHADES[1])}}}
@media screen and (prefers-color-scheme:dark){{
:root{{color-scheme:dark;{_variables(_DARK, SHADES[::-1], "#1f4467")}}}}}
body{{margin:0 auto;max-width:72rem;padding:1rem 1.25rem 3rem;background:var(--back);
color:var(--ink);font:16px/1.5 system-ui,sans-serif}}
h1{{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}}
h2{{font-size:1.1rem;margin:0 0 .25rem}}
main{{display:grid;gap:2.5rem 2rem;
grid-template-columns:repeat(auto-fit,minmax(min(30rem,100%),1fr))}}
section{{min-width:0}}section.wide{{grid-column:1/-1}}
p{{margin:.25rem 0 .75rem;overflow-wrap:anywhere}}
svg{{display:block;width:100%;height:auto;max-width:40rem}}
footer{{margin-top:2.5rem}}.note,footer{{color:var(--muted);font-size:.875rem}}
{_SCROLLED}
table{{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}}
th,td{{padding:.2rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}}
thead th{{position:sticky;top:0;background:var(--back)}}
th.text,td.text{{text-align:left}}
td.text{{white-space:normal;max-width:20rem;overflow-wrap:break-word}}
td.long{{min-width:min(12rem,45vw)}}
@media (max-width:32rem){{svg{{font-size:14px}}th,td{{padding:.2rem .35rem}}}}
footer p{{margin:.1rem 0}}
summary{{cursor:pointer;color:var(--muted);font-size:.875rem}}
.grid,.axis{{stroke:var(--line)}}.axis{{stroke:var(--muted)}}
.ink{{fill:var(--ink)}}.muted{{fill:var(--muted)}}
.bar,.dot{{fill:var(--fill)}}.curve,.range{{stroke:var(--fill)}}.band{{fill:var(--band)}}
.mark{{stroke:var(--accent)}}.mark-text{{fill:var(--accent)}}.rim{{fill:var(--back);stroke:var(--back)}}
{"".join(f".shade{i}{{fill:var(--shade{i})}}" for i in range(len(SHADES)))}
@media print{{body{{max-width:none;padding:0}}main{{display:block}}section{{margin-bottom:1.5rem}}
section:not(.wide),tr{{break-inside:avoid}}svg{{max-height:21cm}}h2,h2+p{{break-after:avoid}}
details:not([open]){{display:none}}
.numbers,details .numbers{{max-height:none;overflow:visible;background:none}}
table{{font-size:.75rem}}th,td{{padding:.15rem .4rem}}
td.text{{min-width:6rem;overflow-wrap:anywhere}}thead th{{position:static}}}}
"""


def html_page(title: str, figures: Sequence[Figure], lines: Sequence[str]) -> str:
    """Figures as a page that needs nothing else.

    Args:
        title: What was evaluated.
        figures: The figures, in order.
        lines: What stands at the end: signature, versions, inputs.
    """
    sections = "\n".join(map(_section, figures))
    ends = "\n".join(f"<p>{_folded(line)}</p>" for line in lines)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{escaped(title)}</h1>\n</header>\n<main>\n{sections}\n</main>\n"
        f"<footer>\n{ends}\n</footer>\n</body>\n</html>\n"
    )


def _folded(line: str) -> str:
    """A line of long names, which may be broken within them."""
    return re.sub(r"([|/,])(?=[^ ])", r"\1<wbr>", escaped(line))


def _section(figure: Figure) -> str:
    kind = ' class="wide"' if figure.drawing is None and len(figure.table) > _FEW_COLUMNS else ""
    parts = [
        f'<section{kind} aria-labelledby="{figure.name}">',
        f'<h2 id="{figure.name}">{escaped(figure.title)}</h2>',
        f"<p>{escaped(figure.sentence)}</p>",
    ]
    table = _table(figure)
    if figure.drawing is None:
        parts.append(table)
    else:
        parts.append(svg_of(figure, width="100%"))
        parts.append(
            f"<details>\n<summary>The numbers of this figure</summary>\n{table}\n</details>"
        )
    if figure.note:
        parts.append(f'<p class="note">{escaped(figure.note)}</p>')
    return "\n".join([*parts, "</section>"])


def _table(figure: Figure) -> str:
    columns = figure.table
    n_rows, kinds = len(columns[0].cells), list(map(_kind, columns))
    head = "".join(
        f'<th scope="col"{kind}>{escaped(column.name)}</th>'
        for kind, column in zip(kinds, columns, strict=True)
    )
    cells = [
        [f"<td{kind}>{escaped(_text(cell, column.name))}</td>" for cell in column.cells[:MOST_ROWS]]
        for kind, column in zip(kinds, columns, strict=True)
    ]
    rows = "\n".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    more = n_rows - MOST_ROWS
    rest = f'\n<p class="note">and {counted(more, "more row")}</p>' if more > 0 else ""
    label = escaped(f"Numbers: {figure.title}")
    return (
        f'<div class="numbers" role="region" aria-label="{label}" tabindex="0">\n'
        f'<table cellpadding="4">\n<thead align="right"><tr>{head}</tr></thead>\n'
        f'<tbody align="right">\n{rows}\n</tbody>\n</table>\n</div>{rest}'
    )


def _kind(column: Column) -> str:
    """The attributes of a cell: they align it without a style sheet, too."""
    if column.kind != "text":
        return ""
    is_long = any(
        len(_text(cell, column.name)) > _FEW_CHARACTERS for cell in column.cells[:MOST_ROWS]
    )
    return f' align="left" class="text{" long" if is_long else ""}"'


def _text(cell: Any, name: str) -> str:
    """A cell as text, in a column of that name."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return as_typed(cell) if name == BETA else short(cell, 6)
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
