"""All sides with their rows in the order of the first one, as their keys say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.errors import DataError, StorageError, counted
from smoothl1.pairing.further_keys import FurtherKeys
from smoothl1.pairing.kept_rows import KeptSource
from smoothl1.pairing.key_columns import keys_of, warn_of_noted_keys
from smoothl1.pairing.keys import match_rows
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.pairing.numbered_keys import rows_of_keys
from smoothl1.pairing.reordered import reordered
from smoothl1.pairing.repeated_rows import check_repeats
from smoothl1.sources.contract import Wanted
from smoothl1.sources.lockstep import unequal_counts
from smoothl1.sources.shard_source import ShardedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.engines.contract import Engine
    from smoothl1.job import Job
    from smoothl1.pairing.chunks import Side
    from smoothl1.pairing.key_places import Places
    from smoothl1.pairing.numbered_keys import KeptRows
    from smoothl1.pairing.repeated_rows import Repeats
    from smoothl1.sources.contract import Source
    from smoothl1.sources.table import Table

    Warn = Callable[[str], None]


def matched(
    job: Job, sides: Sequence[Side], tables: Sequence[Table], engine: Engine, warn: Warn
) -> list[Side]:
    """Match the rows of all sides by their keys.

    Args:
        job: The job.
        sides: The sides; then those of weights, groups and clusters, in the order of the first.
        tables: Their tables.
        engine: The engine that reads and matches parts.
        warn: Takes a warning.

    Returns:
        All of them, with their rows in the order of the first side, and without those that are left
        out.

    Raises:
        DataError: A key is missing on one side, is a duplicate, or is of another kind.
        StorageError: Memory does not suffice to hold the keys.
    """
    n_sides, n_rows = job.n_sides, job.execution.rows_of(1)
    names = keys_of(tables[:n_sides], job.selection.key)
    if any(info.is_noted for table in tables[:n_sides] for info in table.columns):
        warn_of_noted_keys(tables[:n_sides], names, warn)
    keys = [t.select(Wanted((), columns)) for t, columns in zip(tables, names, strict=False)]
    for key, side in zip(keys, sides, strict=False):
        _check_as_long(key, side.source)
    read = {name for side in sides for field in side.source.fields for name in field.columns}
    further = FurtherKeys(tables[:n_sides], names, read, n_rows, range(n_sides))
    try:
        if not job.settings.leaves_rows_out:
            if len(keys) == 1:
                _check_unique(job, keys[0], engine, warn, further)
                return list(sides)
            places = [
                _certain_places(job, keys, i, engine, warn, further) for i in range(1, n_sides)
            ]
            return _in_order(sides, places, engine, n_rows)
        found = [match_rows(keys[0], other, engine, n_rows) for other in keys[1:]]
        if found and all(is_certain for is_certain, _ in found):
            return _in_order(sides, [some for _, some in found], engine, n_rows)
        return _without_others(job, sides, keys, engine, warn, further)
    except MemoryError as error:
        raise StorageError(
            "memory does not suffice to match the rows by key",
            path=keys[0].path,
            hint="sort both inputs by the key: then they are compared as they stream",
        ) from error


def _check_as_long(key: Source, values: Source) -> None:
    """Refuse a key of more or fewer rows than its values have: arrays of a file may differ."""
    for n_keys, n_values in zip(_lengths(key), _lengths(values), strict=False):
        if n_keys is not None and n_values is not None and n_keys != n_values:
            what = f"the key has {counted(n_keys, 'row')}, and the values have {n_values}"
            raise DataError(f"{what}; they must have equally many", path=key.path)


def _lengths(source: Source) -> list[int | None]:
    """The numbers of rows of each file of a source, as far as they are known."""
    if isinstance(source, ShardedSource):
        return [shard.n_rows for shard in source.shards]
    return [source.n_rows]


def _certain_places(
    job: Job, keys: Sequence[Source], i: int, engine: Engine, warn: Warn, further: FurtherKeys
) -> Places | None:
    """For each row of side i the row of the first one with its key; None for the same order."""
    n_rows, both = job.execution.rows_of(1), (keys[0], keys[i])
    is_certain, places = match_rows(*both, engine, n_rows)
    if is_certain:
        return places
    advice = further._replace(places=(0, i)).advice
    _, kept = rows_of_keys(both, n_rows, job.settings, _refuse_no_repeats, warn, advice)
    return _places(kept)


def _check_unique(job: Job, only: Source, engine: Engine, warn: Warn, further: FurtherKeys) -> None:
    """Check that each row of the only side has a key of its own: it is matched with itself."""
    n_rows = job.execution.rows_of(1)
    is_certain, _ = match_rows(only, only, engine, n_rows)
    if not is_certain:
        advice = further.advice
        rows_of_keys((only,), n_rows, job.settings, _refuse_no_repeats, warn, advice)


def _refuse_no_repeats(i: int, repeats: Repeats) -> None:
    """Repeats have been refused before."""


def _without_others(
    job: Job,
    sides: Sequence[Side],
    keys: Sequence[Source],
    engine: Engine,
    warn: Warn,
    further: FurtherKeys,
) -> list[Side]:
    """The rows that have a partner on every side, in the order of the first side."""
    n_rows, beside = job.execution.rows_of(1), sides[len(keys) :]

    def check(i: int, repeats: Repeats) -> None:
        check_repeats([sides[i], *(beside if i == 0 else ())], n_rows, repeats)

    key_check = job.options.key_check
    advice = further.advice
    kept = rows_of_keys(keys, n_rows, job.settings, check, warn, advice, key_check=key_check)
    if not kept[0].rows.size and any(of.n_all for of in kept):
        what = "no row is left to evaluate: no key is on every side"
        from smoothl1.pairing.unlike_keys import IS_IT_THE_KEY  # late: for an error

        raise DataError(what, path=keys[0].path, hint=IS_IT_THE_KEY)
    for side in beside:
        if side.source.n_rows not in (None, kept[0].n_all):
            both, counts = (keys[0], side.source), (kept[0].n_all, side.source.n_rows)
            raise unequal_counts(both, counts, "rows")
    of_first = kept[0]._replace(left_out=LeftOut())
    some = [_kept(s, k) for s, k in zip(sides, [*kept, *[of_first] * len(beside)], strict=True)]
    return _in_order(some, list(map(_places, kept[1:])), engine, n_rows)


def _kept(side: Side, kept: KeptRows) -> Side:
    """A side with the rows that are kept, in the order of its file."""
    if kept.rows.size == kept.n_all:
        return side
    rows = np.sort(kept.rows)
    source = KeptSource(side.source, rows, kept.n_all)
    return side._replace(source=source, left_out=kept.left_out)


def _places(kept: KeptRows) -> Places | None:
    """The place of each of the rows that are kept; None if they are in the order of the file."""
    places: Places = np.argsort(kept.rows)
    return None if (np.diff(places) > 0).all() else places


def _in_order(
    sides: Sequence[Side], places: Sequence[Places | None], engine: Engine, n_rows: int
) -> list[Side]:
    """The sides, those after the first with their rows at other places; the rest as they are."""
    moved = [
        side if at is None else side._replace(source=reordered(side.source, at, engine, n_rows))
        for side, at in zip(sides[1:], places, strict=False)
    ]
    return [sides[0], *moved, *sides[1 + len(places) :]]
