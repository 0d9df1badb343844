"""The files that the cases read: made once, and kept if there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def make_pair(folder: Path, n_rows: int) -> tuple[str, str]:
    """Two `.npy` files; kept if there.

    Made in a process of their own: the peak memory of a child counts from that of this process, so
    it must stay small.
    """
    names = [folder / f"{side}-{n_rows}.npy" for side in ("preds", "targets")]
    for seed, path in enumerate(names):
        if not path.exists():
            maker = str(HERE / "make_npy.py")
            subprocess.run([sys.executable, maker, path, str(n_rows), str(seed)], check=True)
    return str(names[0]), str(names[1])


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
