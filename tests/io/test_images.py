import os

import h5py
import nibabel
import numpy as np
import pytest
from PIL import Image

from wellposed.errors import InputError
from wellposed.io import read_images


def noise(shape):
    return np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)


def save(path, array):
    np.save(path, array)
    return path


def test_pictures_of_every_kind_in_one_folder(tmp_path, picture, write_dicom):
    unit = picture() / 1000
    (tmp_path / "b").mkdir()
    Image.fromarray((unit * 255).astype("u1")).save(tmp_path / "slice10.png")
    Image.fromarray((unit * 255).astype("u1")).save(tmp_path / "slice2.png")
    write_dicom(tmp_path / "b" / "a.dcm", picture(dtype=np.int16))
    write_dicom(tmp_path / "IM0001", picture(dtype=np.int16))  # no suffix, as scanners write them
    nibabel.Nifti1Image(picture()[:, ::-1].T[..., None], np.eye(4)).to_filename(tmp_path / "c.nii")
    save(tmp_path / "d.npy", unit)
    np.savez(tmp_path / "e.npz", x=unit)
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["x"] = unit
    (tmp_path / "notes.txt").write_text("passed over")
    (tmp_path / ".hidden").mkdir()
    save(tmp_path / ".hidden" / "h.npy", np.full((3, 3), np.nan))
    pictures = read_images(tmp_path)
    assert pictures.names == ["b/a", "c[0]", "d", "e", "f", "IM0001", "slice2", "slice10"]
    assert pictures.images.shape == (8, 12, 10)
    assert pictures.images.dtype == np.float32
    assert pictures.kind == "DICOM, HDF5, NIfTI, axial slices, NumPy archive, NumPy array, raster pictures"
    assert pictures.notes == ("1 files that are no pictures were passed over",)
    for image in pictures.images:
        assert 0.0 <= image.min() < image.max() <= 1.0
    upright = np.delete(pictures.images, 1, axis=0)
    assert (upright[:, 0, 0] > upright[:, -1, -1]).all()
    assert (upright[:, 0, -1] > upright[:, -1, 0]).all()


def test_8_bit_is_divided_by_255(tmp_path, picture):
    stored = (picture() / 10).astype("u1")
    Image.fromarray(stored).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_images(tmp_path / "a.png").images[0], stored / 255.0, rtol=1e-6)


def test_unit_values_are_kept(tmp_path, picture):
    unit = picture() / 1000
    np.testing.assert_array_equal(read_images(save(tmp_path / "a.npy", unit)).images[0], unit)


def test_a_series_shares_one_scale(tmp_path, write_dicom, picture):
    write_dicom(tmp_path / "1.dcm", picture(dtype=np.int16), SeriesInstanceUID="1.2.3")
    write_dicom(tmp_path / "2.dcm", (picture() / 4).astype(np.int16), SeriesInstanceUID="1.2.3")
    write_dicom(tmp_path / "3.dcm", (picture() / 4).astype(np.int16), SeriesInstanceUID="9.9.9")
    images = read_images(tmp_path).images
    assert images[1].max() < 0.26
    assert images[2].max() == pytest.approx(1.0)


def test_size_makes_squares_of_any_shapes(tmp_path, picture):
    save(tmp_path / "a.npy", picture((12, 10)))
    save(tmp_path / "b.npy", picture((30, 40)))
    assert read_images(tmp_path, size=16).images.shape == (2, 16, 16)


def test_colour_is_said(tmp_path):
    Image.fromarray(noise((9, 9, 3))).save(tmp_path / "a.png")
    assert read_images(tmp_path).notes == ("colour was turned into luminance (ITU-R BT.601)",)


def test_a_field_by_name(tmp_path, picture):
    np.savez(tmp_path / "a.npz", x=picture(), y=-picture())
    by_path = read_images(f"{tmp_path}/a.npz:y")
    by_name = read_images(tmp_path / "a.npz", field="y")
    np.testing.assert_array_equal(by_path.images, by_name.images)
    assert by_path.images[0, 0, 0] == 0.0  # of -picture the top left is the darkest


def test_shapes_that_differ(tmp_path, picture):
    save(tmp_path / "a.npy", picture((12, 10)))
    save(tmp_path / "b.npy", picture((12, 11)))
    with pytest.raises(InputError, match=r"of one shape, found 1 of \(12, 10\), 1 of \(12, 11\): give a size"):
        read_images(tmp_path)


def test_missing_path(tmp_path):
    with pytest.raises(InputError, match=r"none\.png: expected a picture file .* found no such path"):
        read_images(tmp_path / "none.png")


def test_empty_folder(tmp_path):
    with pytest.raises(InputError, match=r"expected picture files .* found an empty folder"):
        read_images(tmp_path)


def test_folder_without_pictures(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(InputError, match=r"expected picture files .* found 1 files of other kinds"):
        read_images(tmp_path)


def test_file_of_another_kind(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(InputError, match=r"expected a picture file .* found '\.txt': convert it"):
        read_images(tmp_path / "a.txt")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_pixels(tmp_path, picture, bad):
    images = np.stack([picture(), picture()])
    images[1, 3, 4] = bad
    with pytest.raises(InputError, match=r"a\.npy: .* a\[1\], found 1 of 120 NaN .* at index \(3, 4\)"):
        read_images(save(tmp_path / "a.npy", images))


def test_bad_voxels(tmp_path, picture):
    volume = np.repeat(picture()[..., None], 3, axis=2)
    volume[2, 2, 1] = np.nan
    nibabel.Nifti1Image(volume, np.eye(4)).to_filename(tmp_path / "a.nii")
    with pytest.raises(InputError, match=r"a\.nii: .* in picture a\[1\], found 1 of 120 NaN"):
        read_images(tmp_path / "a.nii")


def test_a_picture_of_one_value(tmp_path, picture):
    images = np.stack([picture(), np.full_like(picture(), 3.0)])
    with pytest.raises(InputError, match=r"a\.npy: .* found the one value 3 everywhere in a\[1\]"):
        read_images(save(tmp_path / "a.npy", images))


def test_size_below_one(tmp_path, picture):
    with pytest.raises(InputError, match="size: expected at least 1 pixel, found 0"):
        read_images(save(tmp_path / "a.npy", picture()), size=0)


def test_a_damaged_file_in_a_folder_is_named(tmp_path, picture, truncate):
    for name in ("a.png", "b.png"):
        Image.fromarray(noise((32, 32))).save(tmp_path / name)
    truncate(tmp_path / "b.png")
    with pytest.raises(InputError, match=r"b\.png: expected a whole picture, found a damaged one"):
        read_images(tmp_path)


def test_links_in_circles_end(tmp_path, picture):
    save(tmp_path / "a.npy", picture())
    os.symlink(tmp_path, tmp_path / "again")
    assert read_images(tmp_path).names == ["a"]
