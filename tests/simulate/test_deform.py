import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.ndimage

from wellposed.simulate import SMALL, Deformation, deform, deform_one
from wellposed.simulate.deform import sample

KEY = jax.random.key(0)
STILL = Deformation(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def blob(rows, columns, size=32):
    """A smooth picture with a centre that is not the middle."""
    return jnp.exp(-((rows - 0.4 * size) ** 2 + 2.0 * (columns - 0.55 * size) ** 2) / (0.02 * size**2))


def grid(size=32):
    return jnp.meshgrid(jnp.arange(size) * 1.0, jnp.arange(size) * 1.0, indexing="ij")


def test_without_strength_a_smooth_picture_stays():
    image = blob(*grid())
    np.testing.assert_allclose(deform_one(KEY, image, STILL), image, atol=5e-3)


@pytest.mark.parametrize("offset", [(0.5, 0.5), (-3.25, 2.7), (0.0, 0.3)])
def test_sample_between_pixels_of_a_smooth_picture(offset):
    rows, columns = grid()
    inner = (rows + offset[0]).clip(4, 27), (columns + offset[1]).clip(4, 27)
    np.testing.assert_allclose(sample(blob(rows, columns), *inner), blob(*inner), atol=5e-3)


def test_sample_is_as_sharp_as_cubic_convolution_and_sharper_than_bilinear():
    """A wave of period 3 pixels, which bilinear reading damps to a half in the middle between pixels."""
    rows, columns = grid(48)
    inner = (rows[8:-8, 8:-8] + 0.5, columns[8:-8, 8:-8])

    def wave(r):
        return jnp.cos(2.0 * jnp.pi * r / 3.0)

    ours = sample(wave(rows), *inner)
    bilinear = scipy.ndimage.map_coordinates(np.asarray(wave(rows)), [np.asarray(p) for p in inner], order=1)
    error, error_bilinear = (jnp.abs(read - wave(inner[0])).max() for read in (ours, bilinear))
    assert error < 0.75 * error_bilinear


def test_outside_there_is_zero():
    far = jnp.asarray([-5.0, 40.0])
    np.testing.assert_array_equal(sample(jnp.ones((8, 8)), far, jnp.full(2, 3.0)), 0.0)
    np.testing.assert_array_equal(sample(jnp.ones((8, 8)), jnp.full(2, 3.0), far), 0.0)


def test_the_edge_is_inside():
    corners = jnp.asarray([0.0, 7.0])
    np.testing.assert_allclose(sample(jnp.ones((8, 8)), corners, corners), 1.0, rtol=1e-6)


def test_wide_pictures_keep_their_axes():
    image = jnp.zeros((16, 32)).at[3, 20].set(1.0)
    moved = deform_one(KEY, image, STILL)
    assert moved.shape == (16, 32)
    assert np.unravel_index(int(moved.argmax()), moved.shape) == (3, 20)


def centre(image):
    rows, columns = grid(image.shape[-1])
    mass = image.sum()
    return np.asarray([(rows * image).sum() / mass, (columns * image).sum() / mass])


def moments(image):
    """Second moments of the mass: their determinant tells the area, their axes the direction."""
    rows, columns = grid(image.shape[-1])
    dr, dc = rows - centre(image)[0], columns - centre(image)[1]
    return np.asarray([[(a * b * image).sum() for b in (dr, dc)] for a in (dr, dc)]) / float(image.sum())


def test_rotation_turns_by_at_most_its_angle_in_both_directions():
    image = blob(*grid())  # an ellipse that is longer along the rows
    turned = deform(KEY, jnp.stack([image] * 40), STILL._replace(rotation=0.4))
    axes = [np.linalg.eigh(moments(one))[1][:, 1] for one in turned]
    angles = np.asarray([np.arctan2(a[1] * np.sign(a[0]), abs(a[0])) for a in axes])
    assert np.abs(angles).max() < 0.42
    assert angles.min() < -0.2 < 0.2 < angles.max()
    np.testing.assert_allclose(
        [np.linalg.det(moments(one)) for one in turned], np.linalg.det(moments(image)), rtol=0.03
    )


def test_scaling_changes_the_area_within_its_bounds():
    image = blob(*grid())
    scaled = deform(KEY, jnp.stack([image] * 40), STILL._replace(scaling=0.2))
    log_area = np.log([np.linalg.det(moments(one)) / np.linalg.det(moments(image)) for one in scaled]) / 4.0
    assert np.abs(log_area).max() < 0.21
    assert log_area.min() < -0.1 < 0.1 < log_area.max()


def test_shift_moves_within_its_bounds():
    image = blob(*grid())
    shifted = deform(KEY, jnp.stack([image] * 40), STILL._replace(shift=0.1))
    moves = np.asarray([centre(one) - centre(image) for one in shifted])
    assert np.abs(moves).max() < 3.3
    assert (np.abs(moves).max(0) > 2.0).all()


def test_the_elastic_field_has_the_stated_deviation_everywhere():
    """Read off a ramp: its value is the place it came from."""
    with jax.enable_x64(True):
        size, n = 32, 800
        ramp = jnp.broadcast_to(jnp.arange(size) * 1.0, (size, size))
        moved = deform(KEY, jnp.stack([ramp] * n), STILL._replace(elastic=0.02))
        inner = np.asarray(moved - ramp)[:, 6:-6, 6:-6] / size
        deviation = inner.std(0)
        assert np.abs(inner.mean(0)).max() < 5 * 0.02 / np.sqrt(n)
        np.testing.assert_allclose(deviation, 0.02, rtol=5 / np.sqrt(2 * n))
        steps = np.abs(np.diff(inner, axis=1)).max() * size
        assert steps < 0.5  # smooth: neighbours move together, and nothing folds


def test_gain_is_within_its_bounds():
    gained = deform(KEY, jnp.ones((200, 8, 8)), STILL._replace(gain=0.3)).max((1, 2))
    assert 0.7 <= gained.min() < 0.72
    assert 0.98 < gained.max() <= 1.0


def test_values_stay_in_range():
    noise = jax.random.uniform(KEY, (10, 24, 24))
    moved = deform(KEY, noise, SMALL)
    assert moved.min() >= 0.0
    assert moved.max() <= 1.0


def test_the_batch_does_not_change_the_result_and_the_key_does():
    images = jax.random.uniform(KEY, (7, 16, 16))
    at_once, in_parts = deform(KEY, images), deform(KEY, images, batch=3)
    np.testing.assert_allclose(at_once, in_parts, atol=1e-6)
    np.testing.assert_allclose(at_once[2], deform_one(jax.random.split(KEY, 7)[2], images[2]), atol=1e-5)
    assert jnp.abs(at_once - deform(jax.random.key(1), images)).max() > 0.1
