"""Files that change while they are read: refused, since what was read may be of two versions."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, Execution, Progress, SmoothL1Error, StorageError, evaluate
from tests.command import standard_input
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
N = 3000
EXECUTION = Execution(1, 100)


def save_side(path: Path, values: Any, column: str) -> Path:
    if path.suffix == ".npy":
        return save_array(path, values)
    return save_table(path, {"id": np.arange(N), column: values}, 500)


@pytest.fixture(params=[".csv", ".parquet", ".arrows", ".npy"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def overwrite(path: Path, content: bytes) -> None:
    """In place, and at another time than the one before, however coarse the clock of the system."""
    before = path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=(before + 10**9, before + 10**9))


@pytest.mark.parametrize("key", [(), ("id",)])
def test_a_file_overwritten_in_place_is_refused(
    tmp_path: Path, suffix: str, key: tuple[str, ...]
) -> None:
    if suffix == ".npy" and key:
        pytest.skip("an array has no key")
    values = np.random.default_rng(1).normal(size=N).round(3) + 10
    other = save_side(tmp_path / f"other{suffix}", values[::-1].copy(), "t").read_bytes()
    p = save_side(tmp_path / f"p{suffix}", values, "p")
    t = save_side(tmp_path / f"t{suffix}", values, "t")
    assert evaluate(p, t, L1, key=key, execution=EXECUTION).values == (0.0,)

    def interfere(_: Progress) -> None:
        if t.read_bytes() != other:
            overwrite(t, other)

    broken = "|broken" if suffix == ".parquet" else ""  # what is left of the first is no Parquet
    with pytest.raises(
        SmoothL1Error, match=rf"t\.\w+: (the file changed while being read{broken})"
    ):
        evaluate(p, t, L1, key=key, execution=EXECUTION, progress=interfere)


def keeping_time(path: Path, content: bytes) -> None:
    """In place, with the time of writing put back, as `rsync --inplace -t` does."""
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of a system may be coarse
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def once(action: Callable[[], object]) -> Callable[[Progress], None]:
    actions = [action]
    return lambda _: actions and actions.pop()()  # type: ignore[func-returns-value]


def test_a_file_overwritten_with_its_time_put_back_is_refused(tmp_path: Path, suffix: str) -> None:
    values = np.arange(float(N))
    other = save_side(tmp_path / f"other{suffix}", values[::-1].copy(), "t").read_bytes()
    p = save_side(tmp_path / f"p{suffix}", values, "p")
    (tmp_path / "t").mkdir()
    t = save_side(tmp_path / "t" / f"t{suffix}", values, "t")
    new = other[: t.stat().st_size].ljust(t.stat().st_size)
    overwriting = once(lambda: keeping_time(t, new))
    broken = "|broken" if suffix == ".parquet" else ""
    what = rf"t{suffix}: (the file changed while being read{broken})"
    with pytest.raises(SmoothL1Error, match=what):
        evaluate(p, t, L1, execution=EXECUTION, progress=overwriting)
    assert t.read_bytes() == new


@pytest.mark.skipif(os.name != "posix", reason="Windows has no time of the last change")
@pytest.mark.parametrize("writes", [keeping_time, overwrite])
def test_a_redirected_file_that_is_overwritten_is_refused(
    tmp_path: Path, writes: Callable[[Path, bytes], None]
) -> None:
    """It may become longer."""
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    content = "p\n" + "1.5\n" * 100_000
    p.write_text(content)
    t.write_text("t\n" + "0.5\n" * 100_000)

    def value(action: Callable[[], object]) -> float:
        with standard_input(p):
            found = evaluate("-", t, L1, execution=EXECUTION, progress=once(action))
        return float(found.values[0])

    assert value(lambda: subprocess.run(["sh", "-c", f"echo 1.5 >>{p}"], check=True)) == 100_000
    p.write_text(content)
    with pytest.raises(StorageError, match=r"^-: the file changed while being read"):
        value(lambda: writes(p, content.replace("1", "2").encode()))


@pytest.mark.parametrize("what", ["chmod", "link", "rename", "replace", "unlink"])
def test_what_leaves_the_content_of_an_open_file_is_no_change(
    tmp_path: Path, suffix: str, what: str
) -> None:
    values = np.arange(float(N))
    p, t, other = (save_side(tmp_path / f"{x}{suffix}", values, x) for x in ("p", "t", "other"))
    elsewhere = tmp_path / "elsewhere"

    actions: dict[str, Callable[[], object]] = {
        "chmod": lambda: t.chmod(0o600 if t.stat().st_mode & 0o77 else 0o640),
        "link": lambda: os.link(t, elsewhere),
        "rename": lambda: t.rename(elsewhere),
        "replace": lambda: other.replace(t),
        "unlink": t.unlink,
    }
    result = evaluate(p, t, L1, execution=EXECUTION, progress=once(actions[what]))
    assert result.values == (0.0,)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


@pytest.mark.parametrize("is_shard", [False, True])
def test_only_files_without_a_fixed_length_may_grow(
    tmp_path: Path, suffix: str, is_shard: bool
) -> None:
    values = np.arange(float(N))
    p, t = (save_side(tmp_path / f"{x}{suffix}", values, x) for x in ("p", "t"))
    place = tmp_path
    if is_shard:
        (place := tmp_path / "shards").mkdir()
        t = t.rename(place / f"0{suffix}")

    def value() -> tuple[float, ...]:
        target = place if is_shard else t
        return evaluate(p, target, L1, execution=EXECUTION, progress=once(lambda: append(t))).values

    if suffix in (".csv", ".arrows"):
        assert value() == (0.0,)
    else:
        with pytest.raises(StorageError, match=f"{t.name}: the file changed while being read"):
            value()


def test_a_longer_text_that_begins_alike_has_not_grown(tmp_path: Path) -> None:
    p, t = (tmp_path / f"{x}.csv" for x in "pt")
    content = "x\n" + "1.5\n" * 500_000
    p.write_text(content)
    t.write_text(content)
    longer = f"{content[:1002]}{content[1002:].replace('1', '2')}2.5\n"
    settings = Execution(1, 50_000)
    with pytest.raises(StorageError, match=r"t.csv: the file changed while being read"):
        evaluate(p, t, L1, execution=settings, progress=once(lambda: t.write_text(longer)))


def test_a_file_overwritten_by_a_longer_one_has_not_grown(tmp_path: Path) -> None:
    p = save_array(tmp_path / "p.npy", np.arange(float(N)))
    t = save_array(tmp_path / "t.npy", np.arange(float(N)))
    longer = save_array(tmp_path / "longer.npy", np.arange(2.0 * N)).read_bytes()
    with pytest.raises(StorageError, match=r"t.npy: the file changed while being read"):
        evaluate(p, t, L1, execution=EXECUTION, progress=once(lambda: t.write_bytes(longer)))


def test_a_shard_that_was_replaced_between_two_looks_is_refused(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smoothl1.sources import shards

    values = np.arange(float(N))
    p = save_side(tmp_path / f"p{suffix}", values, "p")
    (tmp_path / "t").mkdir()
    shard = save_side(tmp_path / "t" / f"0{suffix}", values, "t")
    new = save_side(tmp_path / f"new{suffix}", values[::-1].copy(), "t")
    looks = []
    look = shards._look

    def replacing(*args: Any) -> Any:
        found = look(*args)
        looks.append(found)
        if new.exists():
            os.replace(new, shard)
        return found

    monkeypatch.setattr(shards, "_look", replacing)
    with pytest.raises(StorageError, match="the file changed while being read"):
        evaluate(p, tmp_path / "t", L1, execution=EXECUTION)
    assert looks
