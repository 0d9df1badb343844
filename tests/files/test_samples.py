"""Samples of files, beside bytes that are cut from them by hand."""

from __future__ import annotations

import hashlib
import random
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, Result, evaluate
from smoothl1.files.samples import places_of_each, sample_of
from tests.sources.writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("n_bytes", [0, 1, 8192, 8193, 70_000])
def test_a_sample_is_of_the_beginning_and_the_end_or_of_all_of_a_small_file(
    tmp_path: Path, n_bytes: int
) -> None:
    content = random.Random(n_bytes).randbytes(n_bytes)
    (tmp_path / "x").write_bytes(content)
    ends = content if n_bytes <= 8192 else content[:4096] + content[-4096:]
    assert sample_of(str(tmp_path / "x"), n_bytes, 2) == hashlib.sha256(ends).hexdigest()


def test_few_files_are_read_at_more_places(tmp_path: Path) -> None:
    content = bytearray(random.Random(1).randbytes(1 << 20))
    path, found = tmp_path / "x", set()
    for at in (None, 0, (1 << 20) - 1, *range(69_700, 1_000_000, 69_632)):  # 1/15 of what is left
        changed = content[:]
        if at is not None:
            changed[at] ^= 1
        path.write_bytes(changed)
        found.add(sample_of(str(path), 1 << 20, places_of_each(1)))
    assert len(found) == 1 + 16
    assert [places_of_each(n) for n in (0, 2, 8, 3000)] == [16, 8, 2, 2]


def test_a_store_of_zarr_is_sampled_in_its_files(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(400, 2))
    for name, array in (("a", values), ("b", values + 1)):
        (tmp_path / name).mkdir()
        WRITERS["zarr"][1](tmp_path / name / "x", array)
    shutil.copytree(tmp_path / "a", tmp_path / "c")
    path = WRITERS["zarr"][1](tmp_path / "x", values).path
    name = str(path).removeprefix(f"{tmp_path}/")
    a, b, c = (sample_of(str(tmp_path / folder / name), 0, 2) for folder in "abc")
    assert a == c != b


PLACES: list[Callable[[np.ndarray], object]] = [lambda x: x, lambda x: x.tolist()]


@pytest.mark.parametrize("form", PLACES)
def test_parts_of_two_models_in_memory_are_not_merged(form: Callable[[np.ndarray], object]) -> None:
    one, other = np.arange(1000.0), np.arange(1000.0) + 1
    zeros = np.zeros(1000)

    def part(values: np.ndarray, index: int) -> Result:
        return evaluate(form(values.copy()), zeros, part=(index, 2))

    assert Result.merged([part(one, 1), part(one, 2)]).n == 1000
    with pytest.raises(DataError, match="another plan"):
        Result.merged([part(one, 1), part(other, 2)])
