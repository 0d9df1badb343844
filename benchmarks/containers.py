"""Processor time of containers: smoothl1 beside their own package and NumPy, in whole processes.

    python benchmarks/containers.py [hdf5] [gzip] [netcdf] [zarr] [safetensors] [jsonl] [npz]

The commands of a pair take turns. Figures are medians of the processor time, user and system, of
all threads. Needs h5py, netCDF4, zarr, safetensors and orjson, those that are asked for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from commands import evaluate

_LOSS = "d = np.abs(p - t); print(np.where(d < 1, d * d / 2, d - 0.5).mean())"


class Container(NamedTuple):
    """A kind of container.

    Attributes:
        name: Its name in the table.
        suffix: Of the file.
        write: Python that writes the arrays `p` and `t` to `path`.
        read: Python that reads them again.
    """

    name: str
    suffix: str
    write: str
    read: str


_HDF5 = "for k, v in (('p', p), ('t', t)): f.create_dataset(k, data=v{options})"
_NETCDF = """f.createDimension('row', len(p))
for k, v in (('p', p), ('t', t)): f.createVariable(k, 'f4', ('row',))[:] = v
f.close()"""
_READ_HDF5 = "import h5py; f = h5py.File(path); p, t = f['p'][()], f['t'][()]"
_READ_NETCDF = "import netCDF4; f = netCDF4.Dataset(path); p, t = f['p'][:], f['t'][:]"
_LINES = """import orjson; f = open(path, 'wb')
for x, y in zip(p.tolist(), t.tolist()): f.write(orjson.dumps({'p': x, 't': y}) + b'\\n')
f.close()"""
_READ_LINES = """import orjson
r = [orjson.loads(line) for line in open(path, 'rb')]
p = np.array([x['p'] for x in r], np.float32); t = np.array([x['t'] for x in r], np.float32)"""

CONTAINERS = {
    "hdf5": Container(
        "HDF5, h5py",
        ".h5",
        "import h5py; f = h5py.File(path, 'w')\n" + _HDF5.format(options="") + "\nf.close()",
        _READ_HDF5,
    ),
    "gzip": Container(
        "HDF5 with gzip, h5py",
        ".h5",
        "import h5py; f = h5py.File(path, 'w')\n"
        + _HDF5.format(options=", chunks=(2**16,), compression='gzip'")
        + "\nf.close()",
        _READ_HDF5,
    ),
    "netcdf": Container(
        "netCDF 4, netCDF4",
        ".nc",
        "import netCDF4; f = netCDF4.Dataset(path, 'w')\n" + _NETCDF,
        _READ_NETCDF,
    ),
    "zarr": Container(
        "Zarr, zarr",
        ".zarr",
        "import zarr; f = zarr.open_group(path, mode='w')\n"
        "for k, v in (('p', p), ('t', t)): f.create_array(k, data=v, chunks=(2**18,))",
        "import zarr; f = zarr.open_group(path, mode='r'); p, t = f['p'][:], f['t'][:]",
    ),
    "safetensors": Container(
        "safetensors, safetensors",
        ".safetensors",
        "from safetensors.numpy import save_file; save_file({'p': p, 't': t}, path)",
        "from safetensors.numpy import load_file; f = load_file(path); p, t = f['p'], f['t']",
    ),
    "jsonl": Container("JSON Lines, orjson", ".jsonl", _LINES, _READ_LINES),
    "npz": Container(
        ".npz, NumPy",
        ".npz",
        "np.savez(path, p=p, t=t)",
        "f = np.load(path); p, t = f['p'], f['t']",
    ),
}


def processor_s(command: list[str]) -> float:
    """The processor time of a whole process, user and system."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def measure(container: Container, folder: Path, n_rows: int, n_runs: int) -> str:
    """A row of the table."""
    path = str(folder / f"x{container.suffix}")
    p, t = np.random.default_rng(0).normal(size=(2, n_rows)).astype(np.float32)
    exec(container.write, {"np": np, "path": path, "p": p, "t": t})
    ours = evaluate(path, "--pred", "p", "--target", "t")
    code = f"import numpy as np; path = {path!r}\n{container.read}\n{_LOSS}"
    peer = [sys.executable, "-c", code]
    pairs = [(processor_s(ours), processor_s(peer)) for _ in range(n_runs + 1)][1:]
    our_s, peer_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    return f"| {container.name} | {our_s:.2f} | {peer_s:.2f} | {ratio:.2f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(CONTAINERS), help=", ".join(CONTAINERS))
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    print(
        "| container, the other's package | smoothl1 s | the other s | ratio |\n|---|---|---|---|"
    )
    for name in args.names:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(CONTAINERS[name], Path(folder), args.rows, args.runs), flush=True)


if __name__ == "__main__":
    main()
