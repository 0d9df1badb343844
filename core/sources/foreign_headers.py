"""Kinds of files that are told by the structure of a header, which no fixed bytes mark.

The size of the file tells most of them: it is that of what the header says. Images that are text
are told by their names, too.
"""

from __future__ import annotations

import math
import re
import struct
from typing import TYPE_CHECKING

from smoothl1.files.crc32c import crc32c
from smoothl1.files.suffixes import unpacked
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.foreign_kinds import MATLAB, TF_RECORD, Kind, image, numpy_kind

if TYPE_CHECKING:
    from smoothl1.files.contract import Input

_PFM = lazy_pattern(rb"P[Ff]\s+\d+\s+\d+\s+[-+]?\d[\d.eE+-]*\s")
_PNM = lazy_pattern(rb"P([456])\s+\d+\s+\d+\s")
_TEXT_PNM = lazy_pattern(rb"P(?:1|[23]\s+\d+)\s+\d+\s+\d+\s")
_COMMENT = lazy_pattern(rb"#[^\n]*")
_PAM = lazy_pattern(rb"P7\n(#[^\n]*\n)*[A-Z]+ ")
_COLMAP = lazy_pattern(rb"(\d{1,7})&(\d{1,7})&(\d{1,2})&")
_BMP = lazy_pattern(rb"(?s)BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0")

_READ = "import {modules}; b = open('{path}', 'rb').read(); "


def _of_bytes(what: str, *lines: str, modules: str = "numpy") -> Kind:
    """A kind of which NumPy makes an array from all bytes b."""
    *others, array = lines
    command = f"{_READ.replace('{modules}', modules)}{''.join(f'{line}; ' for line in others)}"
    return Kind(what, f"convert it: python -c \"{command}numpy.save('{{stem}}.npy', {array})\"")


PFM = _of_bytes(
    "a PFM image",
    "k, w, h, s = b[:99].split()[:4]; w, h, c = int(w), int(h), [3] * (k == b'PF')",
    "d = '<f4' if float(s) < 0 else '>f4'; n = len(b) - 4 * w * h * (3 if c else 1)",
    "numpy.frombuffer(b, d, -1, n).reshape(h, w, *c)[::-1]",
)
"""Its rows go from the bottom to the top. The sign of the scale is the byte order.

Source: https://www.pauldebevec.com/Research/HDR/PFM/
"""

PNM = _of_bytes(
    "a PNM image (.pgm, .ppm)",
    "k, w, h, m = re.sub(b'#.*', b'', b[:512]).split()[:4]; w, h = int(w), int(h)",
    "c = [3] * (k == b'P6'); d = numpy.dtype('u1' if int(m) < 256 else '>u2')",
    "n = len(b) - w * h * (3 if c else 1) * d.itemsize",
    "numpy.frombuffer(b, d, -1, n).reshape(h, w, *c)",
    modules="re, numpy",
)
"""Pillow scales the numbers of an image whose maximum is neither 255 nor 65535."""

TEXT_PNM = _of_bytes(
    "a PNM image in text (.pgm, .ppm)",
    "k, w, h, m, *x = re.sub(b'#.*', b'', b).split(); w, h = int(w), int(h)",
    "c = [3] * (k == b'P3'); d = numpy.dtype('u1' if int(m) < 256 else 'u2')",
    "numpy.array([*map(int, x)], d).reshape(h, w, *c)",
    modules="re, numpy",
)

_PBM = image("a PBM image")
_PAM_KIND = Kind("a PAM image", "save the numbers as .npy, Parquet or CSV")
_BMP_KIND = image("a BMP image")

COLMAP = _of_bytes(
    "a map of depths or normals of COLMAP",
    "w, h, c, d = b.split(b'&', 3)",
    "numpy.frombuffer(d, '<f4').reshape(int(c), int(h), int(w)).transpose(1, 2, 0).squeeze()",
)

_ITEMS_OF_IDX = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}

IDX = _of_bytes(
    "an IDX file, such as those of MNIST",
    f"d = {_ITEMS_OF_IDX}[b[2]]; shape = numpy.frombuffer(b, '>i4', b[3], 4)",
    "numpy.frombuffer(b, d, -1, 4 + 4 * b[3]).reshape(shape)",
)

ONNX = numpy_kind(
    "a tensor of ONNX (TensorProto)",
    "onnx.numpy_helper",
    "onnx.numpy_helper.to_array(onnx.load_tensor('{path}'))",
)
_BEFORE_DATA = lazy_pattern(
    rb"(?s)(?:(?:\x08[\x80-\xff]{0,9}[\0-\x7f])*|\x0a[\x01-\x40].{1,64}?)\x10[\x01-\x1f]"
)
_DATA_OF_ONNX = frozenset(number << 3 | 2 for number in (4, 5, 6, 7, 8, 9, 10, 11, 12))
"""Tags of fields with a length: numbers, the name, raw data."""


def kind_of_header(file: Input) -> Kind | None:
    """The kind of a binary file by its header, where the numbers of no array begin so by chance."""
    head = file.head
    if head[:1] == b"P":
        if (kind := _of_netpbm(head) or kind_of_text_image(file)) is not None:
            return kind
    elif _COLMAP.match(head) is not None:
        return COLMAP
    elif _BMP.match(head) is not None:
        return _BMP_KIND
    if is_tf_record(head):
        return TF_RECORD
    if file.size is None:  # that of a stream is not known
        return None if bytes_of_matlab_4(head) is None else MATLAB
    return _of_size(head, file, file.size)


def _of_netpbm(head: bytes) -> Kind | None:
    """The kind of an image of Netpbm, or one with floats, by its header in text."""
    if _PFM.match(head) is not None:
        return PFM
    if _PAM.match(head) is not None:
        return _PAM_KIND
    found = _PNM.match(_COMMENT.sub(b"", head))
    return found and (_PBM if found[1] == b"4" else PNM)


def kind_of_text_image(file: Input) -> Kind | None:
    """The kind of an image of Netpbm that may be text throughout, if the file is called so.

    A column of whole numbers may have the name P2, too.
    """
    if not unpacked(file.path).lower().endswith((".pgm", ".ppm", ".pbm", ".pnm", ".pfm")):
        return None
    head = _COMMENT.sub(b"", file.head)
    if _TEXT_PNM.match(head) is None:
        return _of_netpbm(file.head)
    return _PBM if head.startswith(b"P1") else TEXT_PNM


def _of_size(head: bytes, file: Input, size: int) -> Kind | None:
    """The kind of a file whose size is the one that its header says."""
    if head[:2] == b"\0\0" and _is_idx(head, size):
        return IDX
    if (n_bytes := bytes_of_matlab_4(head)) is not None:
        after = file.read(n_bytes, 128)
        if n_bytes == size or bytes_of_matlab_4(after) is not None:
            return MATLAB
    if head[:1] in (b"\x08", b"\x0a", b"\x10") and _is_tensor_of_onnx(file, size):
        return ONNX
    return None


def _is_idx(head: bytes, size: int) -> bool:
    """Whether a file begins with the type of its numbers and as many lengths as it says.

    Source: https://yann.lecun.com/exdb/mnist/
    """
    code, n_axes = _ITEMS_OF_IDX.get(head[2] if len(head) > 4 else 0), head[3:4]
    if code is None or not 0 < n_axes[0] <= 8 or len(head) < 4 + 4 * n_axes[0]:
        return False
    shape: tuple[int, ...] = struct.unpack_from(f">{n_axes[0]}i", head, 4)
    n_bytes = math.prod(shape) * int(code[-1])
    return min(shape) > 0 and size == 4 + 4 * n_axes[0] + n_bytes


def _is_tensor_of_onnx(file: Input, size: int) -> bool:
    """Whether a file is the fields of a tensor: its lengths, its type, and then data to the end."""
    found = _BEFORE_DATA.match(file.head)
    place = found.end() if found is not None else size
    n_fields = 0
    while place < size:
        tag = file.read(place, 11)
        varint = re.match(rb"[\x80-\xff]{0,9}[\0-\x7f]", tag[1:])
        if tag[0] not in _DATA_OF_ONNX or varint is None or n_fields == 8:
            return False
        length = sum((byte & 0x7F) << 7 * i for i, byte in enumerate(varint[0]))
        place += 1 + len(varint[0]) + length
        n_fields += 1
    return place == size and n_fields > 0


def bytes_of_matlab_4(head: bytes) -> int | None:
    """The bytes of the first matrix, if it is as MATLAB 4 writes it: five integers, and a name.

    Source: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf, chapter 2.
    """
    if len(head) < 21:
        return None
    order = "<" if head[3] == 0 else ">"
    numbers: tuple[int, ...] = struct.unpack(f"{order}5i", head[:20])
    kind, n_rows, n_columns, is_complex, n_name = numbers
    if not (0 <= kind < 2000 and is_complex in (0, 1) and 1 < n_name <= 64):
        return None
    name = head[20 : 20 + n_name]
    is_kind = kind // 100 % 10 == 0 and kind // 10 % 10 < 6 and kind % 10 < 3
    if not is_kind or re.fullmatch(rb"[A-Za-z]\w*\0", name) is None:
        return None
    n_bytes = (8, 4, 4, 2, 2, 1)[kind // 10 % 10] * n_rows * n_columns * (1 + is_complex)
    return 20 + n_name + n_bytes


def is_tf_record(head: bytes) -> bool:
    """Whether a file begins with a length and its checksum, as TensorFlow writes records."""
    if len(head) < 12:
        return False
    crc = crc32c(head[:8])
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return int.from_bytes(head[8:12], "little") == masked
