"""Options that do not go together, and values that are none: one line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.terminals import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--also maee", "'maee' is not one of 'mae', "),
        ("--also maee", "; did you mean mae?"),
        ("--also xyz", "'xyz' is not one of 'mae', "),
        ("--quantile 90%", "'90%' is no number; did you mean 0.9?"),
        ("--quantile 1%", "'1%' is no number; did you mean 0.01 or 1?"),
        ("--quantile 0.9%", "'0.9%' is no number; did you mean 0.009 or 0.9?"),
        ("--part 3", "'3' is no part: write i/n, such as 3/16"),
        ("--part 5/3", "there is no part 5 of 3"),
        ("--store-timeout 0", "0 is not a time above 0, and at most "),
        ("--plan 2 --part 1/2", "--plan shows all parts, --part evaluates one: leave out one"),
        ("--part 1/2 --fail-above 1", "is about the whole, not a part [give it to merge]"),
        ("--baseline b.json", "--baseline needs a --max-increase [--max-increase 0]"),
        ("--max-increase 0", "--max-increase needs a --baseline"),
        ("--confidence 0.9", "--confidence needs --fail-above or --baseline"),
        ("-o parts/", "parts/: a folder takes the outputs of parts, each in a file [add --part "),
        ("--reduction none -o x.html", ".html is a page, and no losses"),
        ("--per-row --beta 1 --beta 2 -o x.npy", "take one beta"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(
    run: Run, options: str, said: str, tmp_path: Path
) -> None:
    done = run("eval", "no.npy", "such.npy", *options.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("width", [20, 80])
def test_the_worst_rows_are_aligned_on_a_terminal(tmp_path: Path, width: int) -> None:
    (tmp_path / "t.csv").write_text("id,x,y\n" + "".join(f"k{i},{i * i},0\n" for i in range(12)))
    args = ["eval", "t.csv", "--pred", "x", "--target", "y", "--keep", "id", "--top", "3"]
    lines = on_terminal(args, tmp_path, COLUMNS=str(width)).splitlines()
    assert lines[0] == "41.708333333333336"  # (506 - 12 / 2 + 1 / 2) / 12
    begin = lines.index("") + 1
    if width == 20:  # one below the other
        assert lines[begin].split() == ["row", "12"]
        assert lines[begin + 1].split() == ["id", "k11"]
        return
    assert lines[begin].split()[:2] == ["row", "id"]
    rows = [line.split() for line in lines[begin + 1 : begin + 4]]
    assert rows == [[str(i + 1), f"k{i}", str(i * i), "0", f"{i * i - 0.5}"] for i in (11, 10, 9)]
    assert len({len(line) for line in lines[begin : begin + 4]}) == 1
