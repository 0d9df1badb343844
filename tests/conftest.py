from __future__ import annotations

import random
from collections import defaultdict

import pytest
from hypothesis import settings

# The same examples in every run: whether CI is green must not depend on luck. To look for new ones:
# pytest --hypothesis-profile=search
settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
settings.register_profile("few", parent=settings.get_profile("house"), max_examples=20)
settings.load_profile("house")

_N_KEPT = 2
"""Cases of a function that run with `-m "not grid"`; one where each case starts a process."""


def pytest_configure(config: pytest.Config) -> None:
    """While developing, look at few examples too."""
    if config.getoption("markexpr") == "not grid":
        settings.load_profile("few")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all cases of a function but a few, always the same, as `grid`."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    for name, of_one in cases.items():
        n_kept = 1 if name.startswith("tests/cli/") else _N_KEPT
        n_marked = max(len(of_one) - n_kept, 0)
        for item in random.Random(name).sample(of_one, n_marked):
            item.add_marker("grid")
