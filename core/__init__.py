"""smoothl1: the Smooth L1 loss of stored predictions, exact to the last bit.

The names are handed out lazily (PEP 562), so that importing the package costs nothing: NumPy is
imported by the first name that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from smoothl1.criterion.criterion import SmoothL1Loss, smooth_l1_loss
    from smoothl1.decisions import Decision
    from smoothl1.engines.dask import open_dask
    from smoothl1.errors import (
        DataError,
        DtypeError,
        MissingExtraError,
        SettingsError,
        ShapeError,
        SmoothL1Error,
        StorageError,
    )
    from smoothl1.figures.report import Report
    from smoothl1.files.digests import Digest
    from smoothl1.numerics.exact_sum import ExactSum
    from smoothl1.read_options import ReadOptions
    from smoothl1.results.comparison import Comparison
    from smoothl1.results.intervals import Estimate, estimate_of
    from smoothl1.results.ranking import Ranking
    from smoothl1.results.result import Result
    from smoothl1.running.compare import compare
    from smoothl1.running.content import describe
    from smoothl1.running.evaluate import LossOutput, evaluate
    from smoothl1.running.inspection import preview
    from smoothl1.running.parts import TaskPlan, plan_tasks
    from smoothl1.running.progress import Progress
    from smoothl1.running.report import report
    from smoothl1.running.tasks import answer
    from smoothl1.settings import EvalSettings, Execution
    from smoothl1.tallies.tally import Tally

_HOMES = {
    "Comparison": "results.comparison",
    "DataError": "errors",
    "Decision": "decisions",
    "Digest": "files.digests",
    "DtypeError": "errors",
    "Estimate": "results.intervals",
    "EvalSettings": "settings",
    "ExactSum": "numerics.exact_sum",
    "Execution": "settings",
    "LossOutput": "running.evaluate",
    "MissingExtraError": "errors",
    "Progress": "running.progress",
    "Ranking": "results.ranking",
    "ReadOptions": "read_options",
    "Report": "figures.report",
    "Result": "results.result",
    "SettingsError": "errors",
    "ShapeError": "errors",
    "SmoothL1Error": "errors",
    "SmoothL1Loss": "criterion.criterion",
    "StorageError": "errors",
    "Tally": "tallies.tally",
    "TaskPlan": "running.parts",
    "answer": "running.tasks",
    "compare": "running.compare",
    "describe": "running.content",
    "estimate_of": "results.intervals",
    "evaluate": "running.evaluate",
    "open_dask": "engines.dask",
    "plan_tasks": "running.parts",
    "preview": "running.inspection",
    "report": "running.report",
    "smooth_l1_loss": "criterion.criterion",
}

_TAKE_SETTINGS = ("compare", "evaluate", "plan_tasks", "preview", "report")
"""Functions that take settings as keywords: their signatures are written for those who look."""

__all__ = [
    "Comparison",
    "DataError",
    "Decision",
    "Digest",
    "DtypeError",
    "Estimate",
    "EvalSettings",
    "ExactSum",
    "Execution",
    "LossOutput",
    "MissingExtraError",
    "Progress",
    "Ranking",
    "ReadOptions",
    "Report",
    "Result",
    "SettingsError",
    "ShapeError",
    "SmoothL1Error",
    "SmoothL1Loss",
    "StorageError",
    "Tally",
    "TaskPlan",
    "__version__",
    "answer",
    "compare",
    "describe",
    "estimate_of",
    "evaluate",
    "open_dask",
    "plan_tasks",
    "preview",
    "report",
    "smooth_l1_loss",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in _TAKE_SETTINGS:
        from smoothl1.running.signatures import show_settings

        show_settings(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
