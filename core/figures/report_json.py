"""Reports to JSON and back: a result, and what the figures are drawn from.

The document is that of the result, with one field more. So whatever reads results reads it, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError
from smoothl1.figures.data import FigureData
from smoothl1.figures.histograms_json import (
    decode_density,
    decode_errors,
    encode_density,
    encode_errors,
    may_be_below,
    note_distances,
)
from smoothl1.figures.losses_json import (
    decode_stretches,
    decode_sweep,
    encode_stretch,
    encode_sweep,
)
from smoothl1.number_texts import as_typed
from smoothl1.results import result_json
from smoothl1.results.consistency import shape_of
from smoothl1.results.contradictions import AGAIN
from smoothl1.results.distance_checks import contradicting_sum, facts_of
from smoothl1.results.json_document import as_object
from smoothl1.results.json_reader import Reader
from smoothl1.results.overall import overall
from smoothl1.results.result import Result
from smoothl1.results.result_json import FIGURES

if TYPE_CHECKING:
    from smoothl1.figures.error_histogram import ErrorHistogram
    from smoothl1.figures.sweep import Sweep
    from smoothl1.tallies.tally import Tally


def streamed(result: Result, data: FigureData) -> dict[str, Any]:
    """The document of a report, with an iterator for the entries of its result."""
    figures = {
        "errors": encode_errors(data.errors),
        "pairs": encode_density(data.density),
        "betas": encode_sweep(data.sweep),
        "along_rows": [encode_stretch(stretch) for stretch in data.stretches],
    }
    return result_json.streamed(result) | {FIGURES: figures}


def decode(document: str | bytes | dict[str, Any]) -> tuple[Result, FigureData]:
    """The result in the document of a report, and what its figures are drawn from.

    Raises:
        DataError: The document is damaged, something else, a result without figures, or of a newer
            schema.
    """
    content = as_object(document)
    result = Result.from_json(content)
    if FIGURES not in content:
        raise DataError(
            "a result without figures", hint="smoothl1 report --json writes one with them"
        )
    whole = overall(result).tallies[0]
    if not _is_of_report(result, whole):
        raise DataError("damaged: there are figures, and the result is not that of a report")
    reader = Reader(content, "").inner(FIGURES)
    reader.only("errors", "pairs", "betas", "along_rows")
    beta = result.settings.betas[0]
    errors = decode_errors(reader.inner("errors"), whole)
    if not may_be_below(errors, beta, whole.n_quadratic):
        raise reader.damaged("errors", "contradict the pairs closer than beta")
    density = decode_density(reader.inner("pairs"), whole, errors)
    sweep = decode_sweep(reader.inner("betas"), whole, beta, errors)
    _check_distances(result, whole, errors, sweep, reader)
    stretches = decode_stretches(reader.objects("along_rows"), reader, whole, shape_of(result))
    return result, FigureData(errors, density, sweep, stretches)


def _check_distances(
    result: Result, whole: Tally, errors: ErrorHistogram, sweep: Sweep, reader: Reader
) -> None:
    """Check that the result, the errors and the losses at other betas are of the same distances.

    Raises:
        DataError: They are not.
    """
    facts = facts_of([whole], result.settings.betas)
    note_distances(errors, facts)
    for beta, tally in zip(sweep.betas, sweep.tallies, strict=True):
        facts.note_count_below(beta, tally.n_quadratic)
    if facts.contradict:
        what = "contradict the extremes of the result, or the other betas"
        raise reader.damaged("errors", what, AGAIN)
    for beta, tally in zip(sweep.betas, sweep.tallies, strict=True):
        if contradiction := contradicting_sum(tally, beta, result.settings, facts):
            what = f"contradict the errors at {as_typed(beta)}: {contradiction}"
            raise reader.damaged("betas", what, AGAIN)


def _is_of_report(result: Result, whole: Tally) -> bool:
    settings = result.settings
    is_single = len(settings.betas) == 1 and settings.reduction != "none"
    return is_single and "bias" in settings.also and whole.moments is not None
