"""The arithmetic of one element stands alone: other compilers read it, as one for a GPU would."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from smoothl1 import smooth_l1_loss

HEADER = Path(__file__).parents[2] / "core" / "backends" / "_element.h"
COMPILER = shutil.which("cc")

PROGRAM = """
typedef __INT64_TYPE__ int64_t;
typedef __UINT64_TYPE__ uint64_t;
#define INLINE static inline
#define ROUTINE static
static int n_operations;
static double add(double x, double y) { n_operations++; return x + y; }
static double subtract(double x, double y) { n_operations++; return x - y; }
static double multiply(double x, double y) { n_operations++; return x * y; }
static double divide(double x, double y) { n_operations++; return x / y; }
#define ADD(x, y) add(x, y)
#define SUB(x, y) subtract(x, y)
#define MUL(x, y) multiply(x, y)
#define DIV(x, y) divide(x, y)
#define WIDEN(x) ((double)(x))
#define NARROW(type, x) ((type)(x))
#define FUSED(x, y, z) __builtin_fma(x, y, z)
#define MAGNITUDE(x) __builtin_fabs(x)
static int64_t bits_of(double x) { union { double x; int64_t bits; } u = {x}; return u.bits; }
#define BITS_OF(x) bits_of(x)
#define ADD_TO(place, number) ((place) += (number))
#include "_element.h"
double loss(double x, double y, double beta) {
    return loss_of(DISTANCE(x, y), beta, 0, beta == 0 ? L1 : DIVIDE);
}
int operations(void) { int n = n_operations; n_operations = 0; return n; }
void add_loss(int64_t *digits, double value) { add_number(digits, value); carry(digits); }
uint64_t fold(double value, double anchor, double *rest) {
    uint64_t total = 0;
    *rest = fold_off(value, anchor, &total);
    return total;
}
"""


def test_the_arithmetic_of_an_element_includes_nothing() -> None:
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
    assert "#include" not in text
    assert not re.search(r"\b(?:double|float) \w+ = [^;]*[^(]\b\w+ [-+*/] \w+", text)


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_it_gives_the_bits_of_numpy_by_the_operations_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "element.c").write_text(PROGRAM)
    library = tmp_path / "element.so"
    flags = ["-O2", "-ffp-contract=off", "-shared", "-fPIC", "-I", str(HEADER.parent)]
    command = [str(COMPILER), *flags, "-o", str(library), str(tmp_path / "element.c")]
    subprocess.run(command, check=True)
    element = ctypes.CDLL(str(library))
    element.loss.restype = ctypes.c_double
    element.loss.argtypes = [ctypes.c_double] * 3
    rng = np.random.default_rng(3)
    x, y = (rng.normal(size=500) * np.exp2(rng.integers(-1074, 1020, 500)) for _ in range(2))
    y[::3] = x[::3] * (1 + 1e-9)
    for beta in (0.0, 0.1, 1.0, 3e-300):
        expected = smooth_l1_loss(x, y, beta=beta, reduction="none")
        found = [element.loss(a, b, beta) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        assert np.array(found).tobytes() == np.asarray(expected).tobytes()
        assert element.operations() == x.size * (1 if beta == 0 else 5)
    digits = (ctypes.c_int64 * 68)()
    values = [5e-324, 1.0, 1.7976931348623157e308, 0.1, 2.0**-1022]
    for value in values:
        element.add_loss(digits, ctypes.c_double(value))
    total = sum(digit << (32 * i) for i, digit in enumerate(digits))
    ratios = [value.as_integer_ratio() for value in values]
    assert total == sum(numerator * 2**1074 // denominator for numerator, denominator in ratios)
