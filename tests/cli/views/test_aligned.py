"""Tables for people, wide and narrow."""

from __future__ import annotations

from smoothl1.cli.views.aligned import aligned, fitted, folded


def test_a_table_without_room_has_a_line_for_each_cell() -> None:
    heads, rows, are_text = (
        ["name", "mean", "n"],
        [["a", "0.25", "2"], ["b", "", "1"]],
        [True, False, False],
    )
    assert aligned(heads, rows, are_text, 13) == "name  mean  n\na     0.25  2\nb           1\n"
    assert aligned(heads, rows, are_text, 12) == (
        "name  a\nmean  0.25\nn     2\n\nname  b\nn     1\n"
    )
    assert aligned(heads, rows, are_text, 9).startswith("name  a\nmean\n  0.25\nn     2\n")


def test_names_and_what_they_name_are_listed_in_turn() -> None:
    rows = [["mean", "0.25"], ["largest loss", "12.5"]]
    listed = "mean\n  0.25\nlargest loss\n  12.5\n"
    assert aligned(["quantity", "value"], rows, [True, True], 14) == listed


def test_columns_are_dropped_in_their_order_and_named() -> None:
    rows = [{"group": name, "mean": "0.25", "low": "0.125", "high": "0.5"} for name in "ab"]
    seen = fitted(rows, (("high",), ("low",)), 17, lambda head: head == "group", ["mean"])
    assert seen == (
        "mean_group  mean\na           0.25\nb           0.25\n"
        "not shown: low,\nhigh (in a wider\nterminal, and\nwith --json)\n"
    )


def test_columns_of_one_row_are_dropped_before_all_are_listed() -> None:
    row = {"mean": "0.25", "low": "0.125", "high": "0.5"}
    seen = [fitted([row], (("high",), ("low",)), width, lambda _: False) for width in (11, 3)]
    assert seen[0].startswith("mean    low\n0.25  0.125\nnot shown:\nhigh (in a\n")
    assert seen[1] == "mean\n  0.25\nlow\n  0.125\nhigh\n  0.5\n"


def is_group(head: str) -> bool:
    return head == "group"


def test_long_names_are_folded_before_what_is_wanted_most_is_left_out() -> None:
    names = ("north-eastern provinces", "model_with_a_very_long_name", "south")
    rows = [{"group": name, "mean": "0.25", "low": "0.125"} for name in names]
    assert fitted(rows, (("low",),), 27, is_group) == (
        "group          mean    low\n"
        "north-eastern  0.25  0.125\n"
        "  provinces\n"
        "model_with_a_  0.25  0.125\n"
        "  very_long_\n"
        "  name\n"
        "south          0.25  0.125\n"
    )
    assert fitted(rows, (("low",),), 21, is_group) == (
        "group          mean\n"
        "north-eastern  0.25\n"
        "  provinces\n"
        "model_with_a_  0.25\n"
        "  very_long_\n"
        "  name\n"
        "south          0.25\n"
        "not shown: low (in a\nwider terminal, and\nwith --json)\n"
    )


def test_wide_characters_take_two_places_where_names_are_folded() -> None:
    rows = [{"group": "\u6771\u4eac" * 5, "mean": "0.25"}]
    assert fitted(rows, (), 20, is_group) == (
        "group         mean\n"
        "\u6771\u4eac\u6771\u4eac\u6771\u4eac  0.25\n"
        "  \u6771\u4eac\u6771\u4eac\n"
    )


def test_an_empty_cell_stays_empty_where_names_are_folded() -> None:
    """As the second name of all groups together."""
    rows = [
        {"group": "a long name of one", "group_2": "and of its kind", "mean": "1"},
        {"group": "all", "group_2": "", "mean": "1"},
    ]
    assert fitted(rows, (), 38, lambda head: head.startswith("group")) == (
        "group           group_2          mean\n"
        "a long name of  and of its kind     1\n"
        "  one\n"
        "all                                 1\n"
    )


def test_tables_share_what_is_wanted_most_without_room_for_it() -> None:
    rows = [{"group": name, "mean": "0.25", "low": "0.125", "high": "0.5"} for name in "ab"]
    assert fitted(rows, (("high",),), 12, is_group) == (
        "group  mean\na      0.25\nb      0.25\n\n"
        "group    low\na      0.125\nb      0.125\n"
        "not shown:\nhigh (in a\nwider\nterminal,\nand with\n--json)\n"
    )


def test_a_line_that_begins_with_a_long_word_keeps_its_margin() -> None:
    assert folded("  'a_long_name' number", 12, "    ") == "  'a_long_name'\n    number\n"
