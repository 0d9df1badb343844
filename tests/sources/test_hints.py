"""The lines that errors say to type run, for what people store with PyTorch, joblib and print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError
from tests.sources.files import read
from tests.sources.hints import run_line

if TYPE_CHECKING:
    from pathlib import Path

VALUES = [0.5, -2.5, 96.0, 2.0**-20]


def error_of(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "float8_e5m2"])
@pytest.mark.parametrize("form", ["tensor", "list", "scalars", "dict", "numbered"])
def test_a_file_of_torch_is_converted_whatever_holds_its_tensors(
    tmp_path: Path, dtype: str, form: str
) -> None:
    torch = pytest.importorskip("torch")
    values = VALUES if dtype != "float8_e5m2" else VALUES[:3]
    tensor = torch.tensor(values, dtype=torch.float64).to(getattr(torch, dtype))
    stored: Any = {
        "tensor": tensor,
        "list": [tensor[:2], tensor[2:]],
        "scalars": [*tensor],
        "dict": {"model": {"w": tensor}, "preds": tensor, "epoch": 3, "note": "x"},
        "numbered": {0: tensor},
    }[form]
    if dtype == "float8_e5m2" and form in ("list", "scalars"):
        pytest.skip("PyTorch does not join tensors of 8 bits")
    path = tmp_path / "x.pt"
    torch.save(stored, path)
    run_line(error_of(path).hint, path)
    assert read(tmp_path / "x.npz").tolist() == tensor.double().tolist()


@pytest.mark.parametrize("compress", [0, 3])
def test_a_table_in_a_joblib_file_keeps_its_names(tmp_path: Path, compress: int) -> None:
    joblib, pandas = pytest.importorskip("joblib"), pytest.importorskip("pandas")
    table = pandas.DataFrame({"p": VALUES, "y": VALUES[::-1], "id": [*"abcd"]})
    for name, stored, suffix in (
        ("table", table, ".parquet"),
        ("names", {"p": table["p"].to_numpy(), "y": table["y"].to_numpy()}, ".npz"),
    ):
        path = tmp_path / f"{name}.joblib"
        joblib.dump(stored, path, compress=compress)
        run_line(error_of(path).hint, path)
        assert read(path.with_suffix(suffix), "p").tolist() == VALUES


PRINTED = {
    "numbers": str(np.array(VALUES)),
    "more than are printed": str(np.linspace(0, 1, 5000)),
    "rows": str(np.arange(12.0).reshape(4, 3)),
    "whole numbers": str(np.arange(5)),
    "whole floats": str(np.arange(5.0)),
    "one whole float": "[1.]",
    "one that is missing": str(np.array([np.nan, 1])),
    "booleans": str(np.array([True, False])),
    "repr": repr(np.array(VALUES)),
    "rows of repr": repr(np.arange(12.0).reshape(4, 3)),
    "a tensor": "tensor([ 0.5000, -2.5000], dtype=torch.float64)",
    "batches": "[0.5 1.5]\n[2.5 3.5]",
    "tensors": "tensor([0.5, 1.5])\ntensor([2.5, 3.5])",
}


@pytest.mark.parametrize("name", PRINTED)
def test_an_array_that_was_printed_is_no_json(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"{PRINTED[name]}\n")
    error = error_of(path)
    assert "an array as NumPy or PyTorch prints it" in error.what
    assert error.hint is not None
    assert "may be rounded or left out" in error.hint
    assert "json" not in error.hint


@pytest.mark.parametrize(
    "text", ["[nan, 1.5]", "[1.5, None]", "[True, False]", "[(1, 2)]", "[np.float64(1.5)]"]
)
def test_a_list_that_was_printed_is_no_json_where_json_lacks_its_words(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text)
    assert "a list as Python prints it" in error_of(path).what


@pytest.mark.parametrize("text", ["[1.5, NaN, 2]", "[1.5]", "[\n 1.5,\n 2.5\n]", "[[1], [2]]"])
def test_an_array_of_json_is_still_converted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text)
    error = error_of(path)
    assert "a JSON array" in error.what
    run_line(error.hint, path)
    assert len(read(tmp_path / "x.npy")) > 0


def test_brackets_and_quotes_in_a_text_of_json_are_text(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(r"""[{"note": "\"None\" (it's ]", "y": 1.5}]""")
    error = error_of(path)
    assert "a JSON array of objects" in error.what
    run_line(error.hint, path)
    assert read(tmp_path / "x.jsonl", "y").tolist() == [1.5]


@pytest.mark.parametrize("name", ["[1 2]", "[nan]", "[True]"])
def test_a_column_with_a_name_in_brackets_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"{name},y\n1,1.5\n2,2.5\n")
    assert read(path, "y").tolist() == [1.5, 2.5]
