"""Formats of floats that NumPy does not know: bfloat16, and those of 8 bits. Needs no NumPy.

Sources: bfloat16 is the upper half of binary32. The formats of 8 bits are those of ml_dtypes:
P. Micikevicius et al., "FP8 Formats for Deep Learning", arXiv:2209.05433 (e5m2 and e4m3fn);
B. Noune et al., "8-bit Numerical Formats for Deep Neural Networks", arXiv:2206.02915 (fnuz);
OCP Microscaling Formats, version 1.0 (e8m0fnu).
"""

from __future__ import annotations

import math
from typing import NamedTuple


class NarrowFormat(NamedTuple):
    """A format of floats of 8 bits: a sign, then an exponent, then a fraction.

    Attributes:
        n_exponent, n_fraction: The bits of the exponent and of the fraction.
        bias: What is subtracted from the exponent as stored.
        special: Which bits are no numbers: "IEEE" for the greatest exponent, which infinities
            have, too; "NaN" for that exponent and a fraction of ones; "zero" for those of -0.
    """

    n_exponent: int
    n_fraction: int
    bias: int
    special: str

    def value(self, bits: int) -> float:
        """The number that 8 bits stand for: a number, an infinity or NaN."""
        n_fraction = self.n_fraction
        top = (1 << self.n_exponent) - 1
        exponent, fraction = bits >> n_fraction & top, bits & (1 << n_fraction) - 1
        is_negative = bool(bits >> (self.n_exponent + n_fraction))
        is_nan = exponent == top and fraction == (1 << n_fraction) - 1
        if self.special == "IEEE" and exponent == top:
            is_nan, size = fraction > 0, math.inf
        elif exponent == 0 and n_fraction:
            size = math.ldexp(fraction, 1 - self.bias - n_fraction)
        else:
            size = math.ldexp((1 << n_fraction) + fraction, exponent - self.bias - n_fraction)
        if self.special == "zero":
            is_nan = is_negative and not (exponent or fraction)
        return math.nan if is_nan else -size if is_negative else size


OF_8_BITS = {
    "float8_e3m4": NarrowFormat(3, 4, 3, "IEEE"),
    "float8_e4m3": NarrowFormat(4, 3, 7, "IEEE"),
    "float8_e4m3b11fnuz": NarrowFormat(4, 3, 11, "zero"),
    "float8_e4m3fn": NarrowFormat(4, 3, 7, "NaN"),
    "float8_e4m3fnuz": NarrowFormat(4, 3, 8, "zero"),
    "float8_e5m2": NarrowFormat(5, 2, 15, "IEEE"),
    "float8_e5m2fnuz": NarrowFormat(5, 2, 16, "zero"),
    "float8_e8m0fnu": NarrowFormat(8, 0, 127, "NaN"),
}
"""Those of 8 bits among `checks.NARROW`."""


def bytes_of(name: str) -> int:
    """The bytes of a number in one of these formats."""
    return 1 if name in OF_8_BITS else 2
