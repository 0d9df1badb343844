"""What the names of files and columns say against the sides that they are given as."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.pairing.said_of_rows import said_of
from smoothl1.sources.usual_names import (
    PREDICTIONS,
    TARGETS,
    is_called_predictions,
    may_be_model,
    usual_side,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.shared_column import SharedColumn

    Warn = Callable[[str], None]

_DEALT = lazy_pattern(r"(?<![a-z])k?(fold|cv|rank)[-_.= ]?([0-9]+)")
"""The number of a part whose rows may be from anywhere: of a cross-validation, or dealt in turn."""

_LAST_NUMBER = lazy_pattern(r"(?:[-_ ]?[0-9])+\Z")
_NUMBER = lazy_pattern(r"[0-9]+")


def check_names(
    job: Job,
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    shared: Sequence[SharedColumn],
    warn: Warn,
) -> None:
    """Check that names do not say that sides are swapped, or of other rows.

    Args:
        job: The job.
        tables: The inputs, of which there are several, the sides first.
        assigned: The roles of their columns.
        shared: The columns that they have in common, and that are compared.
        warn: Takes a warning where nothing that is computed depends on which side is which, and
            where names are of other rows.

    Raises:
        DataError: The predictions are called targets and the targets predictions, and what is
            computed depends on which side is which; or one of several models is called targets,
            and the last side is not.
    """
    if job.n_sides > 1:
        _check_sides(job, tables, assigned, warn)
    _warn_of_other_rows(job, tables, shared, warn)
    _warn_of_other_values(job, tables, assigned, warn)


def _check_sides(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Warn
) -> None:
    """Check that the names of two sides or more do not say that they are swapped."""
    sides = tables[: job.n_sides]
    for table in sides:
        if len(table.files) > 1:
            _check_files(table, warn)
    chosen = zip(job.selection.sides.values(), sides, assigned, strict=False)
    begin = _n_common(sides)
    names = [
        () if asked else _names_of(table, of_input, begin) for asked, table, of_input in chosen
    ]
    usual = [{usual_side(name) for name in some} for some in names]
    swapped = [i for i, of_side in enumerate(usual[:-1]) if of_side == {"target"}]
    if swapped and usual[-1] == {"pred"}:
        _refuse_swapped(job, sides, swapped[0], (names[swapped[0]], names[-1]), warn)
    elif swapped and names[-1] and usual[-1] != {"target"}:
        _check_order(job, sides, names)
    elif job.is_comparison and all(any(map(is_called_predictions, some)) for some in names):
        warn(
            f"the targets are called {', '.join(map(repr, names[-1]))}, as predictions are, and so "
            "are all models: is the file of the targets there? (--separate says so)"
        )
    if all(_has_columns(table) or getattr(table, "unit", "") for table in sides):
        from smoothl1.pairing.units import warn_of_units  # late: few arrays have units

        warn_of_units(job, tables, assigned, warn)


def _check_files(table: Table, warn: Warn) -> None:
    """Refuse a set of files of which some are called predictions, and others targets.

    Raises:
        DataError: They are.
    """
    of_sides = {usual_side(name): name for name in {*map(_without_number, table.files)}}
    if not {"pred", "target"} <= of_sides.keys():
        return
    pred, target = of_sides["pred"], of_sides["target"]
    what = f"has files of both sides, by their names: {pred!r} and {target!r}"
    if PREDICTIONS.fullmatch(pred) or TARGETS.fullmatch(target):
        hint = "give those of each side by a pattern of their own; --separate reads them as one"
        raise DataError(what, path=table.path, hint=hint)
    warn(f"{table.path} {what}, and they are read as one")


def _without_number(path: str) -> str:
    return _LAST_NUMBER.sub("", _stem(path))


def _refuse_swapped(
    job: Job,
    sides: Sequence[Table],
    i: int,
    names: tuple[Sequence[str], Sequence[str]],
    warn: Warn,
) -> None:
    """Refuse predictions that are called targets beside targets that are called predictions.

    Args:
        job: The job.
        sides: The inputs of the sides.
        i: The first model that is called so.
        names: Its names, and those of the targets.
        warn: Takes a warning where the result is the same either way.
    """
    pred, target = (", ".join(map(repr, some)) for some in names)
    what = f"the predictions are called {pred} and the targets {target}"
    settled = _settled(job, sides)
    hint = f"predictions come first{settled}; --separate takes the sides as they are given"
    settings = job.settings
    tells = job.is_comparison or settings.top is not None or bool(settings.ignore_target)
    if tells or settings.nan == "omit-target" or "bias" in settings.also:
        raise DataError(what, path=sides[i].path, hint=hint)
    warn(f"{what}: are they swapped? ({hint})")


def _check_order(job: Job, sides: Sequence[Table], names: Sequence[Sequence[str]]) -> None:
    """Refuse a comparison where some models are called targets, and the targets are not.

    If all models are called so, their names do not say that the targets were given first.
    """
    called = [
        i
        for i, some in enumerate(names)
        if some and all(usual_side(name) == "target" and not may_be_model(name) for name in some)
    ]
    if not called or len(called) == len(sides) - 1:
        return
    model, last = (", ".join(map(repr, names[i])) for i in (called[0], -1))
    what = f"a model is called {model}, and the targets {last}"
    hint = f"targets come last{_settled(job, sides)}; --separate takes the sides as they are given"
    raise DataError(what, path=sides[called[0]].path, hint=hint)


def _settled(job: Job, sides: Sequence[Table]) -> str:
    """What a hint says of the options that name columns, if the sides have any."""
    options = " and ".join(dict.fromkeys(job.selection.options.values()))
    return f"; {options} name the columns that are meant" * _has_columns(sides[-1])


def _names_of(table: Table, of_input: InputRoles, begin: int) -> tuple[str, ...]:
    """The columns that were chosen of a side; for an array the name of the file.

    If that is no usual name of a side, as in `targets/0001.npy`, that of a folder may be one.

    Args:
        table: The input.
        of_input: The roles of its columns.
        begin: Where the path begins, without the folders that all sides share.
    """
    if _has_columns(table):
        return tuple(name for field in of_input.wanted.fields for name in field)
    own = _stem(table.path)
    names = [own, *reversed(table.path[begin:].split(os.sep)[:-1])]
    return (next(filter(usual_side, names), own),)


def _n_common(tables: Sequence[Table]) -> int:
    """The length of the folders that the paths of all inputs begin with."""
    paths = [table.path for table in tables]
    return os.path.commonprefix(paths).rfind(os.sep) + 1  # noqa: RUF071  of characters


def _has_columns(table: Table) -> bool:
    """Whether a table has columns, other than those that files of arrays are named after."""
    return bool(getattr(table, "names_of_first", table.names))


def _warn_of_other_rows(
    job: Job, tables: Sequence[Table], shared: Sequence[SharedColumn], warn: Warn
) -> None:
    """Warn of inputs whose names are of other folds, or of other splits of a data set.

    Weights, groups and clusters are in the order of the predictions, whether there is a key or not.
    """
    n_sides = job.n_sides
    first = range(0 if job.selection.key else n_sides - 1)
    pairs = [*((i, n_sides - 1) for i in first), *((0, i) for i in range(n_sides, len(tables)))]
    shown = {(c.one, c.other) for c in shared if c.is_id or c.is_copy or not c.is_guessed}
    for i, j in pairs:
        one, other = tables[i], tables[j]
        if _are_of_other_rows(one, other):
            warn(
                f"{one.path} and {other.path} are of different rows by their names "
                "(--separate says that they are not)"
            )
        if (i, j) in shown or not job.options.key_check:
            continue
        for dealt, whole in ((one, other), (other, one)):
            if word := _dealt_by(dealt, whole):
                warn(
                    f"{dealt.path}: the rows of {len(dealt.files)} files are paired with those of "
                    f"{whole.path} file by file, but a {word} may hold rows from anywhere "
                    "(--key matches rows by a column; --separate says that none does)"
                )


def _warn_of_other_values(
    job: Job, tables: Sequence[Table], assigned: Sequence[InputRoles], warn: Warn
) -> None:
    """Warn of two inputs of which a name says one fold, and a column of the other another one."""
    if not job.options.key_check:
        return
    last = job.n_sides - 1
    pairs = [] if job.selection.key else [(i, last) for i in range(last)]
    pairs += [(0, j) for j in range(job.n_sides, len(tables))]
    for i, j in [*pairs, *((j, i) for i, j in pairs)]:
        said, _ = map(said_of, _tails(tables[i], tables[j]))
        if not said:
            continue
        from smoothl1.pairing.said_in_columns import column_of_others  # late: few names say it

        read = {name for field in assigned[j].wanted.fields for name in field}
        if column := column_of_others(said, tables[j], read):
            warn(
                f"{tables[i].path} is of other rows by its name than column {column} of "
                f"{tables[j].path} says (--separate says that it is not)"
            )


def _dealt_by(table: Table, whole: Table) -> str:
    """What the files of a set are of, if rows may be dealt to them: fold or rank; "" if none.

    The other input has no such files, by their numbers, and no column that such a word names.
    """
    if len(table.files) < 2 or not _DEALT.search(table.files[0].lower()):
        return ""
    tails, other_tails = _tails(table, whole)
    found, others = _dealt(tails), _dealt(other_tails)
    counted = [{int(number) for number in _NUMBER.findall(path)} for path in other_tails]
    columns = {name.strip().casefold() for name in whole.names}
    for word in found[0]:
        numbers = [of_file.get(word) for of_file in found]
        is_cut_so = {*numbers} == {of_file.get(word) for of_file in others}
        if len(found) == len(others):
            is_cut_so |= all(n in of_file for n, of_file in zip(numbers, counted, strict=True))
        are_told_apart = None not in numbers and len({*numbers}) > 1
        if are_told_apart and not is_cut_so and word not in columns:
            return word
    return ""


def _dealt(paths: Sequence[str]) -> list[dict[str, int]]:
    """The numbers of folds and ranks in the name of each file, and in those of its folders."""
    found = (_DEALT.findall(path.lower()) for path in paths)
    return [{word: int(number) for word, number in of_file} for of_file in found]


def _tails(one: Table, other: Table) -> tuple[list[str], list[str]]:
    """The paths of the files of two inputs, without folders that all share: these say nothing."""
    files, others = (table.files or [table.path] for table in (one, other))
    begin = os.path.commonprefix([*files, *others]).rfind(os.sep) + 1  # noqa: RUF071  of characters
    return [path[begin:] for path in files], [path[begin:] for path in others]


def _are_of_other_rows(one: Table, other: Table) -> bool:
    """Whether the names of two inputs are of other folds, or of other splits of a data set."""
    ours, others = map(said_of, _tails(one, other))
    return any(ours[word] != others[word] for word in ours.keys() & others.keys())


def _stem(path: str) -> str:
    """The name of a file up to its first point."""
    return os.path.basename(path).partition(".")[0]
