"""Examples as they stand in the Markdown pages: found, and run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

from tests.forking import forks

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 300


@cache
def search_path() -> str:
    """Has smoothl1 first, in forks, and then the Python of these tests."""
    return os.pathsep.join(
        [str(forks().script.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    )


class Block(NamedTuple):
    """A block of code.

    Attributes:
        name: The heading above it, and its number below that heading, from 1.
        language: Of its fence; empty for a block that is only indented.
    """

    name: str
    language: str
    text: str


def blocks_of(page: Path | str) -> list[Block]:
    """All blocks of code of a page (relative to the root), fenced or indented."""
    tokens = MarkdownIt().parse((ROOT / page).read_text(encoding="utf-8"))
    heading, blocks = "", []
    numbers: Counter[str] = Counter()
    for i, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[i + 1].content
        elif token.type in ("fence", "code_block"):
            numbers[heading] += 1
            name = f"{heading} {numbers[heading]}"
            blocks.append(Block(name, token.info.strip(), token.content))
    return blocks


def run_in(
    folder: Path, *command: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, smoothl1 and Python on its path."""
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": search_path(), **(env or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


def shell(
    folder: Path, script: str, interpreter: Sequence[str] = ("sh",)
) -> subprocess.CompletedProcess[str]:
    """Run the text of a script by a shell."""
    return run_in(folder, *interpreter, "-c", script)
