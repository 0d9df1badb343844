"""Every header includes what it uses, once: a compiler reads it alone, and twice."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

BACKENDS = Path(__file__).parents[2] / "core" / "backends"
CUDA = BACKENDS / "cuda"
HOST_OF_CUDA = Path(__file__).parent / "cuda" / "host.h"
HEADERS = sorted(BACKENDS.glob("*.h"))
COMPILER = shutil.which("cc")
PYTHON = Path(sysconfig.get_path("include"))

FLAGS = [
    *["-fsyntax-only", "-Wall", "-Wextra", "-Werror"],
    *["-Wno-unused", "-Wno-missing-field-initializers"],
    *["-isystem", str(PYTHON)],
]


def included_by(header: Path) -> set[Path]:
    """A header and those of ours that it includes."""
    names = re.findall(r'#include "(\w+\.h)"', header.read_text())
    return {header}.union(*(included_by(header.parent / name) for name in names))


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
@pytest.mark.parametrize("header", sorted(CUDA.glob("*.h")), ids=lambda path: path.name)
def test_a_header_of_cuda_compiles_by_itself_and_twice(header: Path) -> None:
    flags = [*FLAGS, "-std=c++20", "-DTHREADS=4", "-DITEMS=8", "-I", str(BACKENDS), "-I", str(CUDA)]
    given = ["-include", str(HOST_OF_CUDA), "-include", str(header), "-x", "c++", str(header)]
    command = ["c++", *flags, *given]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stderr


def test_there_are_headers() -> None:
    assert {"_element.h", "_host.h", "_variants.h"} <= {path.name for path in HEADERS}


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_a_header_compiles_by_itself_and_twice(header: Path) -> None:
    needs_python = any("<Python.h>" in path.read_text() for path in included_by(header))
    if needs_python and not (PYTHON / "Python.h").exists():
        pytest.skip("needs the headers of Python")
    given = ["-include", str(header.parent / "_host.h")] if header.name == "_element.h" else []
    command = [str(COMPILER), *FLAGS, *given, "-include", str(header), "-x", "c", str(header)]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stderr


@pytest.mark.parametrize(
    "source",
    [*sorted(BACKENDS.glob("*.[ch]")), *sorted(CUDA.glob("*.h")), CUDA / "kernels.cu"],
    ids=lambda path: path.name,
)
def test_a_source_includes_before_all_else(source: Path) -> None:
    """So that what it includes does not depend on where."""
    text = re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.DOTALL)
    own = [match.start() for match in re.finditer(r'^#include "', text, flags=re.MULTILINE)]
    first = re.search(r"^(?!#)\S", text, flags=re.MULTILINE)
    assert first is not None
    assert all(position < first.start() for position in own)
