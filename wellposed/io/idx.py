"""IDX files (`-idx3-ubyte`, also gzipped), the format of MNIST: http://yann.lecun.com/exdb/mnist/."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from wellposed.errors import InputError
from wellposed.io.stack import Stack, stack_from_array

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def is_idx(path: Path) -> bool:
    """Whether the name says IDX, as in `t10k-images-idx3-ubyte.gz` or `digits.idx`."""
    name = path.name.removesuffix(".gz").lower()
    return name.endswith((".idx", "-ubyte", ".idx3", ".idx3-ubyte")) or "-idx" in name


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX array: a magic number (0, 0, type, axes), the sizes as big-endian uint32, then the values.

    Raises:
        InputError: another magic number, or not as many values as the sizes say.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: expected a whole gzip file, found a damaged one ({error}): copy it anew") from None
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES:
        raise InputError(f"{path}: expected an IDX file, found the first bytes {content[:4]!r}: choose another file")
    ndim = content[3]
    start = 4 + 4 * ndim
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], ">u4", count=len(content[4:start]) // 4))
    dtype = np.dtype(_TYPES[content[2]])
    if len(shape) != ndim or len(content) - start != math.prod(shape) * dtype.itemsize:
        raise InputError(
            f"{path}: expected {math.prod(shape)} values for the sizes {shape}, found "
            f"{max(len(content) - start, 0) // dtype.itemsize}: copy it anew"
        )
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def idx_stack(path: Path, field: str | None) -> Stack:
    """The pictures of an IDX file."""
    return stack_from_array(read_idx(path), path, "it")
