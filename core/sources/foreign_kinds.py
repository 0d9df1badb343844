"""Kinds of files that are not read, by their marks, each with a command that converts it.

The command is for the user to run; nothing of these files is ever loaded here.
"""

from __future__ import annotations

from typing import NamedTuple

A_LINE_EACH = "write a line for each"
"""How the remedy for an array of objects begins."""

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


def of_pandas(what: str, reader: str) -> Kind:
    """A kind that a function of pandas reads."""
    return Kind(what, "convert it: " + _PANDAS.replace("{reader}", reader))


def of_pyreadstat(what: str, reader: str) -> Kind:
    """A kind that a function of pyreadstat reads, of which pandas makes a table."""
    command = (
        f"import pyreadstat; pyreadstat.{reader}('{{path}}')[0].to_parquet('{{stem}}.parquet')"
    )
    return Kind(what, f'convert it: python -c "{command}"')


def numpy_kind(what: str, modules: str, array: str, *, trust: bool = False) -> Kind:
    """A kind of which another package makes an array."""
    command = _NUMPY.replace("{modules}", modules).replace("{array}", array)
    return Kind(what, f"convert it{', if you trust it' if trust else ''}: {command}")


TORCH = Kind(
    "a PyTorch file, which is a pickle and never loaded",
    'convert it: python -c "import torch, numpy; '
    "x = torch.load('{path}', map_location='cpu', weights_only=True); "
    "x = torch.cat([*map(torch.atleast_1d, x)]) if isinstance(x, (list, tuple)) else x; "
    "x = x if isinstance(x, dict) else {'y': x}; "
    "x = {f'{k}': x[k].detach() for k in x if torch.is_tensor(x[k])}; "
    "x = {k: x[k].float() if x[k].is_floating_point() and x[k].element_size() < 4 else x[k] "
    "for k in x}; numpy.savez('{stem}.npz', **{k: x[k].numpy() for k in x})\"",
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
_A_JOBLIB = "a joblib file, which is a Python pickle and never loaded"
JOBLIB = numpy_kind(_A_JOBLIB, "joblib", "joblib.load('{path}')", trust=True)
JOBLIB_OF_NAMES = Kind(
    _A_JOBLIB,
    'convert it, if you trust it: python -c "import joblib, numpy; '
    "numpy.savez('{stem}.npz', **joblib.load('{path}'))\"",
)
JOBLIB_OF_PANDAS = Kind(
    _A_JOBLIB,
    'convert it, if you trust it: python -c "import joblib, pandas; '
    "pandas.DataFrame(joblib.load('{path}'))"
    ".rename(columns=str).to_parquet('{stem}.parquet')\"",
)
ZLIB = Kind("zlib-compressed data, such as joblib writes", JOBLIB.remedy)
PANDAS = Kind(
    "a pickle of pandas, which is never loaded",
    'convert it, if you trust it: python -c "import pandas; '
    "pandas.DataFrame(pandas.read_pickle('{path}'))"
    ".rename(columns=str).to_parquet('{stem}.parquet')\"",
)
PRINTED_ARRAY = Kind(
    "an array as NumPy or PyTorch prints it",
    "numbers in it may be rounded or left out: numpy.save writes them as data",
)
PRINTED_LIST = Kind(
    "a list as Python prints it", "json.dump writes it as JSON, and numpy.save as data"
)
PANDAS_HDF5 = Kind(
    "a table of pandas in HDF5",
    'convert it: python -c "import pandas; '
    "pandas.DataFrame(pandas.read_hdf('{path}', 'NAME'))"
    ".rename(columns=str).to_parquet('{stem}.parquet')\"",
)
STATA = of_pandas("a Stata file", "read_stata")
SAS = of_pyreadstat("a SAS file", "read_sas7bdat")
SAS_TRANSPORT = of_pyreadstat("a SAS transport file", "read_xport")
SPSS = of_pyreadstat("an SPSS file", "read_sav")
MATLAB = numpy_kind("a MATLAB file", "scipy.io", "scipy.io.loadmat('{path}')['NAME'].squeeze()")
BLOSC2 = numpy_kind("an array of Blosc2", "blosc2", "blosc2.open('{path}')[:]")
NIFTI = numpy_kind("a NIfTI image", "nibabel", "nibabel.load('{path}').get_fdata()")
OPENEXR = Kind(
    "an OpenEXR image",
    "convert it: python -c \"import OpenEXR, numpy; x = OpenEXR.File('{path}').channels(); "
    "numpy.savez('{stem}.npz', **{name: x[name].pixels for name in x})\"",
)
EXCEL = of_pandas("an Excel workbook", "read_excel")
FITS = "astropy.io.fits.getdata('{path}')"
WAV = "scipy.io.wavfile.read('{path}')[1]"
FLOW = "(lambda d: d[3:].reshape(*d[2:0:-1].view('<i4'), -1))(numpy.fromfile('{path}', '<f4'))"
ARFF = Kind(
    "an ARFF file",
    'convert it: python -c "import pandas, scipy.io.arff; '
    "pandas.DataFrame(scipy.io.arff.loadarff('{path}')[0]).to_parquet('{stem}.parquet')\"",
)
TIFF = numpy_kind("a TIFF image", "tifffile", "tifffile.imread('{path}')")
MARKUP = Kind("HTML or XML", "save the numbers as .npy, Parquet or CSV")
SQL = Kind("a dump of SQL", "sqlite3 -csv, mysql --batch and psql --csv write rows as data")
UTF_16 = Kind("UTF-16 text", "--encoding utf-16 reads CSV")
UTF_32 = Kind("UTF-32 text", "--encoding utf-32 reads CSV")
LFS = Kind("a Git LFS pointer, not the file itself", "run git lfs pull")
HTML = Kind("an HTML page, perhaps an error or a login", "download the file itself")


def table_of(what: str, module: str, table: str) -> Kind:
    """A kind of which another package makes a table of Arrow."""
    write = f"pyarrow.parquet.write_table({table}, '{{stem}}.parquet')"
    return Kind(what, f'convert it: python -c "import {module}, pyarrow.parquet; {write}"')


def _of_r(what: str, read: str) -> Kind:
    """A kind that R reads, as a data frame d."""
    return Kind(what, "convert it: " + _R.replace("{read}", read))


R_DATA = _of_r(
    "an R file (.RData)",
    "e <- new.env(); load('{path}', e); l <- mget(ls(e), e); "
    "d <- as.data.frame(if (length(l) > 1) l else l[[1]])",
)
RDS = _of_r("an R file (.rds)", "x <- readRDS('{path}'); d <- as.data.frame(x)")


def image(what: str) -> Kind:
    """An image that Pillow reads."""
    return numpy_kind(what, "PIL.Image", "PIL.Image.open('{path}')")


def packed(what: str, command: str) -> Kind:
    """A kind that has to be unpacked."""
    return Kind(what, f"unpack it: {command} {{path}}")


LZMA = Kind("lzma-compressed data", "unpack it: xz --format=lzma -dc {path} > {stem}")

TF_RECORD = numpy_kind(
    "a TFRecord file",
    "tensorflow as t",
    "numpy.squeeze([getattr(f, f.WhichOneof('kind')).value "
    "for r in t.data.TFRecordDataset('{path}') "
    "for f in [t.train.Example.FromString(r.numpy()).features.feature['NAME']]])",
)
