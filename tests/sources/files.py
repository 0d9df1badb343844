"""Files made by hand, byte by byte, so that they can say what no writer would."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.read_options import ReadOptions
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.formats import open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Columns, Source

AWKWARD = [
    0.0,
    -0.0,
    5e-324,
    -2.2250738585072014e-308,
    0.1,
    1 / 3,
    -123456789.12345679,
    9007199254740991.0,
    1e22,
    -1.7976931348623157e308,
    float("inf"),
    float("-inf"),
]
"""Numbers that careless readers change: signed zero, subnormals, 17 digits, the largest."""


def bits(values: Sequence[float] | NDArray[Any]) -> list[int]:
    """Numbers as the bits of their binary64, so that 0.0 and -0.0 differ."""
    native = np.asarray(values)
    return native.astype(np.float64).view(np.uint64).tolist()  # type: ignore[no-any-return]


def open_source(
    path: str,
    selections: Sequence[Columns] = ((),),
    options: ReadOptions = ReadOptions(),
    warn: Callable[[str], None] = lambda _: None,
) -> Source:
    """Open an input and choose the columns of each field; none for the only numeric one."""
    table = open_table(path, options, warn)
    try:
        return table.select(Wanted(tuple(selections)))
    except BaseException:
        table.close()
        raise


def read(
    path: Path,
    *columns: str,
    n_rows: int = 1000,
    part: Part | None = None,
    options: ReadOptions = ReadOptions(),
    warnings: list[str] | None = None,
) -> NDArray[Any]:
    """All that a source delivers for one field."""
    heard: list[str] = [] if warnings is None else warnings
    source = open_source(str(path), [columns], options, heard.append)
    try:
        blocks = [
            block.fields[0].values.copy()
            for block in source.blocks(part or Part(0, source.n_rows), n_rows)
        ]
    finally:
        source.close()
    return np.concatenate([np.empty(0, source.fields[0].dtype), *blocks])


def header(descr: str = "'<f8'", fortran: str = "False", shape: str = "(3,)") -> str:
    """The dictionary of a `.npy` header, its values as they are to stand there."""
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def npy(
    text: str | bytes,
    data: bytes = np.arange(3.0).tobytes(),
    version: tuple[int, int] = (1, 0),
    length: int | None = None,
) -> bytes:
    """A `.npy` file with any header; `length` is what its length field says."""
    text = text.encode("latin-1") if isinstance(text, str) else text
    field = (len(text) if length is None else length).to_bytes(2 if version[0] < 2 else 4, "little")
    return b"\x93NUMPY" + bytes(version) + field + text + data


_I32, _I64, _TEXT, _LIST, _STRUCT = 5, 6, 8, 9, 12


def _varint(number: int) -> bytes:
    low = number & 0x7F
    return bytes([low]) if number < 0x80 else bytes([low | 0x80]) + _varint(number >> 7)


def _integer(number: int) -> bytes:
    return _varint(((number << 1) ^ (number >> 63)) & ((1 << 64) - 1))


def _text(text: bytes) -> bytes:
    return _varint(len(text)) + text


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    n = len(items)
    return (bytes([n << 4 | kind]) if n < 15 else bytes([0xF0 | kind]) + _varint(n)) + b"".join(
        items
    )


def _struct(*fields: tuple[int, int, bytes]) -> bytes:
    """Thrift's compact protocol: the step from one field's number to the next, and its kind."""
    last, out = 0, b""
    for number, kind, payload in fields:
        out += bytes([(number - last) << 4 | kind]) + payload
        last = number
    return out + b"\x00"


def parquet(
    columns: dict[bytes, list[float]],
    *,
    file_rows: int | None = None,
    group_rows: int | None = None,
    chunk_values: int | None = None,
    page_values: int | None = None,
    page_bytes: int | None = None,
    codec: int = 0,
    encoding: int = 0,
    chunk_type: int = 5,
    column_index: int | None = None,
    magic: bytes = b"PAR1",
) -> bytes:
    """One row group of required doubles, plain, a page a column.

    The format: https://parquet.apache.org/docs/file-format/. What is not given is told truly.
    """
    body, chunks = magic, []
    for name, values in columns.items():
        data = struct.pack(f"<{len(values)}d", *values)
        offset = len(body)
        body += _page(data, page_values or len(values), page_bytes, encoding) + data
        meta = _struct(
            (1, _I32, _integer(chunk_type)),
            (2, _LIST, _list(_I32, [_integer(encoding)])),
            (3, _LIST, _list(_TEXT, [_text(name)])),
            (4, _I32, _integer(codec)),
            (5, _I64, _integer(len(values) if chunk_values is None else chunk_values)),
            (6, _I64, _integer(len(body) - offset)),
            (7, _I64, _integer(len(body) - offset)),
            (9, _I64, _integer(offset)),
        )
        chunks.append(_struct((2, _I64, _integer(offset)), (3, _STRUCT, meta)))
    n_rows = len(next(iter(columns.values()), []))
    group_rows = n_rows if group_rows is None else group_rows
    groups = [
        _struct(
            (1, _LIST, _list(_STRUCT, chunks)),
            (2, _I64, _integer(len(body))),
            (3, _I64, _integer(group_rows)),
        )
    ]
    footer = _struct(
        (1, _I32, _integer(2)),
        (2, _LIST, _list(_STRUCT, _schema(list(columns), column_index))),
        (3, _I64, _integer(group_rows if file_rows is None else file_rows)),
        (4, _LIST, _list(_STRUCT, groups)),
    )
    return body + footer + len(footer).to_bytes(4, "little") + magic


def _schema(names: list[bytes], n_children: int | None) -> list[bytes]:
    n_children = len(names) if n_children is None else n_children
    root = _struct((4, _TEXT, _text(b"schema")), (5, _I32, _integer(n_children)))
    leaves = [
        _struct((1, _I32, _integer(5)), (3, _I32, _integer(0)), (4, _TEXT, _text(name)))
        for name in names
    ]
    return [root, *leaves]


def _page(data: bytes, n_values: int, n_bytes: int | None, encoding: int) -> bytes:
    size = _integer(len(data) if n_bytes is None else n_bytes)
    levels = [(2, _I32, _integer(encoding)), (3, _I32, _integer(3)), (4, _I32, _integer(3))]
    of_data = _struct((1, _I32, _integer(n_values)), *levels)
    return _struct((1, _I32, _integer(0)), (2, _I32, size), (3, _I32, size), (5, _STRUCT, of_data))
