"""Numbers that stand for missing values in text, among the values of inputs of other formats.

`--missing-value -999` is for text, where nothing else can be written. In an array or in Parquet,
-999 is a number. If one side is text and the other is not, it would be missing on one side alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.errors import DataError
from smoothl1.pairing.nan_policy import is_ignored
from smoothl1.sources.columns import shown
from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from smoothl1.job import Job
    from smoothl1.pairing.chunks import Side
    from smoothl1.sources.contract import Block, Part, Source, SourceDetails

_HINT = (
    "write NaN or null there; if it is a number there, leave the cells of text empty that are "
    "missing"
)
_OF_TEXT = ("csv", "jsonl")


class CheckedSource(WrappedSource):
    """A source in which no value may be one of some numbers.

    Args:
        source: The source.
        numbers: For each of its fields these numbers.
    """

    def __init__(self, source: Source, numbers: Sequence[Sequence[float]]) -> None:
        super().__init__(source)
        self.numbers = numbers

    @property
    def details(self) -> SourceDetails:
        return self.source.details

    def blocks(self, part: Part, n_rows: int) -> Generator[Block]:
        row = part.start
        for block in self.source.blocks(part, n_rows):
            for field, values, numbers in zip(self.fields, block.fields, self.numbers, strict=True):
                found = is_ignored(values, numbers)
                if found is None:
                    continue
                at = int(found.argmax())
                n_before, i = divmod(at, field.row_elements)
                column = f", column {shown(field.column_of(i))}" if field.columns else ""
                value = repr(values.values[at].item()).removesuffix(".0")
                raise DataError(
                    f"row {row + n_before + 1}{column}: {value} is a number there: --missing-value "
                    "is for csv and jsonl alone",
                    path=self.path,
                    hint=_HINT,
                )
            yield block
            row += block.n_rows


def without_foreign(job: Job, sides: Sequence[Side]) -> list[Side]:
    """The sides, of which those that are no text must not hold what stands for missing in text.

    Args:
        job: The job, whose options name what stands for a missing value.
        sides: All inputs. If none is text, the option has no effect.
    """
    are_text = [side.source.format in _OF_TEXT for side in sides]
    decimal = "," if job.options.decimal == "," else "."
    texts = (text for text in job.options.missing_values if is_number(text, decimal))
    numbers = [number for text in texts if math.isfinite(number := _value(text, decimal))]
    if not numbers or all(are_text) or not any(are_text):
        return list(sides)
    others = [number for number in numbers if number not in job.nan_policy.ignored]
    return [
        side
        if is_text or not side.roles
        else side._replace(
            source=CheckedSource(
                side.source, [others if role == "target" else numbers for role in side.roles]
            )
        )
        for side, is_text in zip(sides, are_text, strict=True)
    ]


def _value(text: str, decimal: str) -> float:
    return float(text.replace(decimal, "."))
