"""The recipes of docs/ci.md, and the small repository of a user who follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import smoothl1
from tests.examples import blocks_of

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = {
    block.name: block.text
    for block in blocks_of("docs/ci.md")
    if block.language != "console"  # those are run like all others
}


def recipe(name: str) -> str:
    """The text of a block, by its heading and number. A test looks for who asks for each."""
    return BLOCKS[name]


PIP = f"pip install git+https://github.com/OWNER/smoothl1@v{smoothl1.__version__}"
"""The one line of the recipes that is left out: it needs the network, and smoothl1 is here."""

N_ROWS = 40

PREDICT = """
import argparse
import os
import shutil

parser = argparse.ArgumentParser()
parser.add_argument("--out", required=True)
parser.add_argument("--shard", default="whole")
given = parser.parse_args()
shutil.copyfile(os.path.join("made", given.shard + ".parquet"), given.out)
"""
"""What a user has: a script that writes predictions, of everything or of a shard of 10 rows. They
are made beforehand, since a script that imports no pyarrow starts sooner."""

GOOD, BAD = 0.5, 2.0
"""Errors. At beta 0.5 the losses are 0.25 and 0.0625, or 1.75 and 0.75; at beta 1 they are 0.125
and 0.03125, or 1.5 and 0.5."""


def write_repository(folder: Path, wrong: float) -> None:
    """A user's repository: a script, and targets 0 to 39 whole and in shards."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "made").mkdir(exist_ok=True)
    (folder / "predict.py").write_text(PREDICT)
    # Half of all errors are wrong, the others half of that.
    y_hat = pa.array([i + wrong / (1 + i % 2) for i in range(N_ROWS)], pa.float64())
    whole = pa.table({"id": pa.array(range(N_ROWS)), "y_hat": y_hat})
    pq.write_table(whole, folder / "made" / "whole.parquet")
    y = pa.array(range(N_ROWS), pa.float64())
    regions = pa.array(["north"] * 20 + ["south"] * 20)
    table = pa.table({"id": pa.array(range(N_ROWS)), "region": regions, "y": y})
    pq.write_table(table, folder / "data" / "targets.parquet")
    for i in range(4):
        part, made = pa.table({"y": y.slice(10 * i, 10)}), whole.select(["y_hat"]).slice(10 * i, 10)
        pq.write_table(part, folder / "data" / f"targets-{i}.parquet")
        pq.write_table(made, folder / "made" / f"{i}.parquet")


def one_column_pair(folder: Path, wrong: float, suffix: str) -> None:
    """preds and targets of one column, as Parquet or .npy."""
    y = np.arange(float(N_ROWS))
    y_hat = y + wrong / (1 + np.arange(N_ROWS) % 2)
    for name, column, values in (("preds", "y_hat", y_hat), ("targets", "y", y)):
        if suffix == "npy":
            np.save(folder / f"{name}.npy", values)
        else:
            pq.write_table(pa.table({column: values}), folder / f"{name}.parquet")
