"""How the numbers of a column of text are written, as far as it tells what their points are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sizes(NamedTuple):
    """The sizes of some numbers.

    Attributes:
        total: The sum of their absolute values.
        n: Their number.
    """

    total: float = 0.0
    n: int = 0

    @property
    def mean(self) -> float:
        """Their mean; 0 of none."""
        return self.total / max(1, self.n)

    def and_more(self, more: Sizes) -> Sizes:
        """Those of these numbers and of further ones."""
        return Sizes(self.total + more.total, self.n + more.n)


class Written(NamedTuple):
    """How the numbers of a column are written in the first rows.

    Attributes:
        column: The name of the column.
        grouped: The first with a point that may part thousands, 1.234, and the first that ends in
            zero.
        whole: The first whole one below 1000, and the first two above 0 that differ.
        sizes: The sizes of all that have such a point, read as fractions.
        whole_sizes: The sizes of all such whole ones.
        has_others: Whether another number shows that points are decimal marks.
    """

    column: str
    grouped: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    sizes: Sizes = Sizes()
    whole_sizes: Sizes = Sizes()
    has_others: bool = False

    @property
    def may_have_thousands(self) -> bool:
        """Whether there are points that may part thousands, if other rows have whole numbers."""
        return not self.has_others and any(text[-1] == "0" for text in self.grouped)

    @property
    def counts(self) -> set[str]:
        """Those of the whole numbers kept that are above 0 and have no sign."""
        return {text for text in self.whole if text[0] not in "+-0"}

    def and_more(self, more: Written) -> Written:
        """How these numbers and those of further rows are written."""
        return Written(
            self.column,
            _few_grouped((*self.grouped, *more.grouped)),
            _few_whole((*self.whole, *more.whole)),
            self.sizes.and_more(more.sizes),
            self.whole_sizes.and_more(more.whole_sizes),
            has_others=self.has_others or more.has_others,
        )


def written(column: str, grouped: list[str], whole: list[str], *, has_others: bool) -> Written:
    """How numbers are written, of which few are kept: the first ones, and those that decide.

    Args:
        column: The name of the column.
        grouped: Those whose point may part thousands.
        whole: The whole ones below 1000.
        has_others: Whether there are others.
    """
    few = _few_grouped(grouped), _few_whole(whole)
    return Written(column, *few, _sizes(grouped), _sizes(whole), has_others=has_others)


def _sizes(texts: list[str]) -> Sizes:
    return Sizes(sum(abs(float(text)) for text in texts), len(texts))


def _few_grouped(texts: Iterable[str]) -> tuple[str, ...]:
    some = list(texts)
    return (*some[:1], *[text for text in some if text[-1] == "0"][:1])


def _few_whole(texts: Iterable[str]) -> tuple[str, ...]:
    some = list(texts)
    counts = [text for text in dict.fromkeys(some) if text[0] not in "+-0"]
    return (*some[:1], *counts[:2])
