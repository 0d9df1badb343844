"""Damaged files of every format come to an answer or to one line; here are a few of them."""

from __future__ import annotations

import random
from contextlib import chdir
from typing import TYPE_CHECKING

import pytest

from tests.faults.bounded import Outcome, broken_by, outcome_of
from tests.faults.damage import damaged
from tests.faults.mutants import found_in
from tests.faults.specimens import SPECIMENS

if TYPE_CHECKING:
    from pathlib import Path

_N_RUNS = 25


@pytest.mark.parametrize("nth", range(4))
def test_damaged_files_are_read_or_refused_in_one_line(nth: int) -> None:
    found = [found_in(seed) for seed in range(nth * _N_RUNS, (nth + 1) * _N_RUNS)]
    assert [one.wrong for one in found if one.wrong] == []
    assert {one.code for one in found} == {0, 3}


def test_without_damage_every_command_line_has_an_answer(tmp_path: Path) -> None:
    for name, make in SPECIMENS.items():
        folder = tmp_path / name.replace("/", "-")
        folder.mkdir()
        specimen = make(folder)
        with chdir(folder):
            names = {"DAMAGED": f"one{specimen.suffix}", "WHOLE": f"two{specimen.suffix}"}
            for file in names.values():
                (folder / file).write_bytes(specimen.pack(specimen.inner))
            for command in dict.fromkeys(specimen.commands):
                outcome = outcome_of([names.get(word, word) for word in command])
                assert (outcome.code, outcome.words, bool(outcome.output)) == (0, "", True), name


def test_damage_changes_bytes_and_is_the_same_for_a_seed() -> None:
    data = b"0.5,1,2.25\n" * 20
    many = [damaged(data, random.Random(seed)) for seed in range(100)]
    assert many == [damaged(data, random.Random(seed)) for seed in range(100)]
    assert len({*many, data}) > 95


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(0, "", "0.5\n", 0.1, 0), ""),
        (Outcome(3, "x.npy: cut short", "", 0.1, 0), ""),
        (Outcome(1, "", "", 0.1, 0), "exit code 1"),
        (Outcome(70, "unexpected KeyError", "", 0.1, 0), "exit code 70"),
        (Outcome(4, "out of memory", "", 0.1, 0), "memory that the file claims"),
        (Outcome(3, "", "", 0.1, 0), "no line of words"),
        (Outcome(3, "broken", "0.5\n", 0.1, 0), "half an answer"),
        (Outcome(0, "", "0.5\n", 10.5, 0), "10.5 s"),
        (Outcome(0, "", "0.5\n", 0.1, 301 << 20), "301 MiB"),
    ],
)
def test_every_fault_of_a_command_line_is_noticed(outcome: Outcome, words: str) -> None:
    found = broken_by(outcome)
    assert found.startswith(words)
    assert bool(found) == bool(words)
