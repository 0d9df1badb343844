"""Files named after values of a column of another input: `oslo.csv`, and a column of cities."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.files.shard_names import stem_of, without_common_folders
from smoothl1.files.shard_numbers import IDENTIFIER
from smoothl1.sources.constants import Constants
from smoothl1.sources.contract import Part, Wanted
from smoothl1.sources.counting import keep_streams
from smoothl1.sources.shards import ShardedTable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from smoothl1.sources.table import Table

_IDENTIFIER = re.compile(IDENTIFIER)
_WORD = re.compile(r"[^\W\d_]{2,}")
_BETWEEN_WORDS = " _-"

_N_ROWS = 16
"""First rows of a column that are looked at."""

Added = dict[int, list[str]]
"""The columns that were added to inputs, by the positions of these."""


def with_names_of_files(
    tables: Sequence[Table], by_position: Collection[int]
) -> tuple[list[Table], Added]:
    """Add the words in names of files as columns, where another input has a column of these words.

    Args:
        tables: All inputs. Of inputs beside a set of files the first rows are read; streams are
            kept.
        by_position: Which inputs are paired by position.

    Returns:
        The inputs; a set of files has a column more for each that another input has and the set
        has not. And the names of those columns.
    """
    found, added = list(tables), Added()
    for i in by_position:
        table = tables[i]
        if not isinstance(table, ShardedTable) or not table.names or len(table.files) < 2:
            continue
        words = _words_of(table.files)
        for other in (tables[j] for j in by_position if j != i and words):
            for name, first in _columns_of(other, words, table.names):
                texts = [_spelled(of_file, first) for of_file in words]
                table = table._replace(constants=_with(table.constants, name, texts))
                added.setdefault(i, []).append(name)
        found[i] = table
    return found, added


def _words_of(files: Sequence[str]) -> list[tuple[str, ...]]:
    """The words in the name of each file that not all have, if they tell the files apart."""
    stems = [stem_of(tail) for tail in without_common_folders(files)]
    names = [os.path.basename(stem) for stem in stems]
    names = names if len(set(names)) == len(names) else stems
    words = [tuple(_WORD.findall(_IDENTIFIER.sub("", name).casefold())) for name in names]
    common = frozenset.intersection(*map(frozenset, words))
    own = [tuple(word for word in of_file if word not in common) for of_file in words]
    return own if all(own) and len(set(own)) == len(own) else []


def _columns_of(
    table: Table, words: Collection[tuple[str, ...]], known: Collection[str]
) -> list[tuple[str, str]]:
    """The columns of a table that begin with such words, and the first value of each."""
    folded = {name.casefold() for name in known}
    names = [
        name
        for name, info in zip(table.names, table.columns, strict=True)
        if info.kind == "text" and name.casefold() not in folded and table.names.count(name) == 1
    ]
    if not names:
        return []
    keep_streams([table])
    with suppress(DataError):  # evaluating reports it
        columns = zip(names, _first_values(table, names), strict=True)
        return [
            (name, values[0])
            for name, values in columns
            if values and all(x and tuple(_WORD.findall(x.casefold())) in words for x in values)
        ]
    return []


def _spelled(words: tuple[str, ...], like: str) -> str:
    """Words as another text has them: so that the first row that is said to differ does differ."""
    text = next((mark for mark in _BETWEEN_WORDS if mark in like), " ").join(words)
    return text.title() if like.istitle() else text.upper() if like.isupper() else text


def _first_values(table: Table, names: Sequence[str]) -> list[list[str]]:
    """The values of columns in the first rows, as text."""
    source = table.select(Wanted((), labels=tuple(names), carried=tuple(range(len(names)))))
    for block in source.blocks(Part(0, None), _N_ROWS):  # the first one only
        return [column.cast("string").to_pylist() for column in block.labels]
    return [[] for _ in names]


def _with(constants: Constants, name: str, texts: Sequence[str]) -> Constants:
    import pyarrow as pa  # late: most inputs are one file

    return Constants((*constants.names, name), (*constants.values, pa.array(texts, pa.string())))
