"""Plain entries of many groups are read at once, with the bits and the refusals of others."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, Result, evaluate
from smoothl1.numerics.exact_sum import CUBE_EXPONENT
from smoothl1.results import decoded_entries
from smoothl1.results.json_reader import exact_number
from smoothl1.results.moments_json import exact_text
from smoothl1.results.plain_entries import plain_entry
from smoothl1.tallies.many import ManyTallies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

N_GROUPS = 6
OTHER_VALUES = (
    *(0, 1, 2, 5, -1, 1 << 63, 0.0, 0.5, 1.0, -0.0, 1e300, float("inf"), float("nan")),
    *(
        None,
        True,
        False,
        "",
        "nan",
        "inf",
        "0x0p0",
        "0x1p0",
        "0x3p-4",
        "-0x1p0",
        "0x1p-9999",
        "0x2p0",
    ),
    *([], {}, ["a"], ["a", "b"], "a", "\ud800"),
)
"""What a field may hold that another one should."""


def _document(*, missing: bool = False) -> dict[str, Any]:
    """A saved result of small groups, of 1 to 6 losses each."""
    draw = np.random.default_rng(5)
    code = np.repeat(np.arange(N_GROUPS), np.arange(1, N_GROUPS + 1))
    pred, target = draw.normal(size=(2, code.size)) * 10.0 ** draw.integers(-3, 3, code.size)
    if missing:
        pred[-1] = np.nan
    groups = [f"é{one}" for one in code]
    result = evaluate(pred, target, groups=groups, statistics=True, warn=lambda _: None)
    found: dict[str, Any] = json.loads(json.dumps(result.to_json()))
    return found


def _outcome(document: dict[str, Any]) -> str:
    """The result as JSON, or why it is refused."""
    try:
        return json.dumps(Result.from_json(document).to_json())
    except DataError as error:
        return str(error)


@pytest.fixture
def read_both(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], list[str]]:
    """Gives the outcomes of reading at once, and one by one."""

    def read(document: dict[str, Any]) -> list[str]:
        found = list[str]()
        for many in (1, 1 << 20):
            monkeypatch.setattr(decoded_entries, "MANY", many)
            found.append(_outcome(document))
        return found

    return read


def _of_two_columns(document: dict[str, Any]) -> dict[str, Any]:
    """The same, as if it were grouped by two columns."""
    by = document["settings"]["by"]
    document["settings"]["by"] = [by, "second"]
    document["signature"] = document["signature"].replace(f"by:{by}", f"by:{by},second")
    for entry in document["results"]:
        entry["group"] = [entry["group"], "b"]
    return document


@pytest.mark.parametrize("document", [_document(), _of_two_columns(_document())], ids=["1", "2"])
def test_plain_entries_are_read_without_a_tally_of_each(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = Result.from_json(document)
    assert all(plain_entry(entry, 1.0) for entry in document["results"])
    monkeypatch.setattr(decoded_entries, "MANY", 1)
    found = Result.from_json(document)
    assert isinstance(found.tallies, ManyTallies)
    assert not found.tallies.is_made
    assert found.to_json() == document == expected.to_json()
    assert found == expected


def test_other_entries_among_plain_ones_are_read_to_the_same_bits(
    read_both: Callable[[dict[str, Any]], list[str]],
) -> None:
    document = _document(missing=True)
    are_plain = [plain_entry(entry, 1.0) is not None for entry in document["results"]]
    assert are_plain == [True] * (N_GROUPS - 1) + [False]
    one, other = read_both(document)
    assert json.loads(one) == json.loads(other) == document


def test_an_entry_that_was_changed_is_refused_in_the_same_words(
    read_both: Callable[[dict[str, Any]], list[str]],
) -> None:
    for changed in _changed(_document()):
        one, other = read_both(changed)
        assert one == other


def _changed(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document with a value of an entry that is another one, that is missing, or moved."""
    n_before = 4
    entry = document["results"][n_before]
    paths = [(name,) for name in entry] + [("exact", name) for name in entry["exact"]]
    paths += [("exact", "rows", name) for name in entry["exact"]["rows"]]
    others = [
        *OTHER_VALUES,
        *(entry["exact"]["rows"][name] for name in ("cross", "squares", "sss")),
    ]

    def copied(place: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        changed = copy.deepcopy(document)
        holder = changed["results"][n_before]
        for inner in place:
            holder = holder[inner]
        return changed, holder

    for *place, name in paths:
        before = copied(place)[1][name]
        is_float = isinstance(before, float)
        near = [float(np.nextafter(before, end)) for end in (0, np.inf)] if is_float else []
        for value in [*others, *near]:
            changed, holder = copied(place)
            holder[name] = value  # in its place among the others
            yield changed
        changed, holder = copied(place)
        del holder[name]
        yield changed
        holder[name] = before  # behind the others
        yield changed


@pytest.mark.parametrize("factor", [2, 3])
def test_figures_that_are_changed_together_are_refused_in_the_same_words(
    read_both: Callable[[dict[str, Any]], list[str]], factor: int
) -> None:
    document = _document()
    entry = document["results"][3]
    for name in ("mean", "sum", "stderr"):
        entry[name] *= factor
    rows = entry["exact"]["rows"]
    for name, power in (("cross", 1), ("squares", 2), ("sss", 3)):
        digits, _, exponent = rows[name].partition("p")
        units = int(digits, 16) * factor**power
        n_zeros = (units & -units).bit_length() - 1
        rows[name] = f"{units >> n_zeros:#x}p{int(exponent) + n_zeros}"
    entry["exact"]["total"] = rows["smm"] = rows["cross"]
    rows["ssm"] = rows["squares"]
    one, other = read_both(document)
    assert one == other
    assert "damaged: results[3]" in one


def test_cubes_that_no_losses_of_these_squares_have_are_refused_in_the_same_words(
    read_both: Callable[[dict[str, Any]], list[str]],
) -> None:
    document = _document()
    rows = document["results"][N_GROUPS - 1]["exact"]["rows"]
    total, squares, cubes = (exact_number(rows[name]) for name in ("cross", "squares", "sss"))
    assert total is not None
    assert squares is not None
    assert cubes is not None
    exponent = CUBE_EXPONENT
    least = (squares[0] ** 2 << 2 * squares[1] - total[1] - exponent) // total[0]
    assert least < cubes[0] << cubes[1] - exponent
    finer = 8  # bits of a unit that is finer than that of cubes
    for units, n_bits in ((least - 1, 0), (least + 1, 0), ((least + 1 << finer) + 1, finer)):
        rows["sss"] = exact_text(units, exponent - n_bits)
        one, other = read_both(document)
        assert one == other
        assert ("damaged" in one) == (units < least or n_bits > 0)


def test_squares_that_no_losses_of_this_sum_have_are_refused_in_the_same_words(
    read_both: Callable[[dict[str, Any]], list[str]],
) -> None:
    distances = [2.0, *[3.0] * 5]  # losses of 1.5 and 2.5, whose sum is 14
    result = evaluate(distances, [0.0] * 6, groups=["a"] * 6, statistics=True)
    document = json.loads(json.dumps(result.to_json()))
    entry = document["results"][0]
    entry["stderr"] = 0.0  # that of a variance below 0 is, too
    rows = entry["exact"]["rows"]
    rows["squares"] = rows["ssm"] = "0x41p-1"  # 32.5, and 14**2 / 6 is more
    one, other = read_both(document)
    assert one == other
    assert "damaged" in one
