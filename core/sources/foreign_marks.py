"""The marks by which files are told that are not read, and the kinds that have them."""

from __future__ import annotations

from smoothl1.sources.foreign_kinds import (
    ARFF,
    BLOSC2,
    EXCEL,
    FITS,
    FLOW,
    HTML,
    LFS,
    MARKUP,
    MATLAB,
    NIFTI,
    OPENEXR,
    PICKLE,
    PRINTED_ARRAY,
    R_DATA,
    RDS,
    SAS,
    SAS_TRANSPORT,
    SPSS,
    SQL,
    STATA,
    TIFF,
    TORCH,
    UTF_16,
    UTF_32,
    WAV,
    ZLIB,
    Kind,
    image,
    numpy_kind,
    of_pandas,
    of_pyreadstat,
    packed,
    table_of,
)

_LETTERS = bytes((*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)))
_MARKS_OF_SQL = (b"PRAGMA foreign_", b"BEGIN TRANSACTION;", b"-- MySQL dump", b"--\n-- PostgreSQL")

_SOUNDS = (
    (0, b"fLaC", "FLAC audio"),
    (0, b"OggS", "Ogg audio"),
    (8, b"AIFF", "AIFF audio"),
    (0, b".snd", "AU audio"),
)
_MARKS_OF_CDF = (b"\xcd\xf3\x00\x01", b"\xcd\xf2\x60\x02")


def _sound(what: str) -> Kind:
    """Audio that soundfile reads, with a column for each channel."""
    return numpy_kind(what, "soundfile", "soundfile.read('{path}')[0]")


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
    (0, b"7z\xbc\xaf\x27\x1c", packed("a 7z archive", "7z x")),
    (0, b"Rar!\x1a\x07", packed("a rar archive", "unrar x")),
    (257, b"ustar", packed("a tar archive", "tar -xkf")),
    (0, b"\x89PNG", image("a PNG image")),
    *((0, b"\xff\xd8\xff" + part, image("a JPEG image")) for part in (b"\xdb", b"\xe0", b"\xe1")),
    (0, b"\xff\xd8\xff", image("a JPEG image")),
    (0, b"GIF87a", image("a GIF image")),
    (0, b"GIF89a", image("a GIF image")),
    (0, b"II*\x00", TIFF),
    (0, b"MM\x00*", TIFF),
    (0, b"II+\x00", TIFF),
    (0, b"MM\x00+", TIFF),
    (0, b"%PDF-", Kind("a PDF document", "save the numbers as .npy, Parquet or CSV")),
    (
        0,
        b"MATLAB 7.3",
        numpy_kind(
            "a MATLAB file of version 7.3", "h5py", "h5py.File('{path}')['NAME'][()].T.squeeze()"
        ),
    ),
    (0, b"MATLAB 5.0 MAT-file", MATLAB),
    (0, b"\x9e\xa8b2frame", BLOSC2),
    (0, b"SIMPLE  =                    T", numpy_kind("a FITS file", "astropy.io.fits", FITS)),
    (0, b"NRRD000", numpy_kind("an NRRD file", "nrrd", "nrrd.read('{path}')[0]")),
    *((344, mark, NIFTI) for mark in (b"n+1\0", b"ni1\0", b"n+2\0")),
    (0, b"PIEH", numpy_kind("optical flow (.flo) or depth (.dpt)", "sys", FLOW)),
    (8, b"WAVE", numpy_kind("WAV audio", "scipy.io.wavfile", WAV)),
    *((at, mark, _sound(what)) for at, mark, what in _SOUNDS),
    (0, b"v/1\x01", OPENEXR),
    (0, b"#?RADIANCE", Kind("a Radiance image (.hdr)", "save the numbers as .npy, Parquet or CSV")),
    (128, b"DICM", numpy_kind("a DICOM image", "pydicom", "pydicom.dcmread('{path}').pixel_array")),
    (208, b"MAP ", numpy_kind("an MRC map", "mrcfile", "mrcfile.read('{path}')")),
    (0, b"\x0e\x03\x13\x01", Kind("an HDF4 file", "h4toh5 {path} writes HDF5")),
    *((0, mark, Kind("a CDF file of NASA", "cdfdump {path} shows it")) for mark in _MARKS_OF_CDF),
    (0, b"GRIB", Kind("a GRIB file", "convert it: cdo -f nc copy {path} {stem}.nc")),
    (0, b"GGUF", Kind("a GGUF file of a model", "give its predictions")),
    (8, b"WEBPVP8", image("a WebP image")),
    (
        0,
        b"VTXF",
        table_of("a Vortex file", "vortex", "vortex.open('{path}').to_arrow().read_all()"),
    ),
    *((0, mark, ARFF) for mark in (b"@RELATION ", b"@relation ")),
    (0, b"<stata_dta>", STATA),
    *((0, bytes((version, order, 1, 0)), STATA) for version in range(108, 116) for order in (1, 2)),
    (0, bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", SAS),
    (0, b"HEADER RECORD*******LIBRARY HEADER RECORD", SAS_TRANSPORT),
    (0, b"HEADER RECORD*******LIBV8   HEADER RECORD", SAS_TRANSPORT),
    (0, b"$FL2@(#)", SPSS),
    (0, b"$FL3@(#)", SPSS),
    (40, b"ASCII SPSS PORT FILE", of_pyreadstat("an SPSS portable file", "read_por")),
    *((0, mark, R_DATA) for mark in (b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n")),
    *((0, mark, RDS) for mark in (b"X\n\x00\x00\x00\x02", b"X\n\x00\x00\x00\x03")),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        of_pandas("an old Excel workbook (.xls)", "read_excel"),
    ),
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
    (0, b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", TORCH),
    *((0, bytes((0x80, protocol)), PICKLE) for protocol in range(2, 6)),
    *((0, b"c" + module, PICKLE) for module in (b"numpy", b"copy_reg\n", b"__builtin__\n")),
    *((0, mark, PICKLE) for mark in (b"(lp0\n", b"(dp0\n", b"(lp1\n", b"(dp1\n")),
    *((0, mark, PICKLE) for mark in (b"]q\x00", b"}q\x00", b"]q\x01", b"}q\x01")),
    *((0, b"x" + level, ZLIB) for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")),
    *((0, name + b"([", PRINTED_ARRAY) for name in (b"array", b"tensor")),
    *((0, mark, UTF_32) for mark in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")),
    *((0, mark, UTF_16) for mark in (b"\xff\xfe", b"\xfe\xff")),
    (0, b"version https://git-lfs", LFS),
    *((0, mark, HTML) for mark in (b"<!DOCTYPE html", b"<!doctype html", b"<html")),
    *((0, mark, MARKUP) for mark in (b"<?xml", b"<!DOCTYPE", b"<table", b"<Error>")),
    *((0, b"<%c" % first, MARKUP) for first in b"!?/" + _LETTERS),  # but not <0.5
    *((0, mark, SQL) for mark in _MARKS_OF_SQL),
)
"""Kinds by the bytes that they have at a place, in the order tried."""

MEMBERS = (
    (r"(.*/)?data\.pkl", TORCH),
    (r"xl/.*", EXCEL),
    (r"content\.xml", of_pandas("an OpenDocument file", "read_excel")),
    (r"word/.*|ppt/.*", Kind("an Office document")),
)
"""Kinds of zip archives by the pattern that the name of a member matches."""
