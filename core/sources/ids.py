"""Names that say that a column identifies rows: id, image_id, userKey."""

from __future__ import annotations

from smoothl1.lazy_patterns import lazy_pattern

_ID = lazy_pattern(
    r"(?:\A|[_\W])(?i:ids?|idx|uuid|guid|uid|key|pk)\Z|[a-z](?:Id|ID|Idx|Key|Uuid|UUID)\Z"
)
"""Names such as id, image_id, imageId and user-key; not index or row, which may count rows."""


def is_id(name: str) -> bool:
    """Whether a column's name says that its values identify rows."""
    return _ID.search(name) is not None


_INDEX = lazy_pattern(r"(?i:index|(?:\w+_)?idx|level_[0-9]+|row_?(?:index|nr|num|number|no))")


def is_called_index(name: str) -> bool:
    """Whether a column's name is what pandas, Polars or loaders of data call an index."""
    return _INDEX.fullmatch(name.strip()) is not None
