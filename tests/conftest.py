from __future__ import annotations

import gc
import importlib
import os
import random
import sys
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import forked
from tests.sampling import covering, grid

if TYPE_CHECKING:
    from collections.abc import Iterator

# The same examples in every run: whether CI is green must not depend on luck. To look for new ones:
# pytest --hypothesis-profile=search
settings.register_profile("house", deadline=None, max_examples=40, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
settings.register_profile("few", parent=settings.get_profile("house"), max_examples=15)
settings.load_profile("house")

_N_KEPT = 2
"""Cases of a function that run with `-m "not grid"`; one where each case starts a process."""

_N_FEW = 6
"""Fewer cases of a function are no grid of which CI runs a sample."""


@pytest.fixture(scope="module", autouse=True)
def _no_variable_is_left() -> Iterator[None]:
    """Take away what a file of tests leaves in the environment, as Dask does for its workers.

    With another environment at the start, each command would be a process instead of a fork.
    """
    before = forked.early(dict(os.environ))
    yield
    for name in forked.early(dict(os.environ)).keys() - before:
        del os.environ[name]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let a process that has run its tests take some of the others', unless --dist says more."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling  # late: tests also run without pytest-xdist

    return WorkStealingScheduling(config, log)


def pytest_collection(session: pytest.Session) -> None:
    """Look for no garbage among tests that are being collected, all of which stay."""
    gc.disable()
    _share_compilation(session.config)


def _share_compilation(config: pytest.Config) -> None:
    """Let each process of pytest-xdist import other files first, and so compile fewer of them.

    All collect the same files in the same order. Each would rewrite the assertions of a file at
    the same time as the others, which takes half of the time of collecting.
    """
    found: dict[str, Any] = getattr(config, "workerinput", {})
    folders = [Path(arg) for arg in config.args if Path(arg).is_dir()]
    if sys.dont_write_bytecode or not (found and folders):
        return
    files = sorted(path for folder in folders for path in folder.rglob("test_*.py"))
    first = len(files) * int(found["workerid"].removeprefix("gw")) // found["workercount"]
    for path in [*files[first:], *files[:first]]:
        name = ".".join(path.resolve().relative_to(config.rootpath).with_suffix("").parts)
        with suppress(Exception, pytest.skip.Exception):  # said when it is collected
            importlib.import_module(name)


def pytest_collection_finish() -> None:
    """Look for garbage again, seldom among what has been kept for long: imports, mostly."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*gc.get_threshold()[:2], 50)


def pytest_configure(config: pytest.Config) -> None:
    """While developing, look at few examples too."""
    if config.getoption("markexpr") == "not grid":
        settings.load_profile("few")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all cases of a function but a few as `grid`, and those that only `covering` leaves out.

    Always the same are marked.
    """
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    for name, of_one in cases.items():
        n_kept = 1 if name.startswith("tests/cli/") else _N_KEPT
        n_marked = max(len(of_one) - n_kept, 0)
        for item in random.Random(name).sample(of_one, n_marked):
            item.add_marker("grid")
        is_sampled = of_one[0].get_closest_marker("sampled") is not None
        values = grid(of_one, of_one=is_sampled)
        if len(values) >= _N_FEW:
            kept = covering(values, name, at_most_a_third=is_sampled)
            for i, item in enumerate(of_one):
                if i not in kept and item.get_closest_marker("grid"):
                    item.add_marker("exhaustive")
