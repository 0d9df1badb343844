"""Plot time and memory against size: python make_plot.py SIZES.json OUT.png.

SIZES.json is what run.py growth leaves in its folder of data.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt


def main() -> None:
    """Two panels, a line for each command."""
    lines = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    figure, (time, memory) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for name, points in lines.items():
        rows = [point["rows"] for point in points]
        time.loglog(rows, [point["wall_s"] for point in points], "o-", label=name)
        memory.semilogx(rows, [point["peak_mib"] for point in points], "o-", label=name)
    time.set(xlabel="rows", ylabel="seconds", title="wall time of the whole process")
    memory.set(xlabel="rows", ylabel="MiB", title="peak resident memory")
    memory.set_ylim(bottom=0)
    for panel in (time, memory):
        panel.grid(visible=True, which="major", alpha=0.3)
    time.legend()
    figure.savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
