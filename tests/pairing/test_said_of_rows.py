"""What the names of files say of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1.pairing.said_of_rows import said_of
from smoothl1.sources.usual_names import THE_SPLIT

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], {}),
        (["runs/fold1/val_0.npy", "runs/fold1/val_1.npy"], {"fold": "1", THE_SPLIT: "val"}),
        (["a/fold1_rank0.npy", "a/fold1_rank1.npy"], {"fold": "1"}),
        (["a/fold1.npy", "a/b.npy", "a/fold1.npy"], {}),
    ],
)
def test_only_what_the_names_of_all_files_say_is_said(
    files: list[str], said: dict[str, str]
) -> None:
    assert said_of(files) == said


def test_no_name_is_looked_at_behind_those_that_say_nothing_together() -> None:
    looked: list[str] = []

    class Files(list[str]):
        def __iter__(self) -> Iterator[str]:
            for path in super().__iter__():
                looked.append(path)
                yield path

    assert said_of(Files(["p0.npy", *(f"p{i}.npy" for i in range(1, 100))])) == {}
    assert looked == ["p0.npy"]
