"""The entries of a result read from JSON: the groups and their tallies.

Where groups are many, plain entries are read at once and put into arrays: no tally is made of them,
and no later check needs to look at them again. The others are read one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.errors import DataError
from smoothl1.results.entries_json import decode_entry
from smoothl1.results.plain_entries import may_be_plain, plain_entry
from smoothl1.tallies.packed import MANY, merged, packed, packed_losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.json_reader import Reader
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

    Decoded = tuple[float, Group, Tally]


class Entries(NamedTuple):
    """The entries of a result.

    Attributes:
        groups: The groups, in order.
        tallies: The tallies of all groups, beta by beta.
        unsure: The places and the tallies that may not be those of any losses.
    """

    groups: Sequence[Group]
    tallies: Sequence[Tally]
    unsure: Sequence[tuple[int, Tally]]


def decode_entries(
    top: Reader, settings: EvalSettings, more: Sequence[str], moments: Iterable[Moments | None]
) -> Entries:
    """The entries in the field `results` of a document.

    Args:
        top: The document.
        settings: The settings in it.
        more: See `decode_entry`.
        moments: For each entry the moments that follow from clusters, if there are any.

    Raises:
        DataError: An entry is damaged, or they are not one for each beta and group.
    """
    contents = top.list_of("results", dict)
    if len(contents) >= MANY and may_be_plain(settings):
        found = _read_at_once(top, contents, settings)
        if found is not None:
            return found
    decoded = [
        decode_entry(top.object_at("results", place), more, some)
        for place, some in zip(range(len(contents)), moments, strict=False)
    ]
    groups = _groups_of([entry[:2] for entry in decoded], settings)
    tallies = tuple(tally for _, _, tally in decoded)
    return Entries(groups, tallies, list(enumerate(tallies)))


def _read_at_once(
    top: Reader, contents: Sequence[dict[str, Any]], settings: EvalSettings
) -> Entries | None:
    """The entries of a result with one beta; None if others than plain ones cannot join these."""
    beta = settings.betas[0]
    plain = [plain_entry(content, beta) for content in contents]
    others = [place for place, found in enumerate(plain) if found is None]
    decoded = [decode_entry(top.object_at("results", place), (), None) for place in others]
    of_others = iter(decoded)
    groups = _groups_of(
        [next(of_others)[:2] if found is None else (beta, found[0]) for found in plain], settings
    )
    parts = [packed_losses([found[1] for found in plain if found is not None])]
    places = [[place for place, found in enumerate(plain) if found is not None]]
    unsure = [(place, tally) for place, (_, _, tally) in zip(others, decoded, strict=True)]
    if unsure:
        apart = packed([tally for _, tally in unsure], settings)
        if apart is None:
            return None
        parts.append(apart)
        places.append(others)
    tallies = merged(parts, places, len(contents), settings)
    return None if tallies is None else Entries(groups, tallies, unsure)


def _groups_of(cases: Sequence[tuple[float, Group]], settings: EvalSettings) -> tuple[Group, ...]:
    """The groups of entries, which are one for each beta and group, in order."""
    n_groups = len(cases) // len(settings.betas)
    groups = tuple(group for _, group in cases[:n_groups])
    wanted = [(beta, group) for beta in settings.betas for group in groups]
    if cases != wanted or len(set(groups)) < n_groups:
        raise DataError("damaged: the results are not one for each beta and group")
    return groups
