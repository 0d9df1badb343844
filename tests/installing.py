"""Checks that install smoothl1 from its repository, as its users do: `python -m tests.installing`.

They need the network, so `.ci/run` makes them and pytest does not: all of the action, its step of
pip included; the pre-commit recipe, run by pre-commit; the line by which recipes install; the
extras for GPUs; and the files of the source distribution. All run at the same time, each with a
copy of the tree, and with a Python to which no other adds packages.

What runs them needs the packages of smoothl1[lint,dask].
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import smoothl1
from tests.examples import ROOT
from tests.github_runner import Job
from tests.recipes import BAD, GOOD, PIP, one_column_pair, recipe

if TYPE_CHECKING:
    from collections.abc import Callable

HOME = "https://github.com/OWNER/smoothl1"
"""Where the recipes say that this repository is."""

GIT_USER = ("-c", "user.name=CI", "-c", "user.email=ci@localhost")

NO_COMPILER = {"CC": "false"}
"""The compiled parts are left out: they take most of the time, and one check has them."""

PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


class WrongEndError(Exception):
    """A command ended in another way than it has to."""


class Place(NamedTuple):
    """What a check has.

    Attributes:
        folder: An empty folder of its own.
        repository: A repository of the tree as it is, with the tag of its version.
        python: A Python with pip and no more. Nothing is installed there.
    """

    folder: Path
    repository: Path
    python: Path

    def clone(self) -> Path:
        """A copy of the tree, in which a build disturbs no other."""
        tree = self.folder / "tree"
        run(self.folder, "git", "clone", "--quiet", str(self.repository), str(tree))
        return tree

    def as_home(self) -> dict[str, str]:
        """Variables by which git takes the repository for the one that the recipes name."""
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.repository}.insteadOf",
            "GIT_CONFIG_VALUE_0": HOME,
        }

    def packages(self, *names: str) -> dict[str, str]:
        """Install packages in a folder; variables by which Python finds them."""
        target = str(self.folder / "packages")
        run(self.folder, str(self.python), *PIP_INSTALL, "--target", target, *names)
        return {"PYTHONPATH": target}


def run(
    folder: Path,
    *command: str,
    env: dict[str, str] | None = None,
    returncode: int = 0,
    said: str = "",
) -> str:
    """What a command writes.

    Raises:
        WrongEndError: It did not end with this code, or did not say that.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != returncode or said not in done.stdout:
        message = f"{' '.join(command)}\nexit code {done.returncode}\n{done.stdout}"
        raise WrongEndError(message)
    return done.stdout


def make_repository(folder: Path) -> None:
    """A repository of the tree as it is, with the tag of its version."""
    git = ("git", "-C", str(ROOT), "--git-dir", str(folder), "--work-tree", str(ROOT))
    alone = {"GIT_CONFIG_GLOBAL": os.devnull}  # nobody's hooks and signatures
    run(ROOT, "git", "init", "--quiet", "--bare", str(folder), env=alone)
    run(ROOT, *git, "add", "--all", env=alone)
    run(ROOT, *git, *GIT_USER, "commit", "--quiet", "--message", "This tree", env=alone)
    run(ROOT, *git, "tag", f"v{smoothl1.__version__}", env=alone)


def first_on_path(folder: Path) -> dict[str, str]:
    """Variables by which shells find the commands of a folder first."""
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def action_installs_itself(place: Place) -> None:
    """All steps of the action, by a Python without smoothl1."""
    one_column_pair(place.folder, GOOD, "parquet")
    temporary = place.folder / "temp"
    temporary.mkdir()
    job = Job(place.folder, temporary, python=place.python)
    job.env |= NO_COMPILER
    given = {"pred": "preds.parquet", "target": "targets.parquet", "version": smoothl1.__version__}
    done = job.run_action(place.clone(), given)
    if (done.returncode, done.outputs["value"]) != (0, "0.078125"):
        raise WrongEndError(done)


def pre_commit_installs_the_hook(place: Place) -> None:
    """The recipe of docs/ci.md, on predictions that are good, and then on bad ones."""
    cache = {"PRE_COMMIT_HOME": str(place.folder / "cache")}
    env = {**NO_COMPILER, **place.as_home(), **cache}
    user = place.folder / "user"
    user.mkdir()
    (user / ".pre-commit-config.yaml").write_text(recipe("pre-commit 1"))
    pre_commit = (sys.executable, "-m", "pre_commit")
    run(user, *pre_commit, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    run(user, "git", "init", "--quiet")
    for wrong, returncode, said in ((GOOD, 0, "Passed"), (BAD, 1, "Failed")):
        one_column_pair(user, wrong, "parquet")
        run(user, "git", "add", "--all")
        command = (*pre_commit, "run", "--color=never")
        run(user, *command, env=env, returncode=returncode, said=said)


def recipes_install_by_pip(place: Place) -> None:
    """The line that recipes begin with, in an environment without smoothl1."""
    venv.create(place.folder / "venv", with_pip=True)
    path = first_on_path(place.folder / "venv" / "bin")
    run(place.folder, "bash", "-ec", PIP, env={**place.as_home(), **path})
    said = f"smoothl1 {smoothl1.__version__}"
    run(place.folder, "bash", "-ec", "smoothl1 --version", env=path, said=said)
    if shutil.which("cc"):
        pair = " ".join(str(ROOT / "sample_data" / f"{name}.npy") for name in ("preds", "targets"))
        native = {**path, "SMOOTHL1_BACKEND": "native"}
        run(place.folder, "bash", "-ec", f"smoothl1 eval {pair}", env=native)


def extras_for_gpus_resolve(place: Place) -> None:
    """The packages that a GPU needs, chosen but not downloaded: they take gigabytes.

    Older releases of pip download what they choose. Where the index gives no metadata, pip reads
    them from the beginning and the end of a package, if asked to.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return
    env = place.packages("pip>=23.3")
    install = (str(place.python), "-m", "pip", "install", "--dry-run")
    if "fast-deps" in run(place.folder, *install, "--help", env=env):
        install += ("--use-feature", "fast-deps")
    tree = place.clone()
    for extra in ("cuda12x", "cuda13x"):
        run(place.folder, *install, f"{tree}[{extra}]", env=env, said=f"cupy-{extra}-")


def sdist_has_every_file(place: Place) -> None:
    """The source distribution is the repository, byte for byte: so all tests pass in it."""
    env = place.packages("build")
    tree = place.clone()
    build = (str(place.python), "-m", "build", "--sdist", "--outdir", str(place.folder))
    run(place.folder, *build, str(tree), env=env)
    (archive,) = place.folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(place.folder, filter="data")
    unpacked = place.folder / archive.name.removesuffix(".tar.gz")
    names = run(tree, "git", "ls-files", "-z").split("\0")[:-1]
    differ = [name for name in names if contents(unpacked / name) != contents(tree / name)]
    if differ:
        message = f"the source distribution lacks or changes {', '.join(differ)}"
        raise WrongEndError(message)


def contents(path: Path) -> tuple[bytes, bool] | None:
    """The bytes of a file and whether it is a program; None if there is no such file."""
    return (path.read_bytes(), os.access(path, os.X_OK)) if path.is_file() else None


CHECKS: tuple[Callable[[Place], None], ...] = (
    recipes_install_by_pip,
    pre_commit_installs_the_hook,
    action_installs_itself,
    extras_for_gpus_resolve,
    sdist_has_every_file,
)


def seconds_of(check: Callable[[Place], None], place: Place) -> float:
    """Make a check; the seconds that it took."""
    place.folder.mkdir()
    begin_s = time.monotonic()
    check(place)
    return time.monotonic() - begin_s


def main() -> None:
    """Make all checks, and say how long each took, or why it failed."""
    failed = False
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(len(CHECKS)) as threads:
        folder = Path(temporary).resolve()
        repository, python = folder / "smoothl1.git", folder / "venv" / "bin" / "python"
        make_repository(repository)
        venv.create(folder / "venv", with_pip=True)
        running: dict[Future[float], str] = {}
        for check in CHECKS:
            name = check.__name__
            place = Place(folder / name, repository, python)
            running[threads.submit(seconds_of, check, place)] = name
        for done in as_completed(running):
            error = done.exception()
            failed |= error is not None
            text = f"{done.result():.0f} s" if error is None else f"failed: {error}"
            sys.stderr.write(f"{running[done]}: {text}\n")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
