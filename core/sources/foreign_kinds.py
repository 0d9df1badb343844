"""Kinds of files that are not read, by their marks, each with a command that converts it.

The command is for the user to run; nothing of these files is ever loaded here.
"""

from __future__ import annotations

from typing import NamedTuple

_PANDAS = """python -c "import pandas; pandas.{reader}('{path}').to_parquet('{stem}.parquet')\""""
_R = (
    'Rscript -e "{read}; d[] <- lapply(d, function(x) if (is.double(x) && is.numeric(x)) '
    "sprintf('%.17g', x) else x); write.csv(d, '{stem}.csv', row.names = FALSE)\""
)
"""By itself write.csv writes 15 digits, which do not give every number back."""
_NUMPY = """python -c "import {modules}, numpy; numpy.save('{stem}.npy', {array})\""""


class Kind(NamedTuple):
    """A kind of file that is not read.

    Attributes:
        what: Its name, with an article.
        remedy: What to do about it, with `{path}` in place of the file's name. A file that a
            command writes is `{stem}` with its suffix, of which a name is made that is free.
    """

    what: str
    remedy: str = ""


def _pandas(what: str, reader: str) -> Kind:
    """A kind that a function of pandas reads."""
    return Kind(what, "convert it: " + _PANDAS.replace("{reader}", reader))


def _pyreadstat(what: str, reader: str) -> Kind:
    """A kind that a function of pyreadstat reads, of which pandas makes a table."""
    command = (
        f"import pyreadstat; pyreadstat.{reader}('{{path}}')[0].to_parquet('{{stem}}.parquet')"
    )
    return Kind(what, f'convert it: python -c "{command}"')


def numpy_kind(what: str, modules: str, array: str, *, trust: bool = False) -> Kind:
    """A kind of which another package makes an array."""
    command = _NUMPY.replace("{modules}", modules).replace("{array}", array)
    return Kind(what, f"convert it{', if you trust it' if trust else ''}: {command}")


_TORCH = Kind(
    "a PyTorch file, which is a pickle and never loaded",
    'convert it: python -c "import torch, numpy; '
    "x = torch.load('{path}', map_location='cpu', weights_only=True); "
    "x = x if isinstance(x, dict) else {'y': x}; "
    "numpy.savez('{stem}.npz', **{name: x[name].detach().numpy() for name in x})\"",
)
PICKLE = numpy_kind(
    "a Python pickle, which is never loaded",
    "pickle",
    "pickle.load(open('{path}', 'rb'))",
    trust=True,
)
PICKLE_OF_NAMES = Kind(
    "a Python pickle, which is never loaded",
    'convert it, if you trust it: python -c "import pickle, numpy; '
    "numpy.savez('{stem}.npz', **pickle.load(open('{path}', 'rb')))\"",
)
PICKLE_OF_ROWS = Kind(
    "a Python pickle, which is never loaded",
    'convert it, if you trust it: python -c "import pickle, pandas; '
    "pandas.DataFrame(pickle.load(open('{path}', 'rb')))"
    ".rename(columns=str).to_parquet('{stem}.parquet')\"",
)
JOBLIB = numpy_kind(
    "a joblib file, which is a Python pickle and never loaded",
    "joblib",
    "joblib.load('{path}')",
    trust=True,
)
PANDAS = Kind(
    "a pickle of pandas, which is never loaded",
    'convert it, if you trust it: python -c "import pandas; '
    "pandas.DataFrame(pandas.read_pickle('{path}'))"
    ".rename(columns=str).to_parquet('{stem}.parquet')\"",
)
PANDAS_HDF5 = Kind(
    "a table of pandas in HDF5",
    'convert it: python -c "import pandas; '
    "pandas.DataFrame(pandas.read_hdf('{path}', 'NAME'))"
    ".rename(columns=str).to_parquet('{stem}.parquet')\"",
)
_STATA = _pandas("a Stata file", "read_stata")
_SAS = _pyreadstat("a SAS file", "read_sas7bdat")
_SAS_TRANSPORT = _pyreadstat("a SAS transport file", "read_xport")
_SPSS = _pyreadstat("an SPSS file", "read_sav")
MATLAB = numpy_kind("a MATLAB file", "scipy.io", "scipy.io.loadmat('{path}')['NAME'].squeeze()")
_BLOSC2 = numpy_kind("an array of Blosc2", "blosc2", "blosc2.open('{path}')[:]")
_NIFTI = numpy_kind("a NIfTI image", "nibabel", "nibabel.load('{path}').get_fdata()")
_EXCEL = _pandas("an Excel workbook", "read_excel")
_FITS = "astropy.io.fits.getdata('{path}')"
_WAV = "scipy.io.wavfile.read('{path}')[1]"
_FLOW = "(lambda d: d[3:].reshape(*d[2:0:-1].view('<i4'), 2))(numpy.fromfile('{path}', '<f4'))"
_ARFF = Kind(
    "an ARFF file",
    'convert it: python -c "import pandas, scipy.io.arff; '
    "pandas.DataFrame(scipy.io.arff.loadarff('{path}')[0]).to_parquet('{stem}.parquet')\"",
)
_TIFF = numpy_kind("a TIFF image", "tifffile", "tifffile.imread('{path}')")
_LETTERS = bytes((*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)))
_MARKUP = Kind("HTML or XML", "save the numbers as .npy, Parquet or CSV")
_SQL = Kind("a dump of SQL", "sqlite3 -csv, mysql --batch and psql --csv write rows as data")
_MARKS_OF_SQL = (b"PRAGMA foreign_", b"BEGIN TRANSACTION;", b"-- MySQL dump", b"--\n-- PostgreSQL")
_UTF_16 = Kind("UTF-16 text", "--encoding utf-16 reads CSV")
_UTF_32 = Kind("UTF-32 text", "--encoding utf-32 reads CSV")
_LFS = Kind("a Git LFS pointer, not the file itself", "run git lfs pull")
_HTML = Kind("an HTML page, perhaps an error or a login", "download the file itself")


def _table_of(what: str, module: str, table: str) -> Kind:
    """A kind of which another package makes a table of Arrow."""
    write = f"pyarrow.parquet.write_table({table}, '{{stem}}.parquet')"
    return Kind(what, f'convert it: python -c "import {module}, pyarrow.parquet; {write}"')


def _of_r(what: str, read: str) -> Kind:
    """A kind that R reads, as a data frame d."""
    return Kind(what, "convert it: " + _R.replace("{read}", read))


_R_DATA = _of_r(
    "an R file (.RData)",
    "e <- new.env(); load('{path}', e); l <- mget(ls(e), e); "
    "d <- as.data.frame(if (length(l) > 1) l else l[[1]])",
)
_RDS = _of_r("an R file (.rds)", "x <- readRDS('{path}'); d <- as.data.frame(x)")


def _image(what: str) -> Kind:
    return numpy_kind(what, "PIL.Image", "PIL.Image.open('{path}')")


def _unpacked(what: str, command: str) -> Kind:
    """A kind that has to be unpacked."""
    return Kind(what, f"unpack it: {command} {{path}}")


MARKS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"PARE", Kind("an encrypted Parquet file")),
    (
        0,
        b"FEA1",
        Kind(
            "a Feather file of version 1",
            'convert it: python -c "from pyarrow import feather; '
            "feather.write_feather(feather.read_table('{path}'), '{stem}.arrow')\"",
        ),
    ),
    (
        0,
        b"ORC",
        Kind(
            "an ORC file",
            'convert it: python -c "from pyarrow import orc, parquet; '
            "parquet.write_table(orc.read_table('{path}'), '{stem}.parquet')\"",
        ),
    ),
    (
        0,
        b"Obj\x01",
        Kind(
            "an Avro file",
            'convert it: python -c "import polars; '
            "polars.read_avro('{path}').write_parquet('{stem}.parquet')\"",
        ),
    ),
    (0, b"PK\x05\x06", Kind("a zip archive without members")),
    (0, b"\x04\x22\x4d\x18", Kind("lz4-compressed data", "unpack it: lz4 -d {path} {stem}")),
    (
        0,
        b"\xff\x06\x00\x00sNaPpY",
        Kind(
            "snappy-compressed data",
            'unpack it: python -c "import snappy; '
            "snappy.stream_decompress(open('{path}', 'rb'), open('{stem}', 'wb'))\"",
        ),
    ),
    (
        16,
        b"\xde\xc0\xef\xbe\x01\0\0\0",
        Kind("an LMDB database", "save the numbers as .npy, Parquet or CSV"),
    ),
    (0, b"7z\xbc\xaf\x27\x1c", _unpacked("a 7z archive", "7z x")),
    (0, b"Rar!\x1a\x07", _unpacked("a rar archive", "unrar x")),
    (257, b"ustar", _unpacked("a tar archive", "tar -xkf")),
    (0, b"\x89PNG", _image("a PNG image")),
    (0, b"\xff\xd8\xff", _image("a JPEG image")),
    (0, b"GIF87a", _image("a GIF image")),
    (0, b"GIF89a", _image("a GIF image")),
    (0, b"II*\x00", _TIFF),
    (0, b"MM\x00*", _TIFF),
    (0, b"II+\x00", _TIFF),
    (0, b"MM\x00+", _TIFF),
    (0, b"%PDF-", Kind("a PDF document", "save the numbers as .npy, Parquet or CSV")),
    (
        0,
        b"MATLAB 7.3",
        numpy_kind(
            "a MATLAB file of version 7.3", "h5py", "h5py.File('{path}')['NAME'][()].T.squeeze()"
        ),
    ),
    (0, b"MATLAB 5.0 MAT-file", MATLAB),
    (0, b"\x9e\xa8b2frame", _BLOSC2),
    (0, b"SIMPLE  =                    T", numpy_kind("a FITS file", "astropy.io.fits", _FITS)),
    (0, b"NRRD000", numpy_kind("an NRRD file", "nrrd", "nrrd.read('{path}')[0]")),
    *((344, mark, _NIFTI) for mark in (b"n+1\0", b"ni1\0", b"n+2\0")),
    (0, b"PIEH", numpy_kind("optical flow (.flo)", "sys", _FLOW)),
    (8, b"WAVEfmt ", numpy_kind("WAV audio", "scipy.io.wavfile", _WAV)),
    (8, b"WEBPVP8", _image("a WebP image")),
    (
        0,
        b"VTXF",
        _table_of("a Vortex file", "vortex", "vortex.open('{path}').to_arrow().read_all()"),
    ),
    *((0, mark, _ARFF) for mark in (b"@RELATION ", b"@relation ")),
    (0, b"<stata_dta>", _STATA),
    *(
        (0, bytes((version, order, 1, 0)), _STATA)
        for version in range(108, 116)
        for order in (1, 2)
    ),
    (0, bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", _SAS),
    (0, b"HEADER RECORD*******LIBRARY HEADER RECORD", _SAS_TRANSPORT),
    (0, b"HEADER RECORD*******LIBV8   HEADER RECORD", _SAS_TRANSPORT),
    (0, b"$FL2@(#)", _SPSS),
    (0, b"$FL3@(#)", _SPSS),
    (40, b"ASCII SPSS PORT FILE", _pyreadstat("an SPSS portable file", "read_por")),
    *((0, mark, _R_DATA) for mark in (b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n")),
    *((0, mark, _RDS) for mark in (b"X\n\x00\x00\x00\x02", b"X\n\x00\x00\x00\x03")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _pandas("an old Excel workbook (.xls)", "read_excel")),
    (
        0,
        b"SQLite format 3\x00",
        Kind(
            "a SQLite database",
            'convert it: python -c "import pandas, sqlite3; '
            "pandas.read_sql('select * from NAME', sqlite3.connect('{path}'))"
            ".to_parquet('{stem}.parquet')\"",
        ),
    ),
    (
        8,
        b"DUCK",
        Kind(
            "a DuckDB database",
            'convert it: python -c "import duckdb; '
            "duckdb.connect('{path}').sql('from NAME').write_parquet('{stem}.parquet')\"",
        ),
    ),
    (0, b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", _TORCH),
    *((0, bytes((0x80, protocol)), PICKLE) for protocol in range(2, 6)),
    *((0, b"c" + module, PICKLE) for module in (b"numpy", b"copy_reg\n", b"__builtin__\n")),
    *((0, mark, PICKLE) for mark in (b"(lp0\n", b"(dp0\n", b"(lp1\n", b"(dp1\n")),
    *((0, mark, PICKLE) for mark in (b"]q\x00", b"}q\x00", b"]q\x01", b"}q\x01")),
    *(
        (0, b"x" + level, Kind("zlib-compressed data, such as joblib writes", JOBLIB.remedy))
        for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")
    ),
    *((0, mark, _UTF_32) for mark in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")),
    *((0, mark, _UTF_16) for mark in (b"\xff\xfe", b"\xfe\xff")),
    (0, b"version https://git-lfs", _LFS),
    *((0, mark, _HTML) for mark in (b"<!DOCTYPE html", b"<!doctype html", b"<html")),
    *((0, mark, _MARKUP) for mark in (b"<?xml", b"<!DOCTYPE", b"<table", b"<Error>")),
    *((0, b"<%c" % first, _MARKUP) for first in b"!?/" + _LETTERS),  # but not <0.5
    *((0, mark, _SQL) for mark in _MARKS_OF_SQL),
)
"""Kinds by the bytes that they have at a place, in the order tried."""

LZMA = Kind("lzma-compressed data", "unpack it: xz --format=lzma -dc {path} > {stem}")

TF_RECORD = numpy_kind(
    "a TFRecord file",
    "tensorflow as t",
    "numpy.squeeze([getattr(f, f.WhichOneof('kind')).value "
    "for r in t.data.TFRecordDataset('{path}') "
    "for f in [t.train.Example.FromString(r.numpy()).features.feature['NAME']]])",
)

MEMBERS = (
    (r"(.*/)?data\.pkl", _TORCH),
    (r"xl/.*", _EXCEL),
    (r"content\.xml", _pandas("an OpenDocument file", "read_excel")),
    (r"word/.*|ppt/.*", Kind("an Office document")),
)
"""Kinds of zip archives by the pattern that the name of a member matches."""
