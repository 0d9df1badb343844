"""Files that once did harm: each is read, or refused in one line, as it is written here."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.examples import ROOT
from tests.faults.bounded import broken_by, outcome_of

FOLDER = ROOT / "tests/faults/findings"


class Finding(NamedTuple):
    """A command line about a file, and how it ends.

    Attributes:
        args: The arguments, in which FILE stands for the file.
        code: The exit code.
        words: A part of the answer, or of the error.
    """

    args: str
    code: int
    words: str


FINDINGS = {
    # Statistics with a histogram of the wrong length: pyarrow's description of the chunk aborts.
    "statistics-of-chunk.parquet": (
        Finding("inspect FILE", 0, "9 rows, 3 row groups, zstd"),
        Finding("eval FILE --pred c0 --target c1", 3, "broken Parquet file, row group 1"),
    ),
    # The header of a page that says 2 GiB: pyarrow filled a buffer of that size.
    "page-of-2-GiB.parquet": (
        Finding("eval FILE --pred c0 --target c1", 3, "Page was smaller (157) than expected"),
    ),
    # Offsets of texts with an odd byte behind them: NumPy's ValueError.
    "offsets-of-odd-length.arrows": (Finding("eval FILE FILE --pred c0 --target c0", 0, "0.0"),),
    # A member without a name: Python 3.11 looks at the last letter of it.
    "member-without-name.zarr.zip": (
        Finding("eval FILE --pred array --target array", 3, "zip archive: a member has no name"),
        Finding("inspect FILE", 3, "broken zip archive: a member has no name"),
    ),
    # A name of an array that is no text: pyarrow makes no field of it.
    "name-of-no-text.nc": (
        Finding("inspect FILE", 0, r"\x80"),
        Finding("eval FILE FILE --pred array --target array", 0, "0.0"),
    ),
    # A name before the member that is no UTF-8, and marked as such: zipfile's UnicodeDecodeError.
    "name-before-member.npz": (
        Finding("inspect FILE", 3, "member 'array.npy' cannot be opened: a name is marked"),
    ),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_a_file_that_did_harm_does_none(name: str) -> None:
    for finding in FINDINGS[name]:
        args = finding.args.replace("FILE", str(FOLDER / name)).split()
        outcome = outcome_of(args)
        assert broken_by(outcome) == ""
        assert outcome.code == finding.code
        assert finding.words in (outcome.words or outcome.output)


def test_every_file_is_told_of() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*FINDINGS}
