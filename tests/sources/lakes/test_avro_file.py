"""Avro files of Apache Iceberg: every length is checked, and no block unpacks to any size."""

from __future__ import annotations

import bz2
import json
import zlib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smoothl1 import DataError
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_iceberg import folder_of, table, value_of  # noqa: F401  a fixture

pytestmark = [
    needs("pyiceberg"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

SYNC = bytes(range(16))
FIELDS = [
    {"name": "path", "type": "string", "field-id": 1},
    {
        "name": "counts",
        "type": {"type": "array", "items": "long", "element-id": 3},
        "field-id": 2,
    },
    {"name": "part", "type": ["null", "bytes"], "default": None, "field-id": 4},
]


def number(value: int) -> bytes:
    """An integer of Avro."""
    value = value << 1 if value >= 0 else ~(value << 1)
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def text(content: bytes) -> bytes:
    return number(len(content)) + content


def record(name: bytes, *counts: int) -> bytes:
    items = number(len(counts)) + b"".join(map(number, counts)) if counts else b""
    return text(name) + items + number(0) + number(1) + text(b"part")


def header(codec: str = "null", fields: list[Any] = FIELDS) -> bytes:
    schema = json.dumps({"type": "record", "name": "r", "fields": fields}).encode()
    meta = {b"avro.codec": codec.encode(), b"avro.schema": schema}
    pairs = b"".join(text(key) + text(value) for key, value in meta.items())
    return b"Obj\x01" + number(len(meta)) + pairs + number(0) + SYNC


def block(n_records: int, packed: bytes) -> bytes:
    return number(n_records) + text(packed) + SYNC


WHOLE = header() + block(2, record(b"a", 1, -300) + record(b"b")) + block(1, record(b"c", 1 << 40))


def read(content: bytes, folder: Path) -> list[tuple[Any, ...]]:
    """The records of a file, each as a tuple."""
    from smoothl1.sources.lakes.avro_file import CheckedAvroFile
    from smoothl1.sources.lakes.iceberg_files import MetadataFile

    path = folder / "m.avro"
    path.write_bytes(content)
    with CheckedAvroFile[Any](MetadataFile(f"file://{path}", str(path))) as file:
        return [tuple(one[i] for i in range(3)) for one in file]


def packed(codec: str, content: bytes) -> bytes:
    if codec == "deflate":
        return zlib.compress(content)[2:-1]  # as pyiceberg writes it
    if codec == "bzip2":
        return bz2.compress(content)
    if codec == "zstandard":
        return bytes(pa.compress(content, codec="zstd", asbytes=True))
    checksum = zlib.crc32(content).to_bytes(4, "big")
    return bytes(pa.compress(content, codec="snappy", asbytes=True)) + checksum


CODECS = ["deflate", "bzip2", "zstandard", "snappy"]


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    found = [("a", [1, -300], b"part"), ("b", [], b"part"), ("c", [1 << 40], b"part")]
    assert read(WHOLE, tmp_path) == found
    assert read(header() + block(0, b"") + WHOLE[len(header()) :], tmp_path) == found


@pytest.mark.parametrize("codec", CODECS)
def test_blocks_are_unpacked_up_to_a_limit(tmp_path: Path, codec: str) -> None:
    content = record(b"a", 7)
    found = read(header(codec) + block(1, packed(codec, content)), tmp_path)
    assert found == [("a", [7], b"part")]
    large = b"\xff\xff\xff\xff\x0f"  # the length that snappy claims, which packs little
    bomb = large + content if codec == "snappy" else packed(codec, bytes((1 << 26) + 1))
    with pytest.raises(DataError, match=r"m\.avro: .*unpacks to more than the 67,108,864 bytes"):
        read(header(codec) + block(1, bomb), tmp_path)
    with pytest.raises(DataError, match=f"a block of {codec} that is damaged"):
        read(header(codec) + block(1, packed(codec, content)[:-5]), tmp_path)


def test_the_limit_is_one_of_all_blocks_together(tmp_path: Path) -> None:
    big = packed("deflate", text(bytes(1 << 25)) + number(0) + number(0))
    with pytest.raises(DataError, match="unpacks to more than"):
        read(header("deflate") + 2 * block(1, big), tmp_path)
    assert len(read(header("deflate") + block(1, big), tmp_path)) == 1


def test_a_file_has_no_more_records_than_a_writer_writes_into_its_bytes(tmp_path: Path) -> None:
    n_records = 20_001
    many = block(n_records, packed("deflate", n_records * record(b"a")))
    with pytest.raises(DataError, match="more records than any writer writes into so few bytes"):
        read(header("deflate") + many, tmp_path)
    names = (sha256(b"%d" % i).hexdigest().encode() for i in range(n_records))
    named = block(n_records, packed("deflate", b"".join(map(record, names))))
    assert len(read(header("deflate") + named, tmp_path)) == n_records


def test_a_file_has_no_more_values_than_a_writer_writes_into_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smoothl1.sources.lakes import avro_file

    monkeypatch.setattr(avro_file, "_FEW_VALUES", 10_000)
    monkeypatch.setattr(avro_file, "_MOST_FOR_BYTE", 0)
    many = block(1, packed("deflate", record(b"a", *range(10_000))))
    with pytest.raises(DataError, match="more values than any writer writes into so few bytes"):
        read(header("deflate") + 10 * many, tmp_path)
    few = block(1, packed("deflate", record(b"a", *range(9_000))))
    assert len(read(header("deflate") + few, tmp_path)[0][1]) == 9_000


def test_statistics_of_columns_are_passed_over_as_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smoothl1.sources.lakes import avro_unused

    def pairs(n: int) -> bytes:
        return b"".join(number(7 * i) + number(1 << i % 63) for i in range(n))

    def two_blocks(n: int) -> bytes:
        """A block whose bytes are told, and one whose are not."""
        sized = number(-n) + number(len(pairs(n))) + pairs(n)
        return number(1) + sized + number(2) + pairs(2) + number(0)

    item = {"type": "record", "name": "k", "fields": []}
    item["fields"] = [
        {"name": "key", "type": "int", "field-id": 121},
        {"name": "value", "type": "long", "field-id": 122},
    ]
    counts = ["null", {"type": "array", "logicalType": "map", "items": item}]
    fields = [
        {"name": "path", "type": "string", "field-id": 1},
        {"name": "counts", "type": counts, "default": None, "field-id": 109},
        {"name": "last", "type": "long", "field-id": 2},
    ]
    records = [text(b"a") + two_blocks(40) + number(5), text(b"b") + number(0) + number(-6)]
    content = header("null", fields) + block(2, b"".join(records))
    assert read(content, tmp_path) == [("a", None, 5), ("b", None, -6)]
    monkeypatch.setattr(avro_unused, "_COUNTS", set())
    (_, seen, _), _ = read(content, tmp_path)
    assert len(seen) == 40
    monkeypatch.undo()
    cut = block(1, text(b"a") + two_blocks(3000)[:-9])
    with pytest.raises(DataError, match="integers that are cut"):
        read(header("null", fields) + cut, tmp_path)


@pytest.mark.parametrize("number_of_field", [132, 125])
def test_places_and_bounds_are_passed_over_many_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number_of_field: int
) -> None:
    """A file may claim very many in few bytes, and nobody asks for them."""
    from smoothl1.sources.lakes import avro_file

    item: dict[str, Any] = {"type": "record", "name": "k", "fields": []}
    item["fields"] = [
        {"name": "key", "type": "int", "field-id": 126},
        {"name": "value", "type": "bytes", "field-id": 127},
    ]
    of_bounds = {"type": "array", "logicalType": "map", "items": item}
    of_places = {"type": "array", "items": "long", "element-id": 133}
    is_map = number_of_field == 125
    fields = [
        {"name": "path", "type": "string", "field-id": 1},
        {"name": "x", "type": of_bounds if is_map else of_places, "field-id": number_of_field},
        {"name": "last", "type": "long", "field-id": 2},
    ]
    lengths = [*range(64)] * 50 + [300, 8]
    values = [number(9**5 * (i % 5)) + text(bytes(n)) * is_map for i, n in enumerate(lengths)]
    listed = number(len(values)) + b"".join(values) + number(0)
    content = header("null", fields) + block(1, text(b"a") + listed + number(5))
    monkeypatch.setattr(avro_file, "_FEW_VALUES", 1_000)
    monkeypatch.setattr(avro_file, "_MOST_FOR_BYTE", 0)
    assert read(content, tmp_path) == [("a", None, 5)]


def test_a_file_that_is_cut_anywhere_is_refused_or_ends_with_a_block(tmp_path: Path) -> None:
    ends = {}
    for stop in range(len(WHOLE)):
        with suppress(DataError):
            ends[stop] = len(read(WHOLE[:stop], tmp_path))
    first = len(WHOLE) - len(block(1, record(b"c", 1 << 40)))
    assert ends == {len(header()): 0, first: 2}


def test_a_file_that_lost_or_changed_any_byte_is_refused_or_has_values(tmp_path: Path) -> None:
    """Where a text changes, the values are others: the process goes on, and no error is unknown."""
    for i in range(len(WHOLE)):
        for changed in (b"", b"\xff", b"\x80", bytes([WHOLE[i] ^ 1]), bytes([WHOLE[i] ^ 2])):
            with suppress(DataError):
                assert len(read(WHOLE[:i] + changed + WHOLE[i + 1 :], tmp_path)) <= 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PAR1" + WHOLE[4:], "it is no file of Avro"),
        (header() + block(1, record(b"a") + b"\x00"), "a block has more bytes than its values"),
        (header() + block(-1, record(b"a")), "a block of -1 records"),
        (header() + block(1 << 60, record(b"a")), r"a block of 1,152,.* records in \d+ bytes"),
        (header() + block(1, number(1 << 40)), "a value of 1,099,511,627,776 bytes, of which 0"),
        (header() + block(1, number(-2) + record(b"a")), "a value of -2 bytes"),
        (header() + block(1, b"\xff" * 30), "an integer of more than 64 bits"),
        (header("lzma") + block(1, record(b"a")), "codec 'lzma' is not known"),
        (WHOLE[:-1] + b"\x00", "a block does not end where it should"),
    ],
)
def test_what_no_writer_writes_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(DataError, match=rf"m\.avro: .*{said}.* \[restore the metadata"):
        read(content, tmp_path)


def test_a_list_of_values_without_bytes_is_refused(tmp_path: Path) -> None:
    """A file of some bytes could claim any number of them."""
    inner = {"type": "record", "name": "s", "fields": []}
    items = {"type": "array", "items": inner, "element-id": 3}
    fields = [{"name": "counts", "type": items, "field-id": 2}]
    content = header(fields=fields) + block(1, number(1 << 60) + number(0))
    with pytest.raises(DataError, match="a list of values without bytes"):
        read(content, tmp_path)


def test_a_manifest_and_a_list_with_a_damaged_length_are_named(table: Any) -> None:  # noqa: F811
    """The compiled decoder of pyiceberg would read what lies behind the bytes."""
    import pyiceberg.manifest
    from pyiceberg.avro.file import AvroFile

    snapshot = table.current_snapshot()
    manifests = [one.manifest_path for one in snapshot.manifests(table.io)]
    for location in (snapshot.manifest_list, *manifests):
        path = Path(location.removeprefix("file://"))
        kept = path.read_bytes()
        i = kept.index(b"avro.schema") + len(b"avro.schema")
        path.write_bytes(kept[:i] + number(1 << 30) + kept[i + 2 :])
        with pytest.raises(DataError, match=rf"^{path}: .* of 1,073,741,824 bytes, of which"):
            value_of(folder_of(table))
        path.write_bytes(kept)
    assert value_of(folder_of(table)) == 280.0
    assert pyiceberg.manifest.AvroFile is AvroFile
