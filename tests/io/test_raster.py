import numpy as np
import pytest
from PIL import Image

from wellposed.errors import InputError
from wellposed.io.raster import raster_stack


@pytest.mark.parametrize(
    ("name", "dtype", "white"), [("a.png", "u1", 255.0), ("a.png", "u2", None), ("a.tif", "f4", None)]
)
def test_pixels_keep_their_place_and_value(tmp_path, picture, name, dtype, white):
    stored = (picture() / 5).astype(dtype)
    Image.fromarray(stored).save(tmp_path / name)
    stack = raster_stack(tmp_path / name, None)
    np.testing.assert_array_equal(stack.images[0], stored)
    assert stack.full_scale == white


def test_jpeg_is_close(tmp_path, picture):
    stored = (picture((32, 24)) / 5).astype("u1")
    Image.fromarray(stored).save(tmp_path / "a.jpg", quality=95)
    np.testing.assert_allclose(raster_stack(tmp_path / "a.jpg", None).images[0], stored, atol=8)


def test_pages_of_a_tiff(tmp_path, picture):
    pages = [picture(), picture()[::-1]]
    first, second = (Image.fromarray(np.ascontiguousarray(page)) for page in pages)
    first.save(tmp_path / "a.tiff", save_all=True, append_images=[second])
    stack = raster_stack(tmp_path / "a.tiff", None)
    np.testing.assert_array_equal(np.stack(stack.images), pages)
    assert stack.names == ["a[0]", "a[1]"]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P"])
def test_colours_become_luminance_and_say_so(tmp_path, mode):
    colours = np.zeros((8, 8, 3), np.uint8)
    colours[:4, :, 0] = 200
    name = "a.tif" if mode == "CMYK" else "a.png"
    Image.fromarray(colours).convert(mode).save(tmp_path / name)
    stack = raster_stack(tmp_path / name, None)
    np.testing.assert_allclose(stack.images[0][:4], 59.8, atol=4.0)  # a palette has steps
    np.testing.assert_allclose(stack.images[0][4:], 0.0, atol=1e-6)
    assert stack.notes == ("colour was turned into luminance (ITU-R BT.601)",)
    assert stack.full_scale == 255.0


def test_grey_stored_as_colour_is_grey(tmp_path, picture):
    stored = (picture() / 5).astype("u1")
    Image.fromarray(stored).convert("RGB").save(tmp_path / "a.png")
    stack = raster_stack(tmp_path / "a.png", None)
    np.testing.assert_array_equal(stack.images[0], stored)
    assert stack.notes == ()


def test_grey_with_transparency_keeps_its_grey(tmp_path, picture):
    stored = (picture() / 5).astype("u1")
    Image.merge("LA", [Image.fromarray(stored), Image.fromarray(stored[::-1].copy())]).save(tmp_path / "a.png")
    np.testing.assert_array_equal(raster_stack(tmp_path / "a.png", None).images[0], stored)


def test_one_bit(tmp_path, picture):
    stored = picture() > 800
    Image.fromarray(stored).save(tmp_path / "a.png")
    stack = raster_stack(tmp_path / "a.png", None)
    np.testing.assert_array_equal(stack.images[0], stored)
    assert stack.full_scale == 1.0


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_truncated(tmp_path, name, truncate):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    with pytest.raises(InputError, match=rf"{name}: expected a (whole|\w+) picture, found"):
        raster_stack(truncate(tmp_path / name), None)


def test_other_content(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(InputError, match=r"a\.png: expected a PNG picture, found other content"):
        raster_stack(tmp_path / "a.png", None)
