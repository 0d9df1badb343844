"""Results as JSON, there and back. `docs/result.schema.json` is the same in JSON Schema.

Exact sums are written as hexadecimal numbers without a fraction, times a power of two: `0x5p-3` is
0.625. What follows from them (means, sums, standard errors) is written for the reader, and held
against them when the document is read back.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, TypeVar

from smoothl1.errors import DataError, SettingsError
from smoothl1.exact import UNIT_EXPONENT, ExactSum
from smoothl1.groups import Group
from smoothl1.moments import Moments
from smoothl1.result import SCHEMA, InputSummary, Result, number
from smoothl1.settings import EvalSettings
from smoothl1.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_EXACT = re.compile(r"(-?)0x(0|[1-9a-f][0-9a-f]*)p([+-]?[0-9]{1,4})")
_MOST_BITS = 4096
"""Of a mantissa: 2**64 of the largest binary64 take less."""

_FAMILY = SCHEMA.partition("/")[0]

_COUNTS = {
    "count": "n",
    "nan": "n_nan",
    "inf": "n_inf",
    "quadratic": "n_quadratic",
    "missing": "n_missing",
    "omitted": "n_omitted",
    "zero_weight": "n_weightless",
}
"""Fields of an entry, and the counts of a tally that they are."""


def encode(result: Result) -> dict[str, Any]:
    """See `Result.to_json`."""
    return {
        "schema": SCHEMA,
        "version": result.version,
        "backend": result.backend,
        "signature": result.signature,
        "settings": encode_settings(result.settings),
        "inputs": {
            name: encode_input(side)
            for name, side in zip(("pred", "target"), result.inputs, strict=True)
        },
        "results": [_encode_entry(*entry) for entry in result.entries],
    }


def encode_settings(settings: EvalSettings) -> dict[str, Any]:
    """What defines the numbers, as JSON."""
    return {
        "betas": list(settings.betas),
        "reduction": settings.reduction,
        "nan": settings.nan,
        "weighted": settings.weighted,
        "by": settings.by,
        "by_column": settings.by_column,
    }


def encode_input(side: InputSummary) -> dict[str, Any]:
    """What one side was read from, as JSON."""
    path = {"path": side.paths[0]} if len(side.paths) == 1 else {"paths": list(side.paths)}
    return {
        **path,
        "format": side.format,
        "shape": None if side.shape is None else list(side.shape),
        "dtype": side.dtype,
        "columns": list(side.columns),
    }


def _encode_entry(beta: float, group: Group, tally: Tally) -> dict[str, Any]:
    exact: dict[str, Any] = {"total": exact_text(tally.total)}
    if tally.weight is not None:
        exact["weight"] = exact_text(tally.weight)
    if tally.moments is not None:
        exact["rows"] = {
            "count": tally.moments.n,
            "squares": exact_text(tally.moments.squares),
            "cross": exact_text(tally.moments.cross),
            "sizes": exact_text(tally.moments.sizes),
            "overflowed": tally.moments.n_overflowed,
        }
    return {
        "beta": beta,
        **{name: text for name, text in group._asdict().items() if text is not None},
        **number("mean", tally.mean),
        **number("sum", tally.sum),
        **number("stderr", tally.standard_error),
        **{name: getattr(tally, count) for name, count in _COUNTS.items()},
        **number("min", tally.min),
        **number("max", tally.max),
        "first_nan": tally.first_nan,
        "exact": exact,
    }


def exact_text(total: ExactSum) -> str:
    """An exact sum as text: a whole number in hexadecimal, times a power of two."""
    zeros = (total.units & -total.units).bit_length() - 1 if total.units else -UNIT_EXPONENT
    return f"{total.units >> zeros:#x}p{zeros + UNIT_EXPONENT}"


def decode(document: str | bytes | dict[str, Any]) -> Result:
    """See `Result.from_json`."""
    top = _Reader(as_object(document), "")
    check_schema(top.content, SCHEMA)
    settings = _decode_settings(top.inner("settings"))
    inputs = top.inner("inputs")
    entries = [_decode_entry(entry) for entry in top.objects("results")]
    n_groups = len(entries) // len(settings.betas)
    groups = tuple(group for _, group, _ in entries[:n_groups])
    if [(beta, group) for beta, group, _ in entries] != [
        (beta, group) for beta in settings.betas for group in groups
    ] or len(set(groups)) < len(groups):
        raise DataError("damaged: the results are not one for each beta and group")
    result = Result(
        settings=settings,
        inputs=(_decode_input(inputs.inner("pred")), _decode_input(inputs.inner("target"))),
        tallies=tuple(tally for _, _, tally in entries),
        groups=groups,
        version=top.get("version", str),
        backend=top.get("backend", str),
    )
    _check_consistent(result)
    if top.get("signature", str) != result.signature:
        raise top.damaged("signature", f"is not that of its content, {result.signature}")
    return result


def _check_consistent(result: Result) -> None:
    """Hold the parts of a result against each other."""
    settings = result.settings
    for group in result.groups:
        if (group.group is None) != (settings.by is None) or (
            (group.column is None) == settings.by_column
        ):
            raise DataError("damaged: the results do not have the groups that the settings name")
    for tally in result.tallies:
        if (tally.weight is None) == settings.weighted:
            raise DataError("damaged: the results do not have the weights that the settings name")
        if tally.n_nan + tally.n_inf > tally.n or tally.n_quadratic > tally.n:
            raise DataError("damaged: more elements of a kind than there are elements")


def as_object(document: str | bytes | dict[str, Any]) -> dict[str, Any]:
    """A JSON document as an object.

    Raises:
        DataError: It is not JSON, or not an object.
    """
    if isinstance(document, dict):
        return document
    try:
        content = json.loads(
            document, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise DataError(f"not a JSON document: {' '.join(str(error).split())[:120]}") from error
    if not isinstance(content, dict):
        raise DataError("not a result of smoothl1: the JSON document is not an object")
    return content


def check_schema(content: dict[str, Any], expected: str) -> None:
    """Refuse a document that is something else, or newer.

    Raises:
        DataError: It says which.
    """
    found = content.get("schema")
    if found == expected:
        return
    family = expected.partition("/")[0]
    if isinstance(found, str) and found.startswith(f"{family}/"):
        raise DataError(
            f"of schema {found[:60]!r}, but this version of smoothl1 reads {expected!r}",
            hint="a newer smoothl1 reads it",
        )
    what = "it has no schema" if found is None else f"its schema is {_short(found)}"
    raise DataError(f"not a {family}: {what}")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a field is there twice")
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


class _Reader:
    """An object of the document, and where in it that is."""

    def __init__(self, content: dict[str, Any], place: str) -> None:
        self.content = content
        self._place = place

    def get(self, name: str, kind: type[T]) -> T:
        """A field of a type; an integer is a float, too, and a boolean is no integer."""
        value = self.content.get(name)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            try:
                value = float(value)
            except OverflowError as error:
                raise self.damaged(name, "is too large") from error
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.damaged(name, f"is {_short(value)}, not of type {kind.__name__}")
        return value

    def optional(self, name: str, kind: type[T]) -> T | None:
        """A field that may be null or absent."""
        return None if self.content.get(name) is None else self.get(name, kind)

    def optional_count(self, name: str) -> int | None:
        """A whole number from 0 on, or null."""
        return None if self.content.get(name) is None else self.count(name)

    def count(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self.get(name, int)
        if not 0 <= value < 1 << 63:
            raise self.damaged(name, f"is {_short(value)}")
        return value

    def number(self, name: str) -> float:
        """A number that may not be finite."""
        if self.content.get(name) is not None:
            return self.get(name, float)
        text = self.get(f"{name}_text", str)
        if text not in ("nan", "inf", "-inf"):
            raise self.damaged(f"{name}_text", f"is {_short(text)}")
        return float(text)

    def exact(self, name: str) -> ExactSum:
        """An exact sum."""
        text = self.get(name, str)
        match = _EXACT.fullmatch(text[:_MOST_BITS])
        if match is None:
            raise self.damaged(name, f"is {_short(text)}, no exact sum")
        shift = int(match[3]) - UNIT_EXPONENT
        if not 0 <= shift <= _MOST_BITS:
            raise self.damaged(name, f"is {_short(text)}, beyond binary64")
        units = int(match[2], 16) << shift
        return ExactSum(-units if match[1] else units)

    def inner(self, name: str) -> _Reader:
        """An object within."""
        return _Reader(self.get(name, dict), f"{self._place}{name}.")

    def objects(self, name: str) -> list[_Reader]:
        """A list of objects."""
        return [
            _Reader(content, f"{self._place}{name}[{i}].")
            for i, content in enumerate(self.list_of(name, dict))
        ]

    def list_of(self, name: str, kind: type[T]) -> list[T]:
        """A list whose items have a type."""
        values = self.get(name, list)
        return [_Reader({name: value}, self._place).get(name, kind) for value in values]

    def damaged(self, name: str, what: str) -> DataError:
        """What to raise about a field."""
        return DataError(f"damaged: {self._place}{name} {what}")


def _decode_settings(reader: _Reader) -> EvalSettings:
    try:
        return EvalSettings(
            tuple(reader.list_of("betas", float)),
            reader.get("reduction", str),
            reader.get("nan", str),
            weighted=reader.get("weighted", bool),
            by=reader.optional("by", str),
            by_column=reader.get("by_column", bool),
        )
    except SettingsError as error:
        raise DataError(f"damaged: settings: {error.what}") from error


def _decode_input(reader: _Reader) -> InputSummary:
    paths = [reader.get("path", str)] if "path" in reader.content else reader.list_of("paths", str)
    shape = None if reader.content.get("shape") is None else tuple(reader.list_of("shape", int))
    if shape is not None and any(not 0 <= length < 1 << 63 for length in shape):
        raise reader.damaged("shape", "has a length that no array has")
    if not paths:
        raise reader.damaged("paths", "is empty")
    return InputSummary(
        tuple(paths),
        reader.get("format", str),
        shape,
        reader.get("dtype", str),
        tuple(reader.list_of("columns", str)),
    )


def _decode_entry(reader: _Reader) -> tuple[float, Group, Tally]:
    exact = reader.inner("exact")
    tally = Tally(
        **{count: reader.count(name) for name, count in _COUNTS.items()},
        total=exact.exact("total"),
        min=reader.number("min"),
        max=reader.number("max"),
        first_nan=reader.optional_count("first_nan"),
        weight=exact.exact("weight") if "weight" in exact.content else None,
        moments=_decode_moments(exact.inner("rows")) if "rows" in exact.content else None,
    )
    derived: dict[str, Callable[[], float]] = {
        "mean": lambda: tally.mean,
        "sum": lambda: tally.sum,
        "stderr": lambda: tally.standard_error,
    }
    for name, value in derived.items():
        found, expected = reader.number(name), _computed(value, reader)
        if found != expected and not (math.isnan(found) and math.isnan(expected)):
            raise reader.damaged(name, f"is {found}, but {expected} by its exact state")
    group = Group(reader.optional("group", str), reader.optional("column", str))
    return reader.get("beta", float), group, tally


def _computed(value: Callable[[], float], reader: _Reader) -> float:
    try:
        return value()
    except (ArithmeticError, ValueError) as error:
        raise reader.damaged("exact", f"gives no number: {error}") from error


def _decode_moments(reader: _Reader) -> Moments:
    return Moments(
        n=reader.count("count"),
        squares=reader.exact("squares"),
        cross=reader.exact("cross"),
        sizes=reader.exact("sizes"),
        n_overflowed=reader.count("overflowed"),
    )


def _short(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of many digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
