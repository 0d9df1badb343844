"""Writes the inputs of random cases, and their command lines."""

from __future__ import annotations

import gzip
import json
import lzma
import math
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.cases import Case, Column, Input, Value

_ARROW = {"f2": pa.float16(), "f4": pa.float32(), "f8": pa.float64(), "text": pa.string()}
_ARROW |= {"i1": pa.int8(), "i4": pa.int32(), "i8": pa.int64(), "u1": pa.uint8(), "u8": pa.uint64()}

_COMPRESSED = {
    "": lambda data: data,
    "gz": lambda data: gzip.compress(data, 1, mtime=0),
    "xz": lambda data: lzma.compress(data, preset=0),
    "zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}


def written(folder: Path, one: Input) -> str:
    """Write an input into a folder; gives its name there."""
    bounds = (0, *one.cuts, one.n_rows)
    suffix = f"{one.form}.{one.outer}" if one.outer else one.form
    if not one.cuts:
        (folder / f"{one.name}.{suffix}").write_bytes(_bytes_of(one, 0, one.n_rows))
        return f"{one.name}.{suffix}"
    shards = folder / one.name
    shards.mkdir()
    for i, (start, stop) in enumerate(pairwise(bounds)):
        (shards / f"x-{i}.{suffix}").write_bytes(_bytes_of(one, start, stop))
    return one.name


def command_line(case: Case, folder: Path) -> list[str]:
    """Write the inputs of a case, and give the command line without its output."""
    name = written(folder, case.pred)
    args = ["eval", name] if case.n_models == 1 else ["compare", name]
    inputs = [case.pred]
    if case.target is not None:
        if case.n_models > 1:
            args += [name] * (case.n_models - 1)
        args.append(written(folder, case.target))
        inputs.append(case.target)
    for option, one in case.beside.items():
        args += [f"--{option}", written(folder, one)]
    if any(one.form == "tsv" for one in inputs):
        args += ["--delimiter", r"\t"]
    if case.pred.form not in ("npy", "npz"):
        args += _columns(case)
    settings = dict(case.settings)
    if case.n_models > 1:
        del settings["reduction"]
    return [*args, *_options(settings), *case.how]


def _columns(case: Case) -> list[str]:
    if case.n_models > 1:
        options = ("--pred-a", "--pred-b") if case.n_models == 2 else ("--pred",) * case.n_models
        named = [(option, f"p{i}") for i, option in enumerate(options, 1)]
    else:
        named = [("--pred", f"p{j}") for j in range(1, case.n_columns + 1)]
    named += [("--target", f"t{j}") for j in range(1, case.n_columns + 1)]
    return [part for both in named for part in both]


def _options(settings: dict[str, Any]) -> list[str]:
    args: list[str] = []
    names = {"betas": "beta", "quantiles": "quantile"}
    for name, value in settings.items():
        option = f"--{names.get(name, name).replace('_', '-')}"
        if value is True:
            args.append(option)
        elif name == "by":
            args += [part for level in value for part in (option, level)]
        elif isinstance(value, tuple):
            args += [f"{option}={','.join(map(str, value))}"] if value else []
        elif value is not None and value is not False:
            args.append(f"{option}={value}")
    return args


def _bytes_of(one: Input, start: int, stop: int) -> bytes:
    columns = [column._replace(values=column.values[start:stop]) for column in one.columns]
    if one.form in ("npy", "npz"):
        data = _array(columns, one)
    elif one.form in ("csv", "tsv"):
        data = _text(columns, "," if one.form == "csv" else "\t")
    elif one.form == "jsonl":
        data = _json_lines(columns)
    else:
        data = _arrow(columns, one)
    return _COMPRESSED[one.outer](data)  # type: ignore[no-untyped-call]


def _array(columns: list[Column], one: Input) -> bytes:
    kind = f"<{columns[0].kind}"
    array = np.array([column.values for column in columns], kind).T
    if len(columns) == 1 and not one.is_deep:
        array = array[:, 0]
    if one.row_group == 2:
        array = np.asfortranarray(array)
    file = BytesIO()
    if one.form == "npy":
        np.save(file, array)
    else:
        np.savez(file, x=array)
    return file.getvalue()


def _cell(value: Value, row: int) -> str:
    if value is None:
        return ("NA", "null")[row % 2]
    return str(value)


def _text(columns: list[Column], delimiter: str) -> bytes:
    rows = [[column.name for column in columns]]
    rows += [
        [_cell(value, i) for value in row]
        for i, row in enumerate(zip(*(column.values for column in columns), strict=True))
    ]
    return "".join(f"{delimiter.join(row)}\n" for row in rows).encode()


def _json_lines(columns: list[Column]) -> bytes:
    lines = []
    for i, row in enumerate(zip(*(column.values for column in columns), strict=True)):
        cells = {column.name: value for column, value in zip(columns, row, strict=True)}
        if i % 3 == 1:  # absent
            cells = {name: value for name, value in cells.items() if value is not None}
        lines.append(json.dumps(cells) + "\n")
    return "".join(lines).encode()


def _arrow(columns: list[Column], one: Input) -> bytes:
    arrays = [pa.array(column.values, _ARROW[column.kind], from_pandas=False) for column in columns]
    table = pa.table(arrays, [column.name for column in columns])
    file = BytesIO()
    if one.form == "parquet":
        pq.write_table(table, file, row_group_size=one.row_group)
        return file.getvalue()
    new = pa.ipc.new_file if one.form == "arrow" else pa.ipc.new_stream
    with new(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=one.row_group)
    return file.getvalue()


def is_nan(value: Value) -> bool:
    """Whether a value is a number that is NaN."""
    return isinstance(value, float) and math.isnan(value)
