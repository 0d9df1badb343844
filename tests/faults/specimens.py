"""A small file of every kind that is read, and the command lines that read it."""

from __future__ import annotations

import gzip
import json
import zipfile
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1 import evaluate
from tests.sources.writers import SINGLE_FILES, WRITERS, save_npy, zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.sources.writers import Matrix

    Pack = Callable[[bytes], bytes]
    Make = Callable[[Path], "Specimen"]

_ROWS = 9


class Specimen(NamedTuple):
    """A file without damage.

    Attributes:
        data: Its bytes.
        suffix: How its name ends.
        inner: What is damaged: its bytes, or those that are packed in it.
        pack: Makes a file of these.
        commands: Command lines, in which DAMAGED and WHOLE are its copies.
    """

    data: bytes
    suffix: str
    inner: bytes
    pack: Pack
    commands: tuple[tuple[str, ...], ...]


def _as_it_is(data: bytes) -> bytes:
    return data


def _numbers() -> Matrix:
    return np.random.default_rng(7).normal(size=(_ROWS, 2)).round(3)


_SUFFIXES = {
    "npy": ".npy",
    "npz": ".npz",
    "safetensors": ".safetensors",
    "netcdf": ".nc",
    "zarr": ".zarr.zip",
    "csv": ".csv",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "arrow": ".arrow",
    "arrow_stream": ".arrows",
}


def _of_writer(name: str, folder: Path) -> Specimen:
    kind, write = WRITERS[name]
    path = folder / "x"
    columns = write(path, _numbers()).columns
    data = path.read_bytes()
    return Specimen(data, _SUFFIXES[kind], data, _as_it_is, _commands(columns))


def _commands(columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """What is done with arrays, with arrays by their names, and with columns."""
    two: tuple[str, ...] = ("eval", "DAMAGED", "WHOLE", "--json")
    more: tuple[tuple[str, ...], ...] = ()
    if columns:
        two += tuple(word for name in columns for word in ("--pred", name, "--target", name))
    if len(columns) > 1:
        a, b, *_ = columns
        one = ("eval", "DAMAGED", "--pred", a, "--target", b)
        more = (
            (*one, "--json"),
            (*one, "--nan", "omit", "--quantile", "0.5", "--json"),
            (*one, "--reduction", "none"),
            ("compare", "DAMAGED", "--pred-a", a, "--pred-b", b, "--target", b, "--json"),
        )
    turned = (two[0], *reversed(two[1:3]), *two[3:])
    return (two, two, turned, (*two, "--chunk-size", "2"), ("inspect", "DAMAGED"), *more)


def _zipped(name: str, data: bytes) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data)
    return file.getvalue()


def _packed(kind: str, pack: Pack, suffix: str, folder: Path) -> Specimen:
    """A file whose content is damaged before it is packed, so that checksums are right."""
    inner = _of_writer(kind, folder)
    commands = _commands(("x",)) if suffix == ".npz" else inner.commands
    return Specimen(pack(inner.data), suffix, inner.data, pack, commands)


_PACKED: dict[str, tuple[str, Pack, str]] = {
    "npy in npz": ("npy", partial(_zipped, "x.npy"), ".npz"),
    "csv in zip": ("csv", partial(_zipped, "x.csv"), ".zip"),
    "npy in gzip": ("npy", partial(gzip.compress, mtime=0), ".npy.gz"),
    "json lines in zstd": ("json lines", zstd, ".jsonl.zst"),
}


def _raw(folder: Path) -> Specimen:
    data = _numbers().tobytes()
    how = ("--raw", "float64,-1,2")
    commands = (("eval", "DAMAGED", "WHOLE", *how, "--json"), ("inspect", "DAMAGED", *how))
    return Specimen(data, ".bin", data, _as_it_is, commands)


def _arrays(folder: Path) -> tuple[Path, Path]:
    pred, target = folder / "p.npy", folder / "t.npy"
    save_npy(pred, _numbers())
    save_npy(target, _numbers() + 0.25)
    return pred, target


_MERGED = (
    ("merge", "DAMAGED", "WHOLE", "--json"),
    ("merge", "DAMAGED"),
    ("merge", "WHOLE", "--baseline", "DAMAGED", "--max-increase", "5%"),
)


def _document(to_json: Callable[[Path, Path], dict[str, Any]], folder: Path) -> Specimen:
    data = json.dumps(to_json(*_arrays(folder)), indent=1).encode()
    return Specimen(data, ".json", data, _as_it_is, _MERGED)


def _result(pred: Path, target: Path) -> dict[str, Any]:
    found = evaluate(pred, target, betas=(0.5, 1.0), by_column=True, statistics=True)
    return found.to_json()


def _result_of_metrics(pred: Path, target: Path) -> dict[str, Any]:
    found = evaluate(
        pred, target, also=("mae", "rmse"), quantiles=(0.5,), within=(0.5,), top=2, nan="omit"
    )
    return found.to_json()


_DOCUMENTS = {"result": _result, "result of metrics": _result_of_metrics}

SPECIMENS: dict[str, Make] = {
    **{name: partial(_of_writer, name) for name in SINGLE_FILES},
    **{name: partial(_packed, *of) for name, of in _PACKED.items()},
    "raw": _raw,
    **{name: partial(_document, to_json) for name, to_json in _DOCUMENTS.items()},
}
"""What makes each specimen, in an empty folder."""
