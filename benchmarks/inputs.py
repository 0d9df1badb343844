"""The files that the cases read: made once, and kept if there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def make_pair(
    folder: Path, n_rows: int, dtype: str = "float32", n_columns: int = 0, orders: str = "CC"
) -> tuple[str, str]:
    """Two `.npy` files, the orders of their axes a letter each (C or F); kept if there.

    Made in a process of their own: the peak memory of a child counts from that of this process, so
    it must stay small.
    """
    shape = f"{n_rows}x{n_columns}" if n_columns else f"{n_rows}"
    names = []
    for seed, (side, order) in enumerate(zip(("preds", "targets"), orders, strict=True)):
        path = folder / f"{side}-{shape}-{dtype}-{order}.npy"
        if not path.exists():
            made = [str(HERE / "make_npy.py"), path, *map(str, (n_rows, seed, dtype, n_columns))]
            subprocess.run([sys.executable, *made, order], check=True)
        names.append(str(path))
    return names[0], names[1]


def make_table(folder: Path, kind: str, suffix: str, n_rows: int) -> str:
    """A table of `make_tables.py`; kept if there."""
    path = folder / f"{kind}-{n_rows}{suffix}"
    if not path.exists():
        maker = str(HERE / "make_tables.py")
        subprocess.run([sys.executable, maker, kind, path, str(n_rows)], check=True)
    return str(path)


def make_shards(folder: Path, name: str, n_shards: int, suffix: str) -> str:
    """A folder of shards of 2,000 rows, of `make_shards.py`; kept if there."""
    path = folder / f"{name}-{n_shards}-{suffix}"
    if not path.exists():
        maker = str(HERE / "make_shards.py")
        seed = str(len(name))
        subprocess.run([sys.executable, maker, path, str(n_shards), seed, suffix], check=True)
    return str(path)
