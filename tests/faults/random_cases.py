"""Small data sets and command lines at random, drawn so that the docs settle what is expected.

Whatever two readers could read differently is not drawn: every column is named, no column but the
key and the groups is in both inputs.
"""

from __future__ import annotations

import math
import random
import struct
from typing import Any

from tests.faults.cases import ARRAYS, Case, Column, Input, Value

_TABLES = ("csv", "tsv", "parquet", "arrow", "arrows", "jsonl")
_OF_COMPARISONS: dict[str, Any] = {"reduction": "mean", "by_column": False, "also": ()}
_OF_COMPARISONS |= {"within": (), "quantiles": (), "top": None}
"""Settings of comparisons, which have no such options."""

METRICS = ("mae", "mse", "rmse", "bias", "huber", "max")

_TEXT_FORMS = ("csv", "tsv", "jsonl")
_INTEGERS = {"i1": (-(2**7), 2**7 - 1), "i4": (-(2**31), 2**31 - 1), "i8": (-(2**63), 2**63 - 1)}
_INTEGERS |= {"u1": (0, 2**8 - 1), "u8": (0, 2**64 - 1)}
_FLOATS = {"f2": "e", "f4": "f", "f8": "d"}
_EXTREMES = (1e308, -1e308, 5e-324, 1e-300, 1e200, 2.0**53 + 2, -0.0, 1 / 3)


def number(rng: random.Random, kind: str, oddness: float) -> Value:
    """A number of a type; of floats some are NaN or infinite, none is missing."""
    if kind in _INTEGERS:
        low, high = _INTEGERS[kind]
        return rng.randint(max(low, -9), 9) if rng.random() < 0.8 else rng.choice((low, high))
    if rng.random() < oddness:
        return rng.choice((math.nan, math.nan, math.inf, -math.inf))
    if rng.random() < 0.1 and kind == "f8":
        return rng.choice(_EXTREMES)
    value = (
        rng.randint(-12, 12) / 4
        if rng.random() < 0.5
        else rng.gauss(0, 1) * 10 ** rng.randint(-3, 2)
    )
    letter = _FLOATS[kind]
    return float(struct.unpack(letter, struct.pack(letter, value))[0])


def drawn(seed: int) -> Case:
    """The case of a seed."""
    rng = random.Random(seed)
    n = rng.choice((1, 2, 3, 7, 20, 60))
    return _arrays(rng, n) if rng.random() < 0.3 else _tables(rng, n)


def _kind(rng: random.Random, form: str) -> str:
    if form in _TEXT_FORMS:
        return "f8"
    floats = ("f8", "f4", "f8", "f2") if form in ARRAYS else ("f8", "f4", "f8")
    return rng.choice((*floats, *floats, *_INTEGERS))


def _numbers(
    rng: random.Random, names: tuple[str, ...], form: str, n: int, *, may_lack: bool
) -> tuple[Column, ...]:
    kind = _kind(rng, form)
    oddness = rng.choice((0.0, 0.0, 0.05, 0.3))
    may_lack = may_lack and rng.random() < 0.5
    gaps = [rng.choice((0.0, 0.1, 0.4)) if may_lack else 0.0 for _ in names]
    return tuple(
        Column(
            name,
            kind,
            [None if rng.random() < of_column else number(rng, kind, oddness) for _ in range(n)],
        )
        for name, of_column in zip(names, gaps, strict=True)
    )


def _stored(rng: random.Random, name: str, form: str, columns: tuple[Column, ...]) -> Input:
    n = len(columns[0].values)
    cuts: tuple[int, ...] = ()
    if rng.random() < 0.25 and n > 1:
        cuts = tuple(sorted(rng.sample(range(1, n), min(n - 1, rng.randint(1, 3)))))
    outer = rng.choice(("gz", "zst", "xz")) if rng.random() < 0.2 and form != "npz" else ""
    return Input(name, form, columns, outer, cuts, row_group=rng.choice((1, 2, 5, 1000)))


def _arrays(rng: random.Random, n: int) -> Case:
    k = rng.choice((1, 1, 2, 3))
    names = tuple(map(str, range(1, k + 1)))
    sides = []
    for name in ("pred", "target"):
        form = rng.choice(("npy", "npy", "npz"))
        rows = n if rng.random() < 0.98 else n + 1
        columns = _numbers(rng, names, form, rows, may_lack=False)
        sides.append(_stored(rng, name, form, columns))
    settings, beside = _settings(rng, k), {}
    if rng.random() < 0.25:
        weights = Column("1", "f8", _weights(rng, n, may_be_odd=True))
        beside["weights"] = _stored(rng, "weights", "npy", (weights,))
        settings["weight_mean"] = rng.choice((None, None, "count"))
    for option, letters in (("groups", "abc"), ("clusters", "uvwxyz")):
        if rng.random() < 0.2 and settings["reduction"] != "none":
            labels = Column("label", "text", [rng.choice(letters) for _ in range(n)])
            beside[option] = _stored(rng, option, "csv", (labels,))
    n_parts = _parts(rng, [*sides, *beside.values()])
    if k == 1 and rng.random() < 0.2:
        sides[1] = sides[1]._replace(is_deep=True)
        if not beside and settings["reduction"] != "none":
            settings |= {"flatten": rng.random() < 0.7, "top": None}
            n_parts = 1
    return Case(*sides, beside, k, settings, _how(rng), n_parts)


def _weights(rng: random.Random, n: int, *, may_be_odd: bool) -> list[Value]:
    zeros = rng.choice((0.0, 0.2, 0.5))
    weights: list[Value] = [
        0.0 if rng.random() < zeros else rng.choice((1.0, 0.5, rng.random(), 3.0)) for _ in range(n)
    ]
    if may_be_odd and rng.random() < 0.05:
        weights[rng.randrange(n)] = rng.choice((-1.0, math.nan, math.inf))
    return weights


def _settings(rng: random.Random, k: int) -> dict[str, Any]:
    is_reduced = rng.random() < 0.85
    betas = rng.sample((1.0, 0.5, 0.0, 2.0, 1e-3, 1e300, 5e-324), rng.choice((1, 1, 2, 3)))
    some: dict[str, Any] = {
        "betas": tuple(betas) if is_reduced else tuple(betas[:1]),
        "reduction": rng.choice(("mean", "sum")) if is_reduced else "none",
        "nan": rng.choice((None, None, "propagate", "error", "omit", "omit", "omit-target")),
        "ignore_target": rng.choice(((), (), (), (0.0,), (1.0, -3.0), (0.1,))),
    }
    if is_reduced:
        some["by_column"] = k > 1 and rng.random() < 0.4
        some["also"] = tuple(rng.sample(METRICS, rng.choice((0, 0, 1, 3, 6))))
        some["within"] = rng.choice(((), (), (0.5,), (0.0, 1.0)))
        some["quantiles"] = rng.choice(((), (), (0.5,), (0.0, 0.9, 1.0), (0.1, 0.35)))
        some["top"] = rng.choice((None, None, 1, 4, 200))
    return some


def _how(rng: random.Random) -> tuple[str, ...]:
    how = ["--threads", str(rng.randint(1, 3))]
    if rng.random() < 0.7:
        how += ["--chunk-size", str(rng.choice((1, 2, 3, 7, 1000)))]
    return tuple(how)


def _parts(rng: random.Random, inputs: list[Input]) -> int:
    can_be_cut = all(one.form in ("npy", "parquet") and not one.outer for one in inputs)
    return rng.randint(2, 4) if can_be_cut and rng.random() < 0.4 else 1


def _tables(rng: random.Random, n: int) -> Case:
    n_models = rng.choice((1, 1, 1, 2, 3))
    k = rng.choice((1, 1, 1, 2)) if n_models == 1 else 1
    is_one = n_models == 3 or rng.random() < 0.25
    is_keyed = not is_one and rng.random() < 0.4
    settings = _settings(rng, k)
    if n_models > 1:
        settings |= _OF_COMPARISONS
        settings["nan"] = rng.choice((None, "error", "propagate", "omit", "omit-target"))
    columns: list[list[Column]] = [[], []]
    forms = _forms(rng, is_one=is_one)
    for i, letter in enumerate("pt"):
        rows = n if not (is_keyed or is_one) and rng.random() < 0.98 else n + rng.choice((0, 0, 1))
        rows = n if is_one else rows
        n_names = n_models if letter == "p" and n_models > 1 else k
        names = tuple(f"{letter}{j}" for j in range(1, n_names + 1))
        columns[i] += _numbers(rng, names, forms[i], rows, may_lack=True)
    if is_keyed:
        _add_keys(rng, columns, settings)
    is_strict = not {"unmatched", "duplicates"} & {*settings}
    _add_weights(rng, columns, settings, may_be_odd=is_strict)
    if settings["reduction"] != "none":
        _add_labels(rng, columns, settings, is_keyed=is_keyed)
    for some in columns:
        rng.shuffle(some)
    if is_one:
        whole = _stored(rng, "table", forms[0], (*columns[0], *columns[1]))
        inputs, target = [whole], None
    else:
        inputs = [
            _stored(rng, x, forms[i], tuple(columns[i])) for i, x in enumerate(("pred", "target"))
        ]
        target = inputs[1]
    n_parts = _parts(rng, inputs) if is_strict and n_models == 1 else 1
    return Case(inputs[0], target, {}, k, settings, _how(rng), n_parts, n_models)


def _forms(rng: random.Random, *, is_one: bool) -> list[str]:
    """The formats of two tables; a comma and a tab cannot separate the cells of one run."""
    first = rng.choice(_TABLES)
    other = first if is_one else rng.choice(_TABLES)
    if {first, other} == {"csv", "tsv"}:
        other = first
    return [first, other]


def _add_keys(rng: random.Random, columns: list[list[Column]], settings: dict[str, Any]) -> None:
    """Keys in both tables: the same rows in another order, perhaps with others or repeated ones."""
    is_text = rng.random() < 0.5
    policies = rng.random() < 0.6
    n_most = max(len(some[0].values) for some in columns)
    pool = rng.sample(range(1000), n_most)
    for some in columns:
        n = len(some[0].values)
        keys = pool[:n]
        if rng.random() < (0.5 if policies else 0.05):
            keys[rng.randrange(n)] = 1000 + rng.randrange(5)
        if rng.random() < (0.5 if policies else 0.05):
            keys = [rng.choice(keys) if rng.random() < 0.3 else key for key in keys]
        if rng.random() < 0.6:
            rng.shuffle(keys)
        values: list[Value] = [f"k{key}" if is_text else key for key in keys]
        some.append(Column("id", "text" if is_text else "i8", values))
        if rng.random() < 0.5:
            _repeat_rows(rng, some)
    settings["key"] = "id"
    if policies:
        settings["unmatched"] = rng.choice(("omit", "omit", None))
        settings["duplicates"] = rng.choice(("first", "identical", None))
    for name in ("unmatched", "duplicates"):
        if settings.get(name, 0) is None:
            del settings[name]


def _repeat_rows(rng: random.Random, columns: list[Column]) -> None:
    """Let rows of equal keys have equal values, so that they are identical."""
    keys = columns[-1].values
    for one in columns[:-1]:
        one.values[:] = [one.values[keys.index(key)] for key in keys]


def _add_weights(
    rng: random.Random,
    columns: list[list[Column]],
    settings: dict[str, Any],
    *,
    may_be_odd: bool,
) -> None:
    if rng.random() < (0.3 if len(columns[0]) == 1 else 0.6):
        some = rng.choice(columns)
        weights = _weights(rng, len(some[0].values), may_be_odd=may_be_odd)
        some.append(Column("w", "f8", weights))
        settings["weight"] = "w"
        settings["weight_mean"] = rng.choice((None, None, "count"))


def _add_labels(
    rng: random.Random, columns: list[list[Column]], settings: dict[str, Any], *, is_keyed: bool
) -> None:
    by = []
    for name, pool in (("g", ("a", "b", "c")), ("h", (1, 2, 10))):
        if rng.random() < 0.25:
            some = columns[0] if is_keyed or rng.random() < 0.6 else columns[1]
            kind = "text" if name == "g" else "i8"
            some.append(Column(name, kind, [rng.choice(pool) for _ in some[0].values]))
            by.append(name)
    if by:
        settings["by"] = tuple(by)
    if rng.random() < 0.15:
        some = columns[0]
        some.append(Column("c", "text", [rng.choice("uvwxyz") for _ in some[0].values]))
        settings["cluster"] = "c"
