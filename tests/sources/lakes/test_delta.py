"""Tables of Delta Lake: the rows that count by the log, or a refusal."""

from __future__ import annotations

import base64
import json
import shutil
import string
import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, StorageError, evaluate
from smoothl1.running.content import describe
from smoothl1.sources.formats import files_of
from smoothl1.sources.lakes import delta
from tests.cli.conftest import run  # noqa: F401  a fixture
from tests.sources.lakes.packages import needs
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = needs("deltalake")

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": "p", "target": "t"}
SCHEMA = [("p", "double"), ("t", "double")]


class PanicException(BaseException):
    """What deltalake raises for some damages."""


@pytest.mark.parametrize("method", ["__init__", "get_add_actions"])
def test_a_panic_of_the_library_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    import deltalake

    path = table(tmp_path / "t")

    def panic(*_: object, **__: object) -> None:
        raise PanicException("lengths should not be negative")

    monkeypatch.setattr(deltalake.DeltaTable, method, panic)
    what = "cannot be read: lengths should not be negative"
    with pytest.raises(DataError, match=f"the log of a table of Delta Lake {what}"):
        evaluate(path, **COLUMNS)


def rows(*ids: int) -> pa.Table:
    """Rows whose losses are powers of three, in two regions and years."""
    columns = {
        "id": pa.array(ids, pa.int64()),
        "p": [3.0**i for i in ids],
        "t": [0.0 for _ in ids],
        "region": ["a/ä %" if i % 2 else "b" for i in ids],
        "year": pa.array([2020 + i % 3 for i in ids], pa.int32()),
    }
    return pa.table(columns)


def table(folder: Path, **options: Any) -> str:
    """A table that was appended to, overwritten in part, and cleared of some rows."""
    from deltalake import DeltaTable, write_deltalake

    path = str(folder)
    write_deltalake(path, rows(90, 91, 92), **options)
    write_deltalake(path, rows(0, 1, 2, 3), mode="overwrite", **options)
    write_deltalake(path, rows(4, 5, 6, 7, 8), mode="append", **options)
    log = DeltaTable(path)
    log.delete("id = 5 or id = 8")  # one file is written again without these
    return path


LIVE = (0, 1, 2, 3, 4, 6, 7)
"""The rows that are left."""


def sums(*by: str) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], Fraction] = {}
    for row in rows(*LIVE).to_pylist():
        group = tuple(str(row[name]) for name in by)
        found[group] = found.get(group, Fraction(0)) + abs(Fraction(row["p"]) - Fraction(row["t"]))
    return {group: float(total) for group, total in found.items()}


def logged(folder: Path, *actions: dict[str, Any], **protocol: Any) -> str:
    """A table whose log is written by hand, and that has one file of one row."""
    (folder / "_delta_log").mkdir(parents=True)
    save(folder / "x.parquet", None, p=[1.0], t=[0.0])
    fields = [{"name": n, "type": k, "nullable": True, "metadata": {}} for n, k in SCHEMA]
    metadata = {
        "id": "0b92f7bb-9c82-47e1-878e-61078a825266",
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps({"type": "struct", "fields": fields}),
        "partitionColumns": [],
        "configuration": {},
    }
    entries = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2, **protocol}},
        {"metaData": metadata},
        *(actions or [added()]),
    ]
    text = "\n".join(map(json.dumps, entries))
    (folder / "_delta_log" / f"{0:020}.json").write_text(text)
    return str(folder)


def added(**more: Any) -> dict[str, Any]:
    file = {"path": "x.parquet", "partitionValues": {}, "size": 1, "modificationTime": 1}
    return {"add": {**file, "dataChange": True, **more}}


@pytest.mark.parametrize("partitions", [None, ["region"], ["year", "region"]])
def test_the_rows_that_count_are_those_of_the_log(
    tmp_path: Path, partitions: list[str] | None
) -> None:
    from deltalake import DeltaTable

    path = table(tmp_path / "t", partition_by=partitions)
    for checkpoint in (False, True):
        if checkpoint:
            DeltaTable(path).create_checkpoint()
            (tmp_path / f"t/_delta_log/{0:020}.json").unlink()
        for by in (("region",), ("year", "region")):
            for execution in (Execution(1), Execution(2, 1)):
                found = evaluate(path, None, L1, by=by, execution=execution, **COLUMNS)
                groups = (group.levels for group in found.groups)
                assert dict(zip(groups, found.values, strict=True)) == sums(*by)
        assert found.n == len(LIVE)
    (decision,) = (d for d in found.decisions if d.subject == "version")
    assert decision.choice == "version 3 of a table of Delta Lake"


def test_keys_of_a_table_are_those_of_files_and_folders(tmp_path: Path) -> None:
    path = table(tmp_path / "t", partition_by=["region"])
    target = save(tmp_path / "t.parquet", None, **rows(*reversed(LIVE)).drop(["p"]).to_pydict())
    found = evaluate(path, target, L1, key=("id", "region"), **COLUMNS)
    assert found.values == (sum(3.0**i for i in LIVE),)
    with pytest.raises(DataError, match=r"in doubt: a table of Delta Lake keeps no order.*--key"):
        evaluate(path, target, L1, **COLUMNS)
    loose = ReadOptions(key_check=False)
    assert evaluate(path, target, L1, options=loose, **COLUMNS).n == len(LIVE)


def test_a_table_of_one_file_keeps_its_order(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    write_deltalake(str(tmp_path / "t"), rows(2, 0, 1).select(["id", "p"]))
    target = save(tmp_path / "t.parquet", None, **rows(2, 0, 1).select(["id", "t"]).to_pydict())
    assert evaluate(tmp_path / "t", target, L1, **COLUMNS).values == (13.0,)


def test_the_content_of_a_table_has_its_partitions(tmp_path: Path) -> None:
    path = table(tmp_path / "t", partition_by=["region", "year"])
    found = describe(path)
    kinds = [(column.name, column.type) for column in found.columns]
    assert kinds[1:] == [("p", "double"), ("t", "double"), ("region", "string"), ("year", "int32")]
    assert found.n_rows == len(LIVE)
    assert list(found.files) == files_of(path, print) == sorted(found.files)


def test_a_table_is_refused_by_parts(tmp_path: Path) -> None:
    path = table(tmp_path / "t", partition_by=["year"])
    for part in ("/year=2020", "/*/*.parquet", "/**/*.parquet"):
        with pytest.raises(DataError, match="give the folder of the table, which is read by its"):
            evaluate(path + part, None, L1, **COLUMNS)


def test_a_missing_partition_is_a_missing_value(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    columns = {"p": [1.0, 2.0], "t": [0.0, 0.0], "r": ["x", None]}
    write_deltalake(str(tmp_path / "t"), pa.table(columns), partition_by=["r"])
    assert evaluate(tmp_path / "t", None, L1, **COLUMNS).values == (3.0,)
    with pytest.raises(DataError, match="column 'r': the value is missing"):
        evaluate(tmp_path / "t", None, L1, by="r", **COLUMNS)


def of_first_row() -> dict[str, Any]:
    """What the log says of a file whose first row is deleted: a bitmap, written as text."""
    bitmap = struct.pack("<IIHHIH", 12346, 1, 0, 0, 16, 0)  # one container, of one value, 0
    data = struct.pack("<IQI", 1681511377, 1, 0) + bitmap
    letters = string.digits + string.ascii_lowercase + string.ascii_uppercase
    of_z85 = letters + ".-:+=^!/*?&<>()[]{}@%$#"
    of_python = string.digits + string.ascii_uppercase + string.ascii_lowercase
    text = base64.b85encode(data + bytes(-len(data) % 4)).decode()
    text = text.translate(str.maketrans(of_python + "!#$%&()*+-;<=>?@^_`{|}~", of_z85))
    return {"storageType": "i", "pathOrInlineDv": text, "sizeInBytes": len(data), "cardinality": 1}


IN_A_FILE = {"storageType": "u", "pathOrInlineDv": "ab^-aqEH.-t@S}K{vb[*k^"}
IN_A_FILE |= {"offset": 4, "sizeInBytes": 40, "cardinality": 2}


def features(*names: str) -> dict[str, Any]:
    return {
        "minReaderVersion": 3,
        "minWriterVersion": 7,
        "readerFeatures": [*names],
        "writerFeatures": [*names],
    }


@pytest.mark.parametrize("name", ["v2Checkpoint", "timestampNtz", "deletionVectors"])
def test_features_that_change_no_rows_are_read(tmp_path: Path, name: str) -> None:
    path = logged(tmp_path / "t", **features(name))
    assert evaluate(path, None, L1, **COLUMNS).values == (1.0,)


@pytest.mark.parametrize("name", ["typeWidening", "variantType", "unknown"])
def test_other_features_are_refused(tmp_path: Path, name: str) -> None:
    path = logged(tmp_path / "t", **features(name))
    with pytest.raises(DataError, match=f"Delta Lake.*[Ff]eature '?{name}.*export the table"):
        evaluate(path, None, L1, **COLUMNS)


@pytest.mark.parametrize("vector", [of_first_row(), IN_A_FILE], ids=["inline", "absent"])
def test_rows_that_are_deleted_beside_the_files_are_refused(
    tmp_path: Path, vector: dict[str, Any]
) -> None:
    action = added(deletionVector=vector, stats='{"numRecords": 1}')
    named = logged(tmp_path / "t", action, **features("deletionVectors"))
    for path in (named, logged(tmp_path / "unnamed", action)):  # or the protocol forgot them
        with pytest.raises(DataError, match=r"deletion vectors.*export the table"):
            evaluate(path, None, L1, **COLUMNS)


def test_columns_with_other_names_in_the_files_are_refused(tmp_path: Path) -> None:
    path = logged(tmp_path / "t", **features("columnMapping"))
    assert evaluate(path, None, L1, **COLUMNS).values == (1.0,)  # it may be mapped, but is not
    log = tmp_path / f"t/_delta_log/{0:020}.json"
    protocol, metadata, file = map(json.loads, log.read_text().splitlines())
    schema = json.loads(metadata["metaData"]["schemaString"])
    for i, field in enumerate(schema["fields"]):
        names = {"id": i + 1, "physicalName": "pt"[1 - i]}
        field["metadata"] = {f"delta.columnMapping.{key}": name for key, name in names.items()}
    configuration = {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "2"}
    metadata["metaData"] |= {
        "schemaString": json.dumps(schema),
        "configuration": configuration,
    }
    log.write_text("\n".join(map(json.dumps, (protocol, metadata, file))))
    with pytest.raises(DataError, match=r"other names in the files \(column mapping\)"):
        evaluate(path, None, L1, **COLUMNS)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"p": [1], "t": [0.0]}, "column 'p' is int64, but double in the table"),
        ({"u": [1.0]}, "none of its columns is one of the table: the table was changed"),
        ({"p": [1.0]}, "row 1, column 't': the value is missing"),
    ],
)
def test_files_with_other_columns_than_the_table_are_refused(
    tmp_path: Path, columns: dict[str, Any], why: str
) -> None:
    path = logged(tmp_path / "t")
    save(tmp_path / "t/x.parquet", None, **columns)
    with pytest.raises(DataError, match=why):
        evaluate(path, None, L1, **COLUMNS)


def test_a_column_that_was_added_has_no_values_in_files_from_before(tmp_path: Path) -> None:
    """Beside columns that are in no file, as those by which the table is partitioned."""
    from deltalake import write_deltalake

    path = str(tmp_path / "t")
    write_deltalake(path, rows(0, 1), partition_by=["region"])
    more = rows(2, 3).append_column("q", [[5.0, 6.0]])
    write_deltalake(path, more, mode="append", schema_mode="merge")
    assert {column.name for column in describe(path).columns} == {*more.column_names}
    with pytest.raises(DataError, match="column 'q': the value is missing"):
        evaluate(path, None, L1, pred="q", target="t")
    omit = EvalSettings((0.0,), "sum", nan="omit")
    with pytest.warns(UserWarning, match=r"2 of 4 pairs were left out: NaN or missing \(2 missing"):
        found = evaluate(path, None, omit, by="region", pred="q", target="t")
    assert [(one.group, value) for one, value in zip(found.groups, found.values, strict=True)] == [
        ("a/ä %", 6.0),
        ("b", 5.0),
    ]


def test_columns_that_only_files_have_are_none_of_the_table(tmp_path: Path) -> None:
    """As deltalake 0.25 leaves them behind; in front of others, and of several leaves."""
    path = logged(tmp_path / "t", added(), added(path="y.parquet"))
    left = {"__delta_rs_update_predicate": [True], "u": pa.array([{"a": 7.0, "b": 8.0}])}
    content = {"p": [3.0], "left": [5], "t": pa.array([[0.0]]).flatten(), "id": ["a"]}
    pq.write_table(pa.table({**left, **content}), tmp_path / "t/y.parquet")
    found = evaluate(path, None, L1, by="@1", execution=Execution(1), **COLUMNS)
    assert [one.group for one in found.groups] == ["1", "3"]
    assert found.values == (1.0, 3.0)
    for choice in ({"by": "id"}, {"pred": "left"}, {"key": "id"}, {"by": "u"}):
        with pytest.raises(DataError, match=r"no (input has a )?(key )?column '(id|left|u)'"):
            evaluate(path, path, L1, warn=print, **(COLUMNS | choice))
    assert [column.name for column in describe(path).columns] == ["p", "t"]


@pytest.mark.parametrize("uri", ["file:///x.parquet", "s3://b/x.parquet", "/x.parquet"])
def test_files_outside_of_the_folder_are_refused(tmp_path: Path, uri: str) -> None:
    path = logged(tmp_path / "t", added(path=uri))
    with pytest.raises(DataError, match="Delta Lake"):
        evaluate(path, None, L1, **COLUMNS)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = logged(tmp_path / "t")
    (tmp_path / "t/x.parquet").unlink()
    said = (
        r"x\.parquet: no such file .*, which the log of the table of Delta Lake names \[run again"
    )
    with pytest.raises(OSError, match=said):
        evaluate(path, None, L1, **COLUMNS)


def test_a_table_that_gets_new_versions_while_it_is_read_is_that_of_one_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its files are removed, they are missed, and no others are taken for them."""
    from deltalake import DeltaTable, write_deltalake

    def overwrite(path: str) -> None:
        write_deltalake(path, rows(10, 11), mode="overwrite")

    def vacuum(path: str) -> None:
        overwrite(path)
        how: dict[str, Any] = {"enforce_retention_duration": False}
        DeltaTable(path).vacuum(0, dry_run=False, **how)

    opened, changes = delta._opened, [overwrite]

    def changing(path: str, options: dict[str, str] | None) -> Any:
        """The table, which another program changes once it is open."""
        found = opened(path, options)
        changes[0](path)
        return found

    monkeypatch.setattr(delta, "_opened", changing)
    expected = sum(3.0**i for i in LIVE)
    assert evaluate(table(tmp_path / "a"), None, L1, **COLUMNS).sum == expected
    changes[0] = vacuum
    with pytest.raises(StorageError, match=r"the log of the table of Delta Lake names \[run again"):
        evaluate(table(tmp_path / "b"), None, L1, **COLUMNS)


@pytest.mark.parametrize("partitions", [None, ["region"]])
def test_a_table_whose_rows_were_all_deleted_has_its_columns(
    tmp_path: Path, partitions: list[str] | None
) -> None:
    from deltalake import DeltaTable

    path = table(tmp_path / "t", partition_by=partitions)
    DeltaTable(path).delete()
    with pytest.raises(DataError, match=r"without files, at version 4 \[--allow-empty accepts"):
        evaluate(path, None, L1, **COLUMNS)
    options = ReadOptions(allow_empty=True)
    for by in ((), ("region",)):
        found = evaluate(path, None, L1, by=by, options=options, **COLUMNS)
        assert (found.n, len(found.groups)) == (0, 0 if by else 1)
        assert {side.format for side in found.inputs} == {"parquet"}
        (decision,) = (d for d in found.decisions if d.subject == "version")
        assert decision.choice == "version 4 of a table of Delta Lake"
    assert evaluate(path, path, L1, key="id", options=options, **COLUMNS).n == 0
    hashed = evaluate(path, None, L1, options=options._replace(digests=True), **COLUMNS)
    assert (hashed.n, hashed.digests) == (0, ())
    assert {column.name for column in describe(path, options).columns} == {*rows(0).column_names}
    with pytest.raises(DataError, match="no column 'q'"):
        evaluate(path, None, L1, pred="q", target="t", options=options)


def test_a_table_without_rows_and_one_without_a_log_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a table of Delta Lake without files, at version 0"):
        evaluate(logged(tmp_path / "t", {"txn": {"appId": "a", "version": 1}}), None, L1, **COLUMNS)
    for content in ("", "{", "{}"):
        (tmp_path / f"t/_delta_log/{0:020}.json").write_text(content)
        with pytest.raises(DataError, match="the log of a table of Delta Lake cannot be read"):
            evaluate(tmp_path / "t", None, L1, **COLUMNS)


@pytest.mark.parametrize(("taken_for", "name"), [("a b", "a%20b"), ("a/b", "a\\b")])
def test_a_folder_that_deltalake_takes_for_another_is_refused(
    tmp_path: Path, taken_for: str, name: str
) -> None:
    """It would read the log of that one, also through a link, which it follows."""
    logged(tmp_path / taken_for)
    shutil.copytree(tmp_path / taken_for, tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / name)
    for path in (tmp_path / name, tmp_path / "link"):
        with pytest.raises(DataError, match=r"has a [%\\], which deltalake .*rename the folder"):
            evaluate(path, None, L1, **COLUMNS)
    assert evaluate(tmp_path / taken_for, None, L1, **COLUMNS).values == (1.0,)
    (tmp_path / f"link {name}").symlink_to(tmp_path / taken_for)
    assert evaluate(tmp_path / f"link {name}", None, L1, **COLUMNS).values == (1.0,)


def test_numbers_in_the_names_of_files_do_not_pair_two_tables(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    sides = {"a": {"p": [1.0, 2.0], "n": [1, 2]}, "b": {"t": [1.0, 2.0], "n": [1, 2]}}
    for name, columns in sides.items():
        write_deltalake(str(tmp_path / name), pa.table(columns), partition_by=["n"])
    paths = (str(tmp_path / "a"), str(tmp_path / "b"))
    with pytest.raises(DataError, match="keeps no order of them"):
        evaluate(*paths, L1, **COLUMNS)
    assert evaluate(*paths, L1, **COLUMNS, key="n").sum == 0.0


def test_a_table_of_one_file_is_of_one_file_whose_name_is_said_once(
    run: Run,  # noqa: F811
    tmp_path: Path,
) -> None:
    part = f"{logged(tmp_path / 't')}/x.parquet"
    assert f"1 row, 1 file, {part}, " in run("inspect", tmp_path / "t").stdout


@pytest.mark.parametrize("kind", ["uint8", "uint16", "uint32", "uint64"])
def test_unsigned_numbers_of_a_folder_that_was_made_a_table_are_read(
    tmp_path: Path, kind: str
) -> None:
    from deltalake import convert_to_deltalake

    numbers = pa.array([3, 5], pa.type_for_alias(kind))
    pq.write_table(pa.table({"p": numbers, "t": [1.0, 1.0]}), tmp_path / "one.parquet")
    convert_to_deltalake(str(tmp_path))
    assert evaluate(str(tmp_path), None, L1, **COLUMNS).values == (6.0,)


def test_unsigned_numbers_that_the_table_cannot_hold_are_refused(tmp_path: Path) -> None:
    from deltalake import convert_to_deltalake

    content = pa.table({"p": pa.array([3, 2**63], pa.uint64()), "t": [1.0, 1.0]})
    pq.write_table(content, tmp_path / "one.parquet")
    convert_to_deltalake(str(tmp_path))
    what = "column 'p' is uint64, but int64 in the table, which cannot hold 9223372036854775808"
    with pytest.raises(DataError, match=what):
        evaluate(str(tmp_path), None, L1, **COLUMNS)
