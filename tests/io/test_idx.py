import gzip

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.idx import idx_stack, is_idx, read_idx


def content(array, code):
    return bytes([0, 0, code, array.ndim]) + np.asarray(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.mark.parametrize(("dtype", "code"), [("u1", 8), ("i1", 9), (">i2", 11), (">i4", 12), (">f4", 13), (">f8", 14)])
def test_round_trip_of_every_type(tmp_path, dtype, code):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    (tmp_path / "a.idx").write_bytes(content(array, code))
    read = read_idx(tmp_path / "a.idx")
    np.testing.assert_array_equal(read, array)
    assert read.dtype.isnative


def test_gzip(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(content(array, 8)))
    assert is_idx(path)
    np.testing.assert_array_equal(np.stack(idx_stack(path, None).images), array)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match="expected a whole gzip file, found a damaged one"):
        read_idx(path)


def test_labels_are_no_pictures(tmp_path):
    (tmp_path / "a.idx").write_bytes(content(np.arange(5, dtype=np.uint8), 8))
    with pytest.raises(InputError, match=r"expected pictures of shape .* found shape \(5,\)"):
        idx_stack(tmp_path / "a.idx", None)


def test_truncated(tmp_path, truncate):
    path = tmp_path / "a.idx"
    path.write_bytes(content(np.zeros((2, 3, 4), np.uint8), 8))
    with pytest.raises(InputError, match=r"expected 24 values for the sizes \(2, 3, 4\), found 8"):
        read_idx(truncate(path))
    path.write_bytes(b"\0\0\x08\x03\0\0")
    with pytest.raises(InputError, match="copy it anew"):
        read_idx(path)


@pytest.mark.parametrize("first", [b"", b"\x89PNG", b"\0\0\x07\x01"])
def test_other_content(tmp_path, first):
    (tmp_path / "a.idx").write_bytes(first + b"\0" * 8 * bool(first))
    with pytest.raises(InputError, match="expected an IDX file, found the first bytes"):
        read_idx(tmp_path / "a.idx")
