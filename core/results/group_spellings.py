"""Groups and clusters whose names are written differently, as formats do: False and false."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.tallies.group import group_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from smoothl1.results.result import Result
    from smoothl1.tallies.group import Group

_MAY_BE_WRITTEN_DIFFERENTLY = lazy_pattern(r"[0-9]|\A\s|\s\Z|\A(?i:true|false)\Z")
_IS_PLAIN = lazy_pattern(r"(?!(?:true|false)\Z)(?:0|[1-9][0-9]*|[^\W0-9]\w*)", re.IGNORECASE)
"""Whole numbers in digits alone, and words: other texts may be written as they are."""

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


def spelling_warnings(results: Sequence[Result]) -> list[str]:
    """Sentences about two groups, and two clusters, that may be one: no result has both.

    Args:
        results: Results of the same settings.
    """
    found = []
    if groups := first_spelled_twice(results):
        one, other = (", ".join(map(repr, group.levels)) for group in groups)
        found.append(may_be_one("groups", one, other, "result"))
    if clusters := first_cluster_spelled_twice(results):
        one, other = map(repr, clusters)
        found.append(may_be_one("clusters", one, other, "result"))
    return found


def may_be_one(what: str, one: str, other: str, of: str) -> str:
    """The sentence that two groups or clusters may be one, which no result or file both has."""
    return (
        f"the {what} {one} and {other} may be one, and no {of} has both: they stay two "
        "(write the column alike in all inputs)"
    )


def first_cluster_spelled_twice(results: Sequence[Result]) -> tuple[str, str] | None:
    """The first labels of clusters of several results that may be one: no result has both.

    Args:
        results: Results of the same settings.
    """
    sides = [{label for state in of.clusters for label in state.labels} for of in results]
    if all(side == sides[0] for side in sides):
        return None
    pairs = alike_texts(sides)
    return next((pair for pair in pairs if not any(map({*pair}.issubset, sides))), None)


def alike_texts(sides: Sequence[Collection[str]]) -> list[tuple[str, str]]:
    """Texts that formats may write differently, and mean the same by, such as `07` and `7`.

    Args:
        sides: The texts of several sides. A text that all of them have means itself alone.

    Returns:
        Pairs of texts: each has the form of the one before it, that in which keys are compared.
    """
    some = set().union(*sides)
    if len(sides) > 1:
        some.difference_update(set(sides[0]).intersection(*sides[1:]))
    forms = _form_of_each(some)
    by_form: dict[str, list[str]] = {form: [] for form in forms.values()}
    for text in some:
        form = forms.get(text, text)
        if form in by_form:
            by_form[form].append(text)
    return sorted(pair for like in by_form.values() for pair in pairwise(sorted(like)))


def _by_form(groups: Iterable[Group], forms: dict[Group, Group]) -> dict[Group, list[Group]]:
    """Groups by their canonical form."""
    found: dict[Group, list[Group]] = {}
    for group in groups:
        found.setdefault(forms[group], []).append(group)
    return found


def _canonical(groups: Iterable[Group]) -> dict[Group, Group]:
    """The canonical form of each group; see `canonical_texts`."""
    groups = list(groups)
    forms = _form_of_each(dict.fromkeys(text for group in groups for text in group.levels))
    return {
        group: group_of([forms.get(text, text) for text in group.levels], group.column)
        for group in groups
    }


def _form_of_each(texts: Iterable[str]) -> dict[str, str]:
    """The canonical form of those texts that may have another one."""
    odd = [
        text
        for text in texts
        if _MAY_BE_WRITTEN_DIFFERENTLY.search(text) and not _IS_PLAIN.fullmatch(text)
    ]
    return dict(zip(odd, _forms(odd), strict=True)) if odd else {}


def _forms(texts: Sequence[str]) -> list[str]:
    import pyarrow as pa  # late: most results have the same groups

    from smoothl1.witnesses.date_spellings import with_plain_dates
    from smoothl1.witnesses.values import canonical_texts

    stored = pa.array([text.encode(errors="surrogatepass") for text in texts], pa.binary())
    plain = canonical_texts(with_plain_dates(stored)).to_pylist()
    found = [text.decode(errors="surrogatepass") for text in plain]
    return [text.lower() if text.lower() in _FLAGS else text for text in found]
