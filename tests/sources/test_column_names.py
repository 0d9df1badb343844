"""Columns by name and by position, of narrow and of wide tables."""

from __future__ import annotations

import pickle

import pytest

from smoothl1 import DataError
from smoothl1.errors import NoColumnError
from smoothl1.sources.columns import (
    given_names,
    has_column,
    has_columns,
    hint_about_names,
    position,
    shown_names,
)

NAMES = ("a", "b", "@7", "a")


@pytest.mark.parametrize(
    ("asked", "has"),
    [
        (["a"], True),
        (["b", "@4", "@7"], True),  # the fourth column, and the one of that name
        ([], True),
        (["a", "c"], False),
        (["@5"], False),
        (["@0"], False),
        (["@04"], False),
    ],
)
def test_a_table_has_columns_by_name_or_position(asked: list[str], *, has: bool) -> None:
    assert has_columns(iter(asked), NAMES) is has
    assert all(has_column(name, NAMES) for name in asked) is has


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (("", "p", "y"), ["p", "y"]),
        (("Unnamed: 0.1", "Unnamed: 0", "p"), ["p"]),
        (("p", "y", "__index_level_0__"), ["p", "y"]),
        (("id", "p", ""), ["id", "p", ""]),  # pandas writes an index first
        (("__index_level_0__", "__index_level_1__"), ["__index_level_0__", "__index_level_1__"]),
    ],
)
def test_an_index_without_a_name_is_none_of_the_names_that_are_listed(
    names: tuple[str, ...], listed: list[str]
) -> None:
    assert list(given_names(names)) == listed
    with pytest.raises(DataError, match=f"no column 'z'; there are {shown_names(listed)}$"):
        position("z", names)


def test_a_field_of_a_record_is_not_the_record() -> None:
    said = "if 'tab' holds records, save each of their fields by itself"
    for name in ("tab/p", "tab.p"):
        assert hint_about_names(name, ["tab", "y"]) == said
    assert hint_about_names("tab/p", ["tab/pred", "y"]) == "did you mean 'tab/pred'?"
    assert hint_about_names("y.hat", ["y", "y_hat"]) == "did you mean 'y_hat'?"


@pytest.mark.parametrize("name", ["z", "@9", "z" * 60])
def test_the_error_about_a_column_that_is_not_there_has_its_name(name: str) -> None:
    with pytest.raises(NoColumnError, match="no column") as caught:
        position(name, NAMES)
    of_worker = pickle.loads(pickle.dumps(caught.value))
    assert (caught.value.name, of_worker.name) == (name, name)
    assert (type(of_worker), str(of_worker)) == (NoColumnError, str(caught.value))
