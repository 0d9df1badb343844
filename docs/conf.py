"""Settings of the site, which `sphinx-build docs OUT` makes of the pages in this folder.

Source: https://www.sphinx-doc.org/en/master/usage/configuration.html
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import smoothl1

sys.path.insert(0, str(Path(__file__).parent))

import pages

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "smoothl1"
version = release = smoothl1.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"smoothl1 {release}"
html_show_copyright = False
html_copy_source = False
highlight_language = "none"  # of blocks that name none: formulas, drawings
smartquotes = False  # would make a dash of the two hyphens of an option

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4

default_role = "code"  # docstrings have the backticks of Markdown
napoleon_use_ivar = True  # fields of named tuples have descriptions of their own
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80


def setup(app: Sphinx) -> None:
    """Connect what makes pages of the site of pages of the repository, and of docstrings."""
    app.connect("source-read", _read)
    app.connect("env-get-outdated", _from_elsewhere)
    app.connect("autodoc-process-docstring", _escape, priority=100)  # before napoleon's 500


def _read(app: Sphinx, docname: str, source: list[str]) -> None:
    source[0] = pages.on_site(docname, source[0])


def _from_elsewhere(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """The pages that are made of other files: they are read in every build."""
    return [docname for docname in env.found_docs if docname.startswith("site/")]


def _escape(
    app: Sphinx, kind: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Let stars and bars in the text of a docstring stand for themselves."""
    lines[:] = pages.escaped("\n".join(lines), "*|").split("\n")
