"""The options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from smoothl1.checks import REDUCTIONS
from smoothl1.cli import forms
from smoothl1.cli.arguments import CiReports, ModelColumns, Output, collected, unused
from smoothl1.cli.choices import FormName, OneOf
from smoothl1.cli.column_options import (
    BY,
    BY_COLUMN,
    CHOSEN,
    CHOSEN_OF_CONTENTS,
    CLUSTER,
    DUPLICATES,
    KEEP,
    KEEP_OF_MODELS,
    KEY,
    PRED,
    PRED_A,
    PRED_B,
    PRED_OF_MODELS,
    TARGET,
    UNMATCHED,
    WEIGHT,
    WEIGHT_MEAN,
)
from smoothl1.cli.engine_options import ENGINE, engine_of
from smoothl1.cli.gate_options import CI_FILES, COMPARISON, GATES, gates_of, rule_of
from smoothl1.cli.metric_options import ALSO, METRICS, TOP_OF_MODELS, TOP_OF_REPORT
from smoothl1.cli.parsing import Decimals, DeviceName, Numbers, WholeNumber, joined
from smoothl1.cli.part_options import PARTS, parts_of
from smoothl1.cli.path_types import OneFile, PathOrUri, unless_stdout
from smoothl1.nan_policies import NAN_POLICIES
from smoothl1.selection import Selection
from smoothl1.settings import MAX_CHUNK_ROWS, MAX_THREADS, EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from smoothl1.cli.arguments import OtherSettings

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def _refuse_delta(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise click.UsageError(
            f"there is no --delta: Huber's delta is --beta here, and Huber's loss is {value} times "
            f"the Smooth L1 loss at --beta {value}",
            ctx,
        )


_beta = click.option(
    "-b",
    "--beta",
    "betas",
    type=Numbers(),
    multiple=True,
    callback=joined,
    default=(1.0,),
    show_default=True,
    help="Where the loss passes from quadratic to linear; 0 is exactly L1. Several, separated by "
    "commas or the option repeated, are formed in one pass.",
)
_delta = click.option("--delta", hidden=True, expose_value=False, callback=_refuse_delta)
_reduction = click.option(
    "-r",
    "--reduction",
    type=OneOf(REDUCTIONS),
    default="mean",
    show_default=True,
    help="mean or sum of the losses, or none: the loss of each element.",
)
_reduced = click.option(
    "-r",
    "--reduction",
    type=OneOf(REDUCTIONS[:2]),
    default="mean",
    show_default=True,
    help="mean or sum of the losses.",
)


def _path_option(text: str) -> Callable[[_Command], _Command]:
    return click.option("-o", "--output", "path", type=OneFile(), callback=unless_stdout, help=text)


_IN_FORMS = (
    "Write to this file, whole or not at all, instead of stdout. Its suffix tells the form: .json, "
    ".csv, .tsv, .md, .tex, .parquet or .arrow; text also with .gz or .zst"
)
_path = _path_option(f"{_IN_FORMS}.")
_path_of_comparison = _path_option(f"{_IN_FORMS}; .html is a report, one page.")
_path_of_whole = _path_option(
    f"{_IN_FORMS}. FILE.html is a report, one page, and FOLDER/ its drawings, if report --json "
    "wrote all RESULTs."
)
_path_of_report = _path_option(
    "Write one page of HTML to FILE.html, each drawing as an SVG file into FOLDER/, or what merge "
    "takes to FILE.json, whole or not at all, instead of text to stdout."
)


def _format_option(
    text: str, names: Sequence[str] = tuple(forms.TABLES), others: Sequence[str] = ()
) -> Callable[[_Command], _Command]:
    return click.option("-f", "--format", "format", type=FormName(names, others), help=text)


_AS_TABLE = "Write a table with a header and all columns in this form. json: the whole result"
_METRICS = "metrics: JSON of numbers alone, as DVC reads it"
_format = _format_option(
    f"{_AS_TABLE}, as --json. {_METRICS}. With --reduction none, the losses in this format "
    "(default: what the suffix of -o says, else lines of values without a header; a file of losses "
    "needs one of the two).",
    forms.all_forms(),
)
_format_of_comparison = _format_option(
    f"{_AS_TABLE}, as --json. {_METRICS} (default: what the suffix of -o says, else tab-separated "
    "lines, the first of them a header)."
)
_format_of_whole = _format_option(
    f"{_AS_TABLE}, as --json. {_METRICS} (default: what the suffix of -o says, else lines of "
    "values without a header)."
)
_format_of_inspection = _format_option(
    "Write what the files hold as a table in this form. json: all that is shown, as --json "
    "(default: what the suffix of -o says, else text for people).",
    tuple(name for name in forms.TABLES if name != "metrics"),
    forms.all_forms(),
)
_report_format = _format_option("json: the whole result as one JSON object, as --json.", ["json"])
_as_json = click.option(
    "--json", "as_json", is_flag=True, help="Write the whole result as one JSON object."
)
_precision = click.option(
    "--precision",
    type=WholeNumber(1, 17),
    metavar="DIGITS",
    help="Significant digits of mean and sum (default: the shortest text that reads back to the "
    "same number).",
)
_per_row = click.option(
    "--per-row",
    is_flag=True,
    help="Write the loss of each row (image, box): the exact mean of its elements, or their sum "
    "with --reduction sum.",
)
weights = click.option(
    "--weights",
    type=PathOrUri(),
    metavar="FILE",
    help="A file of weights, one for each row or element of the predictions.",
)
groups = click.option(
    "--groups",
    type=PathOrUri(),
    metavar="FILE",
    help="A file of groups, one label for each row of the predictions; --by then names its column.",
)
clusters = click.option(
    "--clusters",
    type=PathOrUri(),
    metavar="FILE",
    help="A file of clusters, one label for each row; --cluster then names its column.",
)
_nan = click.option(
    "--nan",
    type=OneOf(tuple(NAN_POLICIES)),
    help="What to do where a value is NaN or missing: omit leaves the pair out, omit-target only "
    "where the target is. Unset, NaN propagates with a warning, and missing values are refused.",
)
_ignore_target = click.option(
    "--ignore-target",
    "ignore_target",
    type=Decimals(),
    multiple=True,
    callback=joined,
    metavar="VALUE",
    help="Leave out pairs whose target is VALUE (-999, -100), which stands for no value, and count "
    "them; or several, separated by commas. Repeatable.",
)
_threads = click.option(
    "--threads",
    type=WholeNumber(1, MAX_THREADS),
    metavar="N",
    help="Threads that compute (default: one for each processor). The result does not depend on "
    "it.",
)
_chunk_rows = click.option(
    "--chunk-size",
    "chunk_rows",
    type=WholeNumber(1, MAX_CHUNK_ROWS),
    metavar="ROWS",
    help="Rows that each thread holds at a time (default: about 2**19 elements; for a GPU, 2**22). "
    "The result does not depend on it.",
)
device = click.option(
    "--device",
    type=DeviceName(),
    default="cpu",
    show_default=True,
    metavar="NAME",
    help="Where losses are computed: cpu, cuda, cuda:N (a GPU by number), or auto (the first GPU "
    "if there is one). The result does not depend on it.",
)
quiet = click.option(
    "-q", "--quiet/--no-quiet", default=False, help="No summary, no progress, no warnings."
)
progress = click.option(
    "--progress/--no-progress",
    "has_bar",
    default=True,
    help="Whether a terminal shows how far a run is.  [default: progress]",
)


def _settings(
    betas: tuple[float, ...] = (1.0,),
    reduction: str = "mean",
    nan: str | None = None,
    **others: Unpack[OtherSettings],
) -> EvalSettings:
    return EvalSettings(betas, reduction, nan or "propagate", **others)


def _selection(
    pred_names: tuple[str, ...],
    target_names: tuple[str, ...],
    key: tuple[str, ...],
    weight: str | None,
    keep: tuple[str, ...] = (),
) -> Selection:
    return Selection(pred_names, target_names, (), key, weight, keep=keep)


_GROUPS = (BY, BY_COLUMN, CLUSTER, _nan, _ignore_target, UNMATCHED, DUPLICATES)

settings = collected(
    "settings", _settings, _beta, _delta, _reduction, *METRICS, *_GROUPS, WEIGHT_MEAN
)
settings_of_means = collected(
    "settings", _settings, _beta, _delta, TOP_OF_MODELS, *_GROUPS, WEIGHT_MEAN
)
settings_of_report = collected(
    "settings", _settings, _beta, _delta, _reduced, ALSO, TOP_OF_REPORT, *_GROUPS
)
settings_of_pairs = collected("settings", _settings, *_GROUPS, WEIGHT_MEAN)
selection = collected("selection", _selection, PRED, TARGET, KEY, WEIGHT, KEEP)
selection_of_pairs = collected("selection", _selection, PRED, TARGET, KEY, WEIGHT)
columns_of_models = collected(
    "columns", ModelColumns, PRED_OF_MODELS, PRED_A, PRED_B, TARGET, KEY, WEIGHT, KEEP_OF_MODELS
)
output = collected("output", Output, _path, _format, _as_json, _precision, _per_row, CHOSEN)
output_of_comparison = collected(
    "output", Output, _path_of_comparison, _format_of_comparison, _as_json, _precision, CHOSEN
)
output_of_whole = collected(
    "output", Output, _path_of_whole, _format_of_whole, _as_json, _precision, CHOSEN
)
output_of_report = collected("output", Output, _path_of_report, _report_format, _as_json)
output_of_inspection = collected(
    "output", Output, _path, _format_of_inspection, _as_json, CHOSEN_OF_CONTENTS
)
gates = collected("gates", gates_of, *GATES)
rule = collected("rule", rule_of, *COMPARISON)
ci_reports = collected("reports", CiReports, *CI_FILES)
parts = collected("parts", parts_of, *PARTS)
engine = collected("engine", engine_of, *ENGINE)
execution = collected("execution", Execution, _threads, _chunk_rows)
without_effect = unused(
    *(_beta, _delta, _reduction, *METRICS, KEEP, _precision, _per_row),
    *GATES,
    *CI_FILES,
    *PARTS,
    *ENGINE,
    *(_threads, _chunk_rows, device, progress),
)
"""All options of `eval` that do not concern reading."""
