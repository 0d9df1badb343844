"""The compiled parts, built where there is a compiler; without it the install works just the same.

All else is in pyproject.toml, which cannot say how flags depend on the compiler, nor that manual
pages are made of the commands.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

FLAGS = {
    # No fused multiply-add: the order of operations, each rounded, is part of the contract. The
    # next two let loops be vectorised: nothing reads errno or floating-point traps. The last keeps
    # pairs of digits from being stored together and loaded apart, at half the speed.
    "unix": [
        "-O3",
        "-ffp-contract=off",
        "-fno-math-errno",
        "-fno-trapping-math",
        "-fno-tree-slp-vectorize",
    ],
    "msvc": ["/O2", "/fp:precise"],
}

IS_LIMITED = not sysconfig.get_config_var("Py_GIL_DISABLED")
"""One build serves all later versions of Python, but not those without interpreter lock."""


class BuildWithFlags(build_ext):
    """Flags are for the compiler that is found."""

    def build_extension(self, ext):
        flags = FLAGS.get(self.compiler.compiler_type, FLAGS["unix"])
        ext.extra_compile_args = [*ext.extra_compile_args, *flags]
        if self.compiler.compiler_type != "msvc":
            ext.libraries = [*ext.libraries, "m"]
        super().build_extension(ext)


class BuildWithPages(build_py):
    """Manual pages are written by the package that is built, into the data of the wheel."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        pages = Path(self.build_lib).parent / "man"
        command = [sys.executable, "-m", "smoothl1.cli.man", str(pages.resolve())]
        subprocess.run(command, cwd=self.build_lib, check=True)  # noqa: S603  of this package
        files = sorted(str(page) for page in pages.glob("*.1"))
        self.distribution.data_files = [("share/man/man1", files)]


def compiled(name, source, *headers):
    """A module that the package can do without, of a source and the headers beside it.

    Args:
        name: The module's name.
        source: Path of its source.
        headers: Paths of headers that are not beside it.
    """
    return Extension(
        name,
        [source],
        depends=[*sorted(map(str, Path(source).parent.glob("*.h"))), *headers],
        define_macros=[("Py_LIMITED_API", "0x030B0000")] if IS_LIMITED else [],
        py_limited_api=IS_LIMITED,
        optional=True,
    )


MODULES = [
    compiled("smoothl1.backends._native", "core/backends/_native.c"),
    compiled("smoothl1.sources.csv._numbers", "core/sources/csv/_numbers.c"),
    compiled("smoothl1.sinks._lines", "core/sinks/_lines.c", "core/sources/csv/_fives.h"),
]

setup(
    ext_modules=MODULES,
    cmdclass={"build_ext": BuildWithFlags, "build_py": BuildWithPages},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if IS_LIMITED else {},
)
