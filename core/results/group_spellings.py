"""Groups of several results whose names are written differently, as formats do: False and false."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from smoothl1.tallies.group import group_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group

_MAY_BE_WRITTEN_DIFFERENTLY = re.compile(r"[0-9]|\A\s|\s\Z|\A(?i:true|false)\Z")
_FLAGS = ("true", "false")


def with_names_of(baseline: Result, result: Result) -> Result:
    """A baseline, whose groups have the names of the result where only their spelling differs.

    Groups of the same name are the same. Others are if they have the same canonical form, that in
    which keys are compared, and dates in one notation, and if no other group of either side has it.

    Args:
        baseline: The earlier result.
        result: The new one.
    """
    if not result.settings.levels or result.settings.levels != baseline.settings.levels:
        return baseline
    new, old = (dict.fromkeys(one.groups) for one in (result, baseline))
    only_old = [group for group in old if group not in new]
    if not only_old or all(group in old for group in new):
        return baseline
    forms = _canonical([*new, *only_old])
    of_new, of_old = _by_form(new, forms), _by_form(old, forms)
    names = {}
    for group in only_old:
        like = of_new.get(forms[group], [])
        if len(like) == len(of_old[forms[group]]) == 1 and like[0] not in old:
            names[group] = like[0]
    if not names:
        return baseline
    return replace(baseline, groups=tuple(names.get(group, group) for group in old))


def first_spelled_twice(results: Sequence[Result]) -> tuple[Group, Group] | None:
    """The first two groups of several results that may be one: no result has both.

    Args:
        results: Results of the same settings.
    """
    sides = [frozenset(result.groups) for result in results]
    if not results[0].settings.levels or all(side == sides[0] for side in sides):
        return None
    groups = dict.fromkeys(group for result in results for group in result.groups)
    for like in _by_form(groups, _canonical(groups)).values():
        if len(like) > 1 and all(len(side.intersection(like)) < 2 for side in sides):
            return like[0], like[1]
    return None


def _by_form(groups: Iterable[Group], forms: dict[Group, Group]) -> dict[Group, list[Group]]:
    """Groups by their canonical form."""
    found: dict[Group, list[Group]] = {}
    for group in groups:
        found.setdefault(forms[group], []).append(group)
    return found


def _canonical(groups: Iterable[Group]) -> dict[Group, Group]:
    """The canonical form of each group; see `canonical_texts`."""
    groups = list(groups)
    texts = dict.fromkeys(text for group in groups for text in group.levels)
    odd = [text for text in texts if _MAY_BE_WRITTEN_DIFFERENTLY.search(text)]
    forms = dict(zip(odd, _forms(odd), strict=True)) if odd else {}
    return {
        group: group_of([forms.get(text, text) for text in group.levels], group.column)
        for group in groups
    }


def _forms(texts: Sequence[str]) -> list[str]:
    import pyarrow as pa  # late: most results have the same groups

    from smoothl1.witnesses.date_spellings import with_plain_dates
    from smoothl1.witnesses.values import canonical_texts

    stored = pa.array([text.encode(errors="surrogatepass") for text in texts], pa.binary())
    plain = canonical_texts(with_plain_dates(stored)).to_pylist()
    found = [text.decode(errors="surrogatepass") for text in plain]
    return [text.lower() if text.lower() in _FLAGS else text for text in found]
