"""Inputs in stores give what the same files give: the same bits, orders and refusals."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smoothl1
from smoothl1.errors import SmoothL1Error
from smoothl1.files.patterns import find_shards
from smoothl1.files.tree import tree_of
from tests.files.stores.tables import columns, in_every_format

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.stores.servers import Bucket


def outcome(*inputs: str, **how: Any) -> Any:
    """The results of an evaluation."""
    return smoothl1.evaluate(*inputs, warn=lambda _: None, **how).to_json()["results"]


@pytest.mark.usefixtures("small_requests")
def test_every_format_gives_the_bits_of_a_local_file(bucket: Bucket, tmp_path: Path) -> None:
    of_columns: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    for name, content in in_every_format(pa.table(columns())).items():
        (tmp_path / name).write_bytes(content)
        uri = bucket.put(f"run 1/%20/{name}", content)
        assert outcome(uri, **of_columns) == outcome(str(tmp_path / name), **of_columns), name


def test_patterns_folders_keys_weights_and_groups_are_those_of_files(
    bucket: Bucket, tmp_path: Path
) -> None:
    for role, names in (("p", ("id", "p")), ("t", ("id", "t", "w", "g"))):
        table = pa.table(columns()).select(names)
        for i, start in ((2, 0), (10, 200), (11, 400)):
            rows = table.slice(start, 200)
            buffer = io.BytesIO()
            pq.write_table(rows.sort_by("t") if role == "t" else rows, buffer)
            path = tmp_path / role / f"part-{i}.parquet"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(buffer.getvalue())
            bucket.put(f"{role}/part-{i}.parquet", buffer.getvalue())
        bucket.put(f"{role}/_SUCCESS", b"")
        bucket.put(f"{role}/.hidden", b"x")
    how: dict[str, Any] = {"pred": ("p",), "target": ("t",), "key": ("id",), "weight": "w"}
    how["settings"] = smoothl1.EvalSettings(by=("g",))
    expected = outcome(f"{tmp_path}/p", f"{tmp_path}/t", **how)
    for end in ("/", "/part-*"):
        assert outcome(f"{bucket.uri}/p{end}", f"{bucket.uri}/t{end}", **how) == expected
    assert outcome(f"{bucket.uri}/**/p/*", f"{bucket.uri}/t", **how) == expected


def test_zarr_stores_of_a_bucket_are_read_alone_and_as_a_set(
    bucket: Bucket, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    array = {"zarr_format": 2, "shape": [5, 3], "chunks": [3, 2], "dtype": "<f8", "order": "C"}
    array |= {"fill_value": 0.5, "compressor": None, "filters": None}
    for name in ("part-2.zarr/p", "part-2.zarr/t", "part-10.zarr/p", "part-10.zarr/t"):
        files = {key: rng.normal(size=6).tobytes() for key in ("0.0", "0.1", "1.0")}
        for key, content in {**files, ".zarray": json.dumps(array).encode()}.items():
            path = tmp_path / "set" / name / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            bucket.put(f"set/{name}/{key}", content)
    how: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    for end in ("set/part-2.zarr", "set/part-2.zarr/", "set/", "**/*.zarr"):
        expected = outcome(f"{tmp_path}/{end}", **how)
        assert outcome(f"{bucket.uri}/{end}", **how) == expected, end
    heard: list[str] = []
    uri = f"{bucket.uri}/set/"
    parts = [smoothl1.evaluate(uri, part=(k, 2), warn=heard.append, **how) for k in (1, 2)]
    assert "1 of 4 chunks is not stored" in heard[0]
    whole = parts[0].merged(parts)
    assert whole.to_json()["results"] == outcome(f"{tmp_path}/set", **how)
    bucket.put("set/part-2.zarr/t/0.0", b"short")
    with pytest.raises(SmoothL1Error, match=r"part-2.zarr: array 't': chunk t/0.0 has 5 bytes"):
        smoothl1.evaluate(f"{bucket.uri}/set/part-2.zarr", warn=heard.append, **how)


def test_empty_objects_of_a_folder_are_left_out_or_refused_as_empty_files_are(
    bucket: Bucket, tmp_path: Path
) -> None:
    content = {"a.csv": b"p,t\n1,2\n3,5\n", "b.csv": b"", "c.csv": b"p,t\n8,8\n", "_SUCCESS": b""}
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
        bucket.put(f"run/{name}", data)
    bucket.put("run/", b"")  # what consoles of stores leave for a folder
    how: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    for end in ("/", "/*"):
        found = smoothl1.evaluate(f"{bucket.uri}/run{end}", **how)
        assert found.mean == (0.5 + 1.5 + 0.0) / 3
        assert outcome(f"{bucket.uri}/run{end}", **how) == outcome(f"{tmp_path}{end}", **how)
    left_out = [x for x in found.decisions if x.subject == "files left out"]
    assert [(x.choice, x.reason) for x in left_out] == [("b.csv", "they are empty (0 bytes)")]
    bucket.put("run/d.parquet", b"")
    with pytest.raises(SmoothL1Error, match=r"d\.parquet has 0 bytes: not written to the end\?"):
        smoothl1.evaluate(f"{bucket.uri}/run/", **how)


def test_a_key_with_an_empty_part_is_refused_where_it_is_meant(bucket: Bucket) -> None:
    for key in ("run/0.csv", "run//1.csv", "x/0.csv", "x//a.txt", "h/k=1//0.csv", "h/k=2/0.csv"):
        bucket.put(key, b"p,t\n1,4\n")
    said = r"holds a key with an empty part \(//\), which cannot be read: s3:.*/run//1\.csv"
    for end in ("run/**/*.csv", "run/**", "**/*.csv"):
        with pytest.raises(SmoothL1Error, match=said):
            find_shards(f"{bucket.uri}/{end}", print, tree_of(bucket.uri))
    for end in ("run/", "run/*", "h/"):
        with pytest.raises(SmoothL1Error, match=r"holds a key with an empty part"):
            find_shards(f"{bucket.uri}/{end}", print, tree_of(bucket.uri))
    for end in ("run/*.csv", "x/**/*.csv"):  # others beside it
        assert outcome(f"{bucket.uri}/{end}", pred="p", target="t")[0]["mean"] == 2.5
    for end, part in (("run//1.csv", "an empty part"), ("x/./0.csv", "a part ."), ("..", "a part")):
        with pytest.raises(SmoothL1Error, match=rf"{end}: the key has {part}"):
            outcome(f"{bucket.uri}/{end}", pred="p", target="t")


def test_an_object_and_a_folder_of_one_name_are_not_taken_for_one(bucket: Bucket) -> None:
    for key in ("run/0.csv", "run/0.csv/1.csv", "empty/0.csv/1.csv", "empty/2.csv"):
        bucket.put(key, b"p,t\n1,4\n")
    bucket.put("empty/0.csv", b"")  # what some programs leave for a folder
    for end in ("run/", "run", "run/*"):
        with pytest.raises(SmoothL1Error, match="an object and a folder that are both called 0"):
            find_shards(f"{bucket.uri}/{end}", print, tree_of(bucket.uri))
    with pytest.raises(SmoothL1Error, match="holds a folder, 0"):
        find_shards(f"{bucket.uri}/empty/", print, tree_of(bucket.uri))
    assert outcome(f"{bucket.uri}/run/0.csv", pred="p", target="t")[0]["mean"] == 2.5


FOLDERS = (
    (("a.csv", "b.csv", "_SUCCESS", "_hidden.csv"), "*"),
    (("part-2.csv", "part-10.csv"), "*.csv"),
    (("year=2024/1.csv", "year=2023/2.csv", "year=2023/.x.csv"), "**/*.csv"),
    (("x/a.csv", "y/a.csv", "z.csv"), "*/a.csv"),
    (("x/a.csv", "b.csv"), ""),
    (("a.parquet", "_delta_log/0.json"), ""),
    (("a.parquet", ".hoodie/x"), "*.parquet"),
    (("data/a.parquet", "metadata/v1.metadata.json"), "data/*.parquet"),
    (("a.csv", "a.csv.gz"), ""),
    (("a-0-of-3.csv", "a-1-of-3.csv"), ""),
    (("a.csv", "b.csv.tmp"), ""),
    (("part-0-tid-1-a.csv", "_committed_2", "_started_1"), "part-*"),
    (("a.csv",), "*.npy"),
    (("_SUCCESS",), ""),
    (("day=a/1.csv", "day=b/", "day=c/hour=1/", "day=d_$folder$"), ""),
    (("day=a/1.csv", "day=b/", "day=c/_SUCCESS"), "*/*.csv"),
    (("day=a/", "day=b/"), ""),
    (("a.csv", "b_$folder$"), "*"),
)
"""The names in some folders, and patterns; none is the folder itself. A name that ends with a slash
is that of a folder without files, and one with a dollar sign that of an object of no bytes."""


def said(path: str, root: str) -> str:
    """What a path stands for, or why it is refused, and the warnings, without the root."""
    warnings: list[str] = []
    try:
        files: Any = find_shards(path, warnings.append, tree_of(path))
        files.refuse_incomplete(path, tree_of(path))
    except SmoothL1Error as error:
        files = type(error), str(error)
    return repr((files, warnings)).replace(root, "ROOT")


def test_a_folder_of_a_store_stands_for_what_a_local_one_stands_for(
    bucket: Bucket, tmp_path: Path
) -> None:
    for i, (names, pattern) in enumerate(FOLDERS):
        for name in names:
            content = b'{"added": [], "removed": []}' if name.startswith("_com") else b"p,t\n1,2\n"
            path = tmp_path / str(i) / name
            if name.endswith(("/", "$")):
                content = b""
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir()
            else:
                path.write_bytes(content)
            bucket.put(f"{i}/{name}", content)
        end = f"/{i}/{pattern}".rstrip("/")
        expected = said(f"{tmp_path}{end}", str(tmp_path))
        of_local_tables = "give the folder of the table, which is read by its log, or "
        if "Delta Lake" not in expected:  # of which the log is read in S3, too
            expected = expected.replace(of_local_tables, "")
        assert said(f"{bucket.uri}{end}", bucket.uri) == expected
