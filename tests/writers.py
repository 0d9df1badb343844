"""Files as other software writes them: each is read right, or refused with what converts it.

    python -m tests.writers           the table of docs/writers.md
    python -m tests.writers pandas    the rows of one package

A package that is not installed is skipped by its name. Where R is not installed, its text is
written without it. The loss is compared with one that is formed
in fractions. It ends with 1 if a number is wrong, or a file is not read or refused as expected.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import warnings
from fractions import Fraction
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Pair = tuple[NDArray[Any], NDArray[Any]]
    Write = Callable[[Any, Path], "Given"]

N = 300


class Given(NamedTuple):
    """What is given to `evaluate`: the inputs, the columns, and how they are read."""

    paths: tuple[Path, ...]
    columns: dict[str, Any] = {}  # noqa: RUF012  never changed
    options: ReadOptions = ReadOptions()
    pair: Callable[[], Pair] | None = None


class Case(NamedTuple):
    """A way to write.

    Attributes:
        package: The package that writes, as PyPI calls it.
        how: What is called.
        write: Writes, given the package and a new folder.
        refused: What the refusal says; "" if the file is read.
        module: The name of the package where it is imported, if it has another one.
        needs: Another package that it needs.
    """

    package: str
    how: str
    write: Write
    refused: str = ""
    module: str = ""
    needs: str = ""


def pair() -> Pair:
    """Predictions and targets that need all digits."""
    rng = np.random.default_rng(0)
    pred, target = rng.normal(size=(2, N)) * 10.0 ** rng.integers(-3, 3, (2, N))
    return pred, target


def short_pair() -> Pair:
    """Predictions and targets that bfloat16 holds."""
    pred, target = np.random.default_rng(0).integers(-127, 128, (2, N)) / 16
    return pred, target


def loss_of(pred: NDArray[Any], target: NDArray[Any]) -> float:
    """The mean at beta 1, by fractions of the exact differences, each rounded as the loss is."""
    total = Fraction(0)
    for x, y in zip(pred.tolist(), target.tolist(), strict=True):
        distance = abs(x - y)
        least = min(distance, 1.0)
        total += Fraction(least * (distance - least / 2))
    return float(total / len(pred))


COLUMNS: dict[str, Any] = {"pred": "y_hat", "target": "y"}


def columns(kind: type = dict) -> Any:
    pred, target = pair()
    return kind({"id": np.arange(N), "y_hat": pred, "y": target})


def table(folder: Path, name: str) -> Given:
    return Given((folder / name,), COLUMNS)


def arrays(folder: Path, suffix: str, options: ReadOptions = ReadOptions()) -> Given:
    return Given((folder / f"p{suffix}", folder / f"t{suffix}"), {}, options)


def of_numpy(save: Callable[[Any, Any], None], suffix: str, **options: Any) -> Write:
    """Two files, of one array each."""

    def write(_: Any, folder: Path) -> Given:
        for name, values in zip("pt", pair(), strict=True):
            save(folder / f"{name}{suffix}", values)
        return arrays(folder, suffix, ReadOptions(**options))

    return write


def to_file(path: Path, values: NDArray[Any]) -> None:
    values.tofile(path)


def npz(np: Any, folder: Path) -> Given:
    pred, target = pair()
    np.savez_compressed(folder / "x.npz", y_hat=pred, y=target)
    return table(folder, "x.npz")


def bfloat16(ml_dtypes: Any, folder: Path, **options: Any) -> Given:
    for name, values in zip("pt", short_pair(), strict=True):
        np.save(folder / f"{name}.npy", values.astype(ml_dtypes.bfloat16))
    return arrays(folder, ".npy", ReadOptions(**options))._replace(pair=short_pair)


def frame(name: str, call: str, *args: Any, **options: Any) -> Write:
    """A method of a data frame of pandas."""

    def write(pandas: Any, folder: Path) -> Given:
        getattr(columns(pandas.DataFrame), call)(folder / name, *args, **options)
        return table(folder, name)

    return write


SEMICOLONS = frame("x.csv.gz", "to_csv", sep=";", decimal=",", index=False)


def reading(write: Write, **options: Any) -> Write:
    """The same files, read with other options."""
    return lambda package, folder: write(package, folder)._replace(options=ReadOptions(**options))


def polars(name: str, call: str, **options: Any) -> Write:
    def write(polars: Any, folder: Path) -> Given:
        getattr(columns(polars.DataFrame), call)(folder / name, **options)
        return table(folder, name)

    return write


def duckdb(name: str, options: str) -> Write:
    def write(duckdb: Any, folder: Path) -> Given:
        import pyarrow as pa

        found = pa.table({**columns(), "part": np.arange(N) % 3})
        connection = duckdb.connect()
        connection.register("found", found)
        connection.execute(f"copy (from found) to '{folder / name}' ({options})")
        return table(folder, name)

    return write


def hive(fastparquet: Any, folder: Path) -> Given:
    import pandas as pd

    frame = columns(pd.DataFrame)
    fastparquet.write(str(folder / "x"), frame, file_scheme="hive", row_group_offsets=[0, 100])
    return table(folder, "x")


def hugging_face(call: str, name: str, **options: Any) -> Write:
    def write(datasets: Any, folder: Path) -> Given:
        datasets.disable_progress_bars()
        found = datasets.Dataset.from_dict({k: v.tolist() for k, v in columns().items()})
        getattr(found, call)(str(folder / name), **options)
        return table(folder, name)

    return write


def spark(pa: Any, folder: Path) -> Given:
    import pyarrow.parquet as pq

    found = pa.table(columns())
    (folder / "x").mkdir()
    for i in range(3):
        name = f"part-0000{i}-0f6c5d3e-9a55-4c2e-8f0e-3b2f8f1f6b1a-c000.snappy.parquet"
        pq.write_table(found.slice(i * 100, 100), folder / "x" / name, compression="snappy")
    (folder / "x" / "_SUCCESS").touch()
    return table(folder, "x")


def arrow_csv(pa: Any, folder: Path) -> Given:
    from pyarrow import csv

    csv.write_csv(pa.table(columns()), folder / "x.csv")
    return table(folder, "x.csv")


def arrow_dataset(pa: Any, folder: Path) -> Given:
    from pyarrow import dataset

    found = pa.table({**columns(), "part": np.arange(N) % 3})
    dataset.write_dataset(found, folder / "x", format="parquet", partitioning=["part"])
    return table(folder, "x/**/*.parquet")


def lists(pa: Any, folder: Path) -> Given:
    import pyarrow.parquet as pq

    rows = {name: pa.array(v.reshape(-1, 3).tolist()) for name, v in columns().items()}
    pq.write_table(pa.table(rows), folder / "x.parquet")
    return table(folder, "x.parquet")


def orc(pa: Any, folder: Path) -> Given:
    from pyarrow import orc

    orc.write_table(pa.table(columns()), folder / "x.orc")
    return table(folder, "x.orc")


def hdf5(h5py: Any, folder: Path) -> Given:
    with h5py.File(folder / "x.h5", "w") as file:
        for name, values in columns().items():
            file.create_dataset(name, data=values, chunks=(7,), compression="gzip")
    return table(folder, "x.h5")


def safetensors(package: Any, folder: Path) -> Given:
    import_module("safetensors.numpy").save_file(columns(), folder / "x.safetensors")
    return table(folder, "x.safetensors")


def zarr(format: int, **options: Any) -> Write:
    def write(zarr: Any, folder: Path) -> Given:
        group = zarr.open_group(folder / "x.zarr", mode="w", zarr_format=format)
        for name, values in columns().items():
            known = {"shape": (N,), "chunks": (50,), "dtype": values.dtype}
            group.create_array(name, **known, **options)[:] = values
        return table(folder, "x.zarr")

    return write


def xarray(name: str, call: str, **options: Any) -> Write:
    def write(xarray: Any, folder: Path) -> Given:
        found = {name: ("row", values) for name, values in columns().items()}
        getattr(xarray.Dataset(found), call)(folder / name, **options)
        return table(folder, name)

    return write


def tensorstore(driver: str) -> Write:
    def write(tensorstore: Any, folder: Path) -> Given:
        for name, values in zip("pt", pair(), strict=True):
            store = {"driver": "file", "path": str(folder / f"{name}.zarr")}
            spec = {"driver": driver, "kvstore": store}
            how = {"create": True, "dtype": values.dtype, "shape": values.shape}
            tensorstore.open(spec, **how).result()[...] = values
        return arrays(folder, ".zarr")

    return write


class NotInstalledError(Exception):
    """R, or one of its packages, is not there."""


def in_r(code: str) -> str:
    """What R writes to its standard output.

    Raises:
        NotInstalledError: R is not there, or one of its packages.
    """
    if which("Rscript") is None:
        raise NotInstalledError
    words = ["Rscript", "--vanilla", "-e", code]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalledError
    return done.stdout


def of_r(call: str, name: str = "x", digits: int = 15) -> Write:
    """A call of R that writes the data frame `x` to the file `to`."""

    def write(_: Any, folder: Path) -> Given:
        np.savetxt(folder / "given", np.column_stack(pair()), "%.17g")
        names = f"to <- '{folder / name}'; given <- '{folder / 'given'}'"
        x = "x <- read.table(given, colClasses = 'numeric', col.names = c('y_hat', 'y'))"
        in_r(f"{names}; {x}; {call}")
        return table(folder, name)._replace(pair=pair if digits == 17 else rounded)

    return write


def of_r_or_text(call: str, header: str, delimiter: str) -> Write:
    """What a call of R writes, or where R is not there, what it would write."""
    by_r, by_text = of_r(call), r_text(header, delimiter)

    def write(package: Any, folder: Path) -> Given:
        try:
            return by_r(package, folder)
        except NotInstalledError:
            return by_text(package, folder)

    return write


def r_text(header: str, delimiter: str) -> Write:
    """What `write.table` and `write.csv` of R write, without R: 15 digits."""

    def write(_: Any, folder: Path) -> Given:
        rows = zip(*rounded(), strict=True)
        cells = ([f'"{i}"', f"{x:.15g}", f"{y:.15g}"] for i, (x, y) in enumerate(rows, 1))
        lines = map(delimiter.join, cells)
        (folder / "x").write_text("\n".join([header, *lines, ""]))
        return table(folder, "x")._replace(pair=rounded)

    return write


def rounded() -> Pair:
    pred, target = (np.array([float(f"{x:.15g}") for x in values]) for values in pair())
    return pred, target


def pickled(_: Any, folder: Path) -> Given:
    for name, values in zip("pt", pair(), strict=True):
        (folder / f"{name}.pkl").write_bytes(pickle.dumps(values))
    return arrays(folder, ".pkl")


def matlab(_: Any, folder: Path) -> Given:
    import_module("scipy.io").savemat(folder / "x.mat", columns())
    return table(folder, "x.mat")


def netcdf3(_: Any, folder: Path) -> Given:
    with import_module("scipy.io").netcdf_file(folder / "x.nc", "w") as file:
        file.createDimension("row", None)
        for name, values in zip(("y_hat", "y"), pair(), strict=True):
            file.createVariable(name, ">f8", ("row",))[:] = values
    return table(folder, "x.nc")


def pandas_hdf5(format: str) -> Write:
    """The columns of a table of pandas by their names, which HDF5 has not."""
    return frame("x.h5", "to_hdf", key="d", format=format)


def series_hdf5(pandas: Any, folder: Path) -> Given:
    for name, values in zip("pt", pair(), strict=True):
        pandas.Series(values).to_hdf(folder / f"{name}.h5", key="d")
    names = {"pred": "d/values", "target": "d/values"}
    return arrays(folder, ".h5")._replace(columns=names)


def pyreadstat(name: str, call: str) -> Write:
    def write(pyreadstat: Any, folder: Path) -> Given:
        import pandas as pd

        getattr(pyreadstat, call)(columns(pd.DataFrame), str(folder / name))
        return table(folder, name)

    return write


def images(name: str, save: Callable[[Any, NDArray[Any], str], object]) -> Write:
    """Two files of arrays, which another package writes by `save(package, values, path)`."""

    def write(package: Any, folder: Path) -> Given:
        for part, values in zip("pt", pair(), strict=True):
            save(package, values.astype(np.float32).reshape(10, 30), str(folder / part) + name)
        return arrays(folder, name)

    return write


def vortex(package: Any, folder: Path) -> Given:
    import pyarrow as pa

    package.io.write(package.array(pa.table(columns())), str(folder / "x.vortex"))
    return table(folder, "x.vortex")


def lance(package: Any, folder: Path) -> Given:
    import pyarrow as pa

    package.write_dataset(pa.table(columns()), str(folder / "x.lance"))
    return table(folder, "x.lance")


def json_lines(orjson: Any, folder: Path) -> Given:
    pred, target = (values.reshape(-1, 3).tolist() for values in pair())
    rows = ({"y_hat": x, "y": y} for x, y in zip(pred, target, strict=True))
    (folder / "x.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return table(folder, "x.jsonl")


def json_array(_: Any, folder: Path) -> Given:
    for name, values in zip("pt", pair(), strict=True):
        (folder / f"{name}.json").write_text(json.dumps(values.tolist()))
    return arrays(folder, ".json")


CASES = (
    Case("numpy", "save", of_numpy(np.save, ".npy")),
    Case("numpy", "savez_compressed", npz),
    Case("numpy", "savetxt", of_numpy(np.savetxt, ".txt")),
    Case("numpy", "tofile, and --raw float64", of_numpy(to_file, ".bin", raw="float64")),
    Case("ml-dtypes", "save of bfloat16", bfloat16, "--dtype bfloat16", "ml_dtypes"),
    Case(
        "ml-dtypes",
        "save of bfloat16, and --dtype bfloat16",
        partial(bfloat16, dtype="bfloat16"),
        module="ml_dtypes",
    ),
    Case("pandas", "to_csv", frame("x.csv", "to_csv")),
    Case("pandas", "to_csv, sep=';', decimal=','", SEMICOLONS, "--delimiter ';' --decimal ','"),
    Case(
        "pandas",
        "the same, and --delimiter ';' --decimal ','",
        reading(SEMICOLONS, delimiter=";", decimal=","),
    ),
    Case("pandas", "to_parquet by pyarrow", frame("x.parquet", "to_parquet", engine="pyarrow")),
    Case(
        "pandas",
        "to_parquet by fastparquet",
        frame("x.parquet", "to_parquet", engine="fastparquet"),
        needs="fastparquet",
    ),
    Case("pandas", "to_feather", frame("x.feather", "to_feather")),
    Case(
        "pandas",
        "to_json, lines=True, double_precision=15",
        frame("x.jsonl", "to_json", orient="records", lines=True, double_precision=15),
    ),
    Case("pandas", "to_json", frame("x.json", "to_json"), "convert it: "),
    Case("pandas", "to_pickle", frame("x.pkl", "to_pickle"), "convert it, if you trust it: "),
    Case("pandas", "to_stata", frame("x.dta", "to_stata"), "convert it: "),
    Case("pandas", "to_hdf", pandas_hdf5("fixed"), "read_hdf('x.h5', 'd')", needs="tables"),
    Case(
        "pandas",
        "to_hdf, format='table'",
        pandas_hdf5("table"),
        "read_hdf('x.h5', 'd')",
        needs="tables",
    ),
    Case("pandas", "to_hdf of a Series", series_hdf5, needs="tables"),
    Case("pyreadstat", "write_sav", pyreadstat("x.spss", "write_sav"), "read_sav("),
    Case("pyreadstat", "write_por", pyreadstat("x.por", "write_por"), "read_por("),
    Case("pyreadstat", "write_dta", pyreadstat("x.dta", "write_dta"), "read_stata("),
    Case("pyreadstat", "write_xport", pyreadstat("x.xpt", "write_xport"), "read_xport("),
    Case("polars", "write_csv", polars("x.csv", "write_csv")),
    Case("polars", "write_parquet", polars("x.parquet", "write_parquet")),
    Case("polars", "write_ipc", polars("x.arrow", "write_ipc")),
    Case("polars", "write_ipc_stream", polars("x.arrows", "write_ipc_stream")),
    Case("polars", "write_ndjson", polars("x.jsonl", "write_ndjson")),
    Case("polars", "write_json", polars("x.json", "write_json"), "write a line"),
    Case("polars", "write_avro", polars("x.avro", "write_avro"), "convert it: "),
    Case("duckdb", "copy to CSV", duckdb("x.csv", "format csv")),
    Case("duckdb", "copy to Parquet", duckdb("x.parquet", "format parquet")),
    Case("duckdb", "copy to JSON", duckdb("x.json", "format json")),
    Case("duckdb", "copy, partition_by", duckdb("x", "format parquet, partition_by (part)")),
    Case("fastparquet", "write, file_scheme='hive'", hive, needs="pandas"),
    Case("pyarrow", "csv.write_csv", arrow_csv),
    Case("pyarrow", "lists in Parquet", lists),
    Case("pyarrow", "a folder as Spark names its files", spark),
    Case("pyarrow", "dataset.write_dataset, partitioning", arrow_dataset),
    Case("pyarrow", "orc.write_table", orc, "convert it: "),
    Case("datasets", "save_to_disk", hugging_face("save_to_disk", "x")),
    Case("datasets", "to_parquet", hugging_face("to_parquet", "x.parquet")),
    Case(
        "datasets",
        "to_json, double_precision=15",
        hugging_face("to_json", "x.jsonl", double_precision=15),
    ),
    Case("h5py", "create_dataset, gzip", hdf5),
    Case("safetensors", "numpy.save_file", safetensors),
    Case("zarr", "format 2", zarr(2)),
    Case("zarr", "format 3, shards", zarr(3, shards=(150,))),
    Case("xarray", "to_zarr", xarray("x.zarr", "to_zarr"), needs="zarr"),
    Case("xarray", "to_netcdf", xarray("x.nc", "to_netcdf"), needs="netCDF4"),
    Case("tensorstore", "zarr", tensorstore("zarr")),
    Case("tensorstore", "zarr3", tensorstore("zarr3")),
    Case("scipy", "netcdf_file", netcdf3),
    Case("scipy", "savemat", matlab, "convert it: "),
    Case("tifffile", "imwrite", images(".tif", lambda of, x, at: of.imwrite(at, x)), "imread("),
    Case(
        "pynrrd", "write", images(".nrrd", lambda of, x, at: of.write(at, x)), "nrrd.read(", "nrrd"
    ),
    Case(
        "nibabel",
        "save of NIfTI",
        images(".nii", lambda of, x, at: of.save(of.Nifti1Image(x, np.eye(4)), at)),
        "nibabel.load(",
    ),
    Case(
        "astropy",
        "fits.writeto",
        images(".fits", lambda of, x, at: of.writeto(at, x)),
        "fits.getdata(",
        "astropy.io.fits",
    ),
    Case(
        "blosc2",
        "asarray, urlpath",
        images(".b2nd", lambda of, x, at: of.asarray(x, urlpath=at)),
        "blosc2.open(",
    ),
    Case("vortex-data", "io.write", vortex, "vortex.open(", "vortex"),
    Case("pylance", "write_dataset", lance, "export the table to plain Parquet", "lance"),
    Case("orjson", "lists in JSON Lines", json_lines),
    Case(
        "R", "write.table", of_r_or_text("write.table(x, to)", '"y_hat" "y"', " "), module="numpy"
    ),
    Case("R", "write.csv", of_r_or_text("write.csv(x, to)", '"","y_hat","y"', ","), module="numpy"),
    Case(
        "R",
        "write.csv2, and --delimiter ';' --decimal ','",
        reading(of_r("write.csv2(x, to)"), delimiter=";", decimal=","),
        module="numpy",
    ),
    Case("R", "saveRDS", of_r("saveRDS(x, to)", "x.rds"), "readRDS('x.rds')", module="numpy"),
    Case("data.table", "fwrite", of_r("data.table::fwrite(x, to)"), module="numpy"),
    Case("readr", "write_csv", of_r("readr::write_csv(x, to)", digits=17), module="numpy"),
    Case("Python", "pickle.dump", pickled, "convert it, if you trust it: ", "pickle"),
    Case("Python", "json.dump of a list", json_array, "convert it: ", "json"),
)


_OF_R = {
    "R": "getRversion()",
    "data.table": "packageVersion('data.table')",
    "readr": "packageVersion('readr')",
}
"""What gives the version of R and of its packages, in R."""


class Outcome(NamedTuple):
    """What came of a case: the words of the table, and whether it is as expected."""

    words: str
    is_right: bool = True
    is_skipped: bool = False


def outcome_of(case: Case) -> Outcome:
    """Write the files of a case, and evaluate them."""
    try:
        package = import_module(case.module or case.package)
        if case.needs:
            import_module(case.needs)
    except ImportError:
        return Outcome("skipped: not installed", is_skipped=True)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            given = case.write(package, Path(folder))
        except NotInstalledError:
            return Outcome("skipped: not installed", is_skipped=True)
        try:
            found = evaluate(
                *given.paths, **given.columns, options=given.options, warn=[].append
            ).mean
        except DataError as error:
            words = str(error).replace(f"{folder}/", "")
            words = words.partition(": ")[2] if words.startswith(("x", "p.")) else words
            return Outcome(f"refused: {words}", bool(case.refused) and case.refused in words)
    expected = loss_of(*(given.pair or pair)())
    if found != expected:
        return Outcome(f"wrong: {found!r}, not {expected!r}", is_right=False)
    return Outcome("read", not case.refused)


def version_of(package: str) -> str:
    """The version of a package; of what is no package, and of R where it is not, nothing."""
    if package not in _OF_R:
        return "" if package == "Python" else f" {version(package)}"
    try:
        return " " + in_r(f"cat(format({_OF_R[package]}))")
    except NotInstalledError:
        return ""


def main(chosen: Sequence[str]) -> Iterator[str]:
    """The lines of the table. Ends with 1 if an outcome is not the expected one."""
    cases = [case for case in CASES if not chosen or case.package in chosen]
    yield "| written by | how | what smoothl1 does |"
    yield "|---|---|---|"
    is_right = True
    for case in cases:
        outcome = outcome_of(case)
        is_right &= outcome.is_right
        name = case.package if outcome.is_skipped else case.package + version_of(case.package)
        words = outcome.words if outcome.is_right else f"**{outcome.words}**"
        yield f"| {name} | {case.how} | {words.replace('|', chr(92) + '|')} |"
    if not is_right:
        raise SystemExit(1)


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line, flush=True)  # noqa: T201
