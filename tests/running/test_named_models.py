"""Models in memory are called by the keys of a dict, or by the names that their columns have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import Comparison, Ranking, SettingsError, compare

if TYPE_CHECKING:
    from pathlib import Path

Y = np.zeros(2)


class Column:
    """An array with a name, as a column of pandas or Polars."""

    def __init__(self, name: Any, values: list[float]) -> None:
        self.name, self._values = name, np.array(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self._values

    def rename(self, name: Any) -> Column:
        return Column(name, self._values.tolist())


class Token:
    """An array with a name that no user gave, as those of Dask, h5py and Zarr."""

    def __init__(self, name: str, values: list[float]) -> None:
        self.name, self._values = name, np.array(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self._values


OLD, NEW, BEST = Column("old", [2, 2]), Column("y.new/2", [1.5, 1.5]), Column("best", [0, 0])


def test_columns_with_names_name_their_models() -> None:
    ranking = compare(OLD, NEW, BEST, Y, betas=0)
    assert isinstance(ranking, Ranking)
    assert ranking.models == ("old", "y.new/2", "best")
    assert repr(compare(OLD, NEW, Column("y", [0, 0]), betas=0)) == (
        "<Comparison y.new/2 - old: -0.5>"
    )


def test_a_dict_names_its_models(tmp_path: Path) -> None:
    found = compare({"old": [2.0, 2.0], "new": NEW}, Y, betas=0)
    assert isinstance(found, Comparison)
    assert found.verdict().startswith("new is better than old by 0.5 (-25%), 95% interval of new -")
    assert [side.paths for side in found.inputs] == [("<old>",), ("<new>",), ("<targets>",)]
    np.save(tmp_path / "y.npy", Y)
    ranking = compare({"a": OLD, "b": NEW, "c": [0.0, 0.0]}, tmp_path / "y.npy", betas=0)
    assert isinstance(ranking, Ranking)
    assert (ranking.models, ranking.best) == (("a", "b", "c"), "c")


@pytest.mark.parametrize("names", [("predictions", "b"), ("predictions_1", "predictions_old")])
def test_a_name_counts_however_it_is_spelled(names: tuple[str, str]) -> None:
    found = compare(dict(zip(names, ([2.0, 2.0], [3.0, 3.0]), strict=True)), Y, betas=0)
    assert isinstance(found, Comparison)
    assert found.verdict().startswith(f"{names[1]} is worse than {names[0]} by 1")
    assert repr(found) == f"<Comparison {names[1]} - {names[0]}: 1.0>"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_a_file_in_angle_brackets_names_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, values in (("<a>", [2.0, 2.0]), ("<b>", [3.0, 3.0])):
        with open(name, "wb") as file:
            np.save(file, np.array(values))
    found = compare("<a>", "<b>", Y, betas=0)
    assert isinstance(found, Comparison)
    assert found.verdict().startswith("B is worse by 1")


@pytest.mark.parametrize(
    "models",
    [
        (OLD, Column("old", [1, 1])),
        (OLD, [1.0, 1.0]),
        (OLD, Column(None, [1, 1])),
        (OLD, Column(7, [1, 1])),
        (OLD, Column(" ", [1, 1])),
        (OLD, Column("targets", [1, 1])),
        (Token("array-434db162", [2, 2]), Token("array-c8abea1e", [1, 1])),
        (OLD, Token("/m/new", [1, 1])),
    ],
)
def test_without_names_of_their_own_models_are_called_as_arguments(models: tuple[Any, Any]) -> None:
    found = compare(*models, Y, betas=0)
    assert [side.paths[0] for side in found.inputs[:2]] == ["<predictions_a>", "<predictions_b>"]
    assert repr(found).startswith("<Comparison B - A: ")


def test_columns_of_pandas_and_xarray_name_their_models_and_arrays_of_dask_do_not() -> None:
    for library, kind in (("pandas", "Series"), ("xarray", "DataArray")):
        column = getattr(pytest.importorskip(library), kind)
        models = [column([2.0, 2.0], name="old"), column([3.0, 3.0], name="new")]
        assert repr(compare(*models, Y, betas=0)) == "<Comparison new - old: 1.0>"
    array = pytest.importorskip("dask.array").from_array
    models = [array(np.array(values), chunks=1) for values in ([2.0, 2.0], [3.0, 3.0])]
    assert repr(compare(*models, Y, betas=0)) == "<Comparison B - A: 1.0>"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (({}, Y), "there are no models [a dict has the predictions of two or more]"),
        (({"a": Y}, Y), "there is one model [a dict has the predictions of two or more]"),
        (({"a": Y, 2: Y}, Y), "2 is no name of a model [name it by a text]"),
        (({"a": Y, "": Y}, Y), "'' is no name of a model [name it by a text]"),
        (({"a": Y, "groups": Y}, Y), "'groups' is the name of another argument [choose another]"),
        (({"a": Y, "b": "b.npy"}, Y), "the model 'b' is a path [a dict has data in memory: give"),
        (({"a": Y, "b": Y},), "the models of a dict are followed by the targets, and nothing else"),
        (({"a": Y, "b": Y}, Y, Y), "the models of a dict are followed by the targets, and nothing"),
    ],
)
def test_a_dict_that_is_not_of_models_alone_is_refused(inputs: tuple[Any, ...], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        compare(*inputs)
    assert str(caught.value).startswith(said)
