"""Checksums that files must have: SHA-256 of all bytes, as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import DataError, SettingsError
from smoothl1.files.uris import resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.files.contract import Input

    Checksums = Sequence[tuple[str, str]]


def check_sum(file: Input, path: str, checksums: Checksums) -> None:
    """Refuse a file whose bytes are others than a checksum says. A stream is copied for that.

    Args:
        file: The file, open and not decompressed.
        path: Its path, by which checksums name it.
        checksums: Paths of files, and the SHA-256 of each in hexadecimal digits.

    Raises:
        DataError: The bytes are others.
    """
    for name, wanted in checksums:
        if resolved(name, may_be_pattern=False) == path and wanted.lower() != (
            found := sha256_of(file)
        ):
            what = f"the SHA-256 is {found}, but {wanted.lower()} is the checksum"
            hint = "it is another file, or --checksum is out of date"
            raise DataError(what, path=path, hint=hint)


def check_named(checksums: Checksums, paths: Iterable[str]) -> None:
    """Refuse a checksum of a file that is not read.

    Args:
        checksums: See `check_sum`.
        paths: The paths of all files that are read.

    Raises:
        SettingsError: There is such a checksum.
    """
    known = {*paths}
    for name, _ in checksums:
        if resolved(name, may_be_pattern=False) not in known:
            raise SettingsError(
                f"there is a checksum of {name}, but no such file is read",
                hint="--checksum names a file as the command line does, or one of the files in a "
                "folder: run/part-0.npy",
            )


def sha256_of(file: Input) -> str:
    """SHA-256 of all bytes of a file, in hexadecimal digits. A stream is copied for that."""
    from smoothl1.files.digests import HashedInput  # late: most runs check no sums

    return HashedInput(file.seekable()).digest().sha256
