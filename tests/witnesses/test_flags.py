"""Columns of true and false that two inputs have in common, in every format."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from smoothl1 import evaluate

if TYPE_CHECKING:
    from pathlib import Path

FLAGS = [True, True, False, True, False, False, False, True, False, True]
SUFFIXES = ("parquet", "arrow", "npz", "csv", "jsonl")


def save(path: Path, name: str, flags: list[bool]) -> None:
    numbers = [float(i) for i in range(len(flags))]
    table = pa.table({"is_train": flags, name: numbers})
    pq.write_table(table, path.with_suffix(".parquet"))
    feather.write_feather(table, path.with_suffix(".arrow"), compression="uncompressed")
    np.savez(path.with_suffix(".npz"), **{"is_train": np.array(flags), name: np.array(numbers)})
    rows = [f"{flag},{number}\n" for flag, number in zip(flags, numbers, strict=True)]
    path.with_suffix(".csv").write_text("".join([f"is_train,{name}\n", *rows]))
    objects = (
        {"is_train": flag, name: number} for flag, number in zip(flags, numbers, strict=True)
    )
    path.with_suffix(".jsonl").write_text("".join(json.dumps(one) + "\n" for one in objects))


@pytest.mark.parametrize("is_same", [True, False])
def test_flags_are_compared_in_all_formats_by_one_rule(tmp_path: Path, is_same: bool) -> None:
    """`True` of pandas, `true` of JSON and booleans are the same; most rows differ otherwise."""
    save(tmp_path / "p", "pred", FLAGS)
    save(tmp_path / "t", "target", FLAGS if is_same else [not flag for flag in FLAGS])
    for one, other in product(SUFFIXES, SUFFIXES):
        warnings: list[str] = []
        p, t = tmp_path / f"p.{one}", tmp_path / f"t.{other}"
        result = evaluate(p, t, pred="pred", target="target", betas=0, warn=warnings.append)
        found = [d for d in result.decisions if "is_train" in f"{d.subject}{d.choice}{d.reason}"]
        assert found or warnings, (one, other)
        said = [text for text in warnings if "column 'is_train' differs" in text]
        assert len(said) == (not is_same), (one, other)


YES_NO = ["Yes" if flag else "no" for flag in FLAGS]


@pytest.mark.parametrize(
    ("texts", "differs"),
    [
        (YES_NO, False),
        (["N" if flag else "y" for flag in FLAGS], True),
        ([*YES_NO[:-1], "often"], False),
        (["x", "y", "z", "never", "no"] * 2, False),
    ],
)
def test_texts_beside_booleans_are_compared_where_all_say_yes_or_no(
    tmp_path: Path, texts: list[str], differs: bool
) -> None:
    """Of other texts nothing is known, and nothing is said."""
    save(tmp_path / "p", "pred", FLAGS)
    rows = [f"{text},{i}\n" for i, text in enumerate(texts)]
    (tmp_path / "t.csv").write_text("".join(["is_train,target\n", *rows]))
    said: list[str] = []
    p, t = tmp_path / "p.parquet", tmp_path / "t.csv"
    assert evaluate(p, t, pred="pred", target="target", betas=0, warn=said.append).values
    assert ["column 'is_train' differs" in text for text in said] == [True] * differs


def test_two_columns_of_booleans_in_another_order_prove_nothing(tmp_path: Path) -> None:
    """As many are true on both sides by chance: there is a warning, and a result."""
    numbers = [1.0, 2.0, 3.0, 4.0]
    one, other = [True, False, True, True], [True, True, False, True]
    pq.write_table(pa.table({"a": one, "b": other, "pred": numbers}), tmp_path / "p.parquet")
    pq.write_table(pa.table({"a": other, "b": one, "target": numbers}), tmp_path / "t.parquet")
    said: list[str] = []
    paths = tmp_path / "p.parquet", tmp_path / "t.parquet"
    result = evaluate(*paths, pred="pred", target="target", betas=0, warn=said.append)
    assert result.values == (0.0,)
    assert len(said) == 1
