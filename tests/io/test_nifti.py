import nibabel
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.nifti import axial_slices, nifti_stack, read_nifti

LEFT_RIGHT, BACK_FRONT, FOOT_HEAD = 5, 7, 4  # voxels of a body in RAS+ axes


def body():
    """Values that tell where they are: 100 x + 10 y + z."""
    x, y, z = np.indices((LEFT_RIGHT, BACK_FRONT, FOOT_HEAD))
    return (100.0 * x + 10.0 * y + z).astype(np.float32)


@pytest.mark.parametrize("axes", ["RAS", "LPS", "PSR", "ARI"])
def test_any_orientation_comes_out_upright(tmp_path, axes):
    ras = nibabel.Nifti1Image(body(), np.diag([1.0, 2.0, 3.0, 1.0]))
    turn = nibabel.orientations.ornt_transform(
        nibabel.orientations.io_orientation(ras.affine), nibabel.orientations.axcodes2ornt(axes)
    )
    ras.as_reoriented(turn.tolist()).to_filename(tmp_path / "a.nii.gz")
    slices, spacing = read_nifti(tmp_path / "a.nii.gz")
    assert slices.shape == (FOOT_HEAD, BACK_FRONT, LEFT_RIGHT)
    assert spacing == (3.0, 2.0, 1.0)
    assert slices[0, 0, 0] == 10.0 * (BACK_FRONT - 1)  # the top left: foot, front, left
    assert slices[-1, -1, -1] == 100.0 * (LEFT_RIGHT - 1) + FOOT_HEAD - 1  # head, back, right


def test_scale_factors_of_the_header_apply(tmp_path):
    image = nibabel.Nifti1Image(body().astype(np.int16), np.eye(4))
    image.header.set_slope_inter(0.5, 10.0)
    image.to_filename(tmp_path / "a.nii")
    read, _ = read_nifti(tmp_path / "a.nii")
    stored, _ = axial_slices(nibabel.Nifti1Image(body(), np.eye(4)))
    np.testing.assert_allclose(read, 0.5 * stored + 10.0)


def test_nifti_2(tmp_path):
    nibabel.Nifti2Image(body(), np.eye(4)).to_filename(tmp_path / "a.nii")
    assert read_nifti(tmp_path / "a.nii")[0][0, 0, 0] == 10.0 * (BACK_FRONT - 1)


def test_the_first_of_a_series_is_taken(tmp_path):
    series = np.stack([body(), -body()], axis=-1)
    nibabel.Nifti1Image(series, np.eye(4)).to_filename(tmp_path / "a.nii")
    assert read_nifti(tmp_path / "a.nii")[0].min() >= 0.0


def test_a_single_slice(tmp_path):
    nibabel.Nifti1Image(body()[:, :, 0], np.eye(4)).to_filename(tmp_path / "a.nii")
    assert read_nifti(tmp_path / "a.nii")[0].shape == (1, BACK_FRONT, LEFT_RIGHT)


def test_empty_slices_are_dropped_and_counted(tmp_path):
    volume = np.zeros((10, 10, 6), np.float32)
    volume[2:7, 3:8, 2:5] = np.arange(25.0).reshape(5, 5, 1) + 50.0
    volume[0, 0, 0] = 1.0  # a speck
    nibabel.Nifti1Image(volume, np.eye(4)).to_filename(tmp_path / "a.nii.gz")
    stack = nifti_stack(tmp_path / "a.nii.gz", None)
    assert stack.names == ["a[2]", "a[3]", "a[4]"]
    assert stack.notes == ("3 empty slices of 6 were dropped",)


def test_a_volume_of_nothing(tmp_path):
    nibabel.Nifti1Image(np.zeros((4, 4, 4), np.float32), np.eye(4)).to_filename(tmp_path / "a.nii")
    with pytest.raises(InputError, match="expected slices that show something, found 4 empty ones"):
        nifti_stack(tmp_path / "a.nii", None)


def test_complex_is_refused(tmp_path):
    nibabel.Nifti1Image(body().astype(np.complex64), np.eye(4)).to_filename(tmp_path / "a.nii")
    with pytest.raises(InputError, match="expected real pictures in the volume, found complex64"):
        nifti_stack(tmp_path / "a.nii", None)


def test_too_many_axes(tmp_path):
    nibabel.Nifti1Image(np.zeros((2, 2, 2, 2, 2), np.float32), np.eye(4)).to_filename(tmp_path / "a.nii")
    with pytest.raises(InputError, match=r"expected a volume with 2 to 4 axes, found shape \(2, 2, 2, 2, 2\)"):
        read_nifti(tmp_path / "a.nii")


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_truncated_or_other_content(tmp_path, name, truncate):
    noise = np.random.default_rng(0).normal(size=(16, 16, 16)).astype(np.float32)
    nibabel.Nifti1Image(noise, np.eye(4)).to_filename(tmp_path / name)
    with pytest.raises(InputError, match=rf"{name}: expected a whole NIfTI volume, found a damaged"):
        read_nifti(truncate(tmp_path / name))


@pytest.mark.parametrize(("name", "found"), [("a.nii", "other content"), ("a.nii.gz", "a damaged one")])
def test_other_content(tmp_path, name, found):
    (tmp_path / name).write_bytes(b"something else" * 100)
    with pytest.raises(InputError, match=rf"{name}: expected a .*NIfTI volume, found {found}"):
        read_nifti(tmp_path / name)


def test_a_header_that_makes_no_sense(tmp_path):
    nibabel.Nifti1Image(body(), np.eye(4)).to_filename(tmp_path / "a.nii")
    content = bytearray((tmp_path / "a.nii").read_bytes())
    content[70:72] = b"\x77\x77"  # the type of the voxels
    (tmp_path / "a.nii").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.nii: expected a whole NIfTI volume, found a damaged"):
        read_nifti(tmp_path / "a.nii")
