"""Files evaluated on a device: the same results, with the CUDA kernels on this processor."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, Execution, compare, evaluate
from smoothl1.backends.choice import backend_name
from smoothl1.read_options import ReadOptions
from smoothl1.running.evaluate import LossOutput
from tests.backends.cuda.host_device import COMPILER
from tests.backends.cuda.on_host import put_in_place_of_gpus

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(COMPILER is None, reason="needs a C++ compiler")

N = 700
BETAS = (0.0, 0.5, 3.0)


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put_in_place_of_gpus(monkeypatch)
    rng = np.random.default_rng(7)
    pred, other, target = rng.normal(size=(3, N))
    target[[3, 200]] = math.nan
    rows = pa.table(
        {
            "pred": pred,
            "other": other.astype(np.float32),
            "target": target,
            "weight": rng.uniform(0.5, 2.0, N),
            "group": rng.integers(0, 4, N),
        }
    )
    pq.write_table(rows, tmp_path / "rows.parquet", row_group_size=100)
    arrow_csv.write_csv(rows, tmp_path / "rows.csv")
    for name in ("pred", "target"):
        np.save(tmp_path / f"{name}.npy", rows[name].to_numpy())
    return tmp_path


def ignore(warning: str) -> None:
    """Two targets are missing, which every run says."""


def sides(folder: Path, kind: str) -> tuple[tuple[Path, ...], dict[str, str]]:
    if kind == "npy":
        return (folder / "pred.npy", folder / "target.npy"), {}
    return (folder / f"rows.{kind}",), {"pred": "pred", "target": "target"}


@pytest.mark.parametrize("execution", [Execution(1), Execution(2, 64), Execution(1, 33)])
@pytest.mark.parametrize("kind", ["npy", "csv", "parquet"])
@pytest.mark.parametrize("nan", ["omit", "propagate"])
def test_files_on_cuda_have_the_result_of_the_cpu(
    table: Path, kind: str, nan: str, execution: Execution
) -> None:
    paths, columns = sides(table, kind)
    given: dict[str, Any] = {"settings": EvalSettings(BETAS, nan=nan), "execution": execution}
    given |= {"options": ReadOptions(allow_missing=True), "warn": ignore, **columns}
    expected = evaluate(*paths, **given, statistics=True)
    found = evaluate(*paths, **given, statistics=True, device="cuda:1")
    assert found == expected
    assert (found.backend, found.to_json()["backend"]) == ("cuda:1", "cuda:1")


def test_weighted_files_on_cuda_have_the_result_of_the_cpu(table: Path) -> None:
    paths, columns = sides(table, "parquet")
    given: dict[str, Any] = {
        "settings": EvalSettings(BETAS, nan="omit"),
        "weight": "weight",
        "warn": ignore,
    }
    expected = evaluate(*paths, **given, **columns)
    assert evaluate(*paths, **given, **columns, device="cuda") == expected


def test_groups_are_summed_by_the_cpu_where_cuda_is_the_device(table: Path) -> None:
    paths, columns = sides(table, "parquet")
    given: dict[str, Any] = {
        "settings": EvalSettings(BETAS, nan="omit", by="group"),
        "warn": ignore,
    }
    found = evaluate(*paths, **given, **columns, device="cuda")
    assert found == evaluate(*paths, **given, **columns)
    assert found.backend == backend_name()


@pytest.mark.parametrize("chunk_rows", [None, 50])
def test_losses_of_elements_on_cuda_have_the_same_bytes(
    table: Path, chunk_rows: int | None
) -> None:
    paths, columns = sides(table, "parquet")
    written = []
    for device in ("cpu", "cuda"):
        file = io.BytesIO()
        settings = EvalSettings((0.5,), reduction="none", nan="omit")
        output = LossOutput(file, "npy")
        execution = Execution(2, chunk_rows)
        evaluate(
            *paths,
            settings=settings,
            **columns,
            execution=execution,
            losses_to=output,
            device=device,
            warn=ignore,
        )
        written.append(file.getvalue())
    assert written[0] == written[1]


def test_models_are_compared_on_cuda_with_the_same_numbers(table: Path) -> None:
    path = table / "rows.parquet"
    settings = EvalSettings(BETAS, nan="omit")
    columns = {"pred_a": "pred", "pred_b": "other", "target": "target"}
    expected = compare(path, settings=settings, warn=ignore, **columns)
    assert compare(path, settings=settings, warn=ignore, **columns, device="cuda") == expected


def test_auto_takes_cuda_where_a_gpu_can_be_used(table: Path) -> None:
    paths, columns = sides(table, "npy")
    assert evaluate(*paths, **columns, device="auto", warn=ignore).backend == "cuda:0"
