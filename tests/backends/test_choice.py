"""Which backend computes: the kernel where it was built, NumPy otherwise, or what one asks for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smoothl1 import MissingExtraError, SettingsError
from smoothl1.backends import choice
from smoothl1.backends.choice import backend_name, new_backend
from smoothl1.backends.cpu import CpuBackend

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(autouse=True)
def _nothing_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMOOTHL1_BACKEND", raising=False)


@pytest.fixture
def _not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smoothl1.backends._native", None)
    monkeypatch.setattr(choice, "has_native", choice.has_native.__wrapped__)


@pytest.mark.skipif(
    os.environ.get("SMOOTHL1_REQUIRE_NATIVE") != "1", reason="SMOOTHL1_REQUIRE_NATIVE is not 1"
)
def test_the_kernel_was_built_where_it_has_to_be() -> None:
    assert backend_name() == "native"


@pytest.mark.usefixtures("_not_built")
def test_without_the_kernel_numpy_computes() -> None:
    assert backend_name() == "cpu"
    assert isinstance(new_backend(), CpuBackend)


@pytest.mark.usefixtures("_not_built")
def test_asking_for_a_kernel_that_was_not_built_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", "native")
    with pytest.raises(MissingExtraError, match="not built"):
        new_backend()


def test_the_environment_chooses_and_an_argument_overrides_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMOOTHL1_BACKEND", "cpu")
    assert isinstance(new_backend(), CpuBackend)
    monkeypatch.setenv("SMOOTHL1_BACKEND", "abacus")
    assert isinstance(new_backend("cpu"), CpuBackend)


def test_an_empty_variable_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = backend_name()
    monkeypatch.setenv("SMOOTHL1_BACKEND", "")
    assert backend_name() == unset


def test_an_unknown_backend_is_refused_in_one_line_that_names_the_others() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smoothl1.cli", "eval", "absent.npy", "targets.npy"],
        cwd=SAMPLES,
        env={**os.environ, "SMOOTHL1_BACKEND": "abacus"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "smoothl1: error: no backend 'abacus': SMOOTHL1_BACKEND is one of cpu, native\n"
    )
    with pytest.raises(SettingsError, match="one of cpu, native"):
        new_backend("abacus")
