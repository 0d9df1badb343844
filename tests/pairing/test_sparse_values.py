"""Stored values of sparse matrices are paired only if they are of the same cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate
from tests.sources.containers.packages import imported
from tests.sources.containers.writers import as_npz

if TYPE_CHECKING:
    from pathlib import Path

ONE_ORDER = {"indptr": [0, 2, 3], "indices": [0, 2, 1], "data": [1.0, 2.0, 3.0]}
OTHER_ORDER = {"indptr": [0, 2, 3], "indices": [2, 0, 1], "data": [2.0, 1.0, 3.0]}
OTHER_ROWS = {"indptr": [0, 1, 3], "indices": [0, 2, 1], "data": [1.0, 2.0, 3.0]}
COORDINATES = {"row": [0, 0, 1], "col": [0, 2, 1], "data": [1.0, 2.0, 3.0]}
OTHER_COORDINATES = {"row": [0, 0, 1], "col": [2, 0, 1], "data": [2.0, 1.0, 3.0]}
OF_MATLAB = {"jc": [0, 2, 3], "ir": [0, 2, 1], "data": [1.0, 2.0, 3.0]}
OTHER_OF_MATLAB = {"jc": [0, 2, 3], "ir": [2, 0, 1], "data": [2.0, 1.0, 3.0]}

DIAGONALS = {"offsets": [0, 1], "shape": [2, 2], "data": [[1.0, 2.0], [3.0, 4.0]]}
OTHER_DIAGONALS = {**DIAGONALS, "offsets": [0, -1]}
TALL = {"indptr": [0, 1, 2], "indices": [0, 1], "shape": [2, 3], "data": [1.0, 2.0]}
WIDE = {**TALL, "shape": [3, 2]}

WRONG = [
    (DIAGONALS, OTHER_DIAGONALS),
    (TALL, WIDE),
    (ONE_ORDER, OTHER_ORDER),
    (ONE_ORDER, OTHER_ROWS),
    (ONE_ORDER, COORDINATES),
    (COORDINATES, OTHER_COORDINATES),
    (OF_MATLAB, OTHER_OF_MATLAB),
]


def in_one_file(path: Path, **matrices: Any) -> Path:
    """Matrices as groups of an HDF5 file."""
    with imported("h5py").File(path, "w") as file:
        for group, arrays in matrices.items():
            for name, values in arrays.items():
                file[f"{group}/{name}"] = values
    return path


@pytest.mark.parametrize(("pred", "target"), WRONG)
def test_values_of_other_cells_of_one_file_are_refused(
    tmp_path: Path, pred: Any, target: Any
) -> None:
    path = in_one_file(tmp_path / "x.h5", p=pred, y=target)
    settings = EvalSettings((0.0,))
    with pytest.raises(DataError, match="of other cells or in another order"):
        evaluate(path, None, settings, pred="p/data", target="y/data")
    options = ReadOptions(key_check=False)
    found = evaluate(path, None, settings, options=options, pred="p/data", target="y/data")
    assert found.tallies[0].n == np.size(pred["data"])


@pytest.mark.parametrize("matrix", [ONE_ORDER, COORDINATES, OF_MATLAB])
def test_values_of_the_same_cells_are_paired(tmp_path: Path, matrix: Any) -> None:
    moved = {**matrix, "data": [1.5, 2.0, 3.0]}
    path = in_one_file(tmp_path / "x.h5", p=moved, y=matrix)
    found = evaluate(path, None, EvalSettings((0.0,)), pred="p/data", target="y/data")
    assert found.tallies[0].sum == 0.5


@pytest.mark.parametrize(("pred", "target"), WRONG)
def test_values_of_other_cells_of_two_files_are_refused(
    tmp_path: Path, pred: Any, target: Any
) -> None:
    for name, matrix in {"p": pred, "y": target}.items():
        as_npz(tmp_path / f"{name}.npz", {k: np.array(v) for k, v in matrix.items()})
    with pytest.raises(DataError, match="of other cells or in another order"):
        evaluate(tmp_path / "p.npz", tmp_path / "y.npz", pred="data", target="data")


def test_values_of_other_cells_are_refused_in_zarr(tmp_path: Path) -> None:
    group = imported("zarr").open_group(tmp_path / "z", mode="w")
    for name, matrix in {"p": ONE_ORDER, "y": OTHER_ORDER}.items():
        for key, values in matrix.items():
            group.create_array(f"{name}/{key}", data=np.array(values))
    with pytest.raises(DataError, match="of other cells or in another order"):
        evaluate(tmp_path / "z", None, pred="p/data", target="y/data")


def in_rows_and_columns(path: Path, form: str, attribute: str = "encoding-type") -> list[Any]:
    """Two files whose arrays are the same, one of which is laid out by rows and one by columns."""
    found = []
    for layout in ("csr", "csc"):
        arrays: dict[str, Any] = {name: np.array(values) for name, values in ONE_ORDER.items()}
        at = path / f"{layout}{form}"
        if form == ".npz":
            as_npz(at, {"format": np.array(layout.encode()), **arrays})
        elif form == ".h5":
            with imported("h5py").File(in_one_file(at, X=arrays), "a") as file:
                file["X"].attrs[attribute] = layout + "_matrix" * (attribute == "encoding-type")
        else:
            group = imported("zarr").open_group(at, mode="w").create_group("X")
            group.attrs[attribute] = f"{layout}_matrix"
            for name, values in arrays.items():
                group.create_array(name, data=values)
        found.append(at)
    return found


@pytest.mark.parametrize(
    ("form", "attribute"),
    [(".npz", ""), (".h5", "encoding-type"), (".h5", "h5sparse_format"), ("", "encoding-type")],
)
def test_rows_beside_columns_are_refused(tmp_path: Path, form: str, attribute: str) -> None:
    rows, columns = in_rows_and_columns(tmp_path, form, attribute)
    name = "data" if form == ".npz" else "X/data"
    assert evaluate(rows, rows, pred=name, target=name, warn=lambda _: None).mean == 0
    with pytest.raises(DataError, match="one is laid out as 'csr', the other as 'csc'"):
        evaluate(rows, columns, pred=name, target=name)


@pytest.mark.parametrize("said", [np.array([b"csr"]), np.array(7), np.zeros(5000)])
def test_a_member_that_says_no_layout_is_none(tmp_path: Path, said: Any) -> None:
    arrays = {name: np.array(values) for name, values in ONE_ORDER.items()}
    p, t = tmp_path / "p.npz", tmp_path / "t.npz"
    as_npz(p, {"format": said, **arrays})
    as_npz(t, {"format": np.array("csc"), **arrays})
    assert evaluate(p, t, pred="data", target="data", warn=lambda _: None).mean == 0


def test_values_beside_those_that_say_no_cells_are_refused(tmp_path: Path) -> None:
    path = in_one_file(tmp_path / "x.h5", p=ONE_ORDER)
    with pytest.raises(DataError, match="nothing says of which cells those of"):
        evaluate(path, np.zeros(3), pred="p/data")


def test_a_matrix_that_is_asked_for_is_called_sparse(tmp_path: Path) -> None:
    path = in_one_file(tmp_path / "x.h5", p=ONE_ORDER, y=ONE_ORDER)
    with pytest.raises(DataError) as caught:
        evaluate(path, None, pred="p", target="y")
    assert caught.value.hint == "'p' is a sparse matrix: save it as a dense array (.toarray())"
