from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from smoothl1.figures.contract import Axis, Bars, Cells, Curve, Drawing, Figure, Mark, Ranges
from smoothl1.figures.names import cut_to_fit, length
from smoothl1.figures.page import html_page
from smoothl1.figures.svg import svg_of
from smoothl1.results.columns import Column

X, Y = Axis("x < y & z", 0.0, 4.0), Axis("pairs", 0.0, 10.0)
DRAWINGS = {
    "bars": Bars(X, Y, [0.0, 1.0, 2.0, 4.0], [3.0, 10.0, 0.0], [Mark(1.5, "beta <b>")]),
    "curve": Curve(X, Y, [(0.0, 1.0), (4.0, 9.0)], [(0.5, 2.0), (8.0, 10.0)]),
    "cells": Cells(X, X, [[0, 1], [5, 100]]),
    "ranges": Ranges(X, [("<a>", 1.0, 0.5, 2.0), ("b" * 50, math.nan, math.nan, math.nan)]),
}
SVG = "{http://www.w3.org/2000/svg}"


def figure(drawing: Drawing | None) -> Figure:
    table = [Column("name <1>", "text", ["<script>", "b"]), Column("n", "count", [1, 2000])]
    return Figure("f", "A <title>", "A & sentence.", table, drawing, "A note.")


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_a_document_of_its_own_with_a_title_and_a_description(name: str) -> None:
    root = ET.fromstring(svg_of(figure(DRAWINGS[name])))
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "A <title>"  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc").text == "A & sentence."  # type: ignore[union-attr]
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "rect", "line", "text", "path", "circle"}
    assert all("style" not in element.attrib for element in root.iter())


def test_a_bar_is_as_high_as_its_number() -> None:
    root = ET.fromstring(svg_of(figure(DRAWINGS["bars"])))
    path = next(e for e in root.iter() if e.get("class") == "bar").get("d", "")
    # The frame is 62 to 466 wide and 26 to 224 high.
    assert path == "M62 224V164.6H163V26H264V224H466V224Z"


def test_cells_of_one_shade_are_one_path_and_empty_cells_are_none() -> None:
    root = ET.fromstring(svg_of(figure(DRAWINGS["cells"])))
    shades = [e.get("class") for e in root.iter() if (e.get("class") or "").startswith("shade")]
    assert shades == ["shade0", "shade2", "shade7"]


def test_numbers_without_a_place_are_written() -> None:
    root = ET.fromstring(svg_of(figure(DRAWINGS["ranges"])))
    assert "nan" in [element.text for element in root.iter(f"{SVG}text")]


def test_the_rim_of_a_name_is_drawn_below_it_by_all_that_draws_svg() -> None:
    drawing = svg_of(figure(DRAWINGS["bars"]))
    texts = [text for text in ET.fromstring(drawing).iter() if text.tag.endswith("text")]
    places = [i for i, text in enumerate(texts) if text.get("class") == "mark-text"]
    assert places
    for i in places:
        rim, text = texts[i - 1], texts[i]
        assert (rim.text, rim.get("x"), rim.get("y")) == (text.text, text.get("x"), text.get("y"))
        assert (rim.get("fill"), rim.get("stroke"), text.get("stroke")) == (
            *("#ffffff", "#ffffff"),
            None,
        )
    assert "paint-order" not in drawing


def test_an_interval_reaches_the_frame_only_if_it_goes_beyond_the_axis() -> None:
    rows = [("within", 1.0, 0.0, 4.0), ("beyond", 1.0, -1.0, 5.0)]
    root = ET.fromstring(svg_of(figure(Ranges(X, rows))))
    axis, *ranges = (e for kind in ("axis", "range") for e in root.iter() if e.get("class") == kind)
    ends = [tuple(float(e.get(name, "")) for name in ("x1", "x2")) for e in (axis, *ranges)]
    frame, within, beyond = ends
    assert frame[0] + 5 < within[0] < within[1] < frame[1] - 5
    assert beyond == frame


def test_long_names_are_cut_where_they_stay_different() -> None:
    begins = [f"{i} of the customers of a region" for i in range(9)]
    ends = [f"a customer of the region {i}" for i in range(9)]
    middles = ["x" * 500 + str(i) + "y" * 500 for i in range(9)]
    assert cut_to_fit(["short", *begins])[:2] == [
        "short",
        "0 of the customers o\N{HORIZONTAL ELLIPSIS}",
    ]
    assert cut_to_fit(ends)[8] == "a customer\N{HORIZONTAL ELLIPSIS}e region 8"
    for names in (begins, ends, ["\u6771" * 60, "W" * 60]):
        assert len(set(cut_to_fit(names))) == len(names)
        assert all(length(name) <= 138 for name in cut_to_fit(names))
    assert len(cut_to_fit(middles)) == 9


def test_a_page_escapes_what_it_shows_and_needs_nothing_else() -> None:
    page = html_page("<t>", [figure(DRAWINGS["bars"]), figure(None)], ["a & b"])
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<h1>&lt;t&gt;</h1>" in page
    assert "<td>2,000</td>" in page
    assert '<td align="left" class="text">&lt;script&gt;</td>' in page  # aligned without styles
    for word in ("src=", "href=", "url(", "@import", "style="):
        assert word not in page


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    long = figure(None)._replace(table=[Column("n", "count", list(range(1234)))])
    page = html_page("t", [long], [])
    assert page.count("<td>") == 200
    assert "and 1,034 more rows" in page


def test_a_figure_without_a_drawing_has_no_svg() -> None:
    with pytest.raises(ValueError, match="no drawing"):
        svg_of(figure(None))
