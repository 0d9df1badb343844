"""Whole numbers that R writes in scientific notation are keys in digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.labels.exponents import in_digits, without_exponents

if TYPE_CHECKING:
    from pathlib import Path


def test_a_number_is_read_as_r_writes_it_if_it_is_whole_and_exact() -> None:
    texts = ["1e+05", "-1.5e+06", "1.23e+01", "1e5", "1E+05", "1.0e+05", "1e+15", "1e-05", "a1e+05"]
    wanted = ["100000", "-1500000", *texts[2:]]
    assert without_exponents(pa.array(texts)).to_pylist() == wanted
    assert without_exponents(pa.chunked_array([texts[:1], texts[1:]])).to_pylist() == wanted
    assert [in_digits(text) for text in ("1e5", "12e5", "1.25e1", "2.50e+02")] == [
        *("100000", "12e5", "1.25e1", "250"),
    ]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_keys_match_whether_r_wrote_them_or_not(tmp_path: Path, suffix: str) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / f"y.{suffix}"
    pred.write_text("id,p\n99999,1\n1e+05,2\n")
    if suffix == "csv":
        target.write_text("id,y\n100000,2\n99999,1\n")
    else:
        pq.write_table(pa.table({"id": [100000, 99999], "y": [2.0, 1.0]}), target)
    assert evaluate(str(pred), str(target), key="id").mean == 0
    pred.write_text("id,p\n99999,1\n1e5,2\n")
    with pytest.raises(DataError, match="scientific notation"):
        evaluate(str(pred), str(target), key="id")


def test_a_code_and_a_number_of_one_file_stay_two_keys(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / "y.csv"
    pred.write_text("id,p\n100000,1\n1e+05,2\n")
    target.write_text("id,y\n1e+05,2\n100000,1\n")
    assert evaluate(str(pred), str(target), key="id").mean == 0


ORDER = [5, 0, 7, 2, 9, 4, 1, 8, 3, 6]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_ids_in_another_order_that_r_wrote_are_told_the_key_that_matches_them(
    tmp_path: Path, suffix: str
) -> None:
    ids = [99_995 + i for i in range(10)]
    pred, target = tmp_path / "p.csv", tmp_path / f"y.{suffix}"
    of_r = ["1e+05" if i == 100_000 else str(i) for i in ids]
    pred.write_text("id,p\n" + "".join(f"{i},{n}\n" for n, i in enumerate(of_r)))
    if suffix == "csv":
        target.write_text("id,y\n" + "".join(f"{ids[n]},{n}\n" for n in ORDER))
    else:
        columns = {"id": [ids[n] for n in ORDER], "y": [float(n) for n in ORDER]}
        pq.write_table(pa.table(columns), target)
    with pytest.raises(DataError, match=r"another order: .* \[--key id matches rows by it"):
        evaluate(str(pred), str(target), pred="p", target="y")
    assert evaluate(str(pred), str(target), pred="p", target="y", key="id").mean == 0


def test_codes_of_which_one_is_a_number_of_r_are_refused_in_another_order(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / "y.csv"
    pred.write_text("id,p\na,0\n100000,1\n1e+05,2\n")
    target.write_text("id,y\na,0\n1e+05,2\n100000,1\n")
    with pytest.raises(DataError, match="another order: rows are not paired"):
        evaluate(str(pred), str(target), pred="p", target="y")
