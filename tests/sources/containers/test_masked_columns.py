"""Columns of pandas as AnnData stores them: values and a mask, or codes of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, evaluate
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
MASK = np.arange(N) % 5 == 2
TARGET = np.arange(N) * 2.0
VALUES = np.where(MASK, 1, TARGET.astype("i8") + 1)
ABSOLUTE = EvalSettings((0.0,))

Group = dict[str, Any]


def save(path: Path, **groups: tuple[str, Group]) -> Path:
    """Save groups of arrays, each with its encoding, as HDF5 or Zarr by the suffix."""
    if path.suffix == ".h5ad":
        with imported("h5py").File(path, "w") as file:
            for name, (encoding, arrays) in groups.items():
                file.create_group(name).attrs["encoding-type"] = encoding
                for array, values in arrays.items():
                    file.create_dataset(f"{name}/{array}", data=values, chunks=(2,))
        return path
    root = imported("zarr").open_group(path, mode="w", zarr_format=int(path.suffix[-1]))
    for name, (encoding, arrays) in groups.items():
        group = root.create_group(name)
        group.attrs["encoding-type"] = encoding
        for array, values in arrays.items():
            made = group.create_array(array, shape=values.shape, chunks=(4,), dtype=values.dtype)
            made[...] = values
    return path


formats = pytest.mark.parametrize("name", ["x.h5ad", "x.zarr2", "x.zarr3"])


def masked(
    values: Any = VALUES, mask: Any = MASK, encoding: str = "nullable-integer"
) -> tuple[str, Group]:
    return encoding, {"values": values, "mask": mask}


@formats
@pytest.mark.parametrize("encoding", ["nullable-integer", "nullable-boolean"])
def test_a_value_whose_mask_is_set_is_missing(tmp_path: Path, name: str, encoding: str) -> None:
    values = VALUES if encoding == "nullable-integer" else VALUES > 5
    path = save(tmp_path / name, age=masked(values, encoding=encoding))
    expected = np.abs(values.astype(float) - TARGET)[~MASK].sum()
    for execution in (Execution(), Execution(2, 3)):
        with pytest.raises(DataError, match="row 3: the value is missing, by its mask"):
            evaluate(path, TARGET, pred="age/values", execution=execution)
        found = evaluate(
            path,
            TARGET,
            EvalSettings((0.0,), nan="omit"),
            pred="age/values",
            execution=execution,
            warn=[].append,
        )
        assert (found.tallies[0].sum, found.tallies[0].n_missing) == (expected, MASK.sum())


@formats
def test_values_without_a_mask_that_is_set_are_all_there(tmp_path: Path, name: str) -> None:
    path = save(
        tmp_path / name,
        full=masked(mask=np.zeros(N, bool)),
        other=masked(encoding="dict"),  # what a mask beside it means is not said
    )
    expected = np.abs(VALUES - TARGET).sum()
    for array in ("full/values", "other/values"):
        assert evaluate(path, TARGET, ABSOLUTE, pred=array).tallies[0].sum == expected


@formats
@pytest.mark.parametrize(
    "mask", [None, np.zeros(N - 1, bool), np.zeros(N, "i1")], ids=["none", "short", "integers"]
)
def test_a_mask_that_is_no_boolean_for_each_value_is_refused(
    tmp_path: Path, name: str, mask: Any
) -> None:
    encoding, arrays = masked(mask=mask)
    path = save(tmp_path / name, age=(encoding, {k: v for k, v in arrays.items() if v is not None}))
    with pytest.raises(DataError, match="mask beside it, is not a boolean for each value"):
        evaluate(path, TARGET, pred="age/values")


@formats
def test_codes_of_no_category_are_missing(tmp_path: Path, name: str) -> None:
    codes = np.where(MASK, -1, 1).astype("i1")
    path = save(tmp_path / name, kind=("categorical", {"codes": codes, "categories": VALUES[:4]}))
    with pytest.raises(DataError, match=r"row 3: the value is missing \(-1\)"):
        evaluate(path, TARGET, pred="kind/codes")
    found = evaluate(
        path, TARGET, EvalSettings((0.0,), nan="omit"), pred="kind/codes", warn=[].append
    )
    assert found.tallies[0].sum == np.abs(codes - TARGET)[~MASK].sum()


@formats
def test_a_key_whose_mask_is_set_is_missing(tmp_path: Path, name: str) -> None:
    def keyed(file: str, ids: Sequence[Any], mask: Any) -> Path:
        numbers = ("dict", {"y": TARGET})
        return save(tmp_path / file, id=masked(np.array(ids), mask), of=numbers)

    other = keyed(f"other{name}", range(N), np.zeros(N, bool))
    with pytest.raises(DataError, match=r"row 3.* missing"):
        evaluate(keyed(name, range(N), MASK), other, pred="of/y", target="of/y", key="id/values")


def test_a_text_whose_mask_is_set_is_missing(tmp_path: Path) -> None:
    texts = np.array([f"t{i}" for i in range(N)], object)
    path = save(
        tmp_path / "x.h5ad",
        name=masked(texts, encoding="nullable-string-array"),
        of=("dict", {"p": TARGET, "y": TARGET + 1}),
    )
    with pytest.raises(DataError, match=r"row 3.* missing"):
        evaluate(path, pred="of/p", target="of/y", settings=EvalSettings(by="name/values"))


def test_a_dataset_in_memory_with_a_mask_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "x.h5ad", age=masked())
    with (
        imported("h5py").File(path) as file,
        pytest.raises(DataError, match="'<predictions>' has missing values by 'age/mask'"),
    ):
        evaluate(file["age/values"], TARGET)


def test_codes_of_a_dataset_in_memory_are_missing_below_zero(tmp_path: Path) -> None:
    codes = np.where(MASK, -1, 1).astype("i1")
    path = save(tmp_path / "x.h5ad", kind=("categorical", {"codes": codes}))
    with imported("h5py").File(path) as file:
        result = evaluate(file["kind/codes"], TARGET, ABSOLUTE, nan="omit", warn=[].append)
    assert result.tallies[0].n_missing == MASK.sum()
