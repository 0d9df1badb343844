"""Metadata of Zarr stores that no writer would write: values of other kinds, and contradictions."""

from __future__ import annotations

import base64
import copy
import json
import math
import struct
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, DtypeError, MissingExtraError
from smoothl1.sources.containers.zarr.fill_values import fill_of
from smoothl1.sources.containers.zarr.metadata import of_v2, of_v3, parsed
from tests.sources.containers.packages import imported
from tests.sources.files import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smoothl1.sources.containers.zarr.metadata import ArrayMetadata

ODD = [None, True, -1, 1.5, math.nan, "x", [], {}, [1], [[]], {"a": 1}, 10**400]

V2 = {
    "zarr_format": 2,
    "shape": [8, 1],
    "chunks": [4, 1],
    "dtype": "<i4",
    "fill_value": 0,
    "order": "C",
    "dimension_separator": ".",
    "filters": [{"id": "shuffle", "elementsize": 4}],
    "compressor": {"id": "lzma", "format": 1, "filters": None},
}
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
SHARDS = {
    "chunk_shape": [2, 1],
    "codecs": [{"name": "transpose", "configuration": {"order": [1, 0]}}, BYTES],
    "index_codecs": [BYTES, {"name": "crc32c", "configuration": {"location": "end"}}],
    "index_location": "end",
}
V3 = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [8, 1],
    "data_type": "float32",
    "fill_value": "0x7fc00000",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 1]}},
    "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
    "codecs": [{"name": "sharding_indexed", "configuration": SHARDS}],
}

MARKED = {"_FillValue": base64.b64encode(struct.pack("<d", 1.5)).decode()}


def of_2(entries: Any) -> ArrayMetadata:
    return of_v2(entries, {}, "array 'y'")


def of_3(entries: Any) -> ArrayMetadata:
    return of_v3(entries, MARKED, "array 'y'")


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where JSON holds values, as the keys and the positions on the way to each."""
    within = enumerate(value) if isinstance(value, list) else value.items()
    for key, entry in within:
        yield (*at, key)
        if isinstance(entry, (list, dict)):
            yield from places(entry, (*at, key))


def changed(entries: Any, at: tuple[Any, ...], value: Any) -> Any:
    """A copy that has another value at a place."""
    found = copy.deepcopy(entries)
    holder = found
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = value
    return found


@pytest.mark.parametrize(("of", "entries"), [(of_2, V2), (of_3, V3)], ids=["2", "3"])
def test_a_value_of_another_kind_is_metadata_or_an_error_of_one_line(
    of: Callable[[Any], ArrayMetadata], entries: Any
) -> None:
    of(entries)
    found = [_error_of(of, changed(entries, at, odd)) for at in places(entries) for odd in ODD]
    said = [error for error in found if error is not None]
    assert len(said) > len(found) / 2
    assert not [error for error in said if "\n" in error or len(error) > 300]


def _error_of(of: Callable[[Any], ArrayMetadata], entries: Any) -> str | None:
    try:
        of(entries)
    except (DataError, DtypeError, MissingExtraError) as error:
        return str(error)
    return None


WRONG: list[tuple[Callable[[Any], ArrayMetadata], Any, tuple[Any, ...], Any, str]] = [
    (of_2, V2, ("filters",), 5, "codecs are 5, and no list"),
    (of_2, V2, ("fill_value",), math.nan, "fill value nan is no int32"),
    (of_2, V2, ("order",), "K", "order 'K', separator '.'"),
    (of_2, V2, ("filters", 0, "elementsize"), 0, "codec shuffle has the elementsize 0"),
    (of_2, V2, ("filters", 0, "id"), "lz4", "is compressed more than once, by lz4 and lzma"),
    (of_2, V2, ("shape", 0), 1 << 70, "shape is larger than any array"),
    (of_3, V3, ("fill_value",), "0x7fc0", "fill value '0x7fc0' is no float32"),
    (of_3, V3, ("fill_value",), "0xno", "fill value '0xno' is no float32"),
    (of_3, V3, ("fill_value",), 1e39, r"fill value 1e\+39 is too large: float32"),
    (of_3, V3, ("fill_value",), 10**5000, "a number of thousands of digits is no float32"),
    (of_3, V3, ("storage_transformers",), [{"name": "x"}], "storage transformers"),
    (of_3, V3, ("chunk_grid", "name"), "rectilinear", "the chunk grid 'rectilinear'"),
    (of_3, V3, ("codecs", 0), BYTES["configuration"], "metadata without a name"),
    (of_3, V3, ("codecs",), [], "no codec that makes bytes of numbers"),
    (of_3, V3, ("codecs", 0, "configuration", "chunk_shape"), [3, 1], "do not fill shards"),
    (of_3, V3, ("codecs", 0, "configuration", "index_location"), "mid", "an index of shards"),
]


def test_what_is_wrong_is_said() -> None:
    imported("numcodecs")  # lz4 is named before its settings
    for of, entries, at, value, said in WRONG:
        with pytest.raises((DataError, DtypeError), match=said):
            of(changed(entries, at, value))


def test_codecs_may_be_named_without_settings_and_floats_by_their_bytes() -> None:
    assert of_2({**V2, "filters": None, "compressor": None}).fill == 0
    plain = {**V3, "data_type": "uint8", "fill_value": 7, "codecs": ["bytes", "crc32c"]}
    assert of_3(plain).layout.codecs.stored_bytes(4) == 8
    assert of_3({**V3, "fill_value": "0x3fc00000"}).fill == 1.5
    assert of_3(V3).attributes == {"_FillValue": 1.5}
    with pytest.raises(DataError, match="_FillValue is 'AAA=', and no number"):
        of_v3(V3, {"_FillValue": "AAA="}, "array 'y'")
    with pytest.raises(DataError, match=r"fill value 1\.5 is no int16"):
        fill_of(1.5, of_2({**V2, "dtype": "<i2"}).layout.dtype, "array 'y'", narrow="")


def test_metadata_that_are_no_object_of_json_are_refused() -> None:
    with pytest.raises(DataError, match=r"zarr\.json is not an object of JSON"):
        parsed(b"[1]", "zarr.json")
    with pytest.raises(DataError, match=r"zarr\.json is not JSON"):
        parsed(b"[" * 100_000, "zarr.json")


def test_a_store_says_which_array_has_attributes_that_are_no_object(tmp_path: Path) -> None:
    (tmp_path / "x.zarr").mkdir()
    (tmp_path / "x.zarr" / "zarr.json").write_text(json.dumps({**V3, "attributes": "none"}))
    with pytest.raises(DataError, match="attributes are 'none', and no object of JSON"):
        read(tmp_path / "x.zarr")


def test_an_attribute_that_is_no_number_is_named(tmp_path: Path) -> None:
    entries = {**V3, "attributes": {"missing_value": [1, [2, 3]]}}
    (tmp_path / "x.zarr").mkdir()
    (tmp_path / "x.zarr" / "zarr.json").write_text(json.dumps(entries))
    with pytest.raises(DtypeError, match=r"missing_value \[1, \[2, 3\]\] is no float32"):
        read(tmp_path / "x.zarr")
