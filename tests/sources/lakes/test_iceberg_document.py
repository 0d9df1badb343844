"""The document of a table of Apache Iceberg: what is left out before pyiceberg reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smoothl1 import DataError
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_iceberg import (
    folder_of,
    rows,
    table,  # noqa: F401  a fixture
    value_of,
)

pytestmark = [
    needs("pyiceberg"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


@pytest.fixture
def of_version_1(tmp_path: Path) -> Any:
    """A table of version 1, whose document names its first schema, and all in a list.

    pyiceberg leaves the first one where the current one should be. So it does with partitions.
    """
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.transforms import IdentityTransform
    from pyiceberg.types import DoubleType

    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", rows(0).schema, properties={"format-version": "1"})
    made.append(rows(0, 1))
    with made.update_schema() as update:
        update.add_column("q", DoubleType())
        update.rename_column("p", "pred")
    with made.update_spec() as update:
        update.add_identity("r")
    with made.update_sort_order() as update:
        update.asc("id", IdentityTransform())
    made.append(rows(2).rename_columns({"p": "pred"}))
    return made


def document_of(table: Any) -> Path:  # noqa: F811
    return Path(table.metadata_location.removeprefix("file://"))


def test_a_table_of_version_1_has_its_current_schema(of_version_1: Any) -> None:
    document = json.loads(document_of(of_version_1).read_text())
    assert document["format-version"] == 1
    assert document["schema"]["schema-id"] != document["current-schema-id"]
    assert document["partition-spec"] == []
    assert value_of(folder_of(of_version_1), pred="pred") == 1.0 + 3.0 + 9.0
    with pytest.raises(DataError, match="no column 'p'"):
        value_of(folder_of(of_version_1))


def test_a_table_of_version_1_without_a_list_of_schemas_has_the_one_it_names(
    of_version_1: Any,
) -> None:
    """As writers of the first years did."""
    newest = document_of(of_version_1)
    document = json.loads(newest.read_text())
    (schema,) = (x for x in document.pop("schemas") if x["schema-id"])
    for name in ("schema-id", "identifier-field-ids"):
        schema.pop(name)
    del document["current-schema-id"]
    newest.write_text(json.dumps(document | {"schema": schema}))
    assert value_of(folder_of(of_version_1), pred="pred") == 1.0 + 3.0 + 9.0


def test_a_table_of_version_1_that_lacks_its_current_schema_is_refused(of_version_1: Any) -> None:
    newest = document_of(of_version_1)
    document = json.loads(newest.read_text())
    newest.write_text(json.dumps(document | {"current-schema-id": 7}))
    with pytest.raises(DataError, match="its current schema, 7, is none of those that it has"):
        value_of(folder_of(of_version_1))


def test_properties_may_have_the_names_of_numbers_of_snapshots_and_schemas(
    table: Any,  # noqa: F811
) -> None:
    with table.transaction() as change:
        change.set_properties(**{"snapshot-id": "5"})
    assert value_of(folder_of(table)) == 280.0
    with table.transaction() as change:
        change.remove_properties("snapshot-id")
        change.set_properties(**{"schema-id": "5", "fields": "many"})
    assert value_of(folder_of(table)) == 280.0
