"""What importing costs: heavy packages come in where they are needed, and nowhere else."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SAMPLES = Path(__file__).parents[1] / "sample_data"
HEAVY = ["numpy", "pyarrow", "rich", "concurrent.futures", "traceback"]
HEAVY += ["dask", "cupy", "pandas", "scipy", "numpy.ma", "smoothl1.files.shard_names"]
HEAVY += ["fsspec", "smoothl1.files.stores", "importlib.metadata", "hashlib"]


def loaded_by(code: str, *args: object) -> list[str]:
    """The heavy packages that a fresh interpreter has imported after running some code."""
    of_heavy = f"filter(sys.modules.get, {HEAVY})"
    report = f"\nimport sys; print(*{of_heavy}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + report, *map(str, args)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.split()


RUN = """
import sys
from smoothl1.cli.boundary import complete
assert complete() == 0
"""


@pytest.mark.parametrize("module", ["smoothl1", "smoothl1.cli", "smoothl1.cli.boundary"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == []


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["eval", "--help"]])
def test_help_loads_nothing_heavy(args: list[str]) -> None:
    assert loaded_by(RUN, *args) == []


def test_a_npy_run_loads_numpy_alone() -> None:
    assert loaded_by(RUN, "eval", SAMPLES / "preds.npy", SAMPLES / "targets.npy") == ["numpy"]


def test_a_run_of_arrays_loads_nothing_that_chooses_columns_or_writes_losses() -> None:
    of_others = ["smoothl1.pairing.columns_read", "smoothl1.running.loss_output"]
    assert all(map(importlib.util.find_spec, of_others))
    code = f"{RUN}assert not {{*{of_others}}} & sys.modules.keys()"
    assert loaded_by(code, "eval", SAMPLES / "preds.npy", SAMPLES / "targets.npy") == ["numpy"]


def test_a_npy_run_that_writes_npy_text_or_csv_loads_numpy_alone(tmp_path: Path) -> None:
    for name in ("npy", "text", "csv"):
        args = ["-r", "none", "-f", name, "-o", tmp_path / "out"]
        inputs = [SAMPLES / "preds.npy", SAMPLES / "targets.npy"]
        assert loaded_by(RUN, "eval", *inputs, *args) == ["numpy"]


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_table_loads_pyarrow_beside_numpy_and_nothing_else(name: str, tmp_path: Path) -> None:
    of_pyarrow = loaded_by("import pyarrow")  # cloudpickle is among it where it is installed
    (tmp_path / "x.csv").write_text("p,t\n1,2\n3,4\n")
    pq.write_table(pa.table({"p": [1.0, 3.0], "t": [2.0, 4.0]}), tmp_path / "x.parquet")
    loaded = loaded_by(RUN, "eval", tmp_path / f"x.{name}", "--pred", "p", "--target", "t")
    assert loaded == [name for name in HEAVY if name in {"numpy", *of_pyarrow}]


def test_a_run_loads_no_pandas_though_pyarrow_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pandas").mkdir()
    (tmp_path / "pandas" / "__init__.py").write_text("__version__ = '2.2.0'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "pandas" in loaded_by("import pyarrow as pa; pa.array([1]).to_numpy()")
    pq.write_table(pa.table({"p": [1.0, 3.0], "t": [2.0, 4.0]}), tmp_path / "x.parquet")
    args = ["eval", tmp_path / "x.parquet", "--pred", "p", "--target", "t"]
    assert "pandas" not in loaded_by(RUN, *args)
    losses = ["-r", "none", "-o", tmp_path / "losses.parquet"]
    assert "pandas" not in loaded_by(RUN, *args, *losses)


def test_a_wrong_command_line_is_refused_before_numpy_is_loaded() -> None:
    code = RUN.replace("== 0", "== 2")
    refused = (
        "import sys; sys.stderr = open('/dev/null', 'w')" + code + "sys.stderr = sys.__stderr__"
    )
    assert loaded_by(refused, "eval", "a.npy", "b.npy", "--beta", "-1") == []


@pytest.mark.parametrize(
    ("name", "usual", "given"),
    [
        ("OPENBLAS_NUM_THREADS", "1", "3"),
        ("JE_ARROW_MALLOC_CONF", "background_thread:false", "background_thread:true"),
    ],
)
@pytest.mark.parametrize("is_given", [False, True])
def test_numpy_and_pyarrow_start_no_threads_of_their_own_unless_asked_to(
    name: str, usual: str, given: str, is_given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name, raising=False)
    if is_given:
        monkeypatch.setenv(name, given)
    expected = given if is_given else usual
    code = f"{RUN}import os; assert os.environ[{name!r}] == {expected!r}"
    assert "numpy" in loaded_by(code, "eval", SAMPLES / "preds.npy", SAMPLES / "targets.npy")


@pytest.mark.parametrize(
    ("package", "code", "words"),
    [
        ("numpy", "raise ValueError('dtype size changed')", "dtype size changed"),
        ("pyarrow", "import absent", "No module named 'absent'"),
        (
            "pyarrow",
            "try:\n  1 / 0\nexcept ArithmeticError as e:\n  raise ImportError('READ') from e",
            "division by zero",
        ),
    ],
)
def test_a_package_whose_import_fails_is_named_and_is_no_bug(
    package: str, code: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / f"{package}.py").write_text(code)
    (tmp_path / "x.csv").write_text("p,t\n1,2\n")
    args = ["eval", "x.csv", "--pred", "p", "--target", "t"]
    run = f"from smoothl1.cli.boundary import run; run({args})"
    done = subprocess.run(
        [sys.executable, "-c", run],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.fspath(tmp_path)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    advice = f"[python -c 'import {package}' shows where]"
    message = f"smoothl1: error: {package} cannot be imported: {words} {advice}\n"
    assert (done.returncode, done.stderr.decode()) == (4, message)
