"""What the partitions of a table of Apache Iceberg say of columns that its files lack.

Files that were written by Hive, and migrated, lack the columns by which the table is partitioned.

Source: https://iceberg.apache.org/spec/#column-projection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyiceberg.transforms import IdentityTransform

if TYPE_CHECKING:
    from smoothl1.sources.lakes.contract import TableColumns


class PartitionValues:
    """The values of columns by which a table is partitioned as they are.

    Args:
        table: The table.
        columns: Its columns.
    """

    def __init__(self, table: Any, columns: TableColumns) -> None:
        self._schema = columns.schema
        names = columns.names or {}
        self._places = {
            number: [
                (i, names[field.source_id])
                for i, field in enumerate(spec.fields)
                if isinstance(field.transform, IdentityTransform) and field.source_id in names
            ]
            for number, spec in table.specs().items()
        }
        self._known: dict[tuple[Any, ...], dict[str, pa.Scalar]] = {}

    def of(self, file: Any) -> dict[str, pa.Scalar]:
        """The values in all rows of a file; equal ones are held once.

        Args:
            file: The data file, as its manifest describes it.
        """
        places = self._places.get(file.spec_id, [])
        values = (file.spec_id, *(file.partition[i] for i, _ in places))
        if values not in self._known:
            self._known[values] = {
                name: pa.scalar(value, self._schema.field(name).type)
                for (_, name), value in zip(places, values[1:], strict=True)
            }
        return self._known[values]
