"""The site that Sphinx makes of the pages: what it is made of, and whether it holds together."""

from __future__ import annotations

import os
import re
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

import click
import pytest

import smoothl1
from docs import pages
from smoothl1.cli.main import main
from tests.examples import ROOT, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IS_REQUIRED = "SMOOTHL1_REQUIRE_SPHINX" in os.environ


def all_commands() -> Iterator[click.Command]:
    context = click.Context(main)
    yield main
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        yield command


@pytest.mark.parametrize(
    ("link", "origin", "file", "moved"),
    [
        ("eval.md#gates", "docs/ci.md", "docs/ci.md", "eval.md#gates"),
        ("../README.md#set-up", "docs/faq.md", "docs/faq.md", "site/readme.md#set-up"),
        ("../action.yml", "docs/ci.md", "docs/ci.md", "../action.yml"),
        ("docs/eval.md", "README.md", "docs/site/readme.md", "../eval.md"),
        ("CHANGELOG.md", "README.md", "docs/site/readme.md", "changelog.md"),
        ("growth.png", "benchmarks/RESULTS.md", "docs/site/x.md", "../../benchmarks/growth.png"),
        ("https://a.org/b.md", "README.md", "docs/site/readme.md", "https://a.org/b.md"),
        ("#in-ci", "README.md", "docs/site/readme.md", "#in-ci"),
    ],
)
def test_links_lead_to_the_pages_of_the_site(link: str, origin: str, file: str, moved: str) -> None:
    found = pages.with_moved_links(f"a [b]({link}), `[c]` and (d).", origin, file)
    assert found == f"a [b]({moved}), `[c]` and (d)."


def test_lists_of_pages_become_tables_of_contents() -> None:
    text = "- [no](no.md)\n\n## B c\n\nText [d](d.md).\n\n- [E f](g/e.md): h [i](i.md).\n- j\n"
    expected = "\n```{toctree}\n:hidden:\n:caption: B c\n\nE f <g/e>\n```\n"
    assert pages.contents(text) == expected


def test_the_site_has_every_page_once() -> None:
    text = pages.on_site("index", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"))
    entries = re.findall(r"(?m)^\S.* <(\S+)>$", text)
    files = {str(path.relative_to(ROOT / "docs")) for path in ROOT.glob("docs/**/*.md")}
    assert sorted(entries) == sorted(file.removesuffix(".md") for file in files - {"index.md"})
    inside = {f"docs/{entry}.md" for entry in entries}
    assert set(pages.OUTSIDE.values()) <= inside


@pytest.mark.parametrize("outside", pages.OUTSIDE)
def test_a_page_from_outside_is_shown_whole(outside: str) -> None:
    docname = pages.OUTSIDE[outside].removeprefix("docs/").removesuffix(".md")
    shown = pages.on_site(docname, "instead")
    text = (ROOT / outside).read_text(encoding="utf-8")
    assert re.sub(r"\]\(.*?\)", "", shown) == re.sub(r"\]\(.*?\)", "", text)
    assert outside in (ROOT / "docs" / f"{docname}.md").read_text(encoding="utf-8")


def test_the_reference_has_every_command_and_option() -> None:
    text = pages.on_site("site/commands", "")
    assert text.count("\n## smoothl1") == sum(1 for _ in all_commands())
    for command in all_commands():
        shown = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
        for option in shown:
            assert re.search(rf"(?m)^`.*{option.opts[-1]}\b.*`\n: \S", text), option.opts


def test_marks_of_markdown_in_help_are_escaped() -> None:
    assert pages.escaped(r"a_b *c* [d] `e_f` <g> \t") == r"a\_b \*c\* \[d\] `e_f` \<g\> \\t"


def test_the_reference_has_every_name_in_python() -> None:
    text = (ROOT / "docs" / "site" / "python.md").read_text(encoding="utf-8")
    names = re.findall(r"(?m)^\.\. auto\w+:: smoothl1\.(\w+)$", text)
    assert sorted([*names, "__version__"]) == sorted(smoothl1.__all__)


class Links(HTMLParser):
    """The links of a page, what it loads, and its anchors."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.anchors = {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors.add(found.get("id", ""))
        target = found.get("href") or found.get("src")
        if target is not None:
            (self.links if tag == "a" else self.loaded).add(target)


@pytest.mark.grid
def test_the_site_is_built_without_a_warning_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    if not IS_REQUIRED:
        for module in ("sphinx", "furo", "myst_parser"):
            pytest.importorskip(module, reason="the extra docs is not installed")
    command = (sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html")
    done = run_in(ROOT, *command, "-d", str(tmp_path / "trees"), "docs", str(tmp_path / "site"))
    assert (done.returncode, done.stderr) == (0, "")
    read = {path: Links(path) for path in (tmp_path / "site").rglob("*.html")}
    assert len(read) > len(list(ROOT.glob("docs/**/*.md")))  # with the index and the search
    for path, page in read.items():
        for target in page.links | page.loaded:
            if re.match(r"\w+:", target):
                assert target in page.links, f"{path.name} loads {target}"
                continue
            url, anchor = urldefrag(target)
            other = (path.parent / unquote(url.partition("?")[0])).resolve() if url else path
            assert other.exists(), f"{path.name}: {target}"
            if other in read:
                assert unquote(anchor) in read[other].anchors, f"{path.name}: {target}"
