"""Results to JSON and back. `docs/result.schema.json` is the schema of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError, SettingsError
from smoothl1.results.consistency import check_consistent
from smoothl1.results.decoded_entries import decode_entries
from smoothl1.results.distance_checks import check_distances
from smoothl1.results.entries_json import encoded_entries
from smoothl1.results.json_document import as_object, check_schema
from smoothl1.results.json_fields import (
    decode_decision,
    decode_digest,
    decode_input,
    encode_input,
    encode_run,
    encode_settings,
)
from smoothl1.results.json_reader import Reader
from smoothl1.results.part import decode_part
from smoothl1.settings import EvalSettings
from smoothl1.tallies.many import without_collection
from smoothl1.tallies.packed import MANY, packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.numerics.row_moments import Moments
    from smoothl1.results.result import Result
    from smoothl1.tallies.cluster_states import ClusterState

SCHEMA = "smoothl1.result/1"

FIGURES = "figures"
"""The field that a report adds: what its figures are drawn from. A result is read without it."""

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
    return in_memory(streamed(result))


def in_memory(document: dict[str, Any]) -> dict[str, Any]:
    """A document with lists in place of its iterators."""
    return {
        name: list(value) if isinstance(value, Iterator) else value
        for name, value in document.items()
    }


def streamed(result: Result) -> dict[str, Any]:
    """The document of a result, with iterators for what each group has: few are in memory."""
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
        "results": encoded_entries(result),
    }
    if result.metric_states:
        from smoothl1.results import metrics_json  # late: most runs have none

        document |= metrics_json.encode_states(result)
    if result.settings.cluster is not None:
        from smoothl1.results.clusters_json import encode_clusters  # late, likewise

        document["clusters"] = encode_clusters(result)
    return document


def decode(document: str | bytes | dict[str, Any], kind: type[Result]) -> Result:
    """See `Result.from_json`; `kind` is `Result` itself."""
    with without_collection():
        return _decoded(Reader(as_object(document), ""), kind)


def _decoded(top: Reader, kind: type[Result]) -> Result:
    check_schema(top.content, SCHEMA)
    top.optional(FIGURES, dict)
    settings = _decode_settings(top.inner("settings"))
    fields, numbers = _more_fields(settings)
    top.only(*_FIELDS, *fields)
    inputs = top.inner("inputs")
    inputs.only("pred", "target")
    clusters, moments = _clusters_in(top, settings)
    entries = decode_entries(top, settings, numbers, moments)
    result = kind(
        settings=settings,
        inputs=(decode_input(inputs.inner("pred")), decode_input(inputs.inner("target"))),
        tallies=entries.tallies,
        groups=entries.groups,
        version=top.matching("version", r"(?s).+"),
        backend=top.get("backend", str),
        decisions=tuple(map(decode_decision, top.optional_objects("decisions"))),
        clusters=clusters,
        part=decode_part(top.inner("part")) if "part" in top.content else None,
        engine=top.get("engine", str) if "engine" in top.content else "",
        digests=tuple(map(decode_digest, top.optional_objects("digests"))),
        expects_nan=bool(top.optional("expects_nan", bool)),
    )
    check_consistent(result, entries.unsure)
    if clusters:
        from smoothl1.results.clusters_json import check_sums

        check_sums(result)
    if settings.has_metrics:
        from smoothl1.results.metrics_json import with_metrics  # late, as above

        result = with_metrics(result, top)
    check_distances(result, entries.unsure)
    if len(entries.unsure) == len(result.tallies) >= MANY and settings.cluster is None:
        result = replace(result, tallies=packed(result.tallies, settings) or result.tallies)
    if top.get("signature", str) != result.signature:
        raise top.damaged("signature", f"is not that of its content, {result.signature}")
    return result


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
