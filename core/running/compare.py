"""Models evaluated in one pass over their predictions and the same targets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, overload

from smoothl1.callers import default_warn, for_callers
from smoothl1.column_names import checked_columns, may_be_pattern
from smoothl1.errors import SettingsError
from smoothl1.job import Job
from smoothl1.read_options import ReadOptions
from smoothl1.running.checks import check_progress, once
from smoothl1.running.compared_inputs import sides_of
from smoothl1.running.models import comparison_of, new_pairs, ranking_of
from smoothl1.running.passes import learn, opened
from smoothl1.running.summing_up import checked
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from typing import Any, Unpack

    from smoothl1.engines.contract import Engine
    from smoothl1.job import Data
    from smoothl1.pairing.inputs import Warn
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.ranking import Ranking
    from smoothl1.running.progress import Progress
    from smoothl1.selection import Keys
    from smoothl1.settings import Choices
    from smoothl1.sources.contract import Columns

    class Keywords(Choices, total=False):
        """What all forms of `compare` take besides the inputs and the columns of the models."""

        target: str | Columns
        key: Keys
        weight: str | None
        keep: str | Columns
        weights: Data | None
        groups: Data | None
        clusters: Data | None
        options: ReadOptions
        execution: Execution
        device: str
        executor: Executor | Engine | None
        warn: Warn
        progress: Callable[[Progress], None] | None


@overload
def compare(
    predictions_a: Data,
    predictions_b: Data,
    targets: Data,
    /,
    settings: EvalSettings = ...,
    *,
    pred: str | Columns = ...,
    pred_a: str | Columns = ...,
    pred_b: str | Columns = ...,
    histogram: bool = ...,
    **keywords: Unpack[Keywords],
) -> Comparison: ...


@overload
def compare(
    table: Data,
    predictions_b: None = ...,
    targets: None = ...,
    /,
    settings: EvalSettings = ...,
    *,
    pred_a: str | Columns,
    pred_b: str | Columns,
    histogram: bool = ...,
    **keywords: Unpack[Keywords],
) -> Comparison: ...


@overload
def compare(
    table: Data,
    /,
    *,
    pred: Sequence[str | Columns],
    settings: EvalSettings = ...,
    **keywords: Unpack[Keywords],
) -> Ranking: ...


@overload
def compare(
    first: Data,
    second: Data,
    third: Data,
    fourth: Data,
    /,
    *more: Data,
    settings: EvalSettings = ...,
    pred: str | Columns = ...,
    **keywords: Unpack[Keywords],
) -> Ranking: ...


@overload
def compare(
    *inputs: Data | None,
    settings: EvalSettings = ...,
    pred: str | Sequence[str | Columns] = ...,
    pred_a: str | Columns = ...,
    pred_b: str | Columns = ...,
    histogram: bool = ...,
    **keywords: Unpack[Keywords],
) -> Comparison | Ranking: ...


@for_callers
def compare(
    *inputs: Any,
    settings: EvalSettings = EvalSettings(),
    pred: str | Sequence[str | Columns] = (),
    pred_a: str | Columns = (),
    pred_b: str | Columns = (),
    target: str | Columns = (),
    key: Keys = (),
    weight: str | None = None,
    keep: str | Columns = (),
    weights: Data | None = None,
    groups: Data | None = None,
    clusters: Data | None = None,
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    device: str = "cpu",
    executor: Executor | Engine | None = None,
    histogram: bool = False,
    warn: Warn = default_warn,
    progress: Callable[[Progress], None] | None = None,
    **choices: Unpack[Choices],
) -> Comparison | Ranking:
    """Compare the losses of models on the same targets, in one pass.

    Args:
        inputs: The predictions of each model, then the targets, each as those of `evaluate`; or
            one table that has all of them; or a dict of predictions in memory by the names of the
            models, then the targets. Columns such as a pandas Series name their models, too. Of two
            models the first is the one to beat. After two models and their targets the settings may
            follow.
        settings: Betas, groups, and what is done with NaN. The reduction is "mean".
        pred: In one table, the column of each model, or its columns if it has several; or one
            pattern, `"model_*"`, whose matches are the models. With several inputs, the columns of
            every model, as `pred` of `evaluate`.
        pred_a: The columns of the first of two models.
        pred_b: The columns of the second of two models.
        target: See `evaluate`.
        key: See `evaluate`.
        weight: See `evaluate`.
        keep: Columns, or one column, of any input that stand beside the rows of `top`; `pred_a:x`,
            `pred_b:x` or `target:x` where several have it.
        weights: See `evaluate`.
        groups: See `evaluate`.
        clusters: See `evaluate`. The differences of the models are summed for each cluster; which
            model is better is counted by rows.
        options: See `evaluate`.
        execution: See `evaluate`.
        device: See `evaluate`.
        executor: See `evaluate`.
        histogram: Whether the differences of pairs are counted in bins, for a report of two models
            at one beta.
        warn: See `evaluate`.
        progress: See `evaluate`.
        choices: See `evaluate`.

    Returns:
        The comparison of two models: of two inputs of predictions, or of `pred_a` and `pred_b`. Of
        three models or more, and of all that `pred` names in one table, a ranking.

    Raises:
        SettingsError: The settings and arguments contradict each other, or there are too many
            models.
        DataError: An input cannot be trusted or understood, or the inputs do not go together.
        StorageError: The system refused to read, or there is no such GPU.
        MissingExtraError: The device needs a package that is not installed.

    Example:
        >>> compare([1.0, 2.0, 3.0], [1.0, 2.5, 3.0], [1.5, 2.0, 3.0]).differences[0].n_ties
        2
        >>> compare([1.0, 2.0], [1.0, 2.5], [1.5, 3.0], [1.25, 2.0])
        <Ranking: predictions_1 0.015625, predictions_2 0.078125, predictions_3 0.265625>
        >>> compare({"old": [1.0, 2.0], "new": [1.0, 2.5]}, [1.25, 2.0])
        <Comparison new - old: 0.0625>
    """
    sides, settings = sides_of(inputs, settings, both=bool(pred_a and pred_b))
    settings = EvalSettings.replaced(settings, choices)
    models = _models_of(len(sides), pred, pred_a, pred_b)
    is_ranking = len(models) > 2 or (len(sides) == 1 and bool(pred))
    matches_models = len(models) == 1  # by a pattern: how many, the table says
    _check(settings, has_histogram=histogram, is_ranking=is_ranking)
    if keep and settings.top is None:
        raise SettingsError(
            "keep carries columns to the rows in which a model is worse: none are told",
            hint="--top 10 tells them",
        )
    check_progress(progress)
    warn = once(warn)
    job = Job.of(
        sides if len(sides) > 1 else (*sides, *[None] * len(models)),
        Selection(models[0], target, models[1:], key, weight, keep=keep),
        settings,
        options,
        execution,
        weights=weights,
        groups=groups,
        clusters=clusters,
        matches_models=matches_models,
    )
    with opened(job, warn, device, executor) as inputs_of_run:
        new = partial(new_pairs, counts_differences=histogram)
        learned = learn(inputs_of_run, new, progress)
        decisions = checked(inputs_of_run, learned.first, warn)
        value_of = ranking_of if is_ranking else comparison_of
        return value_of(inputs_of_run, learned, decisions, warn)


def _models_of(
    n_sides: int, pred: str | Sequence[str | Columns], pred_a: str | Columns, pred_b: str | Columns
) -> list[str | Columns]:
    """The columns of each model, as far as they were named.

    Raises:
        SettingsError: They contradict each other, or there is one model.
    """
    for name in (pred, pred_a, pred_b):
        if not hasattr(name, "__iter__"):  # no text, and not several
            checked_columns(name, "pred")
    if pred and (pred_a or pred_b):
        raise SettingsError(
            "--pred stands beside --pred-a or --pred-b",
            hint="--pred for each model, or --pred-a and --pred-b for two",
        )
    n_models = max(2, n_sides - 1)
    if n_models > 2 and (pred_a or pred_b):
        raise SettingsError(
            f"--pred-a and --pred-b are columns of two models, and there are {n_models}",
            hint="--pred names the columns of every model",
        )
    if not pred:
        return [pred_a, pred_b, *[()] * (n_models - 2)]
    if n_sides > 1:
        return [checked_columns(pred, "pred")] * n_models
    models: list[str | Columns] = [pred] if isinstance(pred, str) else list(pred)
    is_pattern = isinstance(models[0], str) and may_be_pattern(models[0])
    if len(models) == 1 and not is_pattern:
        from smoothl1.pairing.column_patterns import ONE_MODEL_HINT  # late: for an error
        from smoothl1.sources.columns import as_option

        each = " ".join(f"--pred {as_option(name.strip())}" for name in str(models[0]).split(","))
        hint = each if "," in models[0] else ONE_MODEL_HINT
        raise SettingsError("there is one model", hint=hint)
    return models


def _check(settings: EvalSettings, *, has_histogram: bool, is_ranking: bool) -> None:
    """Refuse settings that no comparison has.

    Raises:
        SettingsError: There is such a setting.
    """
    if settings.reduction != "mean":
        raise SettingsError(f"a comparison is of means, not of reduction {settings.reduction}")
    if settings.top is not None and is_ranking:
        raise SettingsError(
            "the rows of --top are those in which B is worse than A, of two models",
            hint="compare two of them: two files, or --pred-a COL --pred-b COL",
        )
    if settings.also or settings.within or settings.quantiles:
        raise SettingsError("a comparison forms no metrics beside the loss", hint="use evaluate")
    if has_histogram and len(settings.betas) > 1:
        raise SettingsError("a report is of one beta")
    if has_histogram and is_ranking:
        raise SettingsError(
            "the differences of pairs are counted for two models, A and B",
            hint="give an input for each of the two, or name them by pred_a and pred_b",
        )
