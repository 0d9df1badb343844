"""The CUDA source through the compilers for GPUs: what they may not change, they do not change."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from smoothl1.backends.cuda.device import options, source

NVCC = shutil.which("nvcc")
READERS = ("Any", "Same<Half>", "Same<Brain>", "Same<float>", "Same<double>")
KERNELS = (
    *(
        f"tally<{reader}, {flags}>"
        for reader in READERS
        for flags in ("false, false", "true, false", "false, true")
    ),
    *("losses", "gradients"),
)
AS_CUPY = ("-ftz=true", "--device-as-default-execution-space")
"""What CuPy appends to the options (cupy/cuda/compiler.py)."""


def nvrtc() -> Path | None:
    """NVIDIA's library that compiles at run time, from its wheel."""
    for name in ("nvidia.cuda_nvrtc", "nvidia.cu13"):
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            continue
        for folder in [] if found is None else found.submodule_search_locations or []:
            for path in sorted(Path(folder, "lib").glob("libnvrtc.so.*")):
                return path
    return None


NVRTC = nvrtc()

needs_nvrtc = pytest.mark.skipif(
    NVRTC is None and os.environ.get("SMOOTHL1_REQUIRE_NVRTC") != "1",
    reason="needs the wheel of NVRTC: pip install '.[test-cuda]'",
)


def ptx(architecture: int) -> str:
    """The kernels in the assembler of GPUs, compiled with the options of CuPy."""
    assert NVRTC is not None, "SMOOTHL1_REQUIRE_NVRTC is 1, and NVRTC is not installed"
    library = ctypes.CDLL(str(NVRTC))
    program = ctypes.c_void_p()
    text = source().encode()
    assert (
        library.nvrtcCreateProgram(ctypes.byref(program), text, b"kernels.cu", 0, None, None) == 0
    )
    for name in KERNELS:
        assert library.nvrtcAddNameExpression(program, name.encode()) == 0
    given = [*options(), *AS_CUPY, f"-arch=compute_{architecture}"]
    array = (ctypes.c_char_p * len(given))(*(option.encode() for option in given))
    status = library.nvrtcCompileProgram(program, len(given), array)
    assert status == 0, answer(library, program, "nvrtcGetProgramLog")
    return answer(library, program, "nvrtcGetPTX")


def answer(library: ctypes.CDLL, program: ctypes.c_void_p, name: str) -> str:
    size = ctypes.c_size_t()
    assert getattr(library, f"{name}Size")(program, ctypes.byref(size)) == 0
    text = ctypes.create_string_buffer(size.value)
    assert getattr(library, name)(program, text) == 0
    return text.value.decode()


def bodies(text: str) -> dict[str, str]:
    """The code of each kernel and function, by its mangled name."""
    found = re.split(r"^(?:\.\w+ )?\.(?:entry|func)\b", text, flags=re.MULTILINE)[1:]
    return {re.findall(r"\w*_Z\w+", body)[0]: body for body in found}


def assert_arithmetic_is_kept(text: str) -> None:
    """No subnormal is flushed, and nothing is contracted but the squares, which ask for it."""
    assert ".ftz" not in text
    assert "cvt.f64.f32" in text
    assert "cvt.rn.f32.f64" in text
    found = bodies(text)
    assert len([name for name in found if name.startswith("_Z5tally")]) == 15
    for name, body in found.items():
        is_of_squares = name.startswith("_Z5tally") and "Lb1EEv" in name
        assert ("fma.rn.f64" in body) == is_of_squares, name
        assert not re.search(r"\b(?:fma|mad)\.rn\.f32|\b(?:add|sub|mul)\.f64", body), name


@pytest.mark.grid
@needs_nvrtc
@pytest.mark.parametrize("architecture", [80, 120])
def test_nvrtc_keeps_the_arithmetic_of_cuda_with_the_options_of_cupy(architecture: int) -> None:
    assert_arithmetic_is_kept(ptx(architecture))


@pytest.mark.grid
@pytest.mark.exhaustive  # takes half a minute
@pytest.mark.skipif(NVCC is None, reason="needs nvcc")
@pytest.mark.parametrize("architecture", [90])
def test_nvcc_keeps_the_arithmetic_of_cuda_and_spills_no_register(
    architecture: int, tmp_path: Path
) -> None:
    parameters = "const void *, const void *, const double *, int64_t, int64_t, int64_t, int64_t, "
    parameters += "int64_t, const Curve *, int64_t, int64_t *"
    wanted = [f"template __global__ void {name}({parameters});" for name in KERNELS[:-2]]
    (tmp_path / "all.cu").write_text("\n".join([source(), *wanted]))
    given = [option.replace("--std", "-std") for option in options()]
    given += ["-ftz=true", f"-arch=sm_{architecture}", "-cubin", "--keep", "-Xptxas", "-v"]
    done = subprocess.run(
        [str(NVCC), *given, "all.cu"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert_arithmetic_is_kept((tmp_path / "all.ptx").read_text())
    spills = re.findall(r"(\d+) bytes spill stores", done.stderr)
    assert len(spills) >= len(KERNELS)
    assert set(spills) == {"0"}
    used = re.findall(r"entry function '(\w+)'.*?Used (\d+) registers", done.stderr, re.DOTALL)
    of_plain = [int(n) for name, n in used if "Lb0ELb0EEv" in name]
    assert len(of_plain) == len(READERS)
    assert max(of_plain) <= 128  # two blocks of 256 threads have room on a multiprocessor


def test_the_text_that_cupy_compiles_for_cuda_includes_nothing() -> None:
    assert "#include" not in source()
    assert source().count("loss_of(double error") == 1
