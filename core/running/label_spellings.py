"""Groups and clusters of a run over several files that may be one: `07` in one, `7` in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.labels.encoder import Labels
from smoothl1.pairing.input_roles import LabelRole
from smoothl1.results.group_spellings import alike_texts, may_be_one
from smoothl1.sources.shard_source import ShardedSource
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.pairing.chunks import Side
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.tallies.accumulator import LossAccumulator

    Pairs = list[tuple[str, str]]

_BLOCK_ROWS = 1 << 16


def warn_of_spellings(inputs: Inputs, learned: LossAccumulator, warn: Warn) -> None:
    """Warn of two groups, and of two clusters, that may be one, if no file has both.

    Files are read once more, up to one that has both, only if there are two such labels.

    Args:
        inputs: The inputs that were read.
        learned: The accumulator of all pairs.
        warn: Takes a warning.
    """
    if learned.numbers is not None:
        for level in range(len(inputs.job.settings.levels)):
            files = _files_with(inputs.sides, LabelRole("by", level))
            pairs = _apart(learned.numbers.texts(level), *files) if files else []
            if pairs:
                warn(_may_be_one("groups", pairs[0]))
                break
    files = _files_with(inputs.sides, LabelRole("cluster")) if learned.clusters else None
    if learned.clusters is not None and files:
        pairs = _apart(learned.clusters.texts(), *files)
        if pairs:
            warn(_may_be_one("clusters", pairs[0]))


def _files_with(sides: Sequence[Side], role: LabelRole) -> tuple[ShardedSource, int] | None:
    """The files of the first input that has labels, and their place in its blocks."""
    side = next((side for side in sides if role in side.label_roles), None)
    if side is None:
        return None
    source = side.source
    while isinstance(source, WrappedSource):
        source = source.source
    if not (isinstance(source, ShardedSource) and len(source.shards) > 1):
        return None
    return source, side.label_roles.index(role)


def _may_be_one(what: str, pair: tuple[str, str]) -> str:
    """The sentence that two groups or clusters of several files may be one."""
    one, other = map(repr, pair)
    return may_be_one(what, one, other, "file")


def _apart(texts: Sequence[str], source: ShardedSource, place: int) -> Pairs:
    """Two labels each that may be one, and that no file has both of."""
    pairs = alike_texts([texts])
    for blocks in source.blocks_of_files(_BLOCK_ROWS) if pairs else ():
        labels = Labels()
        for block in blocks:
            labels.encode(block.labels[place].drop_null())
        seen = frozenset(labels.texts())
        pairs = [pair for pair in pairs if not seen.issuperset(pair)]
        if not pairs:
            break
    return pairs
