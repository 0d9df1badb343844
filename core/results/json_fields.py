"""Fields that the JSON of results and of comparisons have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smoothl1.decisions import Decision
from smoothl1.files.digests import Digest
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.results.input_summary import InputSummary

if TYPE_CHECKING:
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.json_reader import Reader
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally


def number(name: str, value: float) -> dict[str, Any]:
    """A number as JSON; if it is not finite, null and a second field with `_text` in its name."""
    if math.isfinite(value):
        return {name: value}
    return {name: None, f"{name}_text": str(value)}


def encode_numbers(numbers: dict[str, Any]) -> dict[str, Any]:
    """Numbers and counts as JSON, by their names; see `number`."""
    cells: dict[str, Any] = {}
    for name, value in numbers.items():
        cells |= number(name, value) if isinstance(value, float) else {name: value}
    return cells


def encode_entry(beta: float, group: Group, numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers of one beta and group as JSON."""
    return {"beta": beta, **group.fields(), **encode_numbers(numbers)}


def encode_settings(settings: EvalSettings) -> dict[str, Any]:
    """The settings that define the numbers, as JSON; clusters and metrics only if there are any."""
    names = ("also", "within", "quantiles", "ignore_target")
    several: dict[str, Any] = {name: [*getattr(settings, name)] for name in names}
    metrics: dict[str, Any] = {**several, "top": settings.top}
    policies = {"unmatched": settings.unmatched, "duplicates": settings.duplicates}
    return {
        "betas": list(settings.betas),
        "reduction": settings.reduction,
        "nan": settings.nan,
        "weighted": settings.weighted,
        "by": list(settings.by) if isinstance(settings.by, tuple) else settings.by,
        "by_column": settings.by_column,
        **({} if settings.cluster is None else {"cluster": settings.cluster}),
        **{name: values for name, values in metrics.items() if values},
        **{name: policy for name, policy in policies.items() if policy != "error"},
        **({"weight_mean": settings.weight_mean} if settings.by_count else {}),
        **({} if settings.weight_column is None else {"weight_column": settings.weight_column}),
    }


def ignored_count(tally: Tally, settings: EvalSettings) -> dict[str, int]:
    """The number of pairs whose target is ignored, as JSON; only if any target is to be."""
    return {"ignored": tally.n_ignored} if settings.ignore_target else {}


def encode_run(found: Result | Comparison | Ranking) -> dict[str, Any]:
    """What computed the numbers and of which files, as JSON; digests only if there are any."""
    digests = [digest.document() for digest in found.digests]
    return {
        "backend": found.backend,
        **({"engine": found.engine} if found.engine else {}),
        **({"digests": digests} if digests else {}),
    }


def encode_input(side: InputSummary) -> dict[str, Any]:
    """The input of one side, as JSON."""
    path = {"path": side.paths[0]} if len(side.paths) == 1 else {"paths": list(side.paths)}
    return {
        **path,
        "format": side.format,
        "shape": None if side.shape is None else list(side.shape),
        "dtype": side.dtype,
        "columns": list(side.columns),
        **{name: n for name in LeftOut._fields if (n := getattr(side, name))},
    }


def decode_decision(reader: Reader) -> Decision:
    """A decision from its object."""
    reader.only(*Decision._fields)
    return Decision(*(reader.get(name, str) for name in Decision._fields))


def decode_digest(reader: Reader) -> Digest:
    """A digest from its object."""
    reader.only(*Digest._fields)
    digest = Digest(reader.get("path", str), reader.matching("sha256", "[0-9a-f]{64}"))
    if "input" not in reader.content and "file" not in reader.content:
        return digest
    return digest._replace(input=reader.count("input"), file=reader.count("file"))


def decode_input(reader: Reader) -> InputSummary:
    """What a result knows of an input from its object."""
    which = "path" if "path" in reader.content else "paths"
    reader.only(which, "format", "shape", "dtype", "columns", *LeftOut._fields)
    paths = [reader.get("path", str)] if which == "path" else reader.list_of("paths", str)
    if which == "paths" and not len(set(paths)) == len(paths) > 1:
        raise reader.damaged("paths", "are not several that differ")
    shape = None if reader.nullable("shape", list) is None else reader.list_of("shape", int)
    if shape is not None and any(not 0 <= length < 1 << 63 for length in shape):
        raise reader.damaged("shape", "has a length that no array has")
    left_out = LeftOut(
        *(reader.count(name) if name in reader.content else 0 for name in LeftOut._fields)
    )
    return InputSummary(
        tuple(paths),
        reader.matching("format", r"(?s).+"),
        None if shape is None else tuple(shape),
        reader.matching("dtype", r"[<>|=][a-zA-Z][0-9]+|mixed"),
        tuple(reader.list_of("columns", str)),
        left_out.unmatched,
        left_out.duplicates,
    )
