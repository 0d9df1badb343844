"""Cells that stand for a missing value because the user says so."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.read_options import ReadOptions

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = ["#N/A", "<NA>", "None", r"\N", "1.#QNAN", "-", ".", "?"]


def read_options(*missing: str) -> ReadOptions:
    return ReadOptions(missing_values=missing)


@pytest.mark.parametrize("token", [*TOKENS, "-999", "1.50", "nan"])
def test_named_cells_are_missing_as_empty_ones_are(tmp_path: Path, token: str) -> None:
    """Cells with this text, or an equal number; keys and groups keep theirs."""
    cells = ["1.5", token, f" {token} ", f'"{token}"', "-998.5", "-999.0", ""]
    rows = [f"{token if i == 4 else 'a'},{cell},{i}" for i, cell in enumerate(cells)]
    (tmp_path / "t.csv").write_text("\n".join(["g,p,y", *rows, ""]))
    for execution in (Execution(1, 1), Execution(2, 1000)):
        result = evaluate(
            tmp_path / "t.csv",
            pred="p",
            target="y",
            by="g",
            nan="omit",
            betas=0,
            options=read_options("something else", token),
            execution=execution,
            warn=lambda _: None,
        )
        found = {group.group: (tally.sum, tally.n) for _, group, tally in result.entries}
        first, last = (0 if token == "1.50" else 1.5), (0 if token == "-999" else 1004.0)
        assert found == {"a": (first + last, bool(first) + bool(last)), token: (1002.5, 1)}


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_a_text_that_no_evaluated_cell_has_is_warned_of(tmp_path: Path, name: str) -> None:
    """Also where others are missing; cells of other columns do not count."""
    rows = [(f"{i}.5", "N" if i == 5 else "x") for i in range(300)]
    rows[7], rows[250] = ("", "x"), ("-999.00", "x")
    if name == "t.csv":
        text = "p,y,note\n" + "".join(f"{p},1,{note}\n" for p, note in rows)
    else:
        text = "".join(f'{{"p": "{p}", "y": 1, "note": "{note}"}}\n' for p, note in rows)
    (tmp_path / name).write_text(text)
    for token, is_warned in {"-999": False, "N": True, "-99": True, "NA": True}.items():
        for n_threads in (1, 2):
            warnings: list[str] = []
            evaluate(
                tmp_path / name,
                pred="p",
                target="y",
                nan="omit",
                options=read_options("-999.0", token),
                execution=Execution(n_threads, 64),
                warn=warnings.append,
            )
            said = [warning for warning in warnings if "--missing-value" in warning]
            assert len(said) == is_warned
            assert not is_warned or f"is '{token}' (--missing-value)" in said[0]


def test_a_missing_value_is_refused_unless_it_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("p,y\n1,1\n-999,2\n")
    with pytest.raises(DataError, match=r"row 2, column 'p': the value is missing \('-999'\)"):
        evaluate(tmp_path / "t.csv", pred="p", target="y", options=read_options("-999"))


@pytest.mark.parametrize("token", TOKENS)
def test_a_usual_token_is_named_with_the_options_that_leave_it_out(
    tmp_path: Path, token: str
) -> None:
    (tmp_path / "t.csv").write_text(f"p,y\n1,1\n{token},2\n")
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path / "t.csv", pred="p", target="y")
    quoted = token if token in ("None", "-", ".") else f"'{token}'"
    assert f"row 2, column 'p': {token!r} is not a number" in str(caught.value)
    assert f"[--missing-value {quoted} --nan omit if" in str(caught.value)


def test_numbers_beside_named_cells_keep_every_bit(tmp_path: Path) -> None:
    values = [0.1, 1e-310, -1.7976931348623157e308, 9007199254740991.0, -0.0, 1 / 3]
    lines = [f"{value!r},0" for value in values] + ["?,0", "-7,0"]
    (tmp_path / "t.csv").write_text("\n".join(["p,y", *lines, ""]))
    result = evaluate(
        tmp_path / "t.csv",
        pred="p",
        target="y",
        nan="omit",
        betas=0,
        options=read_options("?", "-7"),
        warn=lambda _: None,
    )
    assert result.tallies[0].sum == math.fsum(np.abs(values).tolist())
    assert result.tallies[0].n == len(values)


def test_a_column_of_text_below_missing_values_is_no_column_of_numbers(tmp_path: Path) -> None:
    """Unless what is there may be a number in another notation, or a truth value."""
    (tmp_path / "t.csv").write_text("y\n1\n2\n3\n")
    for text, is_refused in {
        "hello": False,
        "5 kg": True,
        "t": True,
        "0.5": True,
        "": True,
    }.items():
        (tmp_path / "p.csv").write_text(f"note,p\n,1\n{text},2\n,5\n")
        lines = [f'{{"note": {note}, "p": {p}}}\n' for note, p in (('""', 1), (f'"{text}"', 2))]
        (tmp_path / "p.jsonl").write_text("".join([*lines, '{"note": null, "p": 5}\n']))
        for name in ("p.csv", "p.jsonl"):
            with pytest.raises(DataError, match="several") if is_refused else nullcontext():
                result = evaluate(tmp_path / name, tmp_path / "t.csv", betas=0)
                assert result.tallies[0].sum == 2.0
