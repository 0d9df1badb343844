"""Columns whose type is wider in the table than in a file: only those that are used matter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.running.content import describe
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_delta import logged
from tests.sources.lakes.test_iceberg import COLUMNS, L1, folder_of, value_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

PACKAGES = {"iceberg": "pyiceberg", "delta": "deltalake"}
KINDS = [pytest.param(kind, marks=needs(package)) for kind, package in PACKAGES.items()]

REFUSED = "column 'q' is float, but double in the table"


def rows(of_q: str, *ids: int) -> pa.Table:
    p, q = [3.0**i for i in ids], pa.array([i + 0.5 for i in ids], pa.type_for_alias(of_q))
    return pa.table({"id": ids, "p": p, "t": [0.0 for _ in ids], "q": q})


def widened(folder: Path, kind: str) -> str:
    """A table of one file, in which `q` has narrower floats than in the table."""
    return _in_delta(folder) if kind == "delta" else folder_of(_in_iceberg(folder))


def _in_iceberg(folder: Path) -> Any:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.types import DoubleType

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{folder}")
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", schema=rows("float", 0).schema)
    made.append(rows("float", 0, 1, 2))
    with made.update_schema() as update:
        update.update_column("q", DoubleType())
    return made


def _in_delta(folder: Path) -> str:
    """As a writer leaves it that changes the type without the feature for that."""
    path = logged(folder / "t")
    log = folder / f"t/_delta_log/{0:020}.json"
    protocol, metadata, file = map(json.loads, log.read_text().splitlines())
    kinds = {"id": "long", "p": "double", "t": "double", "q": "double"}
    fields = [
        {"name": name, "type": kind, "nullable": True, "metadata": {}}
        for name, kind in kinds.items()
    ]
    metadata["metaData"]["schemaString"] = json.dumps({"type": "struct", "fields": fields})
    log.write_text("\n".join(map(json.dumps, (protocol, metadata, file))))
    pq.write_table(rows("float", 0, 1, 2), folder / "t/x.parquet")
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_widened_column_is_refused_where_it_is_chosen_and_no_other(
    tmp_path: Path, kind: str
) -> None:
    folder = widened(tmp_path, kind)
    assert value_of(folder) == 1.0 + 3.0 + 9.0
    for choice in ({"pred": "q"}, {"target": "q"}, {"by": "q"}, {"weight": "q"}, {"pred": "@4"}):
        with pytest.raises(DataError, match=rf"\.parquet: {REFUSED} \[if values of both types"):
            value_of(folder, **choice)
    assert [column.name for column in describe(folder).columns] == ["id", "p", "t", "q"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_widened_column_is_refused_where_it_is_compared(tmp_path: Path, kind: str) -> None:
    """Left out with a warning, other columns in common were not compared either."""
    folder, other = widened(tmp_path, kind), tmp_path / "t.csv"
    other.write_text("id,t,q\n2,0,2.5\n1,0,1.5\n0,0,0.5\n")
    what = rf"{REFUSED}, and other inputs have such a column.* \[--no-key-check compares none;"
    with pytest.raises(DataError, match=what):
        evaluate(folder, other, L1, **COLUMNS)
    with pytest.raises(DataError, match=rf"{REFUSED} \[if values"):  # it is chosen
        evaluate(folder, other, L1, pred="q", target="t")
    assert evaluate(folder, other, L1, key="id", **COLUMNS).values == (13.0,)
    other.write_text("id,t\n2,0\n1,0\n0,0\n")
    with pytest.raises(DataError, match="'id'"):
        evaluate(folder, other, L1, **COLUMNS)


@needs("pyiceberg")
def test_files_from_before_and_after_a_column_was_widened_are_one_table(tmp_path: Path) -> None:
    table = _in_iceberg(tmp_path)
    table.append(rows("double", 3))
    folder = folder_of(table)
    assert value_of(folder) == 1.0 + 3.0 + 9.0 + 27.0
    with pytest.raises(DataError, match=REFUSED):
        value_of(folder, pred="q")


@needs("pyiceberg")
def test_lists_of_numbers_that_were_widened_are_refused_where_they_are_chosen(
    tmp_path: Path,
) -> None:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.types import DoubleType

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    lists = {name: pa.array([[1.5, 2.5]], pa.list_(pa.float32())) for name in ("a", "b")}
    content = rows("float", 0).append_column("a", lists["a"]).append_column("b", lists["b"])
    made = catalog.create_table("n.t", schema=content.schema)
    made.append(content)
    assert value_of(folder_of(made), pred="a", target="b") == 0.0
    with made.update_schema() as update:
        update.update_column(("a", "element"), DoubleType())
    assert value_of(folder_of(made)) == 1.0
    with pytest.raises(
        DataError, match=r"column 'a' is list<.*float.*>, but .*list<.*double.*> in"
    ):
        value_of(folder_of(made), pred="a", target="b")


@needs("deltalake")
def test_unsigned_numbers_that_nothing_reads_need_not_fit(tmp_path: Path) -> None:
    from deltalake import convert_to_deltalake

    content = {"p": [3.0], "t": [1.0], "n": pa.array([2**63], pa.uint64())}
    pq.write_table(pa.table(content), tmp_path / "one.parquet")
    convert_to_deltalake(str(tmp_path))
    assert value_of(tmp_path) == 2.0
    with pytest.raises(DataError, match="in the table, which cannot hold 9223372036854775808"):
        value_of(tmp_path, by="n")
