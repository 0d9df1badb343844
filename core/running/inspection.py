"""How the rows of inputs would be paired, without an evaluation.

No more is read than necessary: headers and footers, the columns of a key, the rows of a CSV file
whose header is in doubt, and the first pairs.
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.callers import default_warn, for_callers
from smoothl1.decisions import Decision
from smoothl1.job import Job
from smoothl1.pairing.inputs import open_inputs
from smoothl1.pairing.matched_source import row_number
from smoothl1.read_options import ReadOptions
from smoothl1.results.json_fields import number
from smoothl1.running.checks import once
from smoothl1.selection import Selection
from smoothl1.settings import EvalSettings, Execution
from smoothl1.sources.contract import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Unpack

    import pyarrow as pa

    from smoothl1.job import Path
    from smoothl1.pairing.chunks import Chunk
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.running.content import Content
    from smoothl1.selection import Keys
    from smoothl1.settings import Choices
    from smoothl1.sources.contract import Columns, Numbers
    from smoothl1.witnesses.shared_column import SharedColumn

SCHEMA = "smoothl1.inspection/1"
N_PAIRS = 3
"""Number of pairs of rows that are shown."""


class Label(NamedTuple):
    """A value of a key, or of a column that both sides have.

    Attributes:
        name: The name of the column of the predictions, or of the key.
        pred: The text of the predictions.
        target: The text of the targets.
        target_name: The name of the column of the targets, or of the key.
    """

    name: str
    pred: str
    target: str
    target_name: str


class Pair(NamedTuple):
    """One row of both sides.

    Attributes:
        row: Number of the row, counted from 1.
        pred: The predictions; None if a value is missing.
        target: The targets; None if a value is missing.
        labels: The values of key columns and of columns that both sides have.
    """

    row: int
    pred: tuple[float | None, ...]
    target: tuple[float | None, ...]
    labels: tuple[Label, ...] = ()


class Pairing(NamedTuple):
    """How the rows of inputs would be paired.

    Attributes:
        decisions: The decisions about the data.
        pairs: The first pairs.
    """

    decisions: tuple[Decision, ...]
    pairs: tuple[Pair, ...]


@for_callers
def preview(
    predictions: Path,
    targets: Path | None = None,
    /,
    settings: EvalSettings = EvalSettings(),
    *,
    pred: str | Columns = (),
    target: str | Columns = (),
    key: Keys = (),
    weight: str | None = None,
    weights: Path | None = None,
    groups: Path | None = None,
    clusters: Path | None = None,
    options: ReadOptions = ReadOptions(),
    execution: Execution = Execution(),
    warn: Warn = default_warn,
    **choices: Unpack[Choices],
) -> Pairing:
    """Decide how rows would be paired, and read the first pairs; for arguments see `evaluate`.

    Raises:
        DataError: An input cannot be trusted or understood, or the inputs do not go together, as
            far as that is known before all rows are read.
        StorageError: The system refused to read.

    Example:
        >>> found = preview("sample_data/preds.csv", "sample_data/targets.npy")
        >>> found.pairs[0].row, found.pairs[0].target
        (1, (-0.01471947506070137,))
    """
    job = Job.of(
        (predictions, targets),
        Selection(pred, target, (), key, weight),
        EvalSettings.replaced(settings, choices),
        options,
        execution,
        weights=weights,
        groups=groups,
        clusters=clusters,
        writes_losses=True,  # so that keys are delivered
    )
    with open_inputs(job, once(warn)) as inputs:
        return Pairing(
            (*inputs.decisions, *_witnesses(inputs)),
            tuple(islice(_pairs(inputs, job.selection.key), N_PAIRS)),
        )


def _witnesses(inputs: Inputs) -> Iterator[Decision]:
    for column in filter(_is_shown, inputs.pairing.shared):
        other = inputs.sides[column.other].source.path
        reason = f"column {column.name!r} is on both sides"
        if column.is_guessed:
            reason = f"columns {column.name!r} and {column.other_name!r} may be the same"
        yield Decision("rows", other, "compared in that column as they stream", reason)
    yield from _guesses(inputs)


def _is_shown(column: SharedColumn) -> bool:
    """Whether both inputs certainly have the column, or have one that is like no other."""
    return not column.is_one_of_many and column.lone_beside is None


def _guesses(inputs: Inputs) -> Iterator[Decision]:
    """One decision for each two inputs with several columns that may be the same."""
    many: dict[tuple[int, int], dict[str, None]] = {}
    for column in inputs.pairing.shared:
        if column.is_one_of_many:
            names = many.setdefault((column.one, column.other), {})
            names |= dict.fromkeys((repr(column.name), repr(column.other_name)))
    for (_, other), names in many.items():
        reason = f"some of the columns {', '.join(names)} may be the same"
        path = inputs.sides[other].source.path
        yield Decision("rows", path, "compared in their order as they stream", reason)


def _pairs(inputs: Inputs, key: Columns) -> Iterator[Pair]:
    rows = count()
    for chunk in inputs.pairing.chunks(Part(0, inputs.pairing.n_rows), N_PAIRS):
        pred, target = (_rows(side, chunk.n_rows) for side in (chunk.pred, chunk.target))
        labels = _labels(inputs, key, chunk)
        for i in range(chunk.n_rows):
            row = row_number(inputs.pairing.sources[0], next(rows))
            of_row = (Label(name, a[i], b[i], other) for name, a, b, other in labels)
            yield Pair(row, pred[i], target[i], tuple(of_row))


def _rows(side: Numbers, n_rows: int) -> list[tuple[float | None, ...]]:
    values: list[Any] = side.values.tolist()
    if side.missing is not None:
        flags = side.missing.tolist()
        values = [None if flag else v for flag, v in zip(flags, values, strict=True)]
    width = len(values) // n_rows
    return [tuple(values[i * width : (i + 1) * width]) for i in range(n_rows)]


def _labels(
    inputs: Inputs, key: Columns, chunk: Chunk
) -> list[tuple[str, Sequence[str], Sequence[str], str]]:
    """Key columns and columns that both sides have: the texts of both, between their names."""
    keys = [(name, _texts(column)) for name, column in zip(key, chunk.carried, strict=False)]
    pairs = () if chunk.shared is None else chunk.shared.pairs
    compared = zip(inputs.pairing.shared, pairs, strict=False)
    shared = [(column, pair) for column, pair in compared if _is_shown(column)]
    return [
        *((name, texts, texts, name) for name, texts in keys),
        *((c.name, _texts(one), _texts(other), c.other_name) for c, (one, other) in shared),
    ]


def _texts(column: pa.Array) -> list[str]:
    """Values as text: bytes decoded as UTF-8, types without a text form as in Python."""
    from pyarrow import ArrowInvalid, ArrowNotImplementedError  # late, as pyarrow always is
    from pyarrow.types import is_binary

    from smoothl1.labels.texts import texts_of

    if not is_binary(column.type):
        try:
            texts = iter(texts_of(column.drop_null()))
            return [next(texts) if is_there else "" for is_there in column.is_valid().to_pylist()]
        except (ArrowInvalid, ArrowNotImplementedError):
            pass
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in column.to_pylist()
    ]


def to_json(contents: Sequence[Content], pairing: Pairing | None) -> dict[str, Any]:
    """The content and pairing as a JSON object of the schema `smoothl1.inspection/1`."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "inputs": [
            {**content._asdict(), "columns": [column._asdict() for column in content.columns]}
            for content in contents
        ],
    }
    if pairing is not None:
        document["decisions"] = [decision._asdict() for decision in pairing.decisions]
        document["pairs"] = [_pair_json(pair) for pair in pairing.pairs]
    return document


def _pair_json(pair: Pair) -> dict[str, Any]:
    labels = [label._asdict() for label in pair.labels]
    sides = {"pred": pair.pred, "target": pair.target}
    shown = {name: list(map(_value, side)) for name, side in sides.items()}
    return {"row": pair.row, **shown, "labels": labels}


def _value(value: float | None) -> float | str | None:
    """A number as JSON; text if it is not finite, null if it is missing."""
    if value is None or number("", value)[""] is not None:
        return value
    return str(value)
