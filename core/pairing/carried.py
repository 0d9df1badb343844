"""The columns that are written with losses, and shown with the worst rows: keys, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError
from smoothl1.pairing.input_roles import LabelRole
from smoothl1.sources.columns import names_of_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from smoothl1.pairing.chunks import Side
    from smoothl1.sources.contract import Columns


def carried_fields(sides: Sequence[Side], key: Columns) -> tuple[pa.Field, ...]:
    """Names and types of the columns, in the order of a chunk.

    Args:
        sides: All inputs.
        key: The keys as they were asked for. One that has a name for each side keeps both.

    Raises:
        SettingsError: Two of them have the same name.
    """
    found = {
        role: _named(role, label, key)
        for side in sides
        for role, label in zip(side.label_roles, side.source.labels, strict=True)
        if role.is_carried
    }
    fields = tuple(found[role] for role in sorted(found, key=LabelRole.rank))
    names = [field.name for field in fields]
    if len(set(names)) < len(names):
        name = next(name for name in names if names.count(name) > 1)
        raise SettingsError(f"two columns carried are called {name!r}: leave out one")
    return fields


def _named(role: LabelRole, label: pa.Field, key: Columns) -> pa.Field:
    """A column under the name that it has on both sides: that of its key, such as user=id."""
    both = key[role.place] if role.kind == "key" else ""
    return label.with_name(both) if names_of_key(both)[0] == label.name else label
