"""How the names of files end: the suffixes of formats and of compression."""

from __future__ import annotations

import re

from smoothl1.lazy_patterns import lazy_pattern

COMPRESSED = (".gz", ".gzip", ".zst", ".zstd", ".xz", ".bz2", ".zip")
"""Suffixes of compressed files that are read."""

_LONGEST_COMPRESSED = max(map(len, COMPRESSED))

_TEXT = "csv|tsv|txt|jsonl|ndjson"
_BINARY = "npy|npz|safetensors|h5|hdf5|nc|bin|parquet|pq|arrow|arrows|feather|ipc|zarr"

FORMATS = rf"\.(?:{_TEXT}|{_BINARY})"
"""A pattern of the suffixes of formats."""

_MOST_LETTERS = 5
"""Letters of a suffix of any format; those of known formats may have more: `safetensors`."""

_SAMPLES = (
    "png|jpe?g|jp2|j2k|jxl|webp|tiff?|bmp|gif|hei[cf]|avif|exr|pfm|pgm|ppm|pbm|svg|flo5?",  # images
    "dng|cr[23]|nef|arw|raf|orf|rw2|xmp",  # of cameras
    "nii|dcm|mha|mhd|nrrd|mgz|mgh|img|hdr|svs|ndpi|czi|qptiff|nd2|edf|bdf|hea|trk",  # medicine
    "wav|flac|mp3|ogg|opus|m4a|aac|mp4|avi|mov|mkv|webm|m4v|mpe?g",  # sounds and films
    "lab|phn|textgrid|eaf|midi|musicxml|mcep",  # what is heard in sounds
    "pcd|ply|las|laz|obj|stl|glb|gltf|vtk|vtu|c3d|trc|bvh",  # shapes and movements
    "geojson|shp|gpkg|grib2?|grb2?|hgt|fits?|nc4|cdf|h4|hdf|mcap|segy|mseed",  # space
    "fasta|fastq|fa|fq|fna|faa|gff3?|gbff|bam|vcf|mzml|mgf",  # genomes and spectra
    "pdb|cif|sdf|mol2?|xyz|extxyz|poscar|xtc",  # molecules
    "json|xml|ya?ml|html?|pdf|docx?|xlsx?|md|rtf|srt|vtt|dat|log|pkl|pickle|joblib",
    "pt|pth|mat|rds|rdata",
)
"""Formats of what predictions are made of, of labels, and of stored predictions."""

_WORDS = (
    "preds?|predictions?|gt|ground_truth|truth|targets?|labels?|masks?|seg|ann",  # a side
    "depth|colou?r|rgb|disp|flow",  # what is in an image
)
WORD_OF_SIDE = rf"\A(?:{_WORDS[0]})[._-]|[._-](?:{'|'.join(_WORDS)})\z"
"""A pattern, in lower case, of a word that may stand before or behind the name of a sample, if all
names of a side have it: `gt_7`, `7_mask`."""

HAS_WORD_OF_SIDE = (
    rf"(?i)(?:\A|[/\\])(?:{_WORDS[0]})[._-]|[._-](?:{'|'.join(_WORDS)})(?:\.\w+){{0,2}}\z"
)
"""A pattern of paths of such names."""

_KNOWN = "|".join((_TEXT, _BINARY, *_SAMPLES, "gz|zst|xz|bz2|zip"))
KNOWN = rf"(?:\.(?:{_KNOWN})){{1,2}}"
"""A pattern, in lower case, of how names of files end that may be of one sample in two formats.

Others are part of the name: `FIC101.PV` and `FIC101.SP` are measured and set, `SAP.DE` no file.
"""

ONE_OF_ANY = rf"(?:[._-](?:{'|'.join(_WORDS)}))?\.[A-Za-z]\w{{0,{_MOST_LETTERS - 1}}}"
"""A pattern of the suffix of any format, also behind a word for the side."""

_LONG = "|".join(name for name in _KNOWN.split("|") if len(name) > _MOST_LETTERS)
ANY = rf"(?:\.(?:[A-Za-z]\w{{0,{_MOST_LETTERS - 1}}}|{_LONG})){{1,2}}"
"""A pattern of one or two suffixes of any format: such a text may be the name of a file.

Letters of long ones are in lower case: texts are, or case is ignored.
"""

DAY_WITH_SLASHES = r"\s*[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}){1,2}\s*"
"""A pattern of dates that look like paths: `31/1/2024`."""

_BARE_PATH = lazy_pattern(
    rf"(?!{DAY_WITH_SLASHES}\Z).*[/\\](?![^/\\]+{ANY}\Z)[^/\\]+", re.DOTALL | re.IGNORECASE
)
_KNOWN_FILE = lazy_pattern(rf".*[^/\\]{KNOWN}", re.DOTALL | re.IGNORECASE)
_KNOWN_AT_END = lazy_pattern(rf"(?<=.)(?:[._-](?:{'|'.join(_WORDS)}))?{KNOWN}\Z", re.DOTALL)
_ANY_AT_END = lazy_pattern(rf"(?<=.){ONE_OF_ANY}\Z", re.DOTALL)

NEVER_EMPTY = lazy_pattern(rf"\.(?:{_BINARY}|gz|bgz|zst|bz2|xz|lz4|br|snappy|zip)\Z", re.IGNORECASE)
"""How the names of files end that are not text, so that no bytes at all are no such file."""


def unpacked(path: str) -> str:
    """A path without the suffix of compression."""
    return path.rpartition(".")[0] if is_called_compressed(path) else path


def is_called_compressed(path: str) -> bool:
    """Whether a path has a suffix of compression."""
    return path[-_LONGEST_COMPRESSED:].lower().endswith(COMPRESSED)


def without_known(name: str) -> str:
    """The name of a file, in lower case, without known suffixes, and a word before them."""
    return _KNOWN_AT_END.sub("", name)


def are_one_name(name: str, other: str) -> bool:
    """Whether names of files are the same without suffixes, of which one may be of any format.

    Args:
        name: The name of a file, in lower case.
        other: Likewise. A suffix that is not known beside another such one is part of the name.
    """
    one, two = without_known(name), without_known(other)
    return one == two or _ANY_AT_END.sub("", one) == two or one == _ANY_AT_END.sub("", two)


def is_bare_path(text: str, other: str) -> bool:
    """Whether a text is a path without a suffix, and the other one a file of a known format."""
    return bool(_BARE_PATH.fullmatch(text) and _KNOWN_FILE.fullmatch(other))
