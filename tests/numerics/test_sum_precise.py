"""Sums are those of `Math.sumPrecise` of JavaScript, which others have written, to the bit.

Node or Chromium computes it: https://tc39.es/proposal-math-sum. Both are left out where they have
no such function; CI asks for it with SMOOTHL1_REQUIRE_BROWSER.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import ExactSum, evaluate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

N_VECTORS, MOST_VALUES = 2000, 120
IS_REQUIRED = "SMOOTHL1_REQUIRE_BROWSER" in os.environ

SCRIPT = """
const bytes = Uint8Array.from(atob(DATA), c => c.charCodeAt(0));
const numbers = [...new Float64Array(bytes.buffer)];
const words = new BigUint64Array(1), number = new Float64Array(words.buffer);
let start = 0;
const sums = STOPS.map(stop => {
  number[0] = Math.sumPrecise(numbers.slice(start, stop)) + 0;  // no number is minus zero
  start = stop;
  return words[0].toString(16);
});
"""


def by_node(text: str, folder: Path) -> str:
    (folder / "sums.js").write_text(f"{text} console.log(sums.join(' '));")
    command = ["node", "--js-sum-precise", str(folder / "sums.js")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def by_chromium(text: str, folder: Path) -> str:
    page = folder / "sums.html"
    page.write_text(f"<p><script>{text} document.body.textContent = sums.join(' ');</script>")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
    command = [str(chromium()), *switches, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return re.sub(r"<[^>]*>", "", done.stdout).strip()


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@cache
def has_node() -> bool:
    """Whether there is a Node whose engine has the function."""
    if shutil.which("node") is None:
        return False
    command = ["node", "--js-sum-precise", "-p", "Math.sumPrecise([1, 2])"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout == "3\n"


def has_chromium(folder: Path) -> bool:
    """Whether there is a Chromium that starts, which it may not yet, and has the function."""
    few = "const sums = [Math.sumPrecise([1, 2])];"
    return chromium() is not None and by_chromium(few, folder) == "3"


def sums_elsewhere(vectors: list[Values], folder: Path) -> list[float]:
    data = base64.b64encode(np.concatenate(vectors).tobytes()).decode()
    stops = np.cumsum([len(vector) for vector in vectors]).tolist()
    text = f"const DATA = '{data}', STOPS = {json.dumps(stops)};{SCRIPT}"
    if has_node():
        found = by_node(text, folder)
    elif has_chromium(folder):
        found = by_chromium(text, folder)
    elif IS_REQUIRED:
        pytest.fail("neither node nor chromium has Math.sumPrecise")
    else:
        pytest.skip("neither node nor chromium has Math.sumPrecise")
    return [float(np.uint64(int(word, 16)).view(np.float64)) for word in found.split()]


def random_vectors(seed: int) -> list[Values]:
    """Numbers of all exponents, of few, and of some that cancel."""
    rng = np.random.default_rng(seed)
    vectors = []
    for _ in range(N_VECTORS):
        n = int(rng.integers(1, MOST_VALUES))
        low, high = sorted(rng.integers(-1074, 1020, 2))
        values = np.ldexp(rng.uniform(-2.0, 2.0, n), rng.integers(low, high + 1, n))
        n_cancelled = int(rng.integers(0, n + 1))
        both = np.concatenate([values, -values[:n_cancelled]])
        vectors.append(rng.permutation(both))
    return vectors


def loss(distance: Values, beta: float) -> Values:
    """The definition, operation by operation."""
    near = np.minimum(distance, beta)
    return near / beta * (distance - near / 2) if beta else distance


def test_sums_of_any_numbers_and_of_losses_are_the_same(tmp_path: Path) -> None:
    vectors, preds = random_vectors(1), random_vectors(2)
    found = [float(ExactSum.of(vector)) for vector in vectors]
    targets = [np.random.default_rng(3).permutation(vector) for vector in preds]
    pred, target = np.concatenate(preds), np.concatenate(targets)
    groups: Any = np.repeat(np.arange(len(preds)), [len(vector) for vector in preds])
    for beta in (0.0, 0.37):
        found += evaluate(pred, target, betas=beta, reduction="sum", groups=groups).values
        vectors += [loss(np.abs(x - y), beta) for x, y in zip(preds, targets, strict=True)]
    assert found == sums_elsewhere(vectors, tmp_path)
