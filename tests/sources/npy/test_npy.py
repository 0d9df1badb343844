"""`.npy`: every layout that NumPy writes is read, and no header is believed that does not fit."""

from __future__ import annotations

import io
import itertools
import random
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, Execution, ReadOptions, SmoothL1Error, evaluate
from smoothl1.errors import DataError, DtypeError
from smoothl1.running.evaluate import LossOutput
from smoothl1.sources.contract import Part
from smoothl1.sources.npy import source as npy_module
from tests.sampling import marked
from tests.sources.files import bits, header, npy, open_source, read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PLAIN = header()
THREE = np.arange(3.0).tobytes()

KINDS = "?bhilqBHILQefd"
SHAPES = [(), (1,), (7,), (4, 3), (2, 3, 4), (1, 5), (5, 1), (2, 1, 3, 2)]


def saved(path: Path, array: NDArray[Any], version: tuple[int, int] = (1, 0)) -> Path:
    with path.open("wb") as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=False)
    return path


def refused(path: Path, data: bytes) -> str:
    """The message, without the path that it must begin with."""
    path.unlink(missing_ok=True)  # a new file is written faster than an old one is replaced
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read(path, options=ReadOptions(allow_empty=True))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < len(str(path)) + 400
    return message.removeprefix(f"{path}: ")


def losses(pred: Path, target: Path, chunk_rows: int | None = None) -> list[float]:
    """Losses of single elements, as they are written to a file."""
    out = io.BytesIO()
    execution = Execution(2, chunk_rows)
    settings = EvalSettings(reduction="none")
    evaluate(pred, target, settings, execution=execution, losses_to=LossOutput(out, "text"))
    return [float(text) for text in out.getvalue().split()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_kind_of_number_is_read_in_either_byte_order(
    tmp_path: Path, kind: str, order: str
) -> None:
    dtype = np.dtype(kind).newbyteorder(order)
    edges = [0, 1] if kind == "?" else [0, 1, 100, 127]
    array = np.array(edges, dtype)
    if kind not in "?efd":
        array = np.concatenate([array, np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype)])
    found = read(saved(tmp_path / "x.npy", array))
    assert found.tolist() == array.tolist()
    assert found.dtype.newbyteorder("=") == np.dtype(kind)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("fortran", [False, True])
@pytest.mark.parametrize("n_rows", [1, 2, 100])
def test_rows_of_any_shape_come_in_c_order(
    tmp_path: Path, shape: tuple[int, ...], fortran: bool, n_rows: int
) -> None:
    array = np.arange(np.prod(shape, dtype=int), dtype=np.int16).reshape(shape)
    text = header("'<i2'", str(fortran), repr(shape))
    path = tmp_path / "x.npy"
    path.write_bytes(npy(text, array.tobytes(order="F" if fortran else "C")))
    assert read(path, n_rows=n_rows).tolist() == array.ravel().tolist()
    source = open_source(str(path))
    source.close()
    (field,) = source.fields
    assert field.row_shape == shape[1:]
    assert field.is_scalar == (shape == ())


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4), (3, 1, 2, 2)], ids=str)
@pytest.mark.parametrize("orders", list(itertools.product("CF", repeat=2)), ids="".join)
@pytest.mark.parametrize("chunk_rows", [1, 2, None])
def test_the_order_in_memory_changes_neither_the_mean_nor_the_place_of_any_loss(
    tmp_path: Path, shape: tuple[int, ...], orders: tuple[str, str], chunk_rows: int | None
) -> None:
    n = int(np.prod(shape))
    x = np.arange(n, dtype=np.float64).reshape(shape)
    y = x + 1.5 + x / 4
    pred = saved(tmp_path / "p.npy", np.array(x, order=orders[0]))  # type: ignore[call-overload]
    target = saved(tmp_path / "t.npy", np.array(y, order=orders[1]))  # type: ignore[call-overload]
    expected = [1.0 + i / 4 for i in range(n)]
    assert losses(pred, target, chunk_rows) == expected
    result = evaluate(pred, target, execution=Execution(2, chunk_rows))
    assert result.tallies[0].sum == sum(expected)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_no_row_is_called_the_first_with_a_nan_that_is_not(
    tmp_path: Path, order: str, reduction: str
) -> None:
    array = np.zeros((4, 2))
    array[0, 1] = array[3, 0] = np.nan
    pred = saved(tmp_path / "p.npy", np.array(array, order=order))  # type: ignore[call-overload]
    target = saved(tmp_path / "t.npy", np.zeros((4, 2), order=order))  # type: ignore[call-overload]
    heard: list[str] = []
    out = LossOutput(io.BytesIO(), "text") if reduction == "none" else None
    settings = EvalSettings(reduction=reduction)
    result = evaluate(pred, target, settings, losses_to=out, warn=heard.append)
    assert result.tallies[0].first_nan == 1
    (warning,) = heard
    assert "2 of 8 losses are NaN" in warning
    assert warning.endswith(f"the first in row 1, where {pred} has NaN")


@pytest.mark.parametrize("shape", [(3, 0), (2, 0, 3)])
@pytest.mark.parametrize("swap", [False, True])
def test_rows_without_elements_in_fortran_order_are_flattened_to_nothing(
    tmp_path: Path, shape: tuple[int, ...], swap: bool
) -> None:
    (tmp_path / "p.npy").write_bytes(npy(header(fortran="True", shape=str(shape)), b""))
    paths = [tmp_path / "p.npy", saved(tmp_path / "t.npy", np.zeros(0))]
    result = evaluate(
        *(paths[::-1] if swap else paths), options=ReadOptions(flatten=True, allow_empty=True)
    )
    assert result.tallies[0].n == 0


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_the_format_is_read(tmp_path: Path, version: tuple[int, int]) -> None:
    path = saved(tmp_path / "x.npy", np.arange(5.0), version)
    assert read(path).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN + "\n",
        PLAIN + " " * 61 + "\n",
        " \n" + PLAIN,
        "{'shape':(3,),'fortran_order':False,'descr':'<f8'}",
        '{"descr": "<f8", "fortran_order": False, "shape": (3,)}',
        "{'descr': u'<f8', 'fortran_order': False, 'shape': (3L,), }",
        "{'descr' : '<f8' ,\n 'fortran_order' : False ,\t'shape' : ( 3 , ) }",
        header(fortran="True"),
        header(shape="(3, )"),
        header(shape="(+3,)"),
        header(shape="(0x3,)"),
    ],
)
def test_a_header_may_be_written_in_any_way_that_numpy_reads(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(text))
    assert read(path).tolist() == [0.0, 1.0, 2.0]


def test_python_2_wrote_long_integers_in_the_shape(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(header("'<i4'", shape="(2L, 3L)"), np.arange(6, dtype="<i4").tobytes()))
    assert read(path).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("padding", range(20))
def test_the_data_may_begin_at_any_byte(tmp_path: Path, padding: int) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(PLAIN + " " * padding))
    assert read(path).tolist() == [0.0, 1.0, 2.0]


def test_64_dimensions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(header(shape="(3," + "1," * 63 + ")")))
    assert read(path).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("descr", "word"),
    [
        ("'|O'", "objects"),
        ("'O'", "objects"),
        ("'<c8'", "complex"),
        ("'<c16'", "complex"),
        ("'<f16'", "float"),
        ("'<f12'", "float"),
        ("'S0'", "byte strings"),
        ("'|S8'", "byte strings"),
        ("'<U0'", "text"),
        ("'|V0'", "raw"),
        ("'<M8[ns]'", "dates"),
        ("'<m8[s]'", "time"),
        ("[('a', '<f8')]", "structured"),
        ("('<f8', (2,))", "sub-array"),
        ("'<i3'", "i3"),
        ("'<f8 '", "f8"),
        ("'<f8\\n'", "f8"),
        ("'<<f8'", "f8"),
        ("''", "dtype"),
        ("'float64'", "float64"),
        ("'d'", "dtype"),
        ("'T'", "dtype"),
        ("'\\xff'", "dtype"),
    ],
)
def test_a_dtype_that_holds_no_real_numbers_is_named(tmp_path: Path, descr: str, word: str) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(header(descr, shape="(3,)")))
    with pytest.raises(DtypeError, match=word) as caught:
        read(path)
    assert "accepted are bool, int8 to int64" in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_huge_arrays_of_nothing_wide_elements_are_refused(tmp_path: Path) -> None:
    assert "byte strings" in refused(tmp_path / "x.npy", npy(header("'S0'", shape=f"({10**12},)")))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    marker = tmp_path / "marker"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (open, (str(marker), "w"))

    path = tmp_path / "x.npy"
    np.save(path, np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(DtypeError, match="Python objects, which are never loaded"):
        read(path)
    assert not marker.exists()


HUGE = "0x" + "f" * 8000

HOSTILE = {
    "no dictionary": "",
    "a number": "1",
    "an empty dictionary": "{}",
    "an open dictionary": PLAIN[:-1],
    "two dictionaries": PLAIN + PLAIN,
    "a sum of dictionaries": PLAIN + " | {}",
    "a call": "dict(descr='<f8', fortran_order=False, shape=(3,))",
    "a list": "['descr', '<f8']",
    "unpacking": "{**{}, 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
    "an entry too few": "{'descr': '<f8', 'shape': (3,)}",
    "an entry too many": "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'x': 1}",
    "a doubled key": "{'descr': '<i8', 'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
    "a key that is a number": "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 1: 2}",
    "keys of bytes": "{b'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",
    "a key that is a list": "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), []: 2}",
    "a key that is None": "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), None: 2}",
    "a call as shape": header(shape="(__import__('os').getpid(),)"),
    "a name as order": header(fortran="false"),
    "order as a number": header(fortran="0"),
    "order as a huge number": header(fortran=HUGE),
    "order as text": header(fortran="'False'"),
    "descr as a number": header("8"),
    "descr as a huge number": header(HUGE),
    "descr as None": header("None"),
    "descr as bytes": header("b'<f8'"),
    "descr as a dictionary": header("{'names': ['a'], 'formats': ['<f8']}"),
    "shape as a number": header(shape="3"),
    "shape as a list": header(shape="[3]"),
    "shape as text": header(shape="'3'"),
    "shape of floats": header(shape="(3.0,)"),
    "shape of booleans": header(shape="(True,)"),
    "shape of text": header(shape="('3',)"),
    "shape of shapes": header(shape="((3,),)"),
    "shape of complex numbers": header(shape="(3+0j,)"),
    "a negative length": header(shape="(-3,)"),
    "two negative lengths": header(shape="(-1, -3)"),
    "a huge negative length": header(shape=f"(-{HUGE},)"),
    "a huge length": header(shape=f"({HUGE},)"),
    "a length of 5000 digits": header(shape="(" + "9" * 5000 + ",)"),
    "a leading zero": header(shape="(03,)"),
    "ten thousand million elements": header(shape="(10000000000,)"),
    "2**61 - 1 elements": header(shape=f"({2**61 - 1},)"),
    "2**63 elements": header(shape=f"({2**63},)"),
    "a product that wraps to 0": header(shape=f"({2**32}, {2**32})"),
    "a product that wraps to 4": header(shape=f"({2**62 + 1}, 4)"),
    "65 dimensions": header(shape="(3," + "1," * 64 + ")"),
    "4000 dimensions": header(shape="(3," + "1," * 4000 + ")"),
    "deep brackets": header(shape="(" * 4000 + "3" + ")" * 4000),
    "a deep list": header(shape="[" * 4000 + "]" * 4000),
    "many signs": header(shape="(" + "-" * 9000 + "3,)"),
    "a long sum": header(shape="(" + "1+" * 4000 + "3,)"),
    "a bad escape": header(r"'\d'"),
    "a broken escape": header(r"'\x'"),
    "a NUL byte": PLAIN + "\x00",
    "a NUL byte within": PLAIN.replace("f8", "f\x00"),
    "letters that are not ASCII": header("'\xe9'"),
    "a newline in text": header("'<\nf8'"),
    "only spaces": " " * 118,
}


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_a_hostile_header_is_refused_in_one_short_line(
    tmp_path: Path, text: str, version: tuple[int, int]
) -> None:
    data = npy(text.encode("latin-1"), THREE, version)
    assert refused(tmp_path / "x.npy", data)


@pytest.mark.parametrize("shape", ["(0, 9223372036854775807)", "(4611686018427387904, 0)"])
@pytest.mark.parametrize("fortran", ["False", "True"])
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_an_array_that_is_empty_but_huge_is_over_at_once(
    tmp_path: Path, shape: str, fortran: str, reduction: str
) -> None:
    paths = [tmp_path / "p.npy", tmp_path / "t.npy"]
    for path in paths:
        path.write_bytes(npy(header(fortran=fortran, shape=shape), b""))
    out = LossOutput(io.BytesIO(), "text") if reduction == "none" else None
    with pytest.raises(DataError, match=r"p\.npy: "):
        evaluate(*paths, EvalSettings(reduction=reduction), losses_to=out)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)], ids=str)
@pytest.mark.parametrize("orders", list(itertools.product(["False", "True"], repeat=2)), ids=str)
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_arrays_without_elements_are_refused_unless_they_are_expected(
    tmp_path: Path, shape: tuple[int, ...], orders: tuple[str, str], reduction: str
) -> None:
    paths = [tmp_path / "p.npy", tmp_path / "t.npy"]
    for path, fortran in zip(paths, orders, strict=True):
        path.write_bytes(npy(header(fortran=fortran, shape=repr(shape)), b""))
    settings = EvalSettings(reduction=reduction)
    for allowed in (False, True):
        out = io.BytesIO()
        losses_to = LossOutput(out, "npy") if reduction == "none" else None
        options = ReadOptions(allow_empty=allowed)
        if allowed:
            result = evaluate(*paths, settings, options=options, losses_to=losses_to)
            assert (result.tallies[0].n, result.tallies[0].sum) == (0, 0.0)
        else:
            with pytest.raises(DataError, match="nothing to evaluate"):
                evaluate(*paths, settings, options=options, losses_to=losses_to)
    if reduction == "none":
        assert np.load(io.BytesIO(out.getvalue()), allow_pickle=False).shape == shape


@pytest.mark.parametrize("version", [(0, 0), (1, 1), (2, 1), (4, 0), (255, 255)])
def test_an_unknown_version_is_named(tmp_path: Path, version: tuple[int, int]) -> None:
    message = refused(tmp_path / "x.npy", npy(PLAIN, version=version))
    assert f"version {version[0]}.{version[1]} is not known" in message


def test_a_header_longer_than_the_file_is_refused_without_reserving_its_length(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.npy"
    tracemalloc.start()
    try:
        message = refused(path, npy(PLAIN, version=(2, 0), length=2**32 - 1))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert "should be 4294967295 bytes long" in message


def test_a_header_that_is_there_but_far_too_long_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(PLAIN, b"", version=(2, 0), length=1 << 30))
    with path.open("r+b") as file:
        file.truncate((1 << 30) + 100)  # a hole: it takes no room on the disk
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="header too long"):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_header_of_ten_thousand_bytes_is_read_and_a_longer_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(npy(PLAIN.ljust(10_000)))
    assert read(path).size == 3
    assert "header too long" in refused(path, npy(PLAIN.ljust(10_001)))


def test_version_3_headers_must_be_utf_8(tmp_path: Path) -> None:
    assert "UTF-8" in refused(tmp_path / "x.npy", npy(b"\xff" + PLAIN.encode(), version=(3, 0)))


def test_too_few_bytes_of_data_are_counted(tmp_path: Path) -> None:
    message = refused(tmp_path / "x.npy", npy(PLAIN, THREE[:-16]))
    assert "has 8 bytes of data, the header says 24" in message


@pytest.mark.parametrize("extra", [b"\n", b"\x00" * 8, npy(PLAIN)[:5]], ids=["LF", "0", "a mark"])
def test_bytes_after_the_end_are_counted(tmp_path: Path, extra: bytes) -> None:
    message = refused(tmp_path / "x.npy", npy(PLAIN) + extra)
    assert f"{len(extra)} bytes after the end" in message


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0), np.arange(6, dtype="i2").reshape(2, 3, order="F"), np.array(2.5)],
    ids=["vector", "matrix", "scalar"],
)
def test_no_beginning_of_a_file_is_taken_for_the_whole(tmp_path: Path, array: NDArray[Any]) -> None:
    whole = saved(tmp_path / "whole.npy", array).read_bytes()
    path = tmp_path / "cut.npy"
    for k in range(len(whole)):
        message = refused(path, whole[:k])
        if k:
            assert "text" not in message, (k, message)


@pytest.mark.parametrize("wrong", [2, 98, 255])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_boolean_byte_that_is_neither_0_nor_1_is_placed(
    tmp_path: Path, wrong: int, order: str
) -> None:
    array = np.zeros((5, 3), np.uint8)
    array[3, 1] = wrong
    text = header("'|b1'", str(order == "F"), "(5, 3)")
    path = tmp_path / "x.npy"
    path.write_bytes(npy(text, array.tobytes(order=order)))  # type: ignore[arg-type]
    for n_rows in (1, 2, 100):
        with pytest.raises(DataError, match=rf"element 11 is a boolean with byte value {wrong}"):
            read(path, n_rows=n_rows)


def test_integers_are_subtracted_exactly_beyond_2_to_the_53(tmp_path: Path) -> None:
    pred = saved(tmp_path / "p.npy", np.array([2**53 + 1, 2**63 - 1, 3], np.int64))
    target = saved(tmp_path / "t.npy", np.array([2**53, -1, 5], np.int64))
    assert losses(pred, target) == [0.5, float(2**63) - 0.5, 1.5]


def test_unsigned_and_signed_integers_meet_exactly(tmp_path: Path) -> None:
    pred = saved(tmp_path / "p.npy", np.array([2**64 - 1, 2**63 + 1], np.uint64))
    target = saved(tmp_path / "t.npy", np.array([2**63 - 1, 2**63 - 1], np.int64))
    assert losses(pred, target) == [float(2**63) - 0.5, 1.5]


def test_small_unsigned_integers_do_not_wrap(tmp_path: Path) -> None:
    pred = saved(tmp_path / "p.npy", np.array([3, 0], np.uint8))
    target = saved(tmp_path / "t.npy", np.array([5, 255], np.uint8))
    assert losses(pred, target) == [1.5, 254.5]


def test_float16_does_not_overflow(tmp_path: Path) -> None:
    pred = saved(tmp_path / "p.npy", np.array([65504], ">f2"))
    target = saved(tmp_path / "t.npy", np.array([-65504], "<f2"))
    assert evaluate(pred, target).values == (131007.5,)


def test_booleans_are_0_and_1(tmp_path: Path) -> None:
    pred = saved(tmp_path / "p.npy", np.array([True, False, True]))
    target = saved(tmp_path / "t.npy", np.array([-1, 0, 1], np.int8))
    assert losses(pred, target) == [1.5, 0.0, 0.0]


def test_subnormals_are_not_flushed_to_zero(tmp_path: Path) -> None:
    pred = saved(tmp_path / "p.npy", np.array([5e-324, -0.0]))
    target = saved(tmp_path / "t.npy", np.array([0.0, 0.0]))
    result = evaluate(pred, target, EvalSettings((0.0,), "sum"))
    assert result.values == (5e-324,)


def test_a_scalar_is_one_row(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.npy", np.array(2.5))
    assert read(path).tolist() == [2.5]
    assert evaluate(path, path, warn=lambda _: None).inputs[0].shape == ()


@pytest.mark.parametrize("start", range(4))
def test_parts_of_a_fortran_array_are_whole_rows(tmp_path: Path, start: int) -> None:
    array = np.arange(24.0).reshape(4, 3, 2)
    path = saved(tmp_path / "x.npy", np.asfortranarray(array))
    for stop in range(start, 5):
        assert bits(read(path, part=Part(start, stop))) == bits(array[start:stop].ravel())


def test_a_fortran_array_is_read_in_several_pieces_of_several_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = np.arange(17 * 6, dtype=np.float32).reshape(17, 3, 2)
    path = saved(tmp_path / "x.npy", np.asfortranarray(array))
    for n_bytes in (1, 6 * 4 * 4, 6 * 4 * 11):
        monkeypatch.setattr(npy_module, "_TRANSPOSED_BYTES", n_bytes)
        for n_rows in (1, 2, 5, 40):
            found = read(path, n_rows=n_rows, part=Part(2, 16))
            assert bits(found) == bits(array[2:16].ravel())


def test_a_row_too_scattered_to_put_together_is_refused_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(npy_module, "_MAX_TRANSPOSED_ROW", 6)
    for width, fits in ((6, True), (7, False)):
        pred = saved(tmp_path / "p.npy", np.ones((2, width), order="F"))
        target = saved(tmp_path / "t.npy", np.zeros((2, width)))
        if fits:
            assert evaluate(pred, target).tallies[0].n == 12
        else:
            with pytest.raises(DataError, match=r"p\.npy: each row has 7 .*same order"):
                evaluate(pred, target)
        same = evaluate(pred, pred, warn=lambda _: None)
        assert same.tallies[0].n == 2 * width


def test_another_format_read_as_npy_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"1\n2\n" * 50)
    with pytest.raises(DataError, match=r"not a \.npy file"):
        read(path, options=ReadOptions(format="npy"))


def test_one_file_holds_one_side(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.npy", np.arange(3.0))
    with pytest.raises(DataError, match="second file"):
        evaluate(path)


@pytest.mark.parametrize("seed", marked(range(3), {0}))
def test_damage_anywhere_is_refused_or_read_but_never_crashes(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    path = tmp_path / "x.npy"
    arrays = [np.arange(6.0), np.arange(6, dtype="i2").reshape(2, 3), np.array([True, False])]
    originals = [saved(path, array).read_bytes() for array in arrays]
    n_read = 0
    for _ in range(700):
        path.unlink()
        path.write_bytes(damaged(rng.choice(originals), rng))
        try:
            evaluate(path, path, execution=Execution(1), warn=lambda _: None)
            n_read += 1
        except SmoothL1Error as error:
            assert str(error).startswith(f"{path}: ")  # noqa: PT017
    assert 0 < n_read < 170


def damaged(original: bytes, rng: random.Random) -> bytes:
    """One to four bits flipped, bytes put in or taken out, or the end cut off."""
    data = bytearray(original)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        what = rng.random()
        if what < 0.6:
            data[at] ^= 1 << rng.randrange(8)
        elif what < 0.75:
            data[at:at] = rng.randbytes(rng.randint(1, 3))
        elif what < 0.9:
            del data[at : at + rng.randint(1, 3)]
        else:
            del data[max(1, at) :]
    return bytes(data)
