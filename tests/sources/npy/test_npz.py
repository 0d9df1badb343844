"""What is refused of `.npz` archives, and what is read."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from smoothl1.settings import Execution
from tests.sampling import in_turn
from tests.sources.files import header, npy, read

if TYPE_CHECKING:
    from pathlib import Path

GOOD = npy(header())


def archive(
    members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.comment = comment
        for name, data in members:
            with (
                pytest.warns(UserWarning, match="Duplicate")
                if name in file.namelist()
                else (io.BytesIO())
            ):
                file.writestr(name, data)
    return buffer.getvalue()


def refused(path: Path, *columns: str) -> str:
    with pytest.raises(DataError) as caught:
        read(path, *columns)
    assert caught.value.path == str(path)
    return caught.value.what


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read_whatever_the_archive_looks_like(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "x.npz"
    members = [("a.npy", GOOD), ("../../etc/b.npy", GOOD), ("/c.npy", GOOD)]
    path.write_bytes(archive(members, compression, b"a comment"))
    for name in ("a", "../../etc/b", "/c", "@2"):
        assert read(path, name).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([], "looks like a zip archive without members"),
        ([("a.txt", b"hello"), ("b.npy", GOOD)], "it holds 'a.txt'"),
        ([("a.npy", GOOD), ("a.npy", GOOD)], "two members are called 'a.npy'"),
        ([("a.npy", b"hello")], "member 'a.npy': not a .npy file"),
        ([("a.npy", b"")], "empty member 'a.npy'"),
        ([("a.npy", GOOD[:-1])], "member 'a.npy' ends after"),
        ([("a.npy", GOOD + b"x")], "bytes after the end"),
        ([("a.npy", npy(header(descr="'|O'")))], "member 'a.npy': .*Python objects"),
        ([("a.npy", GOOD), ("b.npy", GOOD)], "several numeric columns: 'a', 'b'"),
    ],
)
def test_what_is_not_an_array_is_refused_with_the_name_of_the_member(
    tmp_path: Path, members: list[tuple[str, bytes]], says: str
) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(archive(members))
    with pytest.raises(DataError, match=says):
        read(path)


@pytest.mark.parametrize("n_bytes", [0, 99, 1 << 31])
def test_a_member_has_the_size_of_its_array_by_the_archive_too(
    tmp_path: Path, n_bytes: int
) -> None:
    data = bytearray(archive([("a.npy", GOOD)]))
    size = data.rindex(b"PK\x01\x02") + 24
    data[size : size + 4] = n_bytes.to_bytes(4, "little")
    (tmp_path / "x.npz").write_bytes(data)
    assert "member 'a.npy'" in refused(tmp_path / "x.npz")


@pytest.mark.parametrize("comment", [b"", b"a comment"])
def test_bytes_after_the_end_of_the_archive_are_refused(tmp_path: Path, comment: bytes) -> None:
    data = archive([("a.npy", GOOD)], comment=comment)
    (tmp_path / "x.npz").write_bytes(data + b"x")
    assert "bytes after the end of the zip archive" in refused(tmp_path / "x.npz")


def test_every_cut_is_refused(tmp_path: Path) -> None:
    data = archive([("a.npy", GOOD)])
    path = tmp_path / "x.npz"
    for length in range(4, len(data)):
        path.unlink(missing_ok=True)
        path.write_bytes(data[:length])
        refused(path)


def test_no_flipped_byte_gives_another_number(tmp_path: Path) -> None:
    data = archive([("a.npy", npy(header(), np.array([1.5, -2.25, 1e300]).tobytes()))])
    path = tmp_path / "x.npz"
    for position in range(4, len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 0x55
        path.unlink(missing_ok=True)
        path.write_bytes(flipped)
        try:
            found = read(path).tolist()
        except DataError:
            continue
        assert found == [1.5, -2.25, 1e300], position


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(archive([("a.npy", GOOD)]))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "x.npz").write_bytes(data)
    assert refused(tmp_path / "x.npz") == "member 'a.npy' is encrypted"


def test_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    data = bytearray(archive([("a.npy", GOOD)]))
    data[8] = 77
    data[data.rindex(b"PK\x01\x02") + 10] = 77
    (tmp_path / "x.npz").write_bytes(data)
    assert "member 'a.npy' cannot be opened" in refused(tmp_path / "x.npz")


def test_two_arrays_of_different_length_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.zeros(3), b=np.zeros(4))
    with pytest.raises(DataError, match="the arrays have 3 and 4 rows"):
        evaluate(tmp_path / "x.npz", pred=("a",), target=("b",))


def test_arrays_are_not_columns_of_a_row(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.zeros(3), b=np.zeros(3))
    assert "do not form rows" in refused(tmp_path / "x.npz", "a", "b")


@pytest.mark.parametrize(
    ("orders", "chunk_rows"), in_turn(["FC", "CF", "FF"], [7, None, 1000, 131_073])
)
def test_members_of_any_order_are_read_in_step(
    tmp_path: Path, orders: str, chunk_rows: int | None
) -> None:
    """Also where more rows of one are read at a time than a chunk has."""
    n_rows = 305_837 if chunk_rows is None or chunk_rows > 1000 else 30_000
    pred, target = np.random.default_rng(0).integers(-9, 9, (2, n_rows, 3))
    arrays = {
        "p": np.asarray(pred.astype(np.float64), order=orders[0]),  # type: ignore[call-overload]
        "t": np.asarray(target.astype(np.int8), order=orders[1]),  # type: ignore[call-overload]
    }
    np.savez(tmp_path / "x.npz", **arrays)
    result = evaluate(
        tmp_path / "x.npz",
        settings=EvalSettings((0.0,)),
        pred=("p",),
        target=("t",),
        execution=Execution(2, chunk_rows),
    )
    assert result.tallies[0].sum == np.abs(pred - target).sum()


def test_a_member_that_grows_a_thousandfold_takes_little_memory(tmp_path: Path) -> None:
    n = 4_000_000
    path = tmp_path / "x.npz"
    path.write_bytes(archive([("a.npy", npy(header(shape=f"({n},)"), bytes(8 * n)))]))
    assert path.stat().st_size < 8 * n / 500
    target = np.zeros(n)
    tracemalloc.start()
    try:
        result = evaluate(path, target, execution=Execution(1, 1 << 16))
        assert tracemalloc.get_traced_memory()[1] < 4 * n  # half of the content
    finally:
        tracemalloc.stop()
    assert (result.tallies[0].n, result.values) == (n, (0.0,))
