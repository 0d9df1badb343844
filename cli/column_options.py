"""The options that name columns of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smoothl1.checks import POLICIES
from smoothl1.cli.choices import OneOf

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _columns_of(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of columns for a shell that completes a command line."""
    from smoothl1.cli.completion import columns_of  # late: only for completion

    return columns_of(ctx, param, incomplete)


def _columns_of_result(
    ctx: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of columns of a result for a shell that completes a command line."""
    from smoothl1.cli.completion import columns_of_result  # late: only for completion

    return columns_of_result(ctx, incomplete)


PRED = click.option(
    "--pred",
    "pred_names",
    shell_complete=_columns_of,
    multiple=True,
    metavar="COL",
    help="Column of the predictions in a table: a name, @2 for the second, or a quoted pattern "
    "('pred_*') for all that match. Repeatable.",
)
TARGET = click.option(
    "--target",
    "target_names",
    shell_complete=_columns_of,
    multiple=True,
    metavar="COL",
    help="Column of the targets. A single file holds all sides.",
)
KEY = click.option(
    "-k",
    "--key",
    "key",
    shell_complete=_columns_of,
    multiple=True,
    metavar="COL",
    help="Column by which the rows of all inputs must agree; rows in another order are joined. "
    "user=id where predictions and targets call it differently. Repeatable.",
)
UNMATCHED = click.option(
    "--unmatched",
    type=OneOf(POLICIES["unmatched"]),
    default="error",
    show_default=True,
    help="With --key, what to do with a row whose key another input does not have: omit leaves it "
    "out, and counts it in every output.",
)
DUPLICATES = click.option(
    "--duplicates",
    type=OneOf(POLICIES["duplicates"]),
    default="error",
    show_default=True,
    help="With --key, what to do with a row that repeats a key: first leaves it out, identical "
    "leaves it out only if all that is chosen of it is the same to the bit.",
)
WEIGHT = click.option(
    "--weight", metavar="COL", shell_complete=_columns_of, help="Column of the weights."
)
WEIGHT_MEAN = click.option(
    "--weight-mean",
    type=OneOf(POLICIES["weight_mean"]),
    default="sum",
    show_default=True,
    help="What a weighted mean is divided by: the sum of the weights, or the count of elements, "
    "those of weight 0 included.",
)
KEEP = click.option(
    "--keep",
    metavar="COL",
    multiple=True,
    shell_complete=_columns_of,
    help="Write this column of either input, too, beside worst rows (--top) and before losses of "
    "elements or rows; pred:COL where both have it. Repeatable.",
)
KEEP_OF_MODELS = click.option(
    "--keep",
    metavar="COL",
    multiple=True,
    shell_complete=_columns_of,
    help="Write this column of any input beside the rows of --top; pred_a:COL, pred_b:COL or "
    "target:COL where several have it. Repeatable.",
)
BY = click.option(
    "--by",
    metavar="COL",
    multiple=True,
    shell_complete=_columns_of,
    help="Column whose values are groups with a result of their own. Repeatable: groups within "
    "groups.",
)
CLUSTER = click.option(
    "--cluster",
    metavar="COL",
    shell_complete=_columns_of,
    help="Column of clusters (image, user, document) whose rows depend on each other: standard "
    "errors then take clusters as the units, not rows.",
)
BY_COLUMN = click.option(
    "--by-column", is_flag=True, help="A result for each column, instead of one for all."
)
PRED_OF_MODELS = click.option(
    "--pred",
    "pred_names",
    shell_complete=_columns_of,
    multiple=True,
    metavar="COL",
    help="Column of the predictions of a model in one table: repeat it for each model, or give one "
    "quoted pattern ('model_*') for all. Where each model has a file of its own: the column that "
    "they all have.",
)
PRED_A = click.option(
    "--pred-a",
    "pred_a",
    shell_complete=_columns_of,
    multiple=True,
    metavar="COL",
    help="Column of the predictions of the first of two models in a table. Repeatable.",
)
PRED_B = click.option(
    "--pred-b",
    "pred_b",
    shell_complete=_columns_of,
    multiple=True,
    metavar="COL",
    help="Column of the predictions of the second. Repeatable.",
)
_THESE = (
    "Write only these columns of the table, in this order: names as its header has them, separated "
    "by commas. Repeatable. Without -f, a table all the same"
)
CHOSEN = click.option(
    "--columns",
    "chosen",
    multiple=True,
    metavar="NAMES",
    shell_complete=_columns_of_result,
    help=f"{_THESE}. Names that only worst rows (--top) have give these rows alone.",
)
CHOSEN_OF_CONTENTS = click.option(
    "--columns",
    "chosen",
    multiple=True,
    metavar="NAMES",
    shell_complete=_columns_of_result,
    help=f"{_THESE}.",
)
