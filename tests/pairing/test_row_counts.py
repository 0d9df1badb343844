"""All inputs have the same number of rows, whichever of them tell it before they are read."""

from __future__ import annotations

import itertools
import os
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import ReadOptions, ShapeError, compare, evaluate, preview
from tests.command import SCRIPT
from tests.tables import save, save_array, save_table

if TYPE_CHECKING:
    from pathlib import Path

UNCOUNTED = ["csv", "arrow", "arrows", "csv.gz"]
COUNTED = ["npy", "parquet"]
N_ROWS = 4
OTHER_COUNTS = [3, 6, 0]
any_uncounted = pytest.mark.parametrize("format", UNCOUNTED)
any_count = pytest.mark.parametrize("n_rows", OTHER_COUNTS)


def numbers(folder: Path, stem: str, format: str, n_rows: int, n_columns: int = 0) -> str:
    """A file of rows 1.0, 2.0 and so on: one number in each, or several columns."""
    path = str(folder / f"{stem}.{format}")
    values = np.arange(1.0, n_rows + 1)
    if n_columns:
        values = np.repeat(values[:, None], n_columns, axis=1)
    if format == "csv.gz":
        return save_table(path, {"c": values})
    return str(save_array(path, values, group=2))


@any_uncounted
@any_count
@pytest.mark.parametrize("kinds", list(itertools.product(COUNTED, repeat=2)), ids="-".join)
def test_weights_have_as_many_rows_as_targets_if_predictions_are_counted_as_they_are_read(
    tmp_path: Path, format: str, n_rows: int, kinds: tuple[str, str]
) -> None:
    pred = numbers(tmp_path, "p", format, N_ROWS)
    target = numbers(tmp_path, "t", kinds[0], N_ROWS)
    weights = numbers(tmp_path, "w", kinds[1], n_rows)
    options = ReadOptions(allow_empty=True)
    for read in (evaluate, preview):
        with pytest.raises(ShapeError) as caught:
            read(pred, target, weights=weights, options=options)
        assert str(caught.value) == (
            f"{target}: {N_ROWS} rows, but {weights} has {n_rows}; they must be equal"
        )


@any_uncounted
@any_count
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_sides_of_a_comparison_have_equally_many_rows_wherever_one_is_not_counted(
    tmp_path: Path, format: str, n_rows: int, place: int
) -> None:
    kinds = ["npy", "parquet"]
    kinds.insert(place, format)
    counts = [N_ROWS] * 3
    counts[max(i for i in range(3) if i != place)] = n_rows
    paths = [
        numbers(tmp_path, stem, kind, n) for stem, kind, n in zip("abt", kinds, counts, strict=True)
    ]
    one, other = (path for i, path in enumerate(paths) if i != place)
    message = f"{one}: {N_ROWS} rows, but {other} has {n_rows}; they must be equal"
    with pytest.raises(ShapeError, match="they must be equal") as caught:
        compare(*paths, options=ReadOptions(allow_empty=True))
    assert str(caught.value) == message


@any_uncounted
@any_count
def test_weights_of_a_comparison_have_as_many_rows_as_the_sides(
    tmp_path: Path, format: str, n_rows: int
) -> None:
    a, b, t = (numbers(tmp_path, stem, format, N_ROWS) for stem in "abt")
    for kind in (*COUNTED, *UNCOUNTED):
        weights = numbers(tmp_path, "w", kind, n_rows)
        with pytest.raises(ShapeError, match=rf"4 rows, but .* has {n_rows};"):
            compare(a, b, t, weights=weights, options=ReadOptions(allow_empty=True))


@pytest.mark.parametrize("format", [*UNCOUNTED, *COUNTED])
@pytest.mark.parametrize("kind", [*UNCOUNTED, *COUNTED])
@pytest.mark.parametrize("ids", [[11, 12, 15, 19], [15, 11, 19, 12]], ids=["same", "other"])
def test_weights_have_as_many_rows_as_sides_that_a_key_matches(
    tmp_path: Path, format: str, kind: str, ids: list[int]
) -> None:
    columns = {"id": [11, 12, 15, 19], "p": [1.0, 2.0, 3.0, 4.0]}
    pred = save_table(str(tmp_path / f"p.{format.replace('npy', 'parquet')}"), columns)
    target = save(str(tmp_path / "t.parquet"), id=ids, t=[1.5, 2.5, 3.5, 4.5])
    for n_rows in (3, 10):
        weights = numbers(tmp_path, "w", kind, n_rows)
        with pytest.raises(ShapeError, match=rf"{N_ROWS} rows, but .* has {n_rows};"):
            evaluate(pred, target, key=("id",), pred=("p",), target=("t",), weights=weights)


@pytest.mark.parametrize("format", ["csv", "arrow", "arrows"])
@any_count
def test_weights_of_elements_have_as_many_rows(tmp_path: Path, format: str, n_rows: int) -> None:
    pred = numbers(tmp_path, "p", format, N_ROWS, 2)
    target = numbers(tmp_path, "t", "npy", N_ROWS, 2)
    weights = numbers(tmp_path, "w", "npy", n_rows, 2)
    with pytest.raises(ShapeError, match=rf"4 rows, but .*w\.npy has {n_rows};"):
        evaluate(
            pred, target, pred=("c0", "c1"), weights=weights, options=ReadOptions(allow_empty=True)
        )


@any_count
def test_weights_have_as_many_rows_as_shards(tmp_path: Path, n_rows: int) -> None:
    (tmp_path / "p").mkdir()
    for i in (1, 2):
        numbers(tmp_path / "p", f"part-{i}", "csv", N_ROWS // 2)
    target = numbers(tmp_path, "t", "npy", N_ROWS)
    weights = numbers(tmp_path, "w", "npy", n_rows)
    with pytest.raises(ShapeError, match=rf"4 rows, but .*w\.npy has {n_rows};"):
        evaluate(tmp_path / "p", target, weights=weights, options=ReadOptions(allow_empty=True))


@pytest.mark.parametrize("piped", ["pred", "weights"])
@pytest.mark.parametrize("n_rows", [3, 10])
def test_inputs_from_pipes_have_equally_many_rows(tmp_path: Path, piped: str, n_rows: int) -> None:
    pred = numbers(tmp_path, "p", "csv", N_ROWS)
    target = numbers(tmp_path, "t", "npy", N_ROWS)
    weights = numbers(tmp_path, "w", "npy", n_rows)
    given = {"pred": pred, "weights": weights}
    read, write = os.pipe()
    with open(given[piped], "rb") as file:
        os.write(write, file.read())
    os.close(write)
    given[piped] = f"/dev/fd/{read}"
    run = subprocess.run(
        [SCRIPT, "eval", given["pred"], target, "--weights", given["weights"]],
        pass_fds=[read],
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(read)
    assert (run.returncode, run.stdout) == (3, "")
    message = f"{target}: {N_ROWS} rows, but {given['weights']} has {n_rows}; they must be equal"
    assert message in run.stderr


@pytest.mark.parametrize("place", [0, 1])
def test_reading_ends_where_one_side_has_no_end(tmp_path: Path, place: int) -> None:
    given = [numbers(tmp_path, "p", "npy", N_ROWS)]
    given.insert(place, "-")
    with subprocess.Popen(["yes", "1"], stdout=subprocess.PIPE) as endless:
        run = subprocess.run(
            [SCRIPT, "eval", *given],
            stdin=endless.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
        endless.kill()
    assert (run.returncode, run.stdout) == (3, "")
    assert "at least 4194308" in run.stderr


@pytest.mark.parametrize("n_rows", [3, 6])
def test_rows_without_elements_are_counted_too(tmp_path: Path, n_rows: int) -> None:
    for stem in "pt":
        np.save(tmp_path / f"{stem}.npy", np.zeros((N_ROWS, 0)))
    weights = numbers(tmp_path, "w", "csv", n_rows)
    with pytest.raises(ShapeError, match=rf"4 rows, but .* has {n_rows};"):
        evaluate(
            tmp_path / "p.npy",
            tmp_path / "t.npy",
            weights=weights,
            options=ReadOptions(allow_empty=True),
        )


@any_uncounted
def test_equally_many_rows_are_evaluated(tmp_path: Path, format: str) -> None:
    pred = numbers(tmp_path, "p", format, N_ROWS)
    target = save_array(str(tmp_path / "t.npy"), np.array([1.5, 4.0, 3.0, 4.0]))
    weights = save_array(str(tmp_path / "w.npy"), np.array([2.0, 1.0, 0.5, 0.5]))
    result = evaluate(pred, target, weights=weights)  # losses 0.125, 1.5, 0, 0; weights of sum 4
    assert result.values == (0.4375,)
