"""Google Cloud and Azure: servers that speak their protocols, where these are installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import fs

from smoothl1 import SettingsError, StorageError, evaluate
from smoothl1.cli.main import main
from smoothl1.files import uris
from smoothl1.files.stores import opening
from smoothl1.files.stores.azure import container_and_options
from tests.files.stores.tables import columns, in_every_format

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key of Azurite's account, which is no secret."""


class Cloud(NamedTuple):
    """A server, and how its bucket is called."""

    filesystem: fs.FileSystem
    bucket: str
    given: str
    uri: str
    query: str


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def await_port(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise TimeoutError(port)


@contextmanager
def started(*args: str | Path, cwd: Path, port: int) -> Iterator[None]:
    """Run a server until the context ends."""
    server = subprocess.Popen(args, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_port(port)
        yield
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    script = Path(sys.executable).parent / "gcp-storage-emulator"
    if not script.exists():
        pytest.skip("pip install gcp-storage-emulator")
    port = free_port()
    there = {"endpoint_override": f"127.0.0.1:{port}", "scheme": "http"}
    query = "?" + "&".join(f"{name}={value}" for name, value in there.items())
    files = fs.GcsFileSystem(anonymous=True, **there)
    args = ("start", "--host=127.0.0.1", f"--port={port}", "--in-memory", "--default-bucket=bucket")
    with started(script, *args, cwd=tmp_path_factory.mktemp("google"), port=port):
        yield Cloud(files, "bucket", "gs://anonymous@bucket", "gs://bucket", query)


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    azurite = shutil.which("azurite-blob")
    if azurite is None:
        pytest.skip("npm install -g azurite")
    port = free_port()
    args = ("--blobPort", str(port), "--inMemoryPersistence", "--disableTelemetry")
    there = dict.fromkeys(("blob_storage_scheme", "dfs_storage_scheme"), "http")
    names = ("blob_storage_authority", "dfs_storage_authority")
    there |= dict.fromkeys(names, f"127.0.0.1:{port}")
    query = "?" + "&".join(f"{name}={value}" for name, value in there.items())
    uri = "abfs://bucket@devstoreaccount1.dfs.core.windows.net"
    folder = tmp_path_factory.mktemp("azurite")
    with started(azurite, *args, "--skipApiVersionCheck", cwd=folder, port=port):
        files = fs.AzureFileSystem("devstoreaccount1", account_key=KEY, **there)
        files.create_dir("bucket")
        yield Cloud(files, "bucket", uri, uri, query)


@pytest.mark.parametrize("name", ["google", "azure"])
def test_clouds_are_read_and_written_as_files_are(
    name: str,
    request: pytest.FixtureRequest,
    tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    cloud: Cloud = request.getfixturevalue(name)
    monkeypatch.setattr(uris, "_given", {})
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    opening._store_of.cache_clear()
    folder = f"{tmp_path}/run"
    fs.LocalFileSystem().create_dir(folder)
    for i in range(2):
        content = in_every_format(pa.table(columns(i)))["x.parquet"]
        for files, place in ((cloud.filesystem, cloud.bucket), (fs.LocalFileSystem(), tmp_path)):
            with files.open_output_stream(f"{place}/run/{i}.parquet") as file:
                file.write(content)
    how = {"pred": "p", "target": "t", "betas": (0.5, 2.0), "statistics": True}
    expected = evaluate(folder, **how).to_json()["results"]
    for pattern in ("/run/", "/run/*.parquet"):
        found = evaluate(f"{cloud.given}{pattern}{cloud.query}", **how)
        assert found.to_json()["results"] == expected
        assert KEY not in str(found.to_json())
    args = (f"{cloud.uri}/run/", "--pred", "p", "--target", "t", "-b", "2")
    losses = []
    for i in range(1, 3):
        out = ("-r", "none", "-f", "npy", "-o", f"{cloud.uri}/losses/", "--part", f"{i}/2")
        main(["eval", *args, *out], standalone_mode=False)
        path = f"{cloud.bucket}/losses/part-0000{i}-of-00002.npy"
        with cloud.filesystem.open_input_file(path) as file:
            losses.append(np.lib.format.read_array(pa.PythonFile(file, "r")))
    main(
        ["eval", folder, *args[1:], "-r", "none", "-o", f"{tmp_path}/x.npy"], standalone_mode=False
    )
    assert np.array_equal(np.concatenate(losses), np.load(f"{tmp_path}/x.npy"))
    main(["merge", f"{cloud.uri}/losses/"], standalone_mode=False)
    assert float(capfd.readouterr().out) == evaluate(folder, **{**how, "betas": 2.0}).mean
    listed = cloud.filesystem.get_file_info(fs.FileSelector(cloud.bucket, recursive=True))
    assert not [x.path for x in listed if x.path.endswith(".tmp")]
    for path, said in (("/none.npy", "no such object"), ("/none/", "nothing is in this folder")):
        with pytest.raises(StorageError, match=said):
            evaluate(f"{cloud.uri}{path}", folder)


def test_the_account_of_azure_follows_from_the_uri_and_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def options(uri: str) -> object:
        monkeypatch.setattr(uris, "_given", {})
        name = uris.resolved(uri)
        return container_and_options(uris.bucket_and_key(name)[0], uris.given_with(name))

    for variable in ("AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    place = "c@acc.dfs.core.windows.net"
    named = {"account_name": "acc"}
    assert options(f"abfs://{place}/x") == ("c", named)
    found = options(f"abfs://{place}/x?account_key=a%2Fb==")
    assert found == ("c", {**named, "account_key": "a/b=="})
    assert options(f"abfs://c:k@{place[2:]}/x") == ("c", {**named, "account_key": "k"})
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=2")
    assert options(f"abfs://{place}/x") == ("c", {**named, "sas_token": "sv=1&sig=2"})
    assert options(f"abfs://{place}/x?account_key=k") == ("c", {**named, "account_key": "k"})
    for uri, said in (
        (f"{place}/x?key=1", "no parameter of abfs:// is called key"),
        ("container/x", "names no container or no account"),
    ):
        with pytest.raises(SettingsError, match=said):
            options(f"abfs://{uri}")


@pytest.mark.skipif(sys.platform != "linux", reason="others look for credentials elsewhere")
def test_an_account_of_azure_without_credentials_is_told(tmp_path: Path) -> None:
    """An output ended the process by a signal. All places of credentials are closed here."""
    np.save(tmp_path / "t.npy", np.arange(3.0))
    nowhere = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9", "PATH": "/nowhere"}
    uri = "abfs://box@account.dfs.core.windows.net/x.npy"
    for arguments in ((uri, "t.npy"), ("t.npy", "t.npy", "-r", "none", "-o", uri)):
        done = subprocess.run(
            [sys.executable, "-m", "smoothl1", "eval", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**nowhere, "HOME": str(tmp_path)},
            timeout=100,
        )
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr.splitlines()[-1] == (
            f"smoothl1: error: {uri}: no credentials of Azure are found, or none that are accepted "
            "[set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or log in with az login]"
        )
