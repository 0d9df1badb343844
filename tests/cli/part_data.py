"""Data of parts: losses 0 to 29 at beta 0, as arrays and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

SIDES = ("p.npy", "t.npy")
TABLE = ("x.parquet", "--pred", "y_hat", "--target", "y")


def write_data(folder: Path) -> None:
    """Write the arrays `SIDES`, and the table `TABLE` in row groups of four."""
    losses = np.arange(30.0)
    np.save(folder / "p.npy", losses)
    np.save(folder / "t.npy", np.zeros(30))
    groups = np.array(["b", "a", "c"])[np.arange(30) % 3]
    save(folder / "x.parquet", 4, y_hat=losses, y=np.zeros(30), g=groups)
