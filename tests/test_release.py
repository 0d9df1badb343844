"""What a release needs: one version, a citation, and wheels that are checked before they go out."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import yaml

import smoothl1
from tests.examples import ROOT
from tests.github_runner import load

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
JOBS = load((ROOT / ".github" / "workflows" / "wheels.yml").read_text(encoding="utf-8"))["jobs"]


def test_the_version_stands_in_one_place_and_all_else_follows() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "smoothl1.__version__"}
    assert metadata.version("smoothl1") == smoothl1.__version__
    code = [*ROOT.glob("core/**/*.py"), *ROOT.glob("cli/**/*.py"), ROOT / "setup.py"]
    found = [path for path in code if f'"{smoothl1.__version__}"' in path.read_text("utf-8")]
    assert found == [ROOT / "core" / "__init__.py"]


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()  # as 1.2.0 requires
    assert (citation["cff-version"], citation["version"]) == ("1.2.0", smoothl1.__version__)
    project = PROJECT["project"]
    assert (citation["title"], citation["license"]) == (project["name"], project["license"])
    assert citation["abstract"] == project["description"]
    assert citation["authors"] == project["authors"]


def test_only_a_tag_publishes_and_only_what_was_checked() -> None:
    publish = JOBS["publish"]
    assert publish["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert (publish["needs"], publish["environment"]) == ("check", "pypi")
    assert publish["permissions"] == {"id-token": "write"}
    assert JOBS["check"]["needs"] == ["wheels", "sdist"]
    steps = [step for job in JOBS.values() for step in job["steps"]]
    uploads = [s["with"]["name"] for s in steps if "upload-artifact" in s.get("uses", "")]
    assert all(name.startswith("dist-") for name in uploads)
    patterns = [s["with"]["pattern"] for s in steps if "download-artifact" in s.get("uses", "")]
    assert patterns == ["dist-*"] * 2
    assert [name for name, job in JOBS.items() if "permissions" in job] == ["publish"]


def test_wheels_are_for_the_oldest_python_and_all_later_ones() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=").replace(".", "")
    assert PROJECT["tool"]["cibuildwheel"]["build"] == f"cp{oldest}-*"
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    assert re.search(rf'"py_limited_api": "cp{oldest}"', text)
