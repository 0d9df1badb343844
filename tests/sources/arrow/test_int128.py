"""Tables of Polars with integers of 128 bits, which only Polars reads."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING

import pytest

from smoothl1.errors import DataError
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "arrows": (
        "eNqljzEOwjAMRX/aDgEyBOjAyDEYGDgLC+IGjJwXMSEGNvc5TaUKiQlHtr/9nR/HzOwmqcNf4L7gQFxqpUjs9KGf"
        "6ETOxPr8k/6BvMd3eGikrA1c1rrM+i3pzdzd+aKxgI9qwefrRVa5Se+k0cY9WhS2RTNRPeBD5Y/yt1T27OESVaPf"
        "lmc4VNdX7x/zf3geABBNKNk="
    ),
    "arrow": (
        "eNq1UTEOwjAMvLQdAmQIpQMjX2DrwNC+AKkLOwviFx15CK+rmBADWzi7KUKRmBCOHDs+52I7bdftD1ugAHAPIVQQ"
        "33CfYwHLvcCTcceI5ZpQyb8xXtNuqGuqyQCPkpjHUnPlFvBgXi+4csyIW+T0j+cTQsQmvgajjHXkZFgpp+NpIG4i"
        "voO8Ba2zIuZ4yvBd/IdvoiKJ/SLSB5I+6ncfMomSNUjnTt/q471LtE3C98+ZX2lb/fcX49c9Ig=="
    ),
    "parquet": (
        "eNp1UctOAjEUvVMNYUFY0WaazKIbCQTCo2iGMTGxEIJogh1ionHl4NCBBBjC8FA/wK9x6//4IyZ2igs33sW59557"
        "zlm0UoyaGHAV16oY6SGDMwClz/o3I1uASwQAyLLAAv6FcJ6eQIbaR+NZhHMEkSGRxSxQh2SxJFqJEa1eHa/jeIMR"
        "4DxmGBkxEEQd6hQfnH8iyLuFC6AXVMwSWQCdaefEaHR7f548TyeLwP6w6mm1IqGrl0J7p/cX/3c31I0Qieia7ouK"
        "1Pf9PuUHQkR/dQbc9P5meAN9YU7ars2dgeiY3kvzdJkcIeSdNlUOs3+wdv00LzpI+terx724AHso43mwTlhp9bqZ"
        "xssy203WySxeMl5r1hqsNN7O5iFzldfg47ClVMhdpdo8bJ5ytx00vIB7Z0px5QaT0ONl6jj6fZ8sAKk/7AeLR2Hb"
    ),
}
"""A column big of Int128, as Polars 2.1 writes it, compressed: pyarrow has no such type."""


@pytest.mark.parametrize("suffix", FILES)
def test_a_file_with_integers_of_128_bits_is_not_called_broken(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(zlib.decompress(base64.b64decode(FILES[suffix])))
    with pytest.raises(DataError, match=r"more than 64 bits .*\[write it as Int64") as caught:
        read(path, "p")
    assert "broken" not in str(caught.value)
