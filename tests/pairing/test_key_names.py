"""A key that is no column: the hint names a key that works."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, compare, evaluate
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sides(tmp_path: Path) -> list[Path]:
    for name, rows in (("p", "1,a,1.5\n2,b,2.5\n"), ("t", "2,b,2\n1,a,1\n")):
        (tmp_path / f"{name}.csv").write_text(f"store id,date,{name}\n{rows}")
    return [tmp_path / "p.csv", tmp_path / "t.csv"]


@pytest.mark.parametrize(("key", "meant"), [("Date", "date"), ("dat", "date"), ("@2 ", "@2")])
def test_a_key_that_no_side_has_is_answered_with_the_nearest_name(
    sides: list[Path], key: str, meant: str
) -> None:
    expected = f"did you mean '{meant}'?" if meant != "@2" else "no column '@2 '"
    with pytest.raises(DataError, match=re.escape(expected)):
        evaluate(*sides, key=(key,))
    with pytest.raises(DataError, match=re.escape(expected)):
        compare(sides[0], sides[0], sides[1], key=(key,), warn=lambda _: None)
    assert evaluate(*sides, key=(meant,), pred="p", target="t").n == 2


@pytest.mark.parametrize("key", ["store id,date", "store id, date", "@1,@2"])
def test_several_keys_in_one_are_answered_with_the_option_repeated(
    sides: list[Path], key: str
) -> None:
    with pytest.raises(DataError, match=r"(?m)\[--key .* --key .*\]$") as caught:
        evaluate(*sides, key=(key,))
    words = shlex.split(str(caught.value.hint))
    assert words[::2] == ["--key", "--key"]
    assert evaluate(*sides, key=tuple(words[1::2])).n == 2


def test_two_names_with_a_colon_are_answered_with_what_may_be_meant(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("user,p\na,1\n")
    (tmp_path / "t.csv").write_text("id,t\na,2\n")
    with pytest.raises(DataError, match=r"(?m)\[--key user=id where names differ\]$"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", pred="p", key=("user:id",))
    (tmp_path / "x.csv").write_text("id,user,p\n1,a,2\n")
    both = "--key id --key user for both; --key id=user where names differ"
    with pytest.raises(DataError, match=both):
        evaluate(tmp_path / "x.csv", tmp_path / "x.csv", pred="p", target="p", key=("id:user",))


def test_a_key_that_one_side_has_is_answered_with_a_name_for_each(
    sides: list[Path], tmp_path: Path
) -> None:
    target = tmp_path / "other.csv"
    target.write_text("Date,t\nb,2\na,1\n")
    said = r"(?m)other\.csv: .*\[--key date=Date where names differ\]$"
    with pytest.raises(DataError, match=said):
        evaluate(sides[0], target, key=("date",), pred="p")
    assert evaluate(sides[0], target, key=("date=Date",), pred="p").n == 2


def test_a_key_may_be_given_as_pairs_of_names(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("user,day,p\na,1,1\nb,1,2\n")
    (tmp_path / "t.csv").write_text("id,day,y\nb,1,2\na,1,3\n")
    pairs = [{"user": "id", "day": "day"}, (("user", "id"), "day"), [["user", "id"], "day"]]
    for key in (*pairs, ("user=id", "day")):
        found = evaluate(tmp_path / "p.csv", tmp_path / "t.csv", key=key)  # type: ignore[arg-type]
        assert found.sum == 1.5
    with pytest.raises(SettingsError, match="the first name of a pair has an =, 'a=b'"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", key={"a=b": "id"})
    with pytest.raises(SettingsError, match="names of columns as text, not 3"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", key=[("user", 3)])  # type: ignore[list-item]


@pytest.mark.parametrize("n_models", [1, 2])
def test_a_key_of_two_names_that_are_swapped_is_answered_with_the_right_order(
    tmp_path: Path, n_models: int
) -> None:
    for name, head in (("p", "user,p"), ("t", "id,t")):
        (tmp_path / f"{name}.csv").write_text(f"{head}\na,1\nb,2\n")
    run = evaluate if n_models == 1 else compare
    sides = [*[tmp_path / "p.csv"] * n_models, tmp_path / "t.csv"]
    with pytest.raises(DataError, match=r"(?m)no column 'id'; .* \[swap them: --key user=id\]$"):
        run(*sides, key="id=user", warn=lambda _: None)
    with pytest.raises(DataError, match=r"no column 'id'; there are 'user', 'p'$"):
        run(*sides, key="id=name", warn=lambda _: None)  # would not fit the other way, either
    run(*sides, key="user=id", warn=lambda _: None)


def test_models_that_call_the_key_differently_are_told_that_one_name_is_for_all(
    tmp_path: Path,
) -> None:
    for name, rows in (("a", "id,p\n1,2\n"), ("b", "item,p\n1,3\n"), ("t", "item,y\n1,1\n")):
        (tmp_path / f"{name}.csv").write_text(rows)
    a, b, t = (str(tmp_path / f"{name}.csv") for name in "abt")
    choices = {"pred": "p", "target": "y", "warn": lambda _: None}
    for key in ("id", "item", "id=item"):
        with pytest.raises(DataError, match=r"no column .*all models must have the key under one"):
            compare(a, b, t, key=(key,), **choices)
    with pytest.raises(DataError, match=r"--key item=NAME where names differ"):
        compare(b, b, a, key=("item",), **{**choices, "target": "p"})
    assert len(compare(b, b, t, key=("item",), **choices).inputs) == 3
    assert len(compare(a, a, t, key=("id=item",), **choices).inputs) == 3
