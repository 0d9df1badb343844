from __future__ import annotations

import pyarrow as pa

from smoothl1.sources.arrow.digests import digest_of


def test_values_that_differ_in_the_middle_or_in_their_type_alone_have_other_digests() -> None:
    values = [
        pa.scalar("a" * 1000 + "b" + "a" * 1000),
        pa.scalar("a" * 1000 + "c" + "a" * 1000),
        pa.scalar(1, pa.int8()),
        pa.scalar(1, pa.int64()),
        pa.scalar(None, pa.int8()),
        pa.scalar(None, pa.string()),
    ]
    assert len({*map(digest_of, values)}) == len(values)
    assert len({digest_of(pa.scalar("x")) for _ in range(3)}) == 1
