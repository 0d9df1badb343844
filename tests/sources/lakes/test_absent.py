"""Tables with a log, without the packages that read it: refused by name, with what to install."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smoothl1 import MissingExtraError, evaluate
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("log", "package", "why"),
    [
        ("_delta_log/0.json", "deltalake", r"a table of Delta Lake.*'smoothl1\[delta\]'"),
        ("metadata/v1.metadata.json", "pyiceberg", r"a table of Apache Iceberg.*1\[iceberg\]'"),
    ],
)
def test_the_extra_that_reads_a_table_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: str, package: str, why: str
) -> None:
    for name in (package, f"{package}.table"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / log).parent.mkdir()
    (tmp_path / log).touch()
    save(tmp_path / "x.parquet", None, p=[1.0], t=[0.0])
    with pytest.raises(MissingExtraError, match=why):
        evaluate(tmp_path, None, pred="p", target="t")


def test_files_without_a_log_need_no_such_package(tmp_path: Path) -> None:
    save(tmp_path / "x.parquet", None, p=[1.0], t=[0.0])
    code = (
        "import sys; from smoothl1 import evaluate; evaluate(sys.argv[1], None, pred='p', "
        "target='t'); print({'deltalake', 'pyiceberg', 'smoothl1.sources.lakes'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
