import io
import zipfile

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.numpy_file import npy_stack, npz_stack, read_npy, read_npz


class Exploding:
    """Unpickling it raises: nobody may get that far."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was run')",))


def test_npy_round_trip(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(read_npy(tmp_path / "a.npy"), np.arange(6.0).reshape(2, 3))


def test_pickles_are_refused_and_not_run(tmp_path):
    objects = np.empty(1, object)
    objects[0] = Exploding()
    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    with pytest.raises(InputError, match=r"a\.npy: expected an array of numbers, found Python objects"):
        read_npy(tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", x=objects)
    with pytest.raises(InputError, match=r"a\.npz: expected an array of numbers, found Python objects"):
        read_npz(tmp_path / "a.npz")


def test_npy_damaged(tmp_path, truncate):
    np.save(tmp_path / "a.npy", np.zeros((9, 9)))
    with pytest.raises(InputError, match="expected a whole NumPy file, found a damaged one"):
        read_npy(truncate(tmp_path / "a.npy"))
    (tmp_path / "a.npy").write_bytes(b"text")
    with pytest.raises(InputError, match="expected a NumPy file, found other content"):
        read_npy(tmp_path / "a.npy")


def test_npz_damaged(tmp_path, truncate):
    np.savez_compressed(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=(9, 9)))
    with pytest.raises(InputError, match="expected a whole NumPy file, found a damaged one"):
        read_npz(truncate(tmp_path / "a.npz"))


def test_npz_with_a_changed_byte(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.zeros((9, 9)))
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)
    with pytest.raises(InputError, match="expected a whole NumPy file, found a damaged one"):
        read_npz(path)


def test_npz_reads_the_field_that_fits(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.ones((2, 3, 4)), label=np.arange(2), note="text")
    assert npz_stack(tmp_path / "a.npz", None).images[0].shape == (3, 4)
    np.testing.assert_array_equal(read_npz(tmp_path / "a.npz", "label"), [0, 1])


def test_npz_of_files_that_are_no_arrays(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(InputError, match="found no field at all"):
        read_npz(tmp_path / "a.npz")


def test_npy_of_text(tmp_path):
    np.save(tmp_path / "a.npy", np.asarray([["a", "b"]]))
    with pytest.raises(InputError, match="expected numbers in the array, found <U1"):
        npy_stack(tmp_path / "a.npy", None)


def test_a_file_saved_in_an_old_header_version(tmp_path):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ones((2, 2)), version=(2, 0))
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", stream.getvalue())
    np.testing.assert_array_equal(read_npz(tmp_path / "a.npz"), np.ones((2, 2)))
