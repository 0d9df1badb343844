"""Columns of tables of Apache Iceberg: those of a file are found by their numbers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import (
    DataError,
    EvalSettings,
    Result,
    StorageError,
    answer,
    evaluate,
    plan_tasks,
)
from smoothl1.running.content import describe
from smoothl1.running.tasks import forget
from smoothl1.sources.formats import files_of
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_iceberg import (
    COLUMNS,
    L1,
    folder_of,
    rows,
    table,  # noqa: F401  a fixture
    value_of,
)

pytestmark = [
    needs("pyiceberg"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

LEFT_OUT = r"4 of 5 pairs were left out: NaN or missing \(4 missing\)"
OMIT = EvalSettings((0.0,), "sum", nan="omit")


def stored_names(folder: str) -> list[list[str]]:
    """The names of columns in each file of a table."""
    return [pq.read_schema(file).names for file in files_of(folder, print) or ()]


def test_names_that_avro_does_not_allow_are_those_of_the_table(tmp_path: Path) -> None:
    """Writers store them in another spelling."""
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    numbers = {"y hat": [1.0, 2.0], "größe (m)": [0.0, 4.0], "a.b": [7, 8]}
    content = pa.table({**numbers, "1st": ["u", "v"]})
    made = catalog.create_table("n.t", schema=content.schema)
    made.append(content)
    folder = folder_of(made)
    assert stored_names(folder) == [["y_x20hat", "größe_x20_x28m_x29", "a_x2Eb", "_1st"]]
    columns = {"pred": "y hat", "target": "größe (m)"}
    found = evaluate(folder, None, L1, by="1st", **columns)
    groups = [one.group for one in found.groups]
    assert (groups, found.values) == (["u", "v"], (1.0, 2.0))
    assert evaluate(folder, None, L1, pred="a.b", target="größe (m)").values == (11.0,)
    other = tmp_path / "t.csv"
    other.write_text("1st,t\nv,4\nu,0\n")
    assert evaluate(folder, other, L1, pred="y hat", target="t", key="1st").values == (3.0,)
    with pytest.raises(DataError, match=r"no column 'y_x20hat'.*'y hat'"):
        value_of(folder, pred="y_x20hat")


def test_a_column_that_was_renamed_has_its_name_of_today(table: Any) -> None:  # noqa: F811
    """Also where another column has its old name now, and in files from before and after."""
    with table.update_schema() as update:
        update.rename_column("p", "q")
    table.append(rows(6).rename_columns({"p": "q"}))
    assert value_of(folder_of(table), pred="q") == 280.0 + 3.0**6
    with pytest.raises(DataError, match="no column 'p'"):
        value_of(folder_of(table))
    with table.update_schema() as update:
        update.rename_column("t", "p")
    table.append(rows(7).select(["id", "t", "p", "r"]).rename_columns(["id", "p", "q", "r"]))
    assert len({tuple(names) for names in stored_names(folder_of(table))}) == 3
    live = table.scan().to_arrow()
    assert sum(live["q"].to_pylist()) == 280.0 + 3.0**6 + 3.0**7
    assert sum(live["p"].to_pylist()) == 0.0
    assert value_of(folder_of(table), pred="q", target="p") == 280.0 + 3.0**6 + 3.0**7


def test_a_column_that_was_dropped_is_none_of_the_table(
    table: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    with table.update_schema() as update:
        update.delete_column("id")
    folder = folder_of(table)
    assert value_of(folder) == 280.0
    table.append(rows(6).select(["p", "t", "r"]))
    assert len({tuple(names) for names in stored_names(folder)}) == 2
    assert value_of(folder) == 280.0 + 3.0**6
    assert [column.name for column in describe(folder).columns] == ["p", "t", "r"]
    other = tmp_path / "t.csv"
    other.write_text("id,r,t\n0,b,0\n2,b,0\n3,a/ä %,0\n5,a/ä %,0\n6,b,0\n")
    for choice in ({"by": "id"}, {"weight": "id"}, {"target": "id"}):
        with pytest.raises(DataError, match="no column 'id'"):
            value_of(folder, **choice)
    with pytest.raises(DataError, match=r"no (key )?column 'id'"):
        evaluate(folder, other, L1, key="id", **COLUMNS)


def test_a_column_that_was_made_again_is_another_one(table: Any) -> None:  # noqa: F811
    from pyiceberg.types import DoubleType

    with table.update_schema(allow_incompatible_changes=True) as update:
        update.delete_column("p")
    with table.update_schema() as update:
        update.add_column("p", DoubleType())
    assert value_of(folder_of(table), pred="id") == 10.0
    with pytest.raises(DataError, match=r"row 1, column 'p': the value is missing"):
        value_of(folder_of(table))
    with pytest.raises(DataError, match="no pair is left to evaluate: 4 NaN or missing"):
        evaluate(folder_of(table), None, OMIT, **COLUMNS)


def renamed(table: Any, **names: str) -> None:  # noqa: F811
    """Rename columns one after the other, which writes no file."""
    for old, new in names.items():
        with table.update_schema() as update:
            update.rename_column(old, new)


@pytest.mark.parametrize("key", [None, "r"])
def test_parts_before_and_after_a_column_was_renamed_are_of_different_plans(
    table: Any,  # noqa: F811
    key: str | None,
) -> None:
    folder = folder_of(table)

    def part(i: int) -> Result:
        one: Result = evaluate(folder, None, L1, by=key, part=(i, 2), **COLUMNS)
        return one

    before = part(1)
    renamed(table, r="s", s="r")
    assert Result.merged([before, part(2)]).overall.sum == 280.0
    renamed(table, p="old", id="p")
    with pytest.raises(DataError, match="of another plan"):
        Result.merged([before, part(2)])


def test_parts_before_and_after_a_column_was_made_again_are_of_different_plans(
    table: Any,  # noqa: F811
) -> None:
    from pyiceberg.types import DoubleType

    before = evaluate(folder_of(table), None, OMIT, part=(1, 2), **COLUMNS)
    with table.update_schema(allow_incompatible_changes=True) as update:
        update.delete_column("p")
    with table.update_schema() as update:
        update.add_column("p", DoubleType())
    after = evaluate(folder_of(table), None, OMIT, part=(2, 2), warn=lambda _: None, **COLUMNS)
    with pytest.raises(DataError, match="of another plan"):
        Result.merged([before, after])


@pytest.mark.parametrize("key", [None, "id"])
def test_tasks_are_refused_once_a_name_stands_for_another_column(
    table: Any,  # noqa: F811
    key: str | None,
    tmp_path: Path,
) -> None:
    columns, target = dict(COLUMNS), None
    if key is not None:
        target = tmp_path / "t.csv"
        target.write_text("id,t\n0,0\n2,0\n3,0\n5,0\n")
    plan = plan_tasks(folder_of(table), target, L1, task_elements=2, key=key, **columns)
    done = [answer(task) for task in plan.tasks]
    renamed(table, p="old", **{"t" if key else "id": "p"})
    with pytest.raises(StorageError, match="as it was planned"):
        plan.put_together(done)
    forget(plan.tasks[-1].shared)  # as another worker, which opens the table now
    with pytest.raises(StorageError, match="changed"):
        answer(plan.tasks[-1])


def test_a_column_that_was_added_has_no_values_in_files_from_before(
    table: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    from pyiceberg.types import DoubleType, StringType

    with table.update_schema() as update:
        update.add_column("q", DoubleType())
        update.add_column("model", StringType())
    folder = folder_of(table)
    assert value_of(folder) == 280.0
    with pytest.raises(DataError, match=r"row 1, column 'q': the value is missing"):
        value_of(folder, pred="q")
    table.append(rows(6).append_column("q", [[5.0]]).append_column("model", [["m"]]))
    live = table.scan().to_arrow()
    assert sorted(live["q"].to_pylist(), key=str) == [5.0, *[None] * 4]
    with pytest.warns(UserWarning, match=LEFT_OUT):
        assert evaluate(folder, None, OMIT, pred="q", target="t").values == (5.0,)
    assert {column.name for column in describe(folder).columns} == {*live.column_names}
    with pytest.raises(DataError, match=r"column 'model'.* missing"):
        evaluate(folder, None, L1, by="model", **COLUMNS)
    other = tmp_path / "t.csv"
    other.write_text("id,t\n6,0\n5,0\n3,0\n2,0\n0,0\n")
    with pytest.warns(UserWarning, match=LEFT_OUT):
        found = evaluate(folder, other, OMIT, pred="q", target="t", key="id")
    assert found.values == (5.0,)


def test_rows_from_before_have_the_initial_default_of_uuids(table: Any) -> None:  # noqa: F811
    from pyiceberg.types import UUIDType

    with table.update_schema() as update:
        update.add_column("g", UUIDType())
    with pytest.raises(DataError, match=r"row 1, column 'g': the value is missing"):
        sums_by(folder_of(table), "g")
    metadata = Path(table.metadata_location.removeprefix("file://"))
    plain, uuid = '"name":"g","type":"uuid","required":false', str(UUID(int=5))
    assert plain in metadata.read_text()
    default = f'{plain},"initial-default":"{uuid}"'
    metadata.write_text(metadata.read_text().replace(plain, default))
    assert sums_by(folder_of(table), "g") == {uuid: 280.0}


def test_rows_from_before_have_the_initial_default_of_a_column(
    table: Any,  # noqa: F811
) -> None:
    from pyiceberg.types import DoubleType

    with table.update_schema() as update:
        update.add_column("q", DoubleType())
    metadata = Path(table.metadata_location.removeprefix("file://"))
    plain = '"name":"q","type":"double","required":false'
    assert plain in metadata.read_text()
    metadata.write_text(metadata.read_text().replace(plain, plain + ',"initial-default":7.0'))
    assert value_of(folder_of(table), pred="q") == 4 * 7.0


def test_files_without_the_columns_of_their_partition_have_its_values(tmp_path: Path) -> None:
    """As those that Hive wrote, and that were migrated. A file that has a column keeps it."""
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    day, names = dt.date(2024, 1, 1), ("day", "level", "r")
    content = rows(0, 1).append_column("day", [[day, None]]).append_column("level", [[8, 9]])
    made = catalog.create_table("n.t", schema=content.schema)
    with made.update_spec() as update:
        for name in names:
            update.add_identity(name)
    made.append(content)
    folder = folder_of(made)
    sums = {name: sums_by(folder, name) for name in ("level", "r")}
    assert sums == {"level": {"8": 1.0, "9": 3.0}, "r": {"a/ä %": 3.0, "b": 1.0}}
    value = value_of(folder, target="level")
    for file in files_of(folder, print) or ():
        pq.write_table(pq.ParquetFile(file).read().drop([*names]), file)
    assert {name: sums_by(folder, name) for name in ("level", "r")} == sums
    assert value_of(folder, target="level") == value == 7.0 + 6.0
    with pytest.raises(DataError, match=r"column 'day'.* missing"):
        evaluate(folder, None, L1, by="day", **COLUMNS)


def sums_by(folder: str, name: str) -> dict[Any, float]:
    found = evaluate(folder, None, L1, by=name, **COLUMNS)
    return dict(zip((one.group for one in found.groups), found.values, strict=True))


def test_files_that_were_added_as_they_are_have_the_numbers_that_the_table_gives_to_names(
    table: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    pq.write_table(rows(7), tmp_path / "own.parquet")
    table.add_files([f"file://{tmp_path}/own.parquet"])
    assert value_of(folder_of(table)) == 280.0 + 3.0**7
    with table.update_schema() as update:
        update.rename_column("p", "q")
    assert sum(table.scan().to_arrow()["q"].to_pylist()) == 280.0 + 3.0**7
    assert value_of(folder_of(table), pred="q") == 280.0 + 3.0**7
    with table.transaction() as change:
        change.remove_properties("schema.name-mapping.default")
    with pytest.raises(DataError, match="column 'id' has no number by which the table knows it"):
        value_of(folder_of(table), pred="q")


def added(folder: Path, content: pa.Table) -> str:
    """A table of one file, which was added as it was: it may have other types than the table."""
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{folder}")
    catalog.create_namespace("n")
    pq.write_table(content, folder / "one.parquet", row_group_size=1)
    made = catalog.create_table("n.t", schema=content.schema)
    made.add_files([f"file://{folder}/one.parquet"])
    return folder_of(made)


def whole(*numbers: int, kind: str) -> pa.Table:
    return pa.table({"p": pa.array(numbers, pa.type_for_alias(kind)), "t": [1.0 for _ in numbers]})


@pytest.mark.parametrize("kind", ["int8", "int16", "uint8", "uint16", "uint32"])
def test_whole_numbers_of_other_types_than_in_the_table_are_read_if_they_fit(
    tmp_path: Path, kind: str
) -> None:
    assert value_of(added(tmp_path, whole(3, 5, kind=kind))) == 6.0


def test_unsigned_numbers_that_were_appended_are_read(tmp_path: Path) -> None:
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", schema=whole(3, kind="uint32").schema)
    made.append(whole(3, 2**31 - 1, kind="uint32"))
    made.append(whole(4, kind="int32"))
    assert value_of(folder_of(made)) == 2.0 + (2**31 - 2) + 3.0


@pytest.mark.parametrize(
    ("number", "has_statistics", "why"),
    [
        (2**31, True, "which cannot hold 2147483648"),
        (3, False, "and its range is not stated"),
    ],
)
def test_unsigned_numbers_that_may_not_fit_are_refused(
    tmp_path: Path, number: int, why: str, *, has_statistics: bool
) -> None:
    folder = added(tmp_path, whole(3, 5, kind="uint32"))
    content = whole(number, 5, kind="uint32")
    pq.write_table(content, tmp_path / "one.parquet", write_statistics=has_statistics)
    what = rf"column 'p' is uint32, but int32 in the table, {why} \[if values of both types are the"
    with pytest.raises(DataError, match=what):
        value_of(folder)


def test_files_with_whole_numbers_of_several_widths_are_one_table(tmp_path: Path) -> None:
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    for kind in ("int8", "int16"):
        whole = pa.array([3, 5], pa.type_for_alias(kind))
        content = pa.table({"p": whole, "t": [1.0, 1.0], "r": whole})
        pq.write_table(content, tmp_path / f"{kind}.parquet")
    made = catalog.create_table("n.t", schema=content.schema)
    made.add_files([f"file://{tmp_path}/{kind}.parquet" for kind in ("int8", "int16")])
    assert value_of(folder_of(made)) == 12.0
    assert sums_by(folder_of(made), "r") == {"3": 4.0, "5": 8.0}
