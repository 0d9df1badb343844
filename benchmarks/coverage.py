"""How often the interval of a comparison holds the true difference.

    python benchmarks/coverage.py [--sets 2000] [--rows 200]

Two models with normal errors of known scales are compared on simulated targets, by the package
itself on files. The true mean difference follows, in closed form, from the expected loss of a
normal error.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import numpy as np

from smoothl1 import EvalSettings, Execution
from smoothl1.comparing import compare

BETA = 1.0
SCALES = (1.0, 1.1)
SEED = 7


def expected_loss(scale: float) -> float:
    """The mean loss of a normal error of this standard deviation, at beta 1.

    0.5 E[d**2; |d| < 1] + E[|d| - 0.5; |d| >= 1], from the moments of the truncated normal.
    """
    edge = BETA / scale
    density = math.exp(-edge * edge / 2) / math.sqrt(2 * math.pi)
    inside = math.erf(edge / math.sqrt(2))
    quadratic = 0.5 / BETA * scale * scale * (inside - 2 * edge * density)
    linear = 2 * scale * density - 0.5 * BETA * (1 - inside)
    return quadratic + linear


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=200)
    given = parser.parse_args()
    truth = expected_loss(SCALES[1]) - expected_loss(SCALES[0])
    rng = np.random.default_rng(SEED)
    n_held = dict.fromkeys((0.9, 0.95, 0.99), 0)
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{name}.npy") for name in ("a", "b", "t")]
        for _ in range(given.sets):
            target = rng.normal(size=given.rows)
            common = rng.normal(size=given.rows)  # half of the error is common to both models
            errors = [
                scale * (common + rng.normal(size=given.rows)) / math.sqrt(2) for scale in SCALES
            ]
            for path, array in zip(paths, [*(target + e for e in errors), target], strict=True):
                np.save(path, array)
            found = compare(*paths, EvalSettings((BETA,)), execution=Execution(threads=1))
            for level in n_held:
                low, high = found.differences[0].estimate.interval(level)
                n_held[level] += low <= truth <= high
    print(f"{given.sets} data sets of {given.rows} rows, true difference {truth:.6f}")
    for level, n in n_held.items():
        print(f"the interval at {level} holds it in {n / given.sets:.2%}")


if __name__ == "__main__":
    main()
