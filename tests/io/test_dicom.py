import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.dicom import dicom_stack


def test_pixels_keep_their_place_and_get_the_modality_s_units(tmp_path, write_dicom, picture):
    stored = picture(dtype=np.int16)
    path = write_dicom(tmp_path / "a.dcm", stored, RescaleSlope=2, RescaleIntercept=-100, PixelSpacing=[0.5, 0.25])
    stack = dicom_stack(path, None)
    np.testing.assert_array_equal(stack.images[0], 2.0 * stored - 100.0)
    assert stack.spacing == (0.5, 0.25)
    assert stack.names == ["a"]


def test_frames_become_pictures(tmp_path, write_dicom, picture):
    frames = np.stack([picture(dtype=np.uint16), picture(dtype=np.uint16)[::-1]])
    stack = dicom_stack(write_dicom(tmp_path / "a.dcm", frames), None)
    np.testing.assert_array_equal(np.stack(stack.images), frames)
    assert stack.names == ["a[0]", "a[1]"]


def test_monochrome1_is_inverted(tmp_path, write_dicom, picture):
    stored = picture(dtype=np.uint16)
    stack = dicom_stack(write_dicom(tmp_path / "a.dcm", stored, PhotometricInterpretation="MONOCHROME1"), None)
    np.testing.assert_array_equal(stack.images[0], stored.max() + stored.min() - stored.astype(np.float32))


def test_padding_gets_the_smallest_value_of_the_rest(tmp_path, write_dicom, picture):
    stored = picture(dtype=np.int16)
    stored[0, 0] = -2000
    stack = dicom_stack(write_dicom(tmp_path / "a.dcm", stored, PixelPaddingValue=-2000), None)
    assert stack.images[0][0, 0] == stored[1:].min()


def test_ct_is_cut_at_air(tmp_path, write_dicom, picture):
    stored = picture(dtype=np.int16)
    stored[0, 0] = -3000
    assert dicom_stack(write_dicom(tmp_path / "a.dcm", stored, Modality="CT"), None).images[0][0, 0] == -1024.0
    assert dicom_stack(write_dicom(tmp_path / "b.dcm", stored), None).images[0][0, 0] == -3000.0


def test_colour_becomes_luminance(tmp_path, write_dicom):
    colours = np.zeros((9, 8, 3), np.uint8)
    colours[..., 0], colours[0, 0] = 100, 255
    path = write_dicom(
        tmp_path / "a.dcm",
        colours[..., 0],
        SamplesPerPixel=3,
        PlanarConfiguration=0,
        PhotometricInterpretation="RGB",
        PixelData=colours.tobytes(),
    )
    stack = dicom_stack(path, None)
    np.testing.assert_allclose(stack.images[0][1:], 29.9, rtol=1e-5)
    np.testing.assert_allclose(stack.images[0][0, 0], 255.0, rtol=1e-5)
    assert stack.full_scale == 255.0
    assert "luminance" in stack.notes[0]


def test_without_pixel_data(tmp_path, write_dicom):
    with pytest.raises(InputError, match=r"a\.dcm: expected a DICOM picture, found no pixel data \(MR\)"):
        dicom_stack(write_dicom(tmp_path / "a.dcm", None), None)


def test_truncated(tmp_path, write_dicom, picture, truncate):
    path = truncate(write_dicom(tmp_path / "a.dcm", picture(dtype=np.int16)), 0.8)
    with pytest.raises(InputError, match=r"a\.dcm: expected (a DICOM file|readable DICOM pixels), found"):
        dicom_stack(path, None)


def test_other_content(tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(b"no dicom at all" * 20)
    with pytest.raises(InputError, match=r"a\.dcm: expected a DICOM file, found something else"):
        dicom_stack(path, None)
