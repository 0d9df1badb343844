from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1.cli.main import main
from smoothl1.errors import SettingsError, StorageError
from smoothl1.files import uris
from smoothl1.files.atomic import OutputFiles
from smoothl1.files.stores.opening import place_of
from smoothl1.files.uris import bucket_and_key, given_with, hiding_secrets, resolved
from smoothl1.sources.formats import files_of

if TYPE_CHECKING:
    from pathlib import Path

RESOLVED = {
    "x.npy": "x.npy",
    "s3:/x": "s3:/x",
    "C:\\x": "C:\\x",
    "file:///a%20b/x.npy": "/a b/x.npy",
    "file://localhost/a": "/a",
    "local:///a%20b": "/a b",
    "s3://bucket/a b/%20/x.npy": "s3://bucket/a b/%20/x.npy",
    "S3://bucket": "s3://bucket",
    "s3://bucket/run-?.npy": "s3://bucket/run-?.npy",
    "s3://bucket/a/?/x=?/y": "s3://bucket/a/?/x=?/y",
    "s3://bucket/x?region=r&scheme=http": "s3://bucket/x",
    "s3://id:secret@bucket/*?region=r": "s3://bucket/*",
    "abfs://box:secret@acc.dfs.core.windows.net/x": "abfs://box@acc.dfs.core.windows.net/x",
    "abfs://box@acc.dfs.core.windows.net/x": "abfs://box@acc.dfs.core.windows.net/x",
    "https://me:secret@host/x.csv?sig=secret&id=1": "https://host/x.csv",
}


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "_given", {})


@pytest.mark.parametrize("path", RESOLVED)
def test_a_path_is_left_with_bucket_and_key(path: str) -> None:
    name = resolved(path)
    assert name == RESOLVED[path]
    assert resolved(name) == name


def test_what_was_given_with_a_bucket_holds_for_all_its_objects() -> None:
    resolved("s3://id:a%2Fb@bucket/x?region=r&session_token=t")
    given = given_with("s3://bucket/other/y")
    assert given.user == ("id", "a/b")
    assert given.parameters == {"region": "r", "session_token": "t"}
    assert given_with("s3://bucket-2/x").user == ("", "")
    resolved("s3://id:new@bucket/x?region=r&session_token=u")
    assert given_with("s3://bucket/x").user == ("id", "new")
    with pytest.raises(SettingsError, match=r"^s3://bucket/z: the same bucket"):
        resolved("s3://id:new@bucket/z?region=q")


def test_a_parameter_that_was_refused_can_be_given_right() -> None:
    with pytest.raises(SettingsError, match=r"^s3://b/x: anonymous is neither true nor false"):
        place_of(resolved("s3://b/x?anonymous=maybe"))
    assert given_with(resolved("s3://b/x?anonymous=true")).parameters == {"anonymous": "true"}


def test_a_bucket_is_no_pattern() -> None:
    with pytest.raises(SettingsError, match=r"^s3://\*/x: a bucket has no pattern"):
        resolved("s3://*/x")
    for uri in ("s3://", "gs://id:secret@", "s3://?region=r"):
        with pytest.raises(SettingsError, match=r"^(s3|gs)://: names no bucket \[(s3|gs)://BUCKET"):
            resolved(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "zip://b.npy::file:///z.zip",
        "zip://d/b.npy::s3://bucket/z.zip",
        "simplecache::s3://bucket/b.npy",
        "filecache::zip://*.npy::https://host/z.zip",
    ],
)
def test_chained_urls_are_refused(uri: str) -> None:
    with pytest.raises(SettingsError, match=r": chained URLs \(::\) are not read \[give the file"):
        resolved(uri)


@pytest.mark.parametrize("path", ["a::b", "s3://bucket/a::b/c", "gs://bucket/run::2", "::s3://b"])
def test_two_colons_in_a_name_make_no_chain(path: str) -> None:
    assert resolved(path) == path


def test_a_bucket_and_a_key_are_what_is_before_and_behind_the_first_slash() -> None:
    assert bucket_and_key("s3://bucket/a/b") == ("bucket", "a/b")
    assert bucket_and_key("s3://bucket") == bucket_and_key("s3://bucket/") == ("bucket", "")


def test_texts_are_left_without_secrets() -> None:
    text = "cannot read s3://id:pw@b/x?session_token=t or 'https://h/y?sig=s' [a://b]"
    assert hiding_secrets(text) == "cannot read s3://b/x or 'https://h/y' [a://b]"


def test_parameters_of_a_file_are_refused(tmp_path: Path) -> None:
    """One in the name of an output would be lost, and another file be replaced."""
    with pytest.raises(SettingsError, match=r"^file:///a/x.npy: file:// has no parameters, such"):
        resolved("file:///a/x.npy?version=3")
    (tmp_path / "a?v=1.npy").touch()
    assert resolved(f"file://{tmp_path}/a%3Fv=1.npy") == f"{tmp_path}/a?v=1.npy"


def test_an_encoded_star_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "a1.npy").touch()
    with pytest.raises(StorageError, match=r"/a\*\.npy: no such file or directory"):
        resolved(f"file://{tmp_path}/a%2A.npy")
    assert resolved(f"file://{tmp_path}/a*.npy") == f"{tmp_path}/a*.npy"
    (tmp_path / "a*.npy").touch()
    assert resolved(f"file://{tmp_path}/a%2A.npy") == f"{tmp_path}/a*.npy"


def test_what_is_encoded_stands_for_itself_in_a_pattern(tmp_path: Path) -> None:
    """A star of both kinds in one URI was taken for two: files of other folders were read."""
    for folder in ("s*", "sx", "s[1]", "s1", "s?"):
        (tmp_path / folder).mkdir()
        np.save(tmp_path / folder / f"{folder}.npy", np.arange(3.0))
    uri = f"file://{tmp_path}"
    for key, folder in (
        ("s%2A/*.npy", "s*"),
        ("s%2a/*", "s*"),
        ("s%5B1%5D/*.npy", "s[1]"),
        ("*/s%3f.npy", "s?"),
        ("s[%5B*x]1]/*.npy", "s[1]"),
        ("s[!x%31]/s%2A.npy", "s*"),
    ):
        assert files_of(f"{uri}/{key}", print) == [f"{tmp_path}/{folder}/{folder}.npy"]
    (tmp_path / "s*" / "*").touch()
    assert resolved(f"{uri}/s%2A/*") == f"{tmp_path}/s*/*"


@pytest.mark.parametrize("encoded", ["%5D", "%5d", "%2D", "%21", "%2F"])
def test_the_syntax_of_a_pattern_is_not_encoded(encoded: str) -> None:
    with pytest.raises(SettingsError, match=f"{encoded} stands between the brackets of a pattern"):
        resolved(f"file:///a[{encoded}z]%2A")
    with pytest.raises(SettingsError, match=f"{encoded} stands between the brackets of a pattern"):
        resolved(f"file:///a[y{encoded}z].npy")


def test_an_encoded_bracket_ends_no_set() -> None:
    with pytest.raises(SettingsError, match="%5D stands between the brackets of a pattern"):
        resolved("file:///a[bz%5D.npy")


def test_a_file_may_have_a_name_with_brackets_and_what_is_encoded(tmp_path: Path) -> None:
    (tmp_path / "a[!b-c].npy").touch()
    for name in ("a[%21b-c].npy", "a[!b%2Dc].npy", "a%5B%21b%2Dc%5D.npy"):
        assert resolved(f"file://{tmp_path}/{name}") == f"{tmp_path}/a[!b-c].npy"


def test_a_nul_character_is_refused() -> None:
    """It was called a bug."""
    for may_be_pattern in (True, False):
        with pytest.raises(SettingsError, match=r"^file:///a%00b: %00 is a NUL character"):
            resolved("file:///a%00b", may_be_pattern=may_be_pattern)


@pytest.mark.skipif(sys.platform != "linux", reason="others have names of UTF-8 alone")
def test_bytes_that_are_no_text_are_those_of_the_name(tmp_path: Path) -> None:
    """All such bytes became one character: an output replaced that of another name."""
    for name in (b"gr\xfcn", b"gr\xe4n", "gr\u00fcn".encode()):
        path = tmp_path / os.fsdecode(name)
        for spelling in (path.as_uri(), f"file://{path}"):
            assert resolved(spelling) == str(path)
        with OutputFiles() as files, files.opened(path.as_uri()) as file:
            file.write(name)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == os.fsencode(path.name)


@pytest.mark.parametrize(
    ("uri", "what"),
    [
        ("s3://id%FC:x@not-text/y", "the user"),
        ("s3://id:secret%FC@not-text/y", "the password"),
        ("s3://not-text/y?region=r&secret_key=secret%E4", "the parameter secret_key"),
    ],
)
def test_a_secret_that_is_no_text_is_refused(uri: str, what: str) -> None:
    """Another one was sent."""
    with pytest.raises(SettingsError, match=f"^s3://not-text/y: {what} is no UTF-8") as caught:
        resolved(uri)
    assert "secret%" not in str(caught.value)
    assert given_with("s3://not-text/y").user == ("", "")


def test_an_output_is_no_pattern(tmp_path: Path) -> None:
    """Such a name was refused unless the file was there already."""
    np.save(tmp_path / "a.npy", np.arange(3.0))
    uri = f"file://{tmp_path}/"
    sides = [f"{uri}a.npy"] * 2
    words = ["-o", f"{uri}o%2A.json", "--junit", f"{uri}j%5B1%5D.xml"]
    main(["eval", *sides, *words], standalone_mode=False)
    with OutputFiles() as files, files.opened(f"{uri}b%3F.csv") as file:
        file.write(b"1")
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"a.npy", "o*.json", "j[1].xml", "b?.csv"}


@pytest.mark.parametrize("host", ["LOCALHOST", "LocalHost"])
def test_hosts_have_no_case(host: str) -> None:
    assert resolved(f"FILE://{host}/a/b.npy") == "/a/b.npy"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost:80"])
def test_an_address_is_not_taken_for_a_folder(host: str) -> None:
    with pytest.raises(SettingsError, match=r"is a host, .* \[file:///a/b.npy if it is of this"):
        resolved(f"file://{host}/a/b.npy")


@pytest.mark.parametrize("uri", ["file://data/a.npy", "local://data/a.npy", "file://server/a.npy"])
def test_a_host_is_no_folder(uri: str) -> None:
    """It was read, and written, as a path relative to the current folder."""
    with pytest.raises(SettingsError, match="is a host") as caught:
        resolved(uri)
    assert f"{uri.replace('://', ':///')} if it is an absolute path" in str(caught.value)


def test_a_parameter_is_given_once() -> None:
    with pytest.raises(SettingsError, match="the parameter region is given twice"):
        resolved("s3://twice/a.npy?region=a&secret_key=x&region=b")
    page = "https://host/a?x=1&x=2"  # a part of the name
    assert resolved(page) == page.partition("?")[0]
    assert given_with("https://host/a").query == "x=1&x=2"
