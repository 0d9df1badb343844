"""Whether results are of the same settings, so that they are those of one run."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.results.missing_numbers import differing_missing_numbers
from smoothl1.results.single import option_of_labels, shown_setting

if TYPE_CHECKING:
    from smoothl1.results.result import Result


def check_alike(one: Result, other: Result) -> None:
    """Refuse to merge results of different settings.

    Args:
        one: A result.
        other: The result that it is merged with.

    Raises:
        DataError: The settings differ; the error names the first difference.
    """
    for setting in fields(one.settings):
        mine, others = (getattr(result.settings, setting.name) for result in (one, other))
        is_unknown = setting.name == "weight_column" and None in (mine, others)
        if mine != others and not is_unknown:
            name = setting.name.replace("_", " ")
            both = f"{shown_setting(others)} and {shown_setting(mine)}"
            option = option_of_labels(setting.name, mine, others)
            raise DataError(
                f"results of different settings: {name} is {both}",
                hint=f"evaluate both with {option}" if option else None,
            )
    if differing := differing_missing_numbers(one, other):
        mine, others = differing
        what = f"missing value is {others} and {mine}"
        raise DataError(f"results of different settings: {what}")
