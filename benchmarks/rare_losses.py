"""How often intervals hold the true mean of losses that are large in few rows, and who is warned.

    python benchmarks/rare_losses.py [--sets 4000] [--rows 100 200 500 1000]

Rare losses are exponential with mean 0.1, and in some rows an exponential number is added; ordinary
ones are those of `coverage.py`. Of each kind and number of rows it prints the coverage at several
levels, first of Student's interval and then of the package's, in percent, and in how many percent
of the samples the warning about the rows with large deviations appears.
"""

from __future__ import annotations

import argparse
import zlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from coverage import LOSSES, SEED, Losses, estimates

from smoothl1.numerics.student_t import quantile
from smoothl1.results.few_rows import FEWEST_LARGE_ROWS, large_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = (0.9, 0.95, 0.98, 0.99)
ORDINARY = ("normal", "exponential", "squared normal", "Smooth L1 of t(3)", "lognormal, sigma 1")


def rare(share: float, mean: float, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Small losses, to a share of which an exponential number of that mean is added."""
    return rng.exponential(0.1, n) + np.where(rng.random(n) < share, rng.exponential(mean, n), 0.0)


def cases() -> dict[str, Losses]:
    """All kinds of losses, by a line of the table."""
    found = {
        f"1 in {one_in} rows {mean / 0.1:g} times as large": Losses(
            partial(rare, 1 / one_in, mean), 0.1 + mean / one_in
        )
        for one_in, mean in ((200, 10.0), (200, 1.0), (50, 10.0), (50, 1.0))
    }
    return found | {name: LOSSES[name] for name in ORDINARY}


def measured(losses: Losses, seed: int, n: int, sets: int) -> list[str]:
    """The coverage at each level, and the share of samples with a warning."""
    rng = np.random.default_rng([SEED, seed, n])
    held = np.zeros((2, len(LEVELS)), int)
    n_warned = 0
    quantiles = [quantile(level, n - 1.0) for level in LEVELS]
    for _ in range(sets):
        plain, found = estimates(losses.draw(rng, n), np.ones(n))
        n_warned += large_rows(found.skewness) < FEWEST_LARGE_ROWS
        for i, (level, z) in enumerate(zip(LEVELS, quantiles, strict=True)):
            low, high = found.interval(level)
            held[0, i] += abs(plain.value - losses.mean) <= z * plain.standard_error
            held[1, i] += low <= losses.mean <= high
    cells = [f"{100 * a / sets:.1f} → {100 * b / sets:.1f}" for a, b in held.T]
    return [*cells, f"{100 * n_warned / sets:.1f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=4000)
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 200, 500, 1000])
    given = parser.parse_args()
    print("| losses | rows |", " | ".join(f"at {level}" for level in LEVELS), "| warned |")
    print(f"|{'---|' * (3 + len(LEVELS))}")
    for name, losses in cases().items():
        seed = zlib.crc32(name.encode())
        for n in given.rows:
            cells = measured(losses, seed, n, given.sets)
            print(f"| {name} | {n} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
