"""The arguments of a command line as checked values, which a command gets instead of a dict."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.cli.configured import built_of_settings
from smoothl1.column_names import may_be_pattern

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypedDict

    class OtherSettings(TypedDict, total=False):
        """Settings that only some commands have."""

        by: tuple[str, ...]
        by_column: bool
        cluster: str | None
        also: tuple[str, ...]
        within: tuple[float, ...]
        quantiles: tuple[float, ...]
        top: int | None
        ignore_target: tuple[float, ...]
        unmatched: str
        duplicates: str
        weight_mean: str

    Command = Callable[..., Any]
    Decorator = Callable[[Command], Command]


class Output(NamedTuple):
    """The output of a command: the file of the numbers, and their form.

    Attributes:
        path: Path of the file; None for stdout.
        as_json: Whether the whole result is written, as JSON.
        format: The form that -f names; once it is checked, the format of per-element losses.
        precision: Significant digits of a mean or sum; None for the shortest text that reads back
            to the same number.
        table: The form of a table of results; None for plain lines of values.
        codec: The compression of the file, if any: "gzip" or "zstd".
        per_row: Whether the losses of rows are written.
        folder: The folder that was named, if the file is that of a part in it.
        chosen: The columns of tables that are written, as the user typed them; none for all.
    """

    path: str | None
    as_json: bool
    format: str | None = None
    precision: int | None = None
    table: str | None = None
    codec: str | None = None
    per_row: bool = False
    folder: str | None = None
    chosen: tuple[str, ...] = ()


class ModelColumns(NamedTuple):
    """The columns of a comparison, as the user typed them.

    Attributes:
        pred_names: In one table, the column of each model; else the columns of every model.
        pred_a: The columns of the first of two models.
        pred_b: The columns of the second of two models.
        target_names: The columns of the targets.
        key: The columns by which rows are matched.
        weight: The column of the weights.
        keep: The columns that stand beside rows.
    """

    pred_names: tuple[str, ...]
    pred_a: tuple[str, ...]
    pred_b: tuple[str, ...]
    target_names: tuple[str, ...]
    key: tuple[str, ...]
    weight: str | None
    keep: tuple[str, ...] = ()

    def of_inputs(self, n_inputs: int) -> ModelColumns:
        """The columns, with two models of one table as A and B, which they are of two inputs."""
        if n_inputs == 1 and len(self.pred_names) == 2 and not (self.pred_a or self.pred_b):
            first, second = self.pred_names
            return self._replace(pred_names=(), pred_a=(first,), pred_b=(second,))
        return self

    def n_models(self, n_inputs: int) -> int | None:
        """The number of models that are compared; None if a pattern of columns tells it."""
        if n_inputs == 1 and len(self.pred_names) == 1 and may_be_pattern(self.pred_names[0]):
            return None
        return max(2, n_inputs - 1 if n_inputs > 1 else len(self.pred_names))


class GateOptions(NamedTuple):
    """The gates of a result, as the user typed them.

    Attributes:
        fail_above: The largest loss that passes.
        baseline: Path of an earlier result.
        max_increase: The largest increases over the baseline that pass: amounts or percentages.
        on_missing_baseline: "pass", "fail" or "create"; None is "fail".
        on_missing_group: "pass" or "fail"; None is "fail".
        other_data: Whether the baseline may be over other data.
        confidence: The confidence at which a loss must be beyond its limit to fail.
    """

    fail_above: float | None
    baseline: str | None
    max_increase: tuple[str, ...]
    on_missing_baseline: str | None
    on_missing_group: str | None
    other_data: bool
    confidence: float | None


class Parts(NamedTuple):
    """What of a run is done: all of it, a part, or only its plan.

    Attributes:
        part: The number of the part, from 1, and that of all parts; None for all rows.
        n_planned: The number of parts of which the plan is shown, without a run; or None.
    """

    part: tuple[int, int] | None
    n_planned: int | None


class CiReports(NamedTuple):
    """The reports for continuous integration.

    Attributes:
        github: Whether GitHub Actions gets annotations, a summary and outputs.
        junit: Path of a JUnit report.
        markdown: Path of a Markdown table.
    """

    github: bool = False
    junit: str | None = None
    markdown: str | None = None

    @property
    def files(self) -> dict[str, str]:
        """The paths of the reports that are files, by the names of their options."""
        paths = {"junit": self.junit, "markdown": self.markdown}
        return {name: path for name, path in paths.items() if path is not None}


def collected(parameter: str, build: Callable[..., Any], *options: Decorator) -> Decorator:
    """Options that together make one value.

    Args:
        parameter: The parameter of the command that gets the value.
        build: Makes and checks the value; takes the values of the options by their names.
        options: The options as decorators of Click, in the order of the help page.

    Returns:
        A decorator for the function of a command.
    """
    params = _params_of(options)
    names = [param.name for param in params if param.expose_value]

    def decorate(function: Command) -> Command:
        @wraps(function)
        def with_value(**given: Any) -> Any:
            own = {name: given.pop(name) for name in names}
            return function(**given, **{parameter: built_of_settings(build, own)})

        return _with_params(with_value, function, params)

    return decorate


def applied(use: Callable[[Any], None], option: Decorator) -> Decorator:
    """An option whose value holds for the whole run, and is not passed to the command.

    Args:
        use: Takes the value before the command begins.
        option: The option as a decorator of Click.
    """
    params = _params_of((option,))

    def decorate(function: Command) -> Command:
        @wraps(function)
        def with_it(**given: Any) -> Any:
            use(given.pop(params[0].name))
            return function(**given)

        return _with_params(with_it, function, params)

    return decorate


def unused(*options: Decorator) -> Decorator:
    """Options that a command accepts, hides and ignores."""
    params = _params_of(options)
    for param in params:
        param.hidden = True

    def decorate(function: Command) -> Command:
        @wraps(function)
        def without(**given: Any) -> Any:
            names = {param.name for param in params}
            return function(**{name: value for name, value in given.items() if name not in names})

        return _with_params(without, function, params)

    return decorate


def _with_params(command: Command, function: Command, params: list[Any]) -> Command:
    """Give a command these parameters, followed by those of the function that it wraps."""
    earlier = getattr(function, "__click_params__", ())
    command.__click_params__ = [*earlier, *params[::-1]]  # type: ignore[attr-defined]
    return command


def _params_of(options: tuple[Decorator, ...]) -> list[Any]:
    """The parameters that the decorators define, in their order."""

    def nothing() -> None:
        """Takes the options."""

    for option in options:
        option(nothing)
    return list(getattr(nothing, "__click_params__", ()))
