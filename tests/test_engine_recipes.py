"""The recipes of docs/engines.md, run as they stand there, but for the folder of the data."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.examples import ROOT, blocks_of, run_in

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.grid,
    pytest.mark.skipif(os.name != "posix", reason="paths are written for POSIX"),
]

BLOCKS = {b.name: b.text for b in blocks_of("docs/engines.md") if b.language == "python"}
MEAN = "0.3694987305987734\n"


def run_recipe(folder: Path, name: str) -> str:
    """The output of a recipe over the sample data."""
    text = BLOCKS[name].replace("/data/", f"{ROOT}/sample_data/")
    (folder / "recipe.py").write_text(text)
    done = run_in(folder, "python", "recipe.py")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_recipe_is_run() -> None:
    assert sorted(BLOCKS) == ["Executors 1", "Ray 1", "Spark 1"]


def test_processes(tmp_path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name in ("preds", "targets"):
        (tmp_path / name).mkdir()
        values = np.load(ROOT / "sample_data" / f"{name}.npy")
        for i, part in enumerate(np.array_split(values, 3)):
            pq.write_table(pa.table({"y": part}), tmp_path / name / f"{i}.parquet")
    assert run_recipe(tmp_path, "Executors 1") == "0.24106696670213112\n"


@pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None, reason="needs PySpark and Java"
)
def test_spark(tmp_path: Path) -> None:
    assert run_recipe(tmp_path, "Spark 1") == MEAN


@pytest.mark.skipif(find_spec("ray") is None, reason="needs Ray")
def test_ray(tmp_path: Path) -> None:
    assert run_recipe(tmp_path, "Ray 1") == MEAN
