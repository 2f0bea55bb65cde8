import os

import nibabel
import numpy as np
import pytest
from PIL import Image

from wellposed.errors import InputError
from wellposed.io import read_array, write_array

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".h5", ".hdf5"])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_round_trip_of_any_shape(tmp_path, suffix, shape, dtype):
    array = RNG.normal(size=(*shape, 2)).astype(np.float32).view(np.complex64)[..., 0]
    array = array if dtype is np.complex64 else array.real
    write_array(tmp_path / f"a{suffix}", array)
    read = read_array(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(read, array)
    assert read.dtype == dtype
    assert os.listdir(tmp_path) == [f"a{suffix}"]


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("shape", [(3, 4, 5), (4, 5)])
def test_round_trip_of_slices(tmp_path, suffix, shape):
    array = RNG.normal(size=shape).astype(np.float32)
    write_array(tmp_path / f"a{suffix}", array)
    np.testing.assert_array_equal(read_array(tmp_path / f"a{suffix}"), array)


def test_nifti_keeps_the_place_in_the_world(tmp_path):
    affine = np.asarray([[-2.0, 0, 0, 30], [0, 2.0, 0, -40], [0, 0, 3.0, 5], [0, 0, 0, 1]])
    nibabel.Nifti1Image(RNG.normal(size=(5, 4, 3)).astype(np.float32), affine).to_filename(tmp_path / "a.nii")
    write_array(tmp_path / "b.nii.gz", read_array(tmp_path / "a.nii"), like=tmp_path / "a.nii")
    a, b = (
        nibabel.as_closest_canonical(nibabel.Nifti1Image.from_filename(tmp_path / n)) for n in ("a.nii", "b.nii.gz")
    )
    np.testing.assert_allclose(a.affine, b.affine)
    np.testing.assert_array_equal(a.get_fdata(), b.get_fdata())


def test_png_has_16_bits(tmp_path):
    array = RNG.uniform(size=(9, 7))
    write_array(tmp_path / "a.png", array)
    np.testing.assert_allclose(read_array(tmp_path / "a.png"), array, atol=0.51 / 65535)


def test_png_of_8_bits(tmp_path):
    Image.fromarray(np.asarray([[0, 51], [102, 255]], np.uint8)).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_array(tmp_path / "a.png"), [[0.0, 0.2], [0.4, 1.0]], rtol=1e-6)


def test_a_named_field(tmp_path):
    write_array(tmp_path / "a.h5", np.ones((2, 2)), field="run/x")
    np.testing.assert_array_equal(read_array(f"{tmp_path}/a.h5:run/x"), np.ones((2, 2)))


@pytest.mark.parametrize("suffix", [".nii", ".png"])
@pytest.mark.parametrize("array", [np.ones((2, 2, 2, 2)), np.ones((2, 2), complex), np.ones(3)])
def test_what_a_format_cannot_hold(tmp_path, suffix, array):
    with pytest.raises(InputError, match=r"expected (one )?real .* write \.npy instead"):
        write_array(tmp_path / f"a{suffix}", array)
    assert os.listdir(tmp_path) == []


def test_unknown_suffix(tmp_path):
    with pytest.raises(InputError, match=r"expected a suffix among .*, found '\.xyz'"):
        write_array(tmp_path / "a.xyz", np.ones(2))
    (tmp_path / "a.xyz").touch()
    with pytest.raises(InputError, match=r"expected \.npy.* or IDX, found '\.xyz'"):
        read_array(tmp_path / "a.xyz")


def test_objects_are_not_written(tmp_path):
    with pytest.raises(InputError, match="expected numbers to write, found object"):
        write_array(tmp_path / "a.npy", np.asarray([None]))


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="found no such file"):
        read_array(tmp_path / "a.npy")
    with pytest.raises(InputError, match="found a folder"):
        read_array(tmp_path)


def test_nan_and_text(tmp_path):
    np.save(tmp_path / "a.npy", np.asarray([1.0, np.nan]))
    with pytest.raises(InputError, match=r"found 1 of 2 NaN or infinite, the first at index \(1,\)"):
        read_array(tmp_path / "a.npy")
    np.save(tmp_path / "b.npy", np.asarray(["x"]))
    with pytest.raises(InputError, match="expected numbers, found <U1"):
        read_array(tmp_path / "b.npy")
