"""Results of parts of one run: what a result knows of its plan, and whether all parts are there."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.checks import MAX_PARTS
from smoothl1.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.results.json_reader import Reader
    from smoothl1.tallies.tally import Tally

_MOST_RANGES = 10
"""Most ranges of missing parts that an error names."""

INFINITE_SUM = "the sum is infinite: finite losses add up to more than binary64 holds"


class PartOfPlan(NamedTuple):
    """The part of a run that a result is of.

    Attributes:
        index: Its number, from 1.
        of: The number of all parts.
        plan: SHA-256, in hexadecimal digits, of all that the parts of a run have in common:
            settings, names, sizes and samples of files, and the rows at which they are cut.
    """

    index: int  # type: ignore[assignment]  # the name in JSON; nobody asks for tuple.index
    of: int
    plan: str

    def __str__(self) -> str:
        return f"part {self.index} of {self.of}"


def decode_part(reader: Reader) -> PartOfPlan:
    """The part that a result is of, from its field in the JSON.

    Raises:
        DataError: It is damaged.
    """
    reader.only(*PartOfPlan._fields)
    index, of = reader.count("index"), reader.count("of")
    if not 1 <= index <= of <= MAX_PARTS:
        raise reader.damaged("index", f"is {index}, of {of} parts")
    return PartOfPlan(index, of, reader.matching("plan", r"[0-9a-f]{64}"))


def check_parts(parts: Sequence[PartOfPlan | None], names: Sequence[str] | None = None) -> None:
    """Check that results are all parts of one run, each once; or none of them a part.

    Args:
        parts: The part that each result is of; None for one that is no part.
        names: A name for each result, such as its path.

    Raises:
        DataError: A part is missing or there twice, or results do not go together.
    """
    names = names or [f"result {i}" for i in range(1, len(parts) + 1)]
    of_parts = [(part, name) for part, name in zip(parts, names, strict=True) if part is not None]
    if not of_parts:
        return
    first, name = of_parts[0]
    other = next((n for part, n in zip(parts, names, strict=True) if part is None), None)
    if other is not None:
        raise DataError(
            f"{name} is {first}, and {other} is no part",
            hint="merge all parts of a run by themselves, with --json, and then what that wrote",
        )
    seen: dict[int, str] = {}
    for part, path in of_parts:
        if (part.of, part.plan) != (first.of, first.plan):
            raise DataError(
                f"{name} is {first}, and {path} is {part} of another plan: "
                "files, their names or options differ",
                hint="evaluate all parts of the same files with the same options",
            )
        if part.index in seen:
            raise DataError(
                f"{seen[part.index]} and {path} are both {part}", hint="merge each part once"
            )
        seen[part.index] = path
    missing = [index for index in range(1, first.of + 1) if index not in seen]
    if missing:
        some, are = ("part", "is") if len(missing) == 1 else ("parts", "are")
        raise DataError(
            f"{some} {_ranges(missing)} of {first.of} {are} missing",
            hint="evaluate what is missing, and merge all parts",
        )


def _ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers as ranges, as the option --array of Slurm takes them: 2,5-7."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [str(one) if one == other else f"{one}-{other}" for one, other in ranges]
    return ",".join(shown[:_MOST_RANGES]) + ",..." * (len(shown) > _MOST_RANGES)


def left_out_warnings(tally: Tally, ignored: Sequence[float]) -> list[str]:
    """What is said of pairs that were left out, in a run and where its parts are merged.

    Args:
        tally: The tally of all pairs.
        ignored: Targets that stand for no value.
    """
    said, n = [], tally.n + tally.n_omitted
    if tally.n_undefined:
        said.append(f"{_left_out(tally.n_undefined, n)}: NaN or missing{_missing_in(tally)}")
    if tally.n_ignored:
        which = targets_to_be_ignored(ignored)
        said.append(f"{_left_out(tally.n_ignored, n)}: the target is {which}")
    return said


def _left_out(n_out: int, n: int) -> str:
    return f"{n_out} of {n} pairs {'was' if n_out == 1 else 'were'} left out"


def _missing_in(tally: Tally) -> str:
    """How many pairs have a missing side: of those left out, unless others may have one, too."""
    if not tally.n_missing:
        return ""
    if not tally.n_nan:
        return f" ({tally.n_missing} missing)"
    of_all = "1 has" if tally.n_missing == 1 else f"{tally.n_missing} have"
    return f" (of all pairs, {of_all} a missing side)"


def are_nan(tally: Tally) -> str:
    """How many losses of a tally are NaN, in words."""
    return f"{_some_losses(tally.n_nan, tally)} NaN"


def are_infinite(n: int, tally: Tally) -> str:
    """How many losses of a tally are infinite, in words."""
    return f"{_some_losses(n, tally)} infinite"


def has_infinite_sum(tally: Tally) -> bool:
    """Whether the sum of finite losses is infinite."""
    return tally.not_finite is None and isinf(tally.sum)


def _some_losses(n: int, tally: Tally) -> str:
    return f"{n} of {tally.n} losses {'is' if n == 1 else 'are'}"


def targets_to_be_ignored(ignored: Sequence[float]) -> str:
    """Targets that stand for no value, in words."""
    return " or ".join(repr(value).removesuffix(".0") for value in ignored)


def dropped_from(tallies: Iterable[Tally]) -> str:
    """How many elements were left out and why, in words; "" if none was."""
    n_undefined = n_weightless = n_ignored = 0
    for tally in tallies:
        n_undefined += tally.n_undefined
        n_ignored += tally.n_ignored
        n_weightless += tally.n_weightless
    reasons = {
        "NaN or missing": n_undefined,
        "with a target to be ignored": n_ignored,
        "of weight 0": n_weightless,
    }
    return " and ".join(f"{n} {reason}" for reason, n in reasons.items() if n)
