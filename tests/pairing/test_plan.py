"""The plan of a run in parts: where rows are cut, what each part reads, and what is refused."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, Execution, ReadOptions, SettingsError, ShapeError
from smoothl1.job import Job
from smoothl1.pairing import plan as plans
from smoothl1.pairing.inputs import planned
from smoothl1.pairing.plan import Plan, RowsOfFile
from smoothl1.selection import Selection
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path


def job_of(
    *sides: Path | str | None,
    settings: EvalSettings = EvalSettings(),
    selection: Selection = Selection(),
    **options: Any,
) -> Job:
    weights = options.pop("weights", None)
    read = ReadOptions(**options)
    return Job.of(sides, selection, settings, read, Execution(1), weights=weights)


def plan(n_parts: int, *sides: Path | str | None, **more: Any) -> Plan:
    return planned(job_of(*sides, **more), n_parts, lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """100 rows: arrays, and Parquet in row groups and shards that are cut differently."""
    values = np.arange(100.0)
    np.save(tmp_path / "p.npy", values)
    np.save(tmp_path / "t.npy", values)
    save(tmp_path / "p.parquet", 10, y=values)
    for i, (start, stop) in enumerate([(0, 33), (33, 60), (60, 100)]):
        save(tmp_path / f"t-{i}.parquet", 30, y=values[start:stop])
    return tmp_path


@pytest.mark.parametrize("n_parts", [1, 3, 7, 100, 250])
def test_rows_of_arrays_are_cut_evenly_at_any_row(folder: Path, n_parts: int) -> None:
    bounds = plan(n_parts, folder / "p.npy", folder / "t.npy").bounds
    sizes = [stop - start for start, stop in pairwise(bounds)]
    assert (bounds[0], bounds[-1], len(sizes)) == (0, 100, n_parts)
    assert max(sizes) - min(sizes) <= 1


def test_tables_are_cut_where_all_sides_can_be_next_to_even_parts(folder: Path) -> None:
    # row groups end at 10, 20, ..., and those of the shards at 30, 33, 60, 90, 100
    sides = folder / "p.parquet", folder / "t-*.parquet"
    assert plan(1, *sides).bounds == (0, 100)
    assert plan(2, *sides).bounds == (0, 60, 100)
    assert plan(3, *sides).bounds == (0, 30, 60, 100)
    assert plan(5, *sides).bounds == (0, 30, 30, 60, 90, 100)  # of 20, 40, 60, 80
    assert {*plan(1000, *sides).bounds} == {0, 30, 60, 90, 100}


def test_a_part_reads_its_own_files_and_its_share_of_those_that_others_read_too() -> None:
    files = ((RowsOfFile("a", 1000, 0, 3), RowsOfFile("b", 7, 3, 10)), (RowsOfFile("c", 5, 0, 10),))
    parts = Plan((0, 0, 2, 2, 10), files, "").parts()
    assert [(part.start, part.n_rows, part.files) for part in parts] == [
        (0, 0, ()),
        (0, 2, ("a", "c")),
        (2, 0, ()),
        (2, 8, ("a", "b", "c")),
    ]
    assert [part.n_bytes for part in parts] == [0, 666 + 1, 0, 334 + 7 + 4]


def test_the_bytes_of_all_parts_are_those_of_all_files(folder: Path) -> None:
    found = plan(9, folder / "p.npy", folder / "t-*.parquet").parts()
    sizes = [(folder / f"{name}").stat().st_size for name in ("p.npy", *sorted(t_names(folder)))]
    assert sum(part.n_bytes for part in found) == sum(sizes)


def t_names(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith("t-")]


def test_the_plan_is_the_same_in_another_folder_and_another_with_whatever_changes_numbers(
    folder: Path,
) -> None:
    def of(here: Path = folder, n_parts: int = 3, **more: Any) -> str:
        return plan(n_parts, here / "p.npy", here / "t.npy", **more).fingerprint

    shutil.copytree(folder, folder / "mounted")
    (folder / "smaller").mkdir()
    for name in ("p", "t"):
        np.save(folder / "smaller" / f"{name}.npy", np.arange(100, dtype=np.float32))
    first = of()
    assert of(folder / "mounted") == first
    others = [
        of(n_parts=4),
        of(folder / "smaller"),
        of(settings=EvalSettings((0.5,))),
        of(settings=EvalSettings(nan="omit")),
        of(selection=Selection(key="id")),
        of(allow_missing=True),
        of(key_check=False),
        of(weights=folder / "p.npy"),
        plan(3, folder / "t.npy", folder / "p.npy").fingerprint,
    ]
    assert len({first, *others}) == 1 + len(others)


def test_cuts_at_other_rows_are_another_plan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for cut in (1, 2):
        monkeypatch.setattr(plans, "_bounds", lambda *_, cut=cut: (0, cut, 100))
        found.add(plan(2, folder / "p.npy", folder / "t.npy").fingerprint)
    assert len(found) == 2


def test_what_cannot_be_cut_is_refused_with_what_to_do(folder: Path) -> None:
    (folder / "t.csv").write_text("y\n" + "1\n" * 100)
    np.save(folder / "one.npy", np.float64(1))
    np.save(folder / "more.npy", np.arange(101.0))
    np.save(folder / "wide.npy", np.ones((50, 2)))
    np.savez_compressed(folder / "p.npz", np.arange(100.0))
    p = folder / "p.npy"
    for side, options, said in (
        (folder / "t.csv", {}, "rows of csv are counted only as they are read"),
        (folder / "p.npz", {}, "read only from its beginning"),
        (folder / "wide.npy", {"flatten": True}, "these inputs have no rows in common"),
    ):
        with pytest.raises(SettingsError, match=said):
            plan(2, p, side, **options)
    with pytest.raises(SettingsError, match="a single number has no rows"):
        plan(2, folder / "one.npy", folder / "one.npy")
    with pytest.raises(ShapeError, match=r"100 rows, but .*more.npy has 101"):
        plan(2, p, folder / "more.npy")


def test_no_column_is_read_for_a_plan(folder: Path) -> None:
    """The data of a file are overwritten, up to its footer."""
    path = folder / "p.parquet"
    content = path.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    path.write_bytes(content[:4] + bytes(len(content) - footer - 4) + content[-footer:])
    assert plan(4, path, folder / "p.npy").n_rows == 100
