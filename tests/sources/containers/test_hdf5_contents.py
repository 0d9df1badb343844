"""Links in HDF5 files: followed within a file, and never into another one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from tests.sources.containers.packages import imported
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

Y = np.arange(4.0)


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    h5py = imported("h5py")
    links = {"rel": "run/a", "g": "/run", "via": "/g/./rel", "run/rel": "a", "run/abs": "/run/a"}
    links["ids"] = "run/names"
    wrong = {"one": "/two", "two": "/one", "none": "/x/y", "in": "/run/a/y", "out": "/ext/a"}
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = Y
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["run/a"], file["run/names"] = Y, ["a", "b", "c", "d"]
        for name, goal in {**links, **wrong, "root": "/"}.items():
            file[name] = h5py.SoftLink(goal)
        file["ext"] = h5py.ExternalLink("other.h5", "/")
    return tmp_path / "x.h5"


def test_links_within_a_file_are_the_arrays_that_they_lead_to(linked: Path) -> None:
    for name in ("rel", "via", "run/rel", "run/abs"):
        assert read(linked, name).tolist() == Y.tolist()
    assert read(linked).tolist() == Y.tolist()  # the only array: links do not count
    target = linked.with_name("t.npz")
    np.savez(target, ids=np.array(["d", "c", "b", "a"]), y=Y[::-1])
    of_sum = EvalSettings((0.0,), "sum")
    assert evaluate(linked, target, of_sum, pred="via", target="y", key="ids").values == (0.0,)
    with pytest.raises(DataError, match=r"column 'ids' differs .* same values in another order"):
        evaluate(linked, target, of_sum, pred="via", target="y")


@pytest.mark.parametrize(
    ("name", "goal"),
    [("one", "/two"), ("none", "/x/y"), ("in", "/run/a/y"), ("out", "/ext/a"), ("root", "/")],
)
def test_links_in_a_circle_and_out_of_the_file_are_refused(
    linked: Path, name: str, goal: str
) -> None:
    with pytest.raises(DataError, match=f"'{name}' is a link to '{goal}', where this file has no"):
        read(linked, name)


def test_fractions_behind_a_link_are_compared_under_their_own_name_alone(tmp_path: Path) -> None:
    h5py: Any = imported("h5py")
    fractions = np.random.default_rng(0).random(40)
    for name, values in (("p", fractions), ("t", fractions[::-1])):
        with h5py.File(tmp_path / name, "w") as file:
            file[name] = values
            file["latest"] = h5py.SoftLink(name)
    found = evaluate(tmp_path / "p", tmp_path / "t", EvalSettings((0.0,), "sum"))
    assert found.values == (math.fsum(np.abs(fractions - fractions[::-1])),)
