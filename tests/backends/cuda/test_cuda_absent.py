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
from smoothl1.backends.cuda.device import open_device
from smoothl1.criterion.on_gpu import device_of

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


def forget_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let CuPy be imported anew, and what is imported be forgotten after the test."""
    monkeypatch.setitem(sys.modules, "cupy", None)
    del sys.modules["cupy"]


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
    forget_cupy(monkeypatch)
    open_device.cache_clear()
    with pytest.raises(MissingExtraError, match=r"^a GPU needs CuPy: libxyz.so: cannot open"):
        open_device(0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("raise RuntimeError('Failed to dlopen x.so')", "a GPU needs CuPy: Failed to dlopen x.so"),
        ("raise AttributeError('no x')", "a GPU needs CuPy: no x"),
        ("raise OSError(5, 'io')", "a GPU needs CuPy: .* io"),
        ("1 +", "a GPU needs CuPy: invalid syntax"),
        ("x = 1", "a GPU needs CuPy, which another module is not"),
        ("raise OSError(13, 'no', '/root/.cupy')", "CuPy keeps kernels in a folder: .*/root/.cupy"),
        ("raise MemoryError", "there is no memory left to load CuPy"),
        (None, "a GPU needs CuPy, which .*cupy is not"),
    ],
)
def test_a_cupy_that_is_broken_or_another_thing_is_no_cuda_and_auto_is_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, message: str
) -> None:
    if content is None:
        (tmp_path / "cupy").mkdir()
        monkeypatch.setattr(sys, "path", [str(tmp_path)])  # an installed one comes before folders
    else:
        (tmp_path / "cupy.py").write_text(content)
        monkeypatch.syspath_prepend(str(tmp_path))
    forget_cupy(monkeypatch)
    open_device.cache_clear()
    with pytest.raises((MissingExtraError, StorageError), match=f"^{message}"):
        open_device(0)
    assert backend_on("auto") == backend_name()


def test_a_cupy_that_warns_when_it_is_imported_is_quiet_about_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cupy.py").write_text("import warnings\nwarnings.warn('two wheels')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    forget_cupy(monkeypatch)
    open_device.cache_clear()
    with pytest.raises(MissingExtraError, match="which another module is not"):
        open_device(0)


@pytest.mark.usefixtures("_no_cupy")
def test_auto_without_cuda_is_the_cpu() -> None:
    assert backend_on("auto") == backend_name()


@needs_no_gpu
@pytest.mark.parametrize("command", [("eval",), ("compare", "preds.npy")])
def test_cuda_that_cannot_be_used_is_one_line_and_exit_code_4(command: tuple[str, ...]) -> None:
    done = run(*command, *PAIR, "--device", "cuda")
    assert (done.returncode, done.stdout) == (4, "")
    what = "no GPU can be used: there is no driver of NVIDIA" if HAS_CUPY else "a GPU needs CuPy: "
    assert done.stderr.startswith(f"smoothl1: error: {what}")
    assert done.stderr.count("\n") == 1


@needs_no_gpu
def test_auto_says_in_the_json_that_the_cpu_computed() -> None:
    done = run("eval", *PAIR, "--device", "auto", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["backend"] == backend_name()
    assert found["results"] == json.loads(run("eval", *PAIR, "--json").stdout)["results"]
    compared = run("compare", "preds.npy", *PAIR, "--device", "auto", "--json")
    assert json.loads(compared.stdout)["backend"] == backend_name()


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:²", "CUDA", ""])
def test_a_device_that_is_no_name_of_cuda_is_a_wrong_command_line(device: str) -> None:
    done = run("eval", *PAIR, "--device", device)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no device {device!r}: it is cpu, cuda, cuda:N (N below 10000) or auto" in done.stderr
    with pytest.raises(SettingsError, match="it is cpu, cuda, cuda:N "):
        evaluate("absent.npy", "absent.npy", device=device)


def test_a_number_of_cuda_that_no_machine_has_is_a_wrong_command_line() -> None:
    done = run("eval", *PAIR, "--device", "cuda:" + "9" * 5000)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr) < 300


@pytest.mark.parametrize("device", [None, 0, ["cuda"], b"cuda"])
def test_a_device_of_another_type_is_no_name_of_cuda(device: Any) -> None:
    with pytest.raises(SettingsError, match="it is cpu, cuda, cuda:N "):
        evaluate("absent.npy", "absent.npy", device=device)


def test_the_environment_cannot_choose_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", "cuda")
    with pytest.raises(SettingsError, match="no backend 'cuda'"):
        backend_on("cpu")


@needs_cupy
@needs_no_gpu
def test_cuda_without_a_driver_is_refused_by_cupy_itself() -> None:
    with pytest.raises(StorageError, match="no GPU can be used: there is no driver") as caught:
        open_device(0)
    assert "\n" not in str(caught.value)
    assert backend_on("auto") == backend_name()
    with pytest.raises(StorageError, match="no GPU can be used"):
        smooth_l1_loss(OnGpu(), OnGpu())  # type: ignore[arg-type]


@needs_cupy
@pytest.mark.parametrize(
    ("broken", "answer", "error", "message"),
    [
        ("runtime.getDeviceCount", 0, StorageError, "no GPU can be used: there is none"),
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


@needs_cupy
@needs_no_gpu
def test_a_driver_that_is_older_than_cupy_is_named_with_the_version_of_its_cuda(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cupy = pytest.importorskip("cupy")
    monkeypatch.setattr(cupy.cuda.runtime, "driverGetVersion", lambda: 10010)
    open_device.cache_clear()
    with pytest.raises(StorageError, match=r"the driver is of CUDA 10\.1, CuPy of 1") as caught:
        open_device(0)
    assert caught.value.hint == "a newer driver, or the CuPy of its CUDA version"


@needs_cupy
@needs_no_gpu
def test_a_cuda_device_that_fails_when_it_is_opened_is_refused_and_auto_is_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cupy = pytest.importorskip("cupy")
    monkeypatch.setattr(cupy.cuda.runtime, "getDeviceCount", lambda: 1)
    open_device.cache_clear()
    with pytest.raises(StorageError, match=r"^cuda:0 failed: "):
        open_device(0)
    assert backend_on("auto") == backend_name()


def test_arrays_of_this_process_are_on_no_cuda_device() -> None:
    class OnCpu:
        def __dlpack_device__(self) -> tuple[int, int]:
            return (1, 0)

    class Unknown:
        def __dlpack_device__(self) -> tuple[int, int]:
            raise KeyError("no place")

    for values in (np.zeros(3), [0.0], 1.0, OnCpu(), Unknown()):
        assert device_of(values) is None


def test_groups_need_the_device_that_is_asked_for_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    open_device.cache_clear()
    with pytest.raises(MissingExtraError):
        choice.backend_on("cuda", is_grouped=True)
