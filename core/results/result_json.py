"""Results to JSON and back. `docs/result.schema.json` is the schema of the documents.

Exact sums are written as hexadecimal numbers without a fraction, times a power of two: `0x5p-3` is
0.625. Numbers that follow from them (means, sums, standard errors) are written for the reader, and
compared with them when the document is read back.
"""

from __future__ import annotations

import math
from itertools import product, repeat
from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError, SettingsError
from smoothl1.results.columns import COUNTS, as_text, counts_of, n_clusters
from smoothl1.results.consistency import check_consistent
from smoothl1.results.distance_checks import check_distances
from smoothl1.results.json_fields import (
    decode_decision,
    decode_digest,
    decode_input,
    encode_input,
    encode_run,
    encode_settings,
    number,
)
from smoothl1.results.json_reader import Reader, as_object, check_schema
from smoothl1.results.moments_json import decode_moments, encode_moments, exact_text
from smoothl1.results.part import decode_part
from smoothl1.settings import EvalSettings
from smoothl1.tallies.group import Group
from smoothl1.tallies.many import passing
from smoothl1.tallies.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.result import Result
    from smoothl1.tallies.cluster_states import ClusterState

SCHEMA = "smoothl1.result/1"

FIGURES = "figures"
"""The field that a report adds: what its figures are drawn from. A result is read without it."""

_NUMBERS = {
    "mean": ("nan", "inf"),
    "sum": ("nan", "inf"),
    "stderr": ("nan", "inf"),
    "min": ("inf",),
    "max": ("inf", "-inf"),
}
"""Fields of an entry that may not be finite, and their texts then."""

_TEXTS = tuple(f"{name}_text" for name in _NUMBERS)

_ENTRY = ("beta", *Group._fields, *COUNTS, *_NUMBERS, *_TEXTS, "first_nan", "exact")
"""All fields of an entry."""

_EARLIER = "an older smoothl1, with other standard errors, may have written it: evaluate again"

_FIELDS = (
    *("schema", "version", "backend", "decisions", "signature", "settings", "inputs", "results"),
    "engine",
    "part",
    "digests",
    "expects_nan",
    FIGURES,
)


def encode(result: Result) -> dict[str, Any]:
    """See `Result.to_json`."""
    document = streamed(result)
    return document | {"results": list(document["results"])}


def streamed(result: Result) -> dict[str, Any]:
    """The document of a result, with an iterator for its entries: of many, few are in memory."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "version": result.version,
        **encode_run(result),
        "signature": result.signature,
        "settings": encode_settings(result.settings),
        **({"expects_nan": True} if result.expects_nan else {}),
        "inputs": {
            name: encode_input(side)
            for name, side in zip(("pred", "target"), result.inputs, strict=True)
        },
        "decisions": [decision._asdict() for decision in result.decisions],
        **({} if result.part is None else {"part": result.part._asdict()}),
        "results": _encoded_entries(result),
    }
    if result.metrics:
        from smoothl1.results import metrics_json  # late: most runs have none

        document |= metrics_json.encode_states(result)
    if result.settings.cluster is not None:
        from smoothl1.results.clusters_json import encode_clusters  # late, likewise

        document["clusters"] = encode_clusters(result)
    return document


def _encoded_entries(result: Result) -> Iterator[dict[str, Any]]:
    """The entries of a result, with the numbers of metrics."""
    settings, cases = result.settings, product(result.settings.betas, result.groups)
    numbers: Iterable[dict[str, Any]] = repeat({}, len(result.tallies))
    if result.metrics:
        from smoothl1.results import metrics_json  # late, as above

        numbers = metrics_json.numbers_of(result)
    for (beta, group), tally, more in zip(cases, passing(result.tallies), numbers, strict=True):
        yield _encode_entry(beta, group, tally, settings) | more


def _encode_entry(
    beta: float, group: Group, tally: Tally, settings: EvalSettings
) -> dict[str, Any]:
    are_clustered = settings.cluster is not None
    exact: dict[str, Any] = {"total": exact_text(tally.total.units)}
    if tally.weight is not None:
        exact["weight"] = exact_text(tally.weight.units)
    if tally.moments is not None and not are_clustered:  # else they follow from the clusters
        exact["rows"] = encode_moments(tally.moments)
    return {
        "beta": beta,
        **group.fields(),
        **number("mean", tally.mean),
        **number("sum", tally.sum),
        **number("stderr", tally.standard_error),
        **{name: getattr(tally, count) for name, count in counts_of(settings).items()},
        **number("min", tally.min),
        **number("max", tally.max),
        "first_nan": tally.first_nan,
        **({"clusters": n_clusters(tally)} if are_clustered else {}),
        "exact": exact,
    }


def decode(document: str | bytes | dict[str, Any], kind: type[Result]) -> Result:
    """See `Result.from_json`; `kind` is `Result` itself."""
    top = Reader(as_object(document), "")
    check_schema(top.content, SCHEMA)
    top.optional(FIGURES, dict)
    settings = _decode_settings(top.inner("settings"))
    fields, numbers = _more_fields(settings)
    top.only(*_FIELDS, *fields)
    inputs = top.inner("inputs")
    inputs.only("pred", "target")
    clusters, moments = _clusters_in(top, settings)
    entries = [
        _decode_entry(entry, numbers, some)
        for entry, some in zip(top.objects("results"), moments, strict=False)
    ]
    groups = _groups_of(entries, settings)
    result = kind(
        settings=settings,
        inputs=(decode_input(inputs.inner("pred")), decode_input(inputs.inner("target"))),
        tallies=tuple(tally for _, _, tally in entries),
        groups=groups,
        version=top.matching("version", r"(?s).+"),
        backend=top.get("backend", str),
        decisions=tuple(map(decode_decision, top.optional_objects("decisions"))),
        clusters=clusters,
        part=decode_part(top.inner("part")) if "part" in top.content else None,
        engine=top.get("engine", str) if "engine" in top.content else "",
        digests=tuple(map(decode_digest, top.optional_objects("digests"))),
        expects_nan=bool(top.optional("expects_nan", bool)),
    )
    check_consistent(result)
    if clusters:
        from smoothl1.results.clusters_json import check_sums

        check_sums(result)
    if settings.has_metrics:
        from smoothl1.results.metrics_json import with_metrics  # late, as above

        result = with_metrics(result, top)
    check_distances(result)
    if top.get("signature", str) != result.signature:
        raise top.damaged("signature", f"is not that of its content, {result.signature}")
    return result


def _groups_of(
    entries: Sequence[tuple[float, Group, Tally]], settings: EvalSettings
) -> tuple[Group, ...]:
    """The groups of entries, which are one for each beta and group, in order."""
    n_groups = len(entries) // len(settings.betas)
    groups = tuple(group for _, group, _ in entries[:n_groups])
    wanted = [(beta, group) for beta in settings.betas for group in groups]
    if [(beta, group) for beta, group, _ in entries] != wanted or len(set(groups)) < n_groups:
        raise DataError("damaged: the results are not one for each beta and group")
    return groups


def _more_fields(settings: EvalSettings) -> tuple[Sequence[str], Sequence[str]]:
    """The fields that metrics and clusters add to the document, and to its entries."""
    of_clusters = ["clusters"] if settings.cluster is not None else []
    of_entries = [*of_clusters, *(["ignored"] if settings.ignore_target else [])]
    if not settings.has_metrics:
        return of_clusters, of_entries
    from smoothl1.results.metrics_json import number_fields, state_fields

    return [*state_fields(settings), *of_clusters], [*number_fields(settings), *of_entries]


def _clusters_in(
    top: Reader, settings: EvalSettings
) -> tuple[Sequence[ClusterState], Iterable[Moments | None]]:
    """The clusters of each group, and the moments of each entry that follow from them.

    Without clusters these are None, and entries have moments of their own.
    """
    if settings.cluster is None:
        return (), repeat(None)
    from smoothl1.results.clusters_json import decode_clusters  # late: most results have none

    return decode_clusters(top, settings)


def _decode_settings(reader: Reader) -> EvalSettings:
    reader.only(*EvalSettings.__dataclass_fields__)
    try:
        return EvalSettings(
            tuple(reader.list_of("betas", float)),
            reader.get("reduction", str),
            reader.get("nan", str),
            weighted=reader.get("weighted", bool),
            by=reader.names("by") if reader.nullable("by", object) is not None else None,
            by_column=reader.get("by_column", bool),
            cluster=reader.optional("cluster", str),
            also=tuple(reader.optional_list("also", str)),
            within=tuple(reader.optional_list("within", float)),
            quantiles=tuple(reader.optional_list("quantiles", float)),
            top=reader.optional("top", int),
            ignore_target=tuple(reader.optional_list("ignore_target", float)),
            unmatched=reader.optional("unmatched", str) or "error",
            duplicates=reader.optional("duplicates", str) or "error",
            weight_mean=reader.optional("weight_mean", str) or "sum",
            weight_column=reader.optional("weight_column", str),
        )
    except SettingsError as error:
        raise DataError(f"damaged: settings: {error.what}") from error


def _decode_entry(
    reader: Reader, more: Sequence[str], moments: Moments | None
) -> tuple[float, Group, Tally]:
    reader.only(*_ENTRY, *more)
    exact = reader.inner("exact")
    exact.only("total", "weight", *(["rows"] if moments is None else []))
    if "rows" in exact.content:
        moments = decode_moments(exact.inner("rows"))
    tally = Tally(
        **{count: reader.count(name) for name, count in COUNTS.items()},
        n_ignored=reader.count("ignored") if "ignored" in more else 0,
        total=exact.exact("total"),
        min=reader.number("min", *_NUMBERS["min"]),
        max=reader.number("max", *_NUMBERS["max"]),
        first_nan=reader.nullable_count("first_nan"),
        weight=exact.exact("weight") if "weight" in exact.content else None,
        moments=moments,
    )
    if "clusters" in more and reader.count("clusters") != n_clusters(tally):
        raise reader.damaged("clusters", f"is not {n_clusters(tally)}, as there are")
    derived: dict[str, Callable[[], float]] = {
        "mean": lambda: tally.mean,
        "sum": lambda: tally.sum,
        "stderr": lambda: tally.standard_error,
    }
    for name, value in derived.items():
        found, expected = reader.number(name, *_NUMBERS[name]), _computed(value, reader)
        if found != expected and not (math.isnan(found) and math.isnan(expected)):
            are_finite = math.isfinite(found) and math.isfinite(expected)
            are_of_rows = name == "stderr" and "rows" in exact.content
            is_earlier = are_of_rows and are_finite and _may_be_earlier(tally)
            hint = _EARLIER if is_earlier else None
            raise reader.damaged(name, f"is {found}, but {expected} by its exact state", hint)
    levels = reader.names("group") if "group" in reader.content else None
    group = Group(levels, reader.optional("column", str))
    if not all(as_text(level) == level for level in group.levels):
        raise reader.damaged("group", "has half of a pair of surrogates, as no label has")
    return reader.get("beta", float), group, tally


def _may_be_earlier(tally: Tally) -> bool:
    """Whether the first definition of standard errors would give another one than today's.

    That is so if rows differ in size. That definition had no third moments, either.
    """
    moments = tally.moments
    if moments is None:
        return False
    return moments.third is None or moments.n * moments.sizes != tally.size.units**2


def _computed(value: Callable[[], float], reader: Reader) -> float:
    try:
        return value()
    except (ArithmeticError, ValueError) as error:
        raise reader.damaged("exact", f"gives no number: {error}") from error
