"""Regenerate every data file of this folder from data sets that scikit-learn ships.

Run ``python make.py``; the files are written next to the script. ``README.md`` says what each one
holds. The expected losses are computed here from the stored values alone, without the project's
own code.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes, load_digits  # type: ignore[import-untyped]

Float32s: TypeAlias = NDArray[np.float32]
Float64s: TypeAlias = NDArray[np.float64]
Column: TypeAlias = Float32s | NDArray[np.int64]

HERE = Path(__file__).resolve().parent
BETAS = (0.0, 0.5, 1.0, 2.0)
N_BOXES = 100
PENALTY = 0.1  # of the ridge; the features' columns have length 1
N_FIRST_PART = 300  # rows; the other 142 are the second part


def leave_one_out_least_squares(
    features: Float64s, targets: Float64s, penalty: float = 0.0
) -> Float64s:
    """Predict each target by least squares, with intercept, on all the other rows.

    Row ``i``'s leave-one-out residual is ``e[i] / (1 - h[i])``, where ``e`` are the residuals of
    the fit to all rows and ``h`` the leverages, the diagonal of the hat matrix ``q @ q.T``. A ridge
    adds ``penalty`` times the sum of the squared coefficients to what is minimised, but for the
    intercept: that is a further row with target 0 for each of them.
    """
    design = np.column_stack([np.ones(len(targets)), features])
    if penalty:
        design = np.vstack([design, np.sqrt(penalty) * np.eye(design.shape[1])[1:]])
    q = np.linalg.qr(design)[0][: len(targets)]
    leverages = np.square(q).sum(axis=1)
    residuals = targets - q @ (q.T @ targets)
    predictions: Float64s = targets - residuals / (1.0 - leverages)
    return predictions


def diabetes() -> tuple[Float32s, Float32s, Float32s]:
    """Return predictions, those of the ridge, and targets, as standard scores of the targets."""
    data = load_diabetes()
    features = np.asarray(data.data, dtype=np.float64)
    targets = np.asarray(data.target, dtype=np.float64)
    predictions = leave_one_out_least_squares(features, targets)
    ridge = leave_one_out_least_squares(features, targets, PENALTY)
    mean, std = targets.mean(), targets.std()
    return (
        ((predictions - mean) / std).astype(np.float32),
        ((ridge - mean) / std).astype(np.float32),
        ((targets - mean) / std).astype(np.float32),
    )


def ink_box(image: Float64s) -> tuple[int, int, int, int]:
    """Return ``x_min, y_min, x_max, y_max`` (pixel indices, inclusive) of the inked pixels."""
    rows, columns = np.nonzero(image >= 1)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def digit_boxes() -> tuple[Float32s, Float32s]:
    """Return predicted and true bounding boxes of the first handwritten digits.

    A prediction is the mean box of all the other images of the same digit.
    """
    data = load_digits()
    labels = np.asarray(data.target)
    boxes = np.array([ink_box(image) for image in data.images], dtype=np.float64)
    totals = np.array([boxes[labels == digit].sum(axis=0) for digit in range(10)])
    others = np.bincount(labels)[labels] - 1
    predictions = (totals[labels] - boxes) / others[:, np.newaxis]
    return predictions[:N_BOXES].astype(np.float32), boxes[:N_BOXES].astype(np.float32)


def element_loss(prediction: float, target: float, beta: float) -> float:
    """Return the Smooth L1 loss of one element, in binary64 with this order of operations."""
    d = abs(prediction - target)
    if beta == 0.0:
        return d
    m = min(d, beta)
    return (m / beta) * (d - m / 2)


def expected(name: str, predictions: Float32s, targets: Float32s, beta: float) -> dict[str, object]:
    """Return one entry of ``expected.json``: the losses summed exactly, then rounded once."""
    pairs = list(zip(predictions.ravel().tolist(), targets.ravel().tolist(), strict=True))
    total = sum((Fraction(element_loss(x, y, beta)) for x, y in pairs), start=Fraction(0))
    return {
        "pred": f"{name}preds.npy",
        "target": f"{name}targets.npy",
        "beta": beta,
        "n": len(pairs),
        "mean": float(total / len(pairs)),
        "sum": float(total),
        "quadratic": sum(abs(x - y) < beta for x, y in pairs),
    }


def write_text(name: str, text: str) -> None:
    """Write a text file with the same bytes on every platform."""
    (HERE / name).write_text(text, encoding="ascii", newline="\n")


def write_tables(stem: str, columns: Mapping[str, Column]) -> None:
    """Write the columns as CSV and as Parquet.

    A CSV number is the shortest text that reads back, as binary64, to exactly the stored value.
    """
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(repr, row)) for row in values)]
    write_text(f"{stem}.csv", "\n".join(lines) + "\n")
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    pq.write_table(table, HERE / f"{stem}.parquet", compression="none", write_page_checksum=True)


def write_pair(name: str, predictions: Float32s, targets: Float32s) -> None:
    """Write predictions and targets as two ``.npy`` files."""
    np.save(HERE / f"{name}preds.npy", predictions)
    np.save(HERE / f"{name}targets.npy", targets)


def write_parts(predictions: Float32s, targets: Float32s) -> None:
    """Write the first rows and the others as pairs of their own."""
    (HERE / "parts").mkdir(exist_ok=True)
    for name, values in {"preds": predictions, "targets": targets}.items():
        for i, part in enumerate(np.split(values, [N_FIRST_PART]), start=1):
            np.save(HERE / "parts" / f"{name}-{i}.npy", part)


def main() -> None:
    """Write every data file and the expected losses."""
    predictions, ridge, targets = diabetes()
    ids = np.arange(1, len(targets) + 1, dtype=np.int64)
    write_tables("preds", {"y_hat": predictions})
    write_tables("targets", {"y": targets})
    write_tables("table", {"id": ids, "y_hat": predictions, "y": targets})
    np.save(HERE / "ridge.npy", ridge)
    write_parts(predictions, targets)

    pairs = {"": (predictions, targets), "boxes_": digit_boxes()}
    for name, pair in pairs.items():
        write_pair(name, *pair)
    entries = [expected(name, *pair, beta) for name, pair in pairs.items() for beta in BETAS]
    write_text("expected.json", json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main()
