"""The loss of each row: the exact mean or sum of its elements, rounded once."""

from __future__ import annotations

import io
import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import Execution, ReadOptions, evaluate
from smoothl1.errors import SettingsError
from smoothl1.running.evaluate import LossOutput
from tests.grids import EXECUTIONS, cut_small
from tests.inside import called
from tests.oracle import assert_same, losses
from tests.tables import save_array, save_sides, save_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAN = math.nan


def written(form: str, *inputs: Path, **choices: Any) -> bytes:
    file = io.BytesIO()
    evaluate(*inputs, losses_to=LossOutput(file, form, per_row=True), **choices)
    return file.getvalue()


def of_rows(*inputs: Path, **choices: Any) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.load(io.BytesIO(written("npy", *inputs, **choices)))
    return values


def images(n: int = 37, shape: tuple[int, ...] = (3, 4), seed: int = 0) -> list[NDArray[Any]]:
    rng = np.random.default_rng(seed)
    size = (2, n, *shape)
    return list(np.ldexp(rng.uniform(-1, 1, size), rng.integers(-80, 80, size)))


WEIGHTLESS = "the weight of a row changes no mean of its elements"


def mean_of(pred: NDArray[Any], target: NDArray[Any], weights: Any = None) -> float:
    """The exact mean of the losses of a row, weighted, as a rational that is rounded once."""
    terms = losses(pred.reshape(-1), target.reshape(-1), 0.5)
    if weights is None:
        return float(sum(map(Fraction, terms)) / len(terms))
    total = sum(Fraction(float(np.float64(w) * x)) for w, x in zip(weights, terms, strict=True))
    return float(total / sum(map(Fraction, weights)))


def test_each_row_has_its_exact_mean_or_sum_however_rows_are_cut(tmp_path: Path) -> None:
    pred, target = images()
    sides = save_sides(tmp_path, pred, target)
    means = [mean_of(*row) for row in zip(pred, target, strict=True)]
    sums = [
        float(sum(map(Fraction, losses(x.reshape(-1), y.reshape(-1), 0.5))))
        for x, y in zip(pred, target, strict=True)
    ]
    with cut_small(100, 16):
        for execution in EXECUTIONS:
            found = of_rows(*sides, betas=0.5, execution=execution)
            assert found.dtype == np.float64
            assert_same(found, means)
            found = of_rows(*sides, betas=0.5, execution=execution, reduction="sum")
            assert_same(found, sums)


def test_the_means_of_single_precision_are_not_rounded_twice(tmp_path: Path) -> None:
    pred = np.array([[1, 2, 2], [0.1, 0.2, 0.4]], np.float32)
    sides = [
        save_array(tmp_path / "p.npy", pred),
        save_array(tmp_path / "t.npy", np.zeros_like(pred)),
    ]
    wanted = [float(sum(map(Fraction, row)) / 3) for row in pred.tolist()]
    assert of_rows(*sides, betas=0.0).tolist() == wanted


@pytest.mark.parametrize("per_element", [False, True])
def test_weights_weigh_the_mean_of_a_row(tmp_path: Path, per_element: bool) -> None:
    pred, target = images(9, (5,))
    rng = np.random.default_rng(1)
    weights = rng.uniform(0.1, 3, (9, 5) if per_element else 9)
    names = {"p": pred, "t": target, "w": weights}
    p, t, w = (save_array(tmp_path / f"{x}.npy", side) for x, side in names.items())
    each = weights if per_element else np.repeat(weights[:, None], 5, axis=1)
    wanted = [mean_of(*row) for row in zip(pred, target, each.tolist(), strict=True)]
    said: list[str] = []
    assert_same(of_rows(p, t, weights=w, betas=0.5, warn=said.append), wanted)
    assert [word.partition(":")[0] for word in said] == [WEIGHTLESS] * (not per_element)


def test_a_weight_of_a_row_is_in_its_sum_without_a_warning(tmp_path: Path) -> None:
    table = {"a": [1.0, 3.0], "b": [2.0, 5.0], "x": [0.0, 0.0], "w": [2.0, 3.0]}
    path = save_table(tmp_path / "t.parquet", table)
    sides: dict[str, Any] = {"pred": ("a", "b"), "target": ("x", "x"), "betas": 0.0}
    assert_same(of_rows(path, weight="w", reduction="sum", **sides), [6.0, 24.0])


def test_what_is_left_out_or_nan_shows_in_its_row(tmp_path: Path) -> None:
    columns = {
        "a": [1.0, NAN, NAN, None, 1.0],
        "b": [3.0, 2.0, NAN, None, math.inf],
        **dict.fromkeys("xy", [0.0] * 5),
    }
    path = save_table(tmp_path / "t.parquet", columns)
    sides: dict[str, Any] = {"pred": ("a", "b"), "target": ("x", "y"), "betas": 0.0}
    quiet: dict[str, Any] = {"warn": [].append, **sides}
    assert_same(of_rows(path, nan="omit", **quiet), [2.0, 2.0, NAN, NAN, math.inf])
    assert_same(of_rows(path, nan="omit", reduction="sum", **quiet), [4.0, 2.0, NAN, NAN, math.inf])
    options = ReadOptions(allow_missing=True)
    assert_same(of_rows(path, options=options, **quiet), [2.0, NAN, NAN, NAN, math.inf])


def test_the_statistics_of_the_whole_do_not_change(tmp_path: Path) -> None:
    sides = save_sides(tmp_path, *images())
    output = LossOutput(io.BytesIO(), "text", per_row=True)
    alone = evaluate(*sides, statistics=True)
    assert evaluate(*sides, statistics=True, losses_to=output) == alone


@pytest.mark.parametrize("form", ["text", "csv", "tsv", "json", "npy", "parquet", "arrow"])
def test_every_format_has_one_value_a_row_beside_keys_and_kept_columns(
    tmp_path: Path, form: str
) -> None:
    columns = {"id": [2, 1], "k": ["x", "y"], "a": [1.0, 2.0], "b": [3.0, 6.0]}
    pred = save_table(tmp_path / "p.csv", columns)
    target = save_table(tmp_path / "t.parquet", {"id": [1, 2], "a": [0.0, 0.0], "b": [0.0, 0.0]})
    both: dict[str, Any] = {"pred": ("a", "b"), "target": ("a", "b"), "betas": 0.0, "key": "id"}
    kept = {} if form == "npy" else {"keep": "k"}
    found = written(form, pred, target, **both, **kept)
    if form == "npy":
        assert np.load(io.BytesIO(found)).tolist() == [2.0, 4.0]
    elif form == "json":
        assert json.loads(found) == [
            {"id": "2", "k": "x", "loss": 2.0},
            {"id": "1", "k": "y", "loss": 4.0},
        ]
    elif form in ("parquet", "arrow"):
        reader = pa.BufferReader(found)
        table = pq.read_table(reader) if form == "parquet" else pa.ipc.open_file(reader).read_all()
        assert table.schema.field("loss").type == pa.float64()
        assert table.to_pydict() == {"id": ["2", "1"], "k": ["x", "y"], "loss": [2.0, 4.0]}
    else:
        comma = "," if form == "csv" else "\t"
        rows = ["2 x 2.0", "1 y 4.0"] if form == "text" else ["id k loss", "2 x 2.0", "1 y 4.0"]
        assert found.decode() == "".join(f"{row.replace(' ', comma)}\n" for row in rows)


def test_a_row_of_one_element_has_its_loss(tmp_path: Path) -> None:
    sides = save_sides(tmp_path, [3.0, -1.0], [0.0, 0.0])
    assert of_rows(*sides, betas=0.0).tolist() == [3.0, 1.0]
    scalars = save_sides(tmp_path, np.array(2.0), np.array(0.0))
    assert of_rows(*scalars, betas=0.0).tolist() == 2.0


def test_a_sum_beyond_binary64_is_infinite_and_says_why(tmp_path: Path) -> None:
    sides = save_sides(tmp_path, [[1e308] * 2], [[0.0] * 2])
    with pytest.warns(UserWarning, match="finite losses add up to more than binary64 holds"):
        assert of_rows(*sides, betas=0.0, reduction="sum").tolist() == [math.inf]


def test_inputs_without_rows_in_common_have_no_losses_of_rows(tmp_path: Path) -> None:
    flat = [
        save_array(tmp_path / "p.npy", np.ones((2, 2))),
        save_array(tmp_path / "t.npy", np.ones(4)),
    ]
    with pytest.raises(SettingsError, match="no rows in common"):
        of_rows(*flat, options=ReadOptions(flatten=True))
    empty = [save_array(tmp_path / f"{x}e.npy", np.ones((2, 0))) for x in "pt"]
    with pytest.raises(SettingsError, match="rows without elements have no loss"):
        of_rows(*empty, options=ReadOptions(allow_empty=True))


def test_the_command_writes_the_losses_of_rows(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sides = [
        save_array(tmp_path / f"{x}.npy", s)
        for x, s in {"p": [[1.0, 2.0], [0.0, 4.0]], "t": [[0.0] * 2] * 2}.items()
    ]
    args = ("eval", *sides, "-b", "0", "--per-row")
    assert called(capfd, *args) == called(capfd, *args, "-r", "none") == "1.5\n2.0\n"
    assert called(capfd, *args, "-r", "sum", "-f", "csv") == "loss\n3.0\n4.0\n"
    assert called(capfd, *args, "-o", tmp_path / "r.npy") == ""
    assert np.load(tmp_path / "r.npy").tolist() == [1.5, 2.0]
    document = json.loads(called(capfd, *args, "-o", tmp_path / "r.csv", "--json"))
    assert document["results"][0]["mean"] == 1.75
    for more, said in (
        (("--by-column",), "--by-column is for mean and sum.*leave out --per-row"),
        (("-b", "1"), "take one beta"),
        (("-f", "markdown"), "means and sums, not for --per-row"),
    ):
        with pytest.raises(SettingsError, match=said):
            called(capfd, *args, *more)


def test_threads_write_the_same_bytes(tmp_path: Path) -> None:
    path = save_table(
        tmp_path / "t.parquet", {f"{x}{i}": np.arange(50.0) * i for x in "pt" for i in (1, 2)}, 7
    )
    names: dict[str, Any] = {"pred": ("p1", "p2"), "target": ("t2", "t1")}
    one, two = (written("csv", path, execution=Execution(n, 5), **names) for n in (1, 2))
    assert one == two
