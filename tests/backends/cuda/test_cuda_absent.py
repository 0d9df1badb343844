"""Where no GPU can be used: one line that says what is missing, or the CPU for `auto`."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smoothl1 import MissingExtraError, SettingsError, StorageError, evaluate, smooth_l1_loss
from smoothl1.backends import choice
from smoothl1.backends.choice import backend_name, backend_on
from smoothl1.backends.cuda.device import device_of, open_device

SAMPLES = Path(__file__).parents[3] / "sample_data"
PAIR = ("preds.npy", "targets.npy")
HAS_CUPY = importlib.util.find_spec("cupy") is not None
INSTALL = "pip install 'smoothl1[cuda12x]' or 'smoothl1[cuda13x]'"


def has_gpu() -> bool:
    try:
        open_device(0)
    except (MissingExtraError, StorageError):
        return False
    return True


needs_no_gpu = pytest.mark.skipif(has_gpu(), reason="there is a GPU")
needs_cupy = pytest.mark.skipif(
    not HAS_CUPY and os.environ.get("SMOOTHL1_REQUIRE_CUPY") != "1",
    reason="needs CuPy: pip install '.[test-cuda]'",
)


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smoothl1.cli", *args],
        cwd=SAMPLES,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def _no_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    open_device.cache_clear()  # a machine with a GPU has opened it


class OnGpu:
    """An array of another library that says that it is on a GPU."""

    def __dlpack_device__(self) -> tuple[int, int]:
        return (2, 0)


@pytest.mark.usefixtures("_no_cupy")
def test_cuda_without_cupy_is_refused_with_what_to_install() -> None:
    for device in ("cuda", "cuda:1"):
        with pytest.raises(MissingExtraError, match="a GPU needs CuPy") as caught:
            evaluate(*(SAMPLES / name for name in PAIR), device=device)
        assert caught.value.hint == INSTALL
    with pytest.raises(MissingExtraError, match="a GPU needs CuPy"):
        smooth_l1_loss(OnGpu(), OnGpu())  # type: ignore[arg-type]


def test_the_cause_is_named_where_cupy_is_installed_and_does_not_import_for_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own message is a page that begins with an empty line and a rule."""
    (tmp_path / "cupy.py").write_text(
        "try:\n    raise ImportError('libxyz.so: cannot open shared object file')\n"
        "except ImportError as error:\n    raise ImportError('\\n=====\\nFailed') from error\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    open_device.cache_clear()
    with pytest.raises(MissingExtraError, match=r"^a GPU needs CuPy: libxyz.so: cannot open"):
        open_device(0)


@pytest.mark.usefixtures("_no_cupy")
def test_auto_without_cuda_is_the_cpu() -> None:
    assert backend_on("auto") == backend_name()


@needs_no_gpu
@pytest.mark.parametrize("command", [("eval",), ("compare", "preds.npy")])
def test_cuda_that_cannot_be_used_is_one_line_and_exit_code_4(command: tuple[str, ...]) -> None:
    done = run(*command, *PAIR, "--device", "cuda")
    assert (done.returncode, done.stdout) == (4, "")
    what = "no GPU can be used: " if HAS_CUPY else "a GPU needs CuPy: "
    assert done.stderr.startswith(f"smoothl1: error: {what}")
    assert done.stderr.count("\n") == 1


@needs_no_gpu
def test_auto_says_in_the_json_that_the_cpu_computed() -> None:
    done = run("eval", *PAIR, "--device", "auto", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["backend"] == backend_name()
    assert found["results"] == json.loads(run("eval", *PAIR, "--json").stdout)["results"]


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:²", "CUDA", ""])
def test_a_device_that_is_no_name_of_cuda_is_a_wrong_command_line(device: str) -> None:
    done = run("eval", *PAIR, "--device", device)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no device {device!r}: it is cpu, cuda, cuda:N or auto" in done.stderr
    with pytest.raises(SettingsError, match="it is cpu, cuda, cuda:N or auto"):
        evaluate("absent.npy", "absent.npy", device=device)


def test_the_environment_cannot_choose_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", "cuda")
    with pytest.raises(SettingsError, match="no backend 'cuda'"):
        backend_on("cpu")


@needs_cupy
@needs_no_gpu
def test_cuda_without_a_driver_is_refused_by_cupy_itself() -> None:
    with pytest.raises(StorageError, match="no GPU can be used: cudaError") as caught:
        open_device(0)
    assert "\n" not in str(caught.value)
    assert backend_on("auto") == backend_name()
    with pytest.raises(StorageError, match="no GPU can be used"):
        smooth_l1_loss(OnGpu(), OnGpu())  # type: ignore[arg-type]


@needs_cupy
@pytest.mark.parametrize(
    ("broken", "answer", "error", "message"),
    [
        ("runtime.getDeviceCount", 0, StorageError, "there is no device cuda:0, only 0 GPUs"),
        ("nvrtc.getVersion", None, MissingExtraError, "a GPU needs NVRTC: no libnvrtc"),
    ],
)
def test_what_cuda_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, broken: str, answer: Any, error: type[Exception], message: str
) -> None:
    """Answers of CuPy where there is a driver, which a machine without one cannot give."""
    cupy = pytest.importorskip("cupy")

    def lacks() -> int:
        if answer is None:
            raise RuntimeError("no libnvrtc\nsearched everywhere")
        return int(answer)

    monkeypatch.setattr(cupy.cuda.runtime, "getDeviceCount", lambda: 1)
    owner, name = broken.split(".")
    monkeypatch.setattr(getattr(cupy.cuda, owner), name, lacks)
    open_device.cache_clear()
    with pytest.raises(error, match=f"^{message}"):
        open_device(0)


def test_arrays_of_this_process_are_on_no_cuda_device() -> None:
    class OnCpu:
        def __dlpack_device__(self) -> tuple[int, int]:
            return (1, 0)

    for values in (np.zeros(3), [0.0], 1.0, OnCpu()):
        assert device_of(values) is None


def test_groups_need_the_device_that_is_asked_for_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    open_device.cache_clear()
    with pytest.raises(MissingExtraError):
        choice.backend_on("cuda", is_grouped=True)
