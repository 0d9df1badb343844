"""Columns that patterns chose, and whether their names go together with those of other sides."""

from __future__ import annotations

from itertools import pairwise
from os.path import commonprefix
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, counted
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import shown, shown_names

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = lazy_pattern(r"[0-9]+")
_ONE_AFTER_HYPHEN = lazy_pattern(r"[^0-9]*-[0-9]+(?:\.[0-9]+)?[^0-9]*")
ZEROS = lazy_pattern(r"(?<![0-9.,])0+(?=[0-9]+(?![0-9]*[.,][0-9]))")
"""The zeros in front of a whole number."""

_MOST_PAIRS_SHOWN = 4
_MOST_DIGITS = 4300
"""Digits of an integer that Python reads. Names of files are shorter, those of columns need not."""

_FEWEST_WORDS = 3
"""Fewest names with words whose order is no coincidence."""

_ALIKE = "let * stand for the same text on both sides, or name the columns one by one"
_ONE_BY_ONE = "name the columns one by one, in the order of the other side"


class Match(NamedTuple):
    """A column that was chosen.

    Attributes:
        name: Its name, or `@2` where several columns have that name.
        parts: The texts that the wildcards stand for; None if it was chosen by its name.
        place: The same, with whole numbers without the zeros in front.
    """

    name: str
    parts: tuple[str, ...] | None = None
    place: tuple[str, ...] | None = None


def check_counterparts(model: list[Match], targets: list[Match], paths: tuple[str, str]) -> None:
    """Refuse columns whose names do not go together, if patterns chose some of them.

    If patterns did so on both sides, each column has one that stands for the same text, or that was
    chosen by its name, too. If on one side, the names of both may say the same in another order.

    Args:
        model: The columns of the predictions.
        targets: The columns of the targets.
        paths: The paths of both, for messages.

    Raises:
        DataError: They do not go together.
    """
    if any(all(match.parts is None for match in side) for side in (model, targets)):
        _check_one_sided(model, targets, paths)
        return
    if len(model) != len(targets):
        raise DataError(
            f"{_matching(model, 'predictions')}, but {len(targets)} of "
            f"targets ({_listed(targets)})",
            path=paths[1],
            hint=_ALIKE,
        )
    if [match.place for match in model] != [match.place for match in targets]:
        raise _not_together(model, targets, paths[1], _ALIKE)


def check_models(models: Sequence[list[Match]], paths: Sequence[str]) -> None:
    """Refuse models whose columns say the same in another order, if patterns chose them.

    Args:
        models: The columns of the predictions of each model.
        paths: The path of each, for messages.

    Raises:
        DataError: Two models have them in another order.
    """
    for other, path in zip(models[1:], paths[1:], strict=True):
        is_matched = any(match.parts is not None for match in (*models[0], *other))
        if is_matched and _is_other_order(models[0], other):
            raise DataError(
                f"columns stand in the order {_listed(other)}, but in {_listed(models[0])} of the "
                f"first model, {paths[0]}",
                path=path,
                hint="name the columns one by one",
            )


def _check_one_sided(model: list[Match], targets: list[Match], paths: tuple[str, str]) -> None:
    """Refuse columns that a pattern matches in another order than that of the other side."""
    if _texts_apart(model) == _texts_apart(targets):
        return  # each column has its counterpart, whatever order the numbers are in
    for side, path in zip((model, targets), paths, strict=True):
        _check_rising(side, path)
    are_matched = any(match.parts is not None for match in (*model, *targets))
    if are_matched and _is_other_order(model, targets):
        raise _not_together(model, targets, paths[1], _ONE_BY_ONE)


def _is_other_order(one: Sequence[Match], other: Sequence[Match]) -> bool:
    """Whether the names of two sides say the same in another order: `p_a`, `p_b`; `y_b`, `y_a`.

    Names of which the other side has none do not count.
    """
    ones, others = _texts_apart(one), _texts_apart(other)
    are_distinct = all(len({*texts}) == len(texts) for texts in (ones, others))
    in_common = {*ones} & {*others}
    in_order = [text for text in ones if text in in_common]
    return are_distinct and in_order != [text for text in others if text in in_common]


def _texts_apart(matches: Sequence[Match]) -> list[str]:
    """What tells names apart, without what all of them begin and end with; nothing of one name."""
    names = [ZEROS.sub("", match.name.casefold()) for match in matches]
    if len(names) < 2:
        return []
    begin = len(commonprefix(names))  # noqa: RUF071 - of any characters
    names = [name[begin:] for name in names]
    end = len(commonprefix([name[::-1] for name in names]))  # noqa: RUF071
    return [name[: len(name) - end] for name in names]


def _not_together(
    model: Sequence[Match], targets: Sequence[Match], path: str, hint: str
) -> DataError:
    """The error about columns that would be paired by their order, against their names."""
    pairs = [f"{shown(a.name)} with {shown(b.name)}" for a, b in zip(model, targets, strict=True)]
    more = len(pairs) - _MOST_PAIRS_SHOWN
    end = f" and {counted(more, 'more pair')}" if more > 0 else ""
    return DataError(
        f"columns would be paired by their order, {', '.join(pairs[:_MOST_PAIRS_SHOWN])}{end}, "
        "but their names do not go together",
        path=path,
        hint=hint,
    )


def _check_rising(side: list[Match], path: str) -> None:
    """Refuse columns that one pattern matches by numbers or months that do not rise in the file.

    The other side has a row vector, or columns named one by one, which are in another order then.
    """
    matched = [match for match in side if match.parts is not None]
    found = next((pair for pair in pairwise(matched) if _are_whole_and_fall(*pair)), None)
    names = found and (found[0].name, found[1].name)
    names = names or next(filter(None, map(_first_that_falls, _alike(matched))), None)
    names = names or _first_against_words([match.name for match in matched])
    if names:
        raise DataError(
            f"a pattern matches {shown(names[0])} before {shown(names[1])}, in the order of the "
            "file, and the other side has no such names",
            path=path,
            hint=_ONE_BY_ONE,
        )


def _are_whole_and_fall(first: Match, second: Match) -> bool:
    """Whether wildcards stand for whole numbers alone, of which the first is the larger."""
    texts = ["".join(match.parts or ()) for match in (first, second)]
    are_alike = _NUMBER.sub("", first.name) == _NUMBER.sub("", second.name)
    if not are_alike or not all(map(str.isdecimal, texts)) or max(map(len, texts)) > _MOST_DIGITS:
        return False
    return int(texts[0]) > int(texts[1])


def _alike(matches: Sequence[Match]) -> list[list[str]]:
    """The names of columns that differ in numbers alone, several each."""
    found: dict[str, list[str]] = {}
    for match in matches:
        found.setdefault(_NUMBER.sub("", match.name), []).append(match.name)
    return [names for names in found.values() if len(names) > 1]


def _first_that_falls(names: Sequence[str]) -> tuple[str, str] | None:
    """The first two names whose numbers fall, read as in names of files; None if all may rise.

    The last number may be the slow one, as the year of `31-01-2024`. A hyphen before the only
    number may be a sign: `t-3`, `t-2`, `t-1`.
    """
    from smoothl1.files.shard_names import numbers_of, order_of  # late: few match such columns

    if max(map(len, names)) > _MOST_DIGITS:
        return None
    rows = numbers_of(names).varying
    orders = (rows, [row[::-1] for row in rows])
    if any(order == sorted(order) for order in orders) or order_of(names)[1]:
        return None
    are_negative = all(map(_ONE_AFTER_HYPHEN.fullmatch, names))
    if are_negative and rows == sorted(rows, reverse=True):
        return None
    return next(pair for pair, (a, b) in zip(pairwise(names), pairwise(rows), strict=True) if a > b)


def _first_against_words(names: Sequence[str]) -> tuple[str, str] | None:
    """The first two names whose words have another order: `pred_Dec`, `pred_Feb`; None if all rise.

    A year or a week may begin anywhere: October to September, Sunday to Saturday. Roman numerals
    do not count: `v` and `i` are other things, too. A few names may have no such word: `pred_All`.
    """
    if len(names) < _FEWEST_WORDS:
        return None
    from smoothl1.files.shard_words import CYCLES, NUMBERS, places_of_words  # late, as above

    for order, of_names in places_of_words(names).items():
        known = [name for name, places in zip(names, of_names, strict=True) if places]
        places = [*filter(None, of_names)]
        falls = [i for i, (a, b) in enumerate(pairwise(places)) if a > b]
        is_turned = len(falls) == 1 and places[-1] < places[0] and order in CYCLES
        is_known = order in (*CYCLES, NUMBERS) and len({*places}) == len(known) >= _FEWEST_WORDS
        if is_known and falls and not is_turned:
            return known[falls[0]], known[falls[0] + 1]
    return None


def _matching(matches: Sequence[Match], of: str) -> str:
    match = "matches" if len(matches) == 1 else "match"
    return f"{counted(len(matches), 'column')} of {of} {match} ({_listed(matches)})"


def _listed(matches: Sequence[Match]) -> str:
    return shown_names([match.name for match in matches])
