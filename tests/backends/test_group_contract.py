"""What every backend must do with weights and groups: the bits that rational arithmetic gives."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1.numerics import group_sums
from smoothl1.numerics.group_moments import GroupMoments
from smoothl1.numerics.row_sums import Rows
from smoothl1.tallies.group_tallies import GroupTally
from tests import oracle
from tests.backends.kinds import BACKENDS, CHOSEN_BY_NAME
from tests.grids import set_blocks
from tests.oracle import DTYPES, LARGEST, SMALLEST, assert_same, extremes
from tests.seen import seen
from tests.strategies import Pair, betas, cuts, pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from tests.oracle import Expected

N_GROUPS = 4
BETAS = (0.3, 0.0, SMALLEST, 1.0, 1e300)

any_backend = pytest.mark.parametrize("kind", BACKENDS)
each_of_its_own = pytest.mark.parametrize("kind", CHOSEN_BY_NAME)
"""GPUs have no kernels for groups: a backend of these does that for them."""

weighted_or_not = pytest.mark.parametrize("weighted", [False, True])


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    return BACKENDS[request.param]()


class Case(NamedTuple):
    """Elements, their groups, their positions, and perhaps weights."""

    pair: Pair
    codes: NDArray[np.intp]
    positions: NDArray[np.int64]
    weight: NDArray[np.float64] | None

    def part(self, at: slice) -> Case:
        pred, target = self.pair
        weight = None if self.weight is None else self.weight[at]
        return Case((pred[at], target[at]), self.codes[at], self.positions[at], weight)

    def expected(self, beta: float) -> list[Expected]:
        losses = oracle.losses(*self.pair, beta)
        sides = [side.tolist() for side in self.pair]
        quadratic = [oracle.distance(x, y) < beta for x, y in zip(*sides, strict=True)]
        weights = None if self.weight is None else self.weight.tolist()
        columns = (losses, quadratic, self.positions.tolist(), weights)
        of_groups = []
        for group in range(N_GROUPS):
            at = np.flatnonzero(self.codes == group).tolist()
            mine = (column and [column[i] for i in at] for column in columns)
            of_groups.append(oracle.tally_of(*mine))
        return of_groups


def empty(case: Case, chosen: tuple[float, ...], n: int = N_GROUPS) -> list[GroupTally]:
    tallies = [GroupTally(weighted=case.weight is not None) for _ in chosen]
    for tally in tallies:
        tally.resize(n)
    return tallies


def add(
    backend: Backend, case: Case, chosen: tuple[float, ...], into: list[GroupTally], out: Any = None
) -> None:
    with np.errstate(all="raise"):
        backend.tally_groups(
            *case.pair, chosen, case.codes, case.positions, into, out=out, weight=case.weight
        )


def assert_tallied(backend: Backend, case: Case, chosen: tuple[float, ...]) -> None:
    """Compare with the definition: groups, and all elements as if they were one group."""
    tallies = empty(case, chosen)
    add(backend, case, chosen, tallies)
    for beta, tally in zip(chosen, tallies, strict=True):
        assert list(map(seen, tally.tallies())) == case.expected(beta)
    one = case._replace(
        codes=np.zeros(case.codes.size, np.intp), positions=np.arange(case.codes.size)
    )
    with np.errstate(all="raise"):
        whole = backend.tally(*case.pair, chosen, weight=case.weight)
    assert list(map(seen, whole)) == [one.expected(beta)[0] for beta in chosen]


def case_of(pair: Pair, seed: int = 0, *, weighted: bool) -> Case:
    """Random groups, positions and weights of every magnitude for a pair."""
    rng = np.random.default_rng(seed)
    n = pair[0].size
    weight = np.ldexp(rng.uniform(1.0, 2.0, n), rng.integers(-1074, 1024, n))
    weight[rng.random(n) < 0.5] = 0.75
    positions = rng.permutation(n) + (1 << 60)
    return Case(pair, rng.integers(0, N_GROUPS, n), positions, weight if weighted else None)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    pair = draw(pairs())
    n = pair[0].size
    weights = st.one_of(
        st.sampled_from([1.0, SMALLEST, LARGEST]), st.floats(SMALLEST, LARGEST, width=64)
    )
    weight = np.array(draw(st.lists(weights, min_size=n, max_size=n)), np.float64)
    codes = draw(st.lists(st.integers(0, N_GROUPS - 1), min_size=n, max_size=n))
    start = draw(st.integers(0, 1 << 60))
    weighted = draw(st.booleans())
    positions = np.arange(start, start + n)
    return Case(pair, np.array(codes, np.intp), positions, weight if weighted else None)


def random_bits(n: int, dtype: str, seed: int) -> NDArray[Any]:
    kind = np.dtype(dtype)
    return np.frombuffer(np.random.default_rng(seed).bytes(n * kind.itemsize), kind)


@any_backend
@pytest.mark.parametrize("start", [0, 1 << 60])
def test_positions_that_are_not_given_are_consecutive(kind: str, start: int) -> None:
    n = 3000
    pred = np.zeros(n)
    pred[[5, 2500, 2999]] = math.nan
    codes = np.arange(n) % N_GROUPS
    found = []
    for positions in (None, np.arange(start, start + n)):
        tally = GroupTally(weighted=False)
        tally.resize(N_GROUPS)
        BACKENDS[kind]().tally_groups(
            pred, np.zeros(n), (1.0,), codes, positions, [tally], start=start
        )
        found.append([one.first_nan for one in tally.tallies()])
    assert found[0] == found[1] == [start + 2500, start + 5, None, start + 2999]


@any_backend
@given(case=cases(), chosen=st.lists(betas, max_size=3))
def test_groups_and_weights_of_any_pairs_are_those_of_the_definition(
    kind: str, case: Case, chosen: list[float]
) -> None:
    assert_tallied(BACKENDS[kind](), case, tuple(chosen))


@each_of_its_own
@given(case=cases(), beta=betas, data=st.data(), block=st.integers(1, 50))
def test_neither_cuts_nor_merges_nor_blocks_show(
    kind: str, case: Case, beta: float, data: st.DataObject, block: int
) -> None:
    edges = data.draw(cuts(case.codes.size))
    (total,) = empty(case, (beta,))
    with pytest.MonkeyPatch.context() as patch:
        set_blocks(patch, block)
        backend = BACKENDS[kind]()
        for low, high in itertools.pairwise(edges):
            into = [total]
            if data.draw(st.booleans()):
                into = empty(case, (beta,))
            add(backend, case.part(slice(low, high)), (beta,), into)
            if into[0] is not total:
                total.merge(into[0], np.arange(N_GROUPS))
    assert list(map(seen, total.tallies())) == case.expected(beta)


@weighted_or_not
@pytest.mark.parametrize("finite", [True, False])
@pytest.mark.parametrize("target_dtype", ["float32", "float64"])
@pytest.mark.parametrize("pred_dtype", ["float32", "float64"])
def test_random_bit_patterns_of_several_blocks(
    backend: Backend, pred_dtype: str, target_dtype: str, finite: bool, weighted: bool
) -> None:
    n = 2 * 1024 + 77
    pair = random_bits(n, pred_dtype, 1), random_bits(n, target_dtype, 2)
    if finite:
        pair = tuple(np.where(np.isfinite(side), side, side.dtype.type(1)) for side in pair)
    assert_tallied(backend, case_of(pair, weighted=weighted), (0.3, 0.0, 1e300))


@weighted_or_not
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_byte_order_and_strides_do_not_matter(
    backend: Backend, dtype: str, weighted: bool
) -> None:
    numbers = np.resize(extremes(dtype), 60)
    swapped = numbers.astype(np.dtype(dtype).newbyteorder("S"))
    shifted = np.frombuffer(b"\0" + numbers.tobytes(), np.uint8)[1:].view(dtype)
    for pair in [
        (numbers, numbers[::-1]),
        (swapped, numbers[::-1].copy()),
        (numbers[::-1].copy(), shifted),
        (numbers, np.resize(extremes("float32"), 60)[::-1]),
    ]:
        assert_tallied(backend, case_of(pair, weighted=weighted), BETAS)


def test_strides_of_groups_positions_and_weights_do_not_matter(backend: Backend) -> None:
    pred, target = np.random.default_rng(1).normal(size=(2, 60))
    case = case_of((pred, target), weighted=True)
    for step in (3, -1):
        assert_tallied(backend, case.part(slice(None, None, step)), BETAS)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@weighted_or_not
@pytest.mark.parametrize("position", [0, 1, 1023, 1024, 2999])
def test_what_is_not_finite_is_counted_apart_wherever_it_stands(
    backend: Backend, bad: float, weighted: bool, position: int
) -> None:
    pred, target = np.random.default_rng(2).normal(size=(2, 3000))
    pred[position] = bad
    assert_tallied(backend, case_of((pred, target), weighted=weighted), (0.3,))


@pytest.mark.parametrize("magnitude", [1.79e308, 1e300, 1e-300, 1e-310, SMALLEST])
@weighted_or_not
def test_magnitudes_near_the_ends_of_the_range(
    backend: Backend, magnitude: float, weighted: bool
) -> None:
    factors = np.random.default_rng(3).uniform(0.0, 1.0, 3000)
    pair = (magnitude * factors, np.zeros(3000))
    assert_tallied(backend, case_of(pair, weighted=weighted), (0.0, 1.0, magnitude))


@weighted_or_not
@pytest.mark.parametrize("out_dtype", ["float16", "float32", "float64", ">f4"])
@pytest.mark.parametrize("dtype", ["int64", "float16", "float32", "float64"])
def test_losses_at_the_first_beta_are_weighted_and_rounded_once(
    backend: Backend, dtype: str, out_dtype: str, weighted: bool
) -> None:
    numbers = np.resize(extremes(dtype), 50)
    case = case_of((numbers, numbers[::-1].copy()), weighted=weighted)
    weights = np.ones(50) if case.weight is None else case.weight
    each = oracle.losses(*case.pair, 0.3)
    terms = [loss * weight for loss, weight in zip(each, weights.tolist(), strict=True)]
    expected = np.array([oracle.reduced([t], "sum", out_dtype) for t in terms], out_dtype)
    out = np.full(50, 7.0, out_dtype)
    add(backend, case, (0.3, 1.0), empty(case, (0.3, 1.0)), out)
    assert_same(out, expected)
    out[:] = 7.0
    backend.tally(*case.pair, (0.3, 1.0), weight=case.weight, out=out)
    assert_same(out, expected)
    assert_same(backend.losses(*case.pair, 0.3, case.weight), np.array(terms))


@each_of_its_own
def test_sums_are_carried_before_64_bits_overflow(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = BACKENDS[kind]()
    monkeypatch.setattr(group_sums, "MOST_ADDITIONS", 100)
    pred = np.full(40, 1.0 - 2.0**-53)
    case = case_of((pred, np.zeros(40)), weighted=True)._replace(weight=np.full(40, LARGEST))
    tallies = empty(case, (0.0,))
    for _ in range(20):
        add(backend, case, (0.0,), tallies)
        for sums in (tallies[0].total, tallies[0].weight):
            assert sums is not None
            assert int(np.abs(sums.digits).max(initial=0)) <= (100 << 32) + (1 << 31)
    for tally, once in zip(tallies[0].tallies(), case.expected(0.0), strict=True):
        assert (seen(tally).total, seen(tally).weight) == (20 * once.total, 20 * once.weight)  # type: ignore[operator]


@each_of_its_own
def test_many_groups_are_kept_apart(kind: str) -> None:
    n = 5_000
    pred, codes = np.random.default_rng(4).normal(size=n), np.random.default_rng(5).permutation(n)
    case = Case((pred, np.zeros(n)), codes, np.arange(n), None)
    (tally,) = tallies = empty(case, (0.0,), n)
    add(BACKENDS[kind](), case, (0.0,), tallies)
    assert [one.sum for one in tally.tallies()] == np.abs(pred)[np.argsort(codes)].tolist()


@pytest.mark.parametrize("n_groups", [1, N_GROUPS])
@pytest.mark.parametrize("with_sizes", [False, True])
def test_moments_of_rows_are_exact_products(
    backend: Backend, with_sizes: bool, n_groups: int
) -> None:
    rng = np.random.default_rng(6)
    n = 1100
    scale = 10.0 ** rng.integers(-300, 300, (2, n))
    sums, sizes = rng.normal(size=n) * scale[0], rng.lognormal(0, 3, n) * scale[1]
    codes = rng.integers(0, n_groups, 2 * n)[::2]
    moments = GroupMoments()
    moments.resize(n_groups)
    backend.add_rows(codes, Rows(sums, sizes if with_sizes else None, None), moments)
    one = units_of(1.0)
    of_size = [units_of(size) if with_sizes else one for size in sizes.tolist()]
    for group, found in enumerate(moments.each()):
        rows = [(units_of(float(sums[i])), of_size[i]) for i in np.flatnonzero(codes == group)]
        assert found.n == len(rows)
        assert found.squares == sum(s * s for s, _ in rows)
        assert found.cross == sum(s * m for s, m in rows)
        assert found.sizes == sum(m * m for _, m in rows)
        assert found.third is not None
        cubes = [sum(s**i * m ** (3 - i) for s, m in rows) for i in (3, 2, 1, 0)]
        assert [*found.third] == cubes


def units_of(number: float) -> int:
    """A number as a whole number of the smallest one."""
    numerator, denominator = number.as_integer_ratio()
    return numerator * ((1 << 1074) // denominator)


@each_of_its_own
@pytest.mark.parametrize("exponent", [-1070, -540, 0, 500])
def test_moments_of_one_group_grow_to_those_of_many(kind: str, exponent: int) -> None:
    rng = np.random.default_rng(7)
    backend, moments = BACKENDS[kind](), GroupMoments()
    total = squares = 0
    for n_groups, size in ((1, 40_000), (1, 9), (4, 500)):
        moments.resize(n_groups)
        sums = np.ldexp(rng.normal(size=size), exponent)
        codes = np.zeros(sums.size, np.intp)
        codes[:5] = n_groups - 1
        backend.add_rows(codes, Rows(sums, None, None), moments)
        units = [units_of(s) for s in sums[codes == 0].tolist()]
        total, squares = total + sum(units), squares + sum(s * s for s in units)
    first = moments.each()[0]
    assert first.n == 40_000 + 9 + 500 - 5
    assert first.third is None
    assert first.cross == total << 1074
    assert first.squares == squares


@any_backend
@given(
    rows=st.lists(st.tuples(st.integers(0, N_GROUPS - 1), st.floats(allow_nan=False)), max_size=30),
    cut=st.integers(0, 30),
    n_groups=st.sampled_from([1, N_GROUPS]),
)
def test_moments_of_any_rows_are_the_same(
    kind: str, rows: list[tuple[int, float]], cut: int, n_groups: int
) -> None:
    found = []
    for name, step in ((kind, max(cut, 1)), ("cpu", 31)):
        moments = GroupMoments()
        moments.resize(n_groups)
        for low in range(0, len(rows), step):
            codes, sums = zip(*rows[low : low + step], strict=True)
            BACKENDS[name]().add_rows(
                np.array(codes, np.intp) % n_groups,
                Rows(np.array(sums, np.float64), None, None),
                moments,
            )
        found.append(moments.each())
    assert found[0] == found[1]
