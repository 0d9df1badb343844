"""How often 95% intervals hold the true value: of means, of paired differences, and to a baseline.

    python benchmarks/coverage.py [--sets 4000] [--rows 10 30 100 300 1000]

Losses are drawn from distributions whose mean is known in closed form, and go through the package:
moments, ratio, interval. For each case and number of rows it prints the coverage of Student's
interval with n - 1 degrees of freedom, and that of the package's with the shares of samples in
which it lies above the true value and below it, in percent: "88.2 → 93.7 (0.2, 6.1)". At best these
two would be 2.5 each. For clusters, the number is that of clusters, and Student's interval is that
of their rows.
"""

from __future__ import annotations

import argparse
import math
import zlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.numerics.exact_sum import ExactSum
from smoothl1.numerics.ratio import ratio_of
from smoothl1.numerics.row_moments import moments_of
from smoothl1.numerics.row_sums import Rows
from smoothl1.numerics.student_t import quantile
from smoothl1.results.intervals import Estimate, estimate_of_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Draw = Callable[[np.random.Generator, int], Array]

LEVEL = 0.95
SEED = 7

T3_DENSITY = 6 * math.sqrt(3) / math.pi
"""The density of Student's t with 3 degrees of freedom is this over (3 + x**2)**2."""


class Losses(NamedTuple):
    """Independent losses.

    Attributes:
        draw: Some of them.
        mean: Their true mean.
    """

    draw: Draw
    mean: float


class Sample(NamedTuple):
    """What a case gives for one data set.

    Attributes:
        plain: Estimate as Student would have it.
        found: That of the package.
        truth: The true value.
    """

    plain: Estimate
    found: Estimate
    truth: float


def smooth_l1(errors: Array) -> Array:
    """The losses at beta 1."""
    distance = np.abs(errors)
    clipped = np.minimum(distance, 1.0)
    return clipped * (distance - clipped / 2)


def mean_of_t3() -> float:
    """The mean Smooth L1 loss of t(3) errors: x**2 / 2 below 1 and x - 1/2 above, times density."""
    squares = T3_DENSITY * (math.pi / 6 / (2 * math.sqrt(3)) - 1 / 8)
    linear = T3_DENSITY / 8
    tail = 0.5 - (math.pi / 6 + math.sqrt(3) / 4) / math.pi
    return squares + 2 * linear - tail


def differing(rng: np.random.Generator, n: int) -> Array:
    """Differences of two models that are equally good, of errors with a common part."""
    common, one, other = rng.standard_t(3, (3, n))
    return smooth_l1(common + other) - smooth_l1(common + one)


def failing(rng: np.random.Generator, n: int) -> Array:
    """Differences to a model that fails on a tenth of the rows."""
    return np.where(rng.random(n) < 0.1, rng.exponential(3, n), 0.0) + rng.normal(0, 0.3, n)


LOSSES = {
    "lognormal, sigma 1": Losses(lambda rng, n: rng.lognormal(0, 1, n), math.exp(0.5)),
    "lognormal, sigma 1.5": Losses(lambda rng, n: rng.lognormal(0, 1.5, n), math.exp(1.125)),
    "exponential": Losses(lambda rng, n: rng.exponential(1, n), 1.0),
    "gamma, shape 1/2": Losses(lambda rng, n: rng.gamma(0.5, 1, n), 0.5),
    "squared normal": Losses(lambda rng, n: rng.normal(size=n) ** 2, 1.0),
    "Smooth L1 of t(3)": Losses(lambda rng, n: smooth_l1(rng.standard_t(3, n)), mean_of_t3()),
    "normal": Losses(lambda rng, n: rng.normal(5, 1, n), 5.0),
    "paired, alike": Losses(differing, 0.0),
    "paired, rare failures": Losses(failing, 0.3),
}

WEIGHTS: dict[str, Draw] = {
    "none": lambda _, n: np.ones(n),
    "exponential": lambda rng, n: rng.exponential(1, n),
    "lognormal": lambda rng, n: rng.lognormal(0, 1, n),
    "Pareto 1.5": lambda rng, n: rng.pareto(1.5, n) + 1,
}


def estimates(sums: Array, sizes: Array) -> tuple[Estimate, Estimate]:
    """The mean as Student has it, and as the package has it."""
    moments = moments_of(Rows(sums, sizes, None))
    total, size = ExactSum.of(sums), ExactSum.of(sizes)
    found = estimate_of_mean(ratio_of(total.units, size.units, moments), total.ratio(size))
    n, effective = sums.size, found.df + 1
    error = found.standard_error * math.sqrt((effective - 1) / effective * n / (n - 1))
    return Estimate(found.value, error, n - 1.0), found


def of_means(losses: Losses, weights: Draw, rng: np.random.Generator, n: int) -> Sample:
    """A mean."""
    sizes = weights(rng, n)
    return Sample(*estimates(losses.draw(rng, n) * sizes, sizes), losses.mean)


def of_rows(common: float, rng: np.random.Generator, n: int) -> Sample:
    """Rows of 1 to 8 lognormal losses, of which a share is common to the row."""
    sizes = rng.integers(1, 9, n)
    losses = common * rng.lognormal(0, 1, (n, 1)) + (1 - common) * rng.lognormal(0, 1, (n, 8))
    sums = (losses * (np.arange(8) < sizes[:, None])).sum(axis=1)
    return Sample(*estimates(sums, sizes.astype(np.float64)), math.exp(0.5))


def of_clusters(common: float, rng: np.random.Generator, n: int) -> Sample:
    """Clusters of 1 to 20 lognormal rows, of which a share is common to the cluster.

    Student's interval takes rows as the units here, and that of the package clusters.
    """
    sizes = rng.integers(1, 21, n)
    losses = common * rng.lognormal(0, 1, (n, 1)) + (1 - common) * rng.lognormal(0, 1, (n, 20))
    is_row = np.arange(20) < sizes[:, None]
    rows, sums = losses[is_row], np.where(is_row, losses, 0.0).sum(axis=1)
    by_rows, _ = estimates(rows, np.ones(rows.size))
    _, by_clusters = estimates(sums, sizes.astype(np.float64))
    return Sample(by_rows, by_clusters, math.exp(0.5))


def to_baseline(
    losses: Losses, weights: Draw, times: int, rng: np.random.Generator, n: int
) -> Sample:
    """The difference to a baseline of `times` as many rows."""
    new = of_means(losses, weights, rng, n)
    old = of_means(losses, weights, rng, n * times)
    return Sample(new.plain.minus(old.plain), new.found.minus(old.found), 0.0)


def cases() -> dict[str, Callable[[np.random.Generator, int], Sample]]:
    """All cases, by a line of the table."""
    found: dict[str, Callable[[np.random.Generator, int], Sample]] = {}
    for name, losses in LOSSES.items():
        for of_weights, weights in WEIGHTS.items():
            found[f"{name} | {of_weights}"] = partial(of_means, losses, weights)
    for common in (0.0, 0.7):
        found[f"lognormal, rows of 1 to 8, {common:.0%} common | none"] = partial(of_rows, common)
    for common in (0.0, 0.3, 0.7):
        found[f"lognormal, clusters of 1 to 20 rows, {common:.0%} common | none"] = partial(
            of_clusters, common
        )
    skewed = LOSSES["lognormal, sigma 1"]
    for times in (1, 10):
        for of_weights in ("none", "lognormal"):
            line = f"lognormal, to a baseline of {times} n | {of_weights}"
            found[line] = partial(to_baseline, skewed, WEIGHTS[of_weights], times)
    return found


def measured(
    case: Callable[[np.random.Generator, int], Sample], seed: int, n: int, sets: int
) -> str:
    """The cell of a case and a number of rows."""
    rng = np.random.default_rng([SEED, seed, n])
    held = above = below = 0
    for _ in range(sets):
        plain, found, truth = case(rng, n)
        half = quantile(LEVEL, plain.df) * plain.standard_error
        held += abs(plain.value - truth) <= half
        low, high = found.interval(LEVEL)
        above += low > truth
        below += high < truth
    shares = [100 * count / sets for count in (held, sets - above - below, above, below)]
    return "{:.1f} → {:.1f} ({:.1f}, {:.1f})".format(*shares)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=4000)
    parser.add_argument("--rows", type=int, nargs="+", default=[10, 30, 100, 300, 1000])
    given = parser.parse_args()
    print("| losses | weights |", " | ".join(f"{n} rows" for n in given.rows), "|")
    print(f"|{'---|' * (2 + len(given.rows))}")
    for line, case in cases().items():
        seed = zlib.crc32(line.encode())
        cells = [measured(case, seed, n, given.sets) for n in given.rows]
        print(f"| {line} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
