"""Options that take one of several names: an error says which of them is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli import meant
from smoothl1.settings import ALSO

if TYPE_CHECKING:
    from collections.abc import Sequence

_OTHER_FORMS = {
    "feather": "arrow",
    "ipc": "arrow",
    "md": "markdown",
    "plain": "text",
    "pq": "parquet",
    "tab": "tsv",
    "tex": "latex",
    "txt": "text",
}
"""Other names of forms of output."""

_PAGES = {
    **dict.fromkeys(("html", "htm"), "smoothl1 report and compare draw pages, by -o FILE.html"),
    **dict.fromkeys(("svg", "png"), "smoothl1 report draws figures, by -o FOLDER/"),
    "junit": "--junit FILE writes a report",
    **dict.fromkeys(("xlsx", "excel"), "spreadsheets read -f csv"),
}
"""What is written in other ways than as a form, and how."""


class OneOf(click.Choice[str]):
    """One of several names."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            name = meant.value(str(value), self.choices)
            if name is None:
                raise
            what = f"{error.message.rstrip('.')}; did you mean {name}?"
            raise click.BadParameter(what, ctx, param) from None


class FormName(OneOf):
    """The name of a form of output.

    Args:
        choices: The names that are offered.
        others: Names that are taken, too, as another command has them.
    """

    def __init__(self, choices: Sequence[str], others: Sequence[str] = ()) -> None:
        super().__init__(choices)
        self._others = others

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self._others:
            return str(value)
        word = str(value).lower().lstrip(".")
        if word in _PAGES:
            self.fail(f"{value!r} is no table: {_PAGES[word]}", param, ctx)
        name = _OTHER_FORMS.get(word, word)
        if value not in self.choices and name in self.choices:
            self.fail(f"{value!r} is no form; did you mean {name}?", param, ctx)
        if value not in self.choices and len(self.choices) == 1:
            ways = "a page (-o FILE.html), drawings (-o FOLDER/) or text"
            self.fail(f"{value!r} is no form: there is {self.choices[0]}, else {ways}", param, ctx)
        return super().convert(value, param, ctx)


_OTHER_METRICS = {
    **dict.fromkeys(("median", "medae", "mdae", "quantile"), "--quantile 0.5"),
    **dict.fromkeys(("smooth_l1", "smoothl1", "mean", "loss"), "the loss, which is always there"),
}
"""What is no metric, and what is meant."""


def metrics(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The names of metrics, of which a value has several separated by commas."""
    names = tuple(part.strip() for value in values for part in value.split(","))
    for name in names:
        if name not in ALSO:
            what = f"{name!r} is not one of {', '.join(map(repr, ALSO))}{_advice(name, ctx)}"
            raise click.BadParameter(what, ctx, param)
    return names


def _advice(name: str, ctx: click.Context) -> str:
    """What is meant by a name that is no metric, as the end of a sentence."""
    word = name.lower()
    if word in meant.OTHER_METRICS:
        return ": no option forms it"
    found = _OTHER_METRICS.get(word) or meant.value(name, ALSO)
    if found is None:
        return ""
    options = {option for param in ctx.command.params for option in param.opts}
    if found.startswith("--") and found.split()[0] not in options:
        return f"; smoothl1 eval has {found}"
    return f"; did you mean {found}?"
