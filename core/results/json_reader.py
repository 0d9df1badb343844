"""A strict reader of JSON documents: every field has a type, an error names the wrong field."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from smoothl1.errors import DataError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.numerics.exact_sum import UNIT_EXPONENT, ExactSum
from smoothl1.results.elements import MOST_ELEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

_EXACT = lazy_pattern(r"(-?)0x(0(?=p0)|(?:[1-9a-f][0-9a-f]*)?[13579bdf])p(0|-?[1-9][0-9]{0,3})")
_MOST_DIGITS = 4096
"""Most hexadecimal digits of a number: the sum of 2**64 cubes of the largest binary64 has fewer."""

_MOST_EXPONENT = 1024 + 64
"""Largest exponent of a sum, of 2**64 times the largest binary64. Twice that for squares, three
times for cubes."""

_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    object: "a text or a list",
}
"""What the types are called that a value of JSON has."""


class Reader:
    """An object of the document, and its place in the document."""

    def __init__(self, content: dict[str, Any], place: str) -> None:
        self.content = content
        self._place = place

    def get(self, name: str, kind: type[T]) -> T:
        """A field of a type. An integer is also accepted as a float; a boolean is no integer."""
        value = self.content.get(name)
        if type(value) is kind:  # of most
            return value
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            try:
                value = float(value)
            except OverflowError as error:
                raise self.damaged(name, "is too large") from error
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            is_there = name in self.content
            what = f"is {short(value)}, not {_KINDS[kind]}" if is_there else "is missing"
            raise self.damaged(name, what)
        return value

    def only(self, *names: str) -> None:
        """Refuse fields of other names.

        Raises:
            DataError: There is such a field; the error names one.
        """
        if not self.content.keys() <= _set_of(names):
            unknown = self.content.keys() - names
            raise DataError(
                f"damaged: {self._place}{min(unknown)[:60]!r} is no field of a result",
                hint="a newer smoothl1 may have written it",
            )

    def nullable(self, name: str, kind: type[T]) -> T | None:
        """A field that must be there and may be null."""
        if name not in self.content:
            raise self.damaged(name, "is missing")
        return None if self.content[name] is None else self.get(name, kind)

    def optional(self, name: str, kind: type[T]) -> T | None:
        """A field that may be absent, but not null."""
        return self.get(name, kind) if name in self.content else None

    def nullable_count(self, name: str) -> int | None:
        """A whole number from 0 on, or null."""
        if self.content.get(name, 0) is None:
            return None
        return None if self.nullable(name, int) is None else self.count(name)

    def matching(self, name: str, pattern: str) -> str:
        """A text that matches a pattern."""
        text = self.get(name, str)
        if re.fullmatch(pattern, text) is None:
            raise self.damaged(name, f"is {short(text)}")
        return text

    def count(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self.content.get(name)
        if type(value) is not int:  # `get` says what is wrong; a call of it takes as long as all
            value = self.get(name, int)
        if not 0 <= value <= MOST_ELEMENTS:
            raise self.damaged(name, f"is {short(value)}")
        return value

    def number(self, name: str, *others: str) -> float:
        """A number from 0 on. One that is not finite is null, with its text in a second field.

        Args:
            name: The name of the field.
            others: The texts that are allowed instead of a number.
        """
        value = self.content.get(name)
        if type(value) is float and 0 <= value < math.inf and f"{name}_text" not in self.content:
            return value  # of most
        given = self.signed_number(name, *others)
        if math.isfinite(given) and given < 0:
            raise self.damaged(name, f"is {given}")
        return given

    def signed_number(self, name: str, *others: str) -> float:
        """A number of any sign; see `number`."""
        given = self.nullable(name, float)
        if given is None:
            if f"{name}_text" not in self.content:
                raise self.damaged(name, f"is null without a {name}_text")
            text = self.get(f"{name}_text", str)
            if text not in others:
                raise self.damaged(f"{name}_text", f"is {short(text)}")
            return float(text)
        if f"{name}_text" in self.content:
            raise self.damaged(f"{name}_text", f"is there, but {name} is {given}")
        if not math.isfinite(given):
            raise self.damaged(name, f"is {given}")
        return given

    def exact(self, name: str) -> ExactSum:
        """An exact sum that is not negative."""
        return ExactSum(self.units(name, UNIT_EXPONENT))

    def units(self, name: str, unit_exponent: int, *, signed: bool = False) -> int:
        """An exact sum as a whole number of 2**unit_exponent.

        Args:
            name: The name of the field.
            unit_exponent: -1074 times the number of factors in each term of the sum.
            signed: Whether it may be negative.
        """
        text = self.get(name, str)
        parsed = _parsed(text)
        if parsed is None or (parsed[0] < 0 and not signed):
            raise self.damaged(name, f"is {short(text)}, no exact sum")
        integer, exponent = parsed
        if not integer:
            return 0
        n_factors = unit_exponent // UNIT_EXPONENT
        if not unit_exponent <= exponent <= _MOST_EXPONENT * n_factors:
            raise self.damaged(name, f"is {short(text)}, beyond binary64")
        return integer << (exponent - unit_exponent)

    def inner(self, name: str) -> Reader:
        """A field that is an object."""
        return Reader(self.get(name, dict), f"{self._place}{name}.")

    def objects(self, name: str) -> list[Reader]:
        """A field that is a list of objects."""
        return [
            Reader(content, f"{self._place}{name}[{i}].")
            for i, content in enumerate(self.list_of(name, dict))
        ]

    def object_at(self, name: str, place: int) -> Reader:
        """An item of a field that is a list of objects."""
        return Reader(self.content[name][place], f"{self._place}{name}[{place}].")

    def optional_objects(self, name: str) -> list[Reader]:
        """A field that is a list of objects and may be absent."""
        return self.objects(name) if name in self.content else []

    def items(self, name: str) -> Iterator[tuple[Reader, str]]:
        """A reader for each item of a field that is a list, and the name of the item in it."""
        for i, value in enumerate(self.get(name, list)):
            item = f"{name}[{i}]"
            yield Reader({item: value}, self._place), item

    def list_of(self, name: str, kind: type[T]) -> list[T]:
        """A field that is a list whose items have a type."""
        values = self.get(name, list)
        if all(type(value) is kind for value in values):  # most lists
            return values
        return [one.get(item, kind) for one, item in self.items(name)]

    def counts(self, name: str) -> list[int]:
        """A field that is a list of whole numbers from 0 on."""
        return [one.count(item) for one, item in self.items(name)]

    def list_of_units(self, name: str, unit_exponent: int) -> list[int]:
        """A field that is a list of exact sums that are not negative; see `units`."""
        return [one.units(item, unit_exponent) for one, item in self.items(name)]

    def exacts(self, name: str) -> list[ExactSum]:
        """A field that is a list of exact sums that are not negative."""
        return [*map(ExactSum, self.list_of_units(name, UNIT_EXPONENT))]

    def columns(self, *names: str) -> dict[str, list[int]]:
        """Fields that are lists of whole numbers from 0 on, of one length."""
        found = {name: self.counts(name) for name in names}
        for name in names:
            if len(found[name]) != len(found[names[0]]):
                raise self.damaged(name, f"is not as long as {names[0]}")
        return found

    def objects_of_groups(self, name: str, n_groups: int) -> list[Reader]:
        """A field that is a list of objects, one for each group."""
        items = self.objects(name)
        if len(items) != n_groups:
            raise self.damaged(name, "does not have an item for each group")
        return items

    def optional_list(self, name: str, kind: type[T]) -> list[T]:
        """A field that is such a list and may be absent."""
        return self.list_of(name, kind) if name in self.content else []

    def names(self, name: str) -> str | tuple[str, ...]:
        """A field that is a text, or a list of at least two texts."""
        if not isinstance(self.content.get(name), list):
            return self.get(name, str)
        found = tuple(self.list_of(name, str))
        if len(found) < 2:
            raise self.damaged(name, "is a list of fewer than two")
        return found

    def damaged(self, name: str, what: str, hint: str | None = None) -> DataError:
        """The error about a field."""
        return DataError(f"damaged: {self._place}{name} {what}", hint=hint)


@lru_cache(maxsize=64)
def _set_of(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)


def exact_number(text: str) -> tuple[int, int] | None:
    """The integer and the exponent of an exact sum, of any size and sign; None of other text."""
    match = _EXACT.fullmatch(text[:_MOST_DIGITS])
    if match is None or text == "-0x0p0":
        return None
    return int(match[1] + match[2], 16), int(match[3])


_parsed = lru_cache(maxsize=32)(exact_number)
"""The same: sums over rows of size 1 are written several times in an entry."""


def short(value: object) -> str:
    """A value as an error quotes it, as JSON."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of many digits"
    try:
        text = json.dumps(value, ensure_ascii=False, default=repr)
    except RecursionError:  # it was read with fewer calls on the stack
        return "nested too deeply"
    return text if len(text) <= 60 else f"{text[:60]}..."
