import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.ndimage

from wellposed.simulate import SMALL, Deformation, deform, deform_one
from wellposed.simulate.deform import sample

KEY = jax.random.key(0)
STILL = Deformation(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def deformed(image, key=KEY, **strength):
    """40 deformations of one picture, all compiled once: the strength is an argument like any other."""
    return deform(key, jnp.stack([image] * 40), STILL._replace(**strength))


def blob(places, size=32):
    """A smooth picture with a centre that is not the middle."""
    rows, columns = places
    return jnp.exp(-((rows - 0.4 * size) ** 2 + 2.0 * (columns - 0.55 * size) ** 2) / (0.03 * size**2))


def grid(size=32):
    return jnp.meshgrid(jnp.arange(size) * 1.0, jnp.arange(size) * 1.0, indexing="ij")


def test_without_strength_a_smooth_picture_stays():
    image = blob(grid())
    np.testing.assert_allclose(deformed(image)[0], image, atol=1e-2)


@pytest.mark.parametrize("offset", [(0.5, 0.5), (-3.25, 2.7), (0.0, 0.3)])
def test_sample_between_pixels_of_a_smooth_picture(offset):
    rows, columns = grid()
    inner = (rows + offset[0]).clip(4, 27), (columns + offset[1]).clip(4, 27)
    np.testing.assert_allclose(sample(blob((rows, columns)), *inner), blob(inner), atol=1e-2)


def test_sample_has_the_stated_sharpness():
    """A wave of four pixels read at random places: 12 % of error, and 21 % for bilinear reading."""
    rows, _ = grid(48)
    place = jax.random.uniform(KEY, (2000,), minval=8.0, maxval=40.0)

    def wave(r):
        return jnp.cos(0.5 * jnp.pi * r + 0.3)

    def error(read):
        return float(jnp.sqrt(jnp.mean((read - wave(place)) ** 2) / jnp.mean(wave(place) ** 2)))

    assert error(sample(wave(rows), place, place)) == pytest.approx(0.12, abs=0.015)
    bilinear = scipy.ndimage.map_coordinates(np.asarray(wave(rows)), np.stack([place, place]), order=1)
    assert error(bilinear) == pytest.approx(0.21, abs=0.02)


def test_outside_there_is_zero():
    far = jnp.asarray([-5.0, 40.0])
    np.testing.assert_array_equal(sample(jnp.ones((8, 8)), far, jnp.full(2, 3.0)), 0.0)
    np.testing.assert_array_equal(sample(jnp.ones((8, 8)), jnp.full(2, 3.0), far), 0.0)


def test_the_edge_is_inside():
    corners = jnp.asarray([0.0, 7.0])
    np.testing.assert_allclose(sample(jnp.ones((8, 8)), corners, corners), 1.0, rtol=1e-6)


def test_wide_pictures_keep_their_axes():
    image = jnp.zeros((16, 32)).at[3, 20].set(1.0)
    moved = jax.jit(deform_one)(KEY, image, STILL)
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
    image = blob(grid())  # an ellipse that is longer along the rows
    turned = deformed(image, rotation=0.4)
    axes = [np.linalg.eigh(moments(one))[1][:, 1] for one in turned]
    angles = np.asarray([np.arctan2(a[1] * np.sign(a[0]), abs(a[0])) for a in axes])
    assert np.abs(angles).max() < 0.42
    assert angles.min() < -0.2 < 0.2 < angles.max()
    np.testing.assert_allclose(
        [np.linalg.det(moments(one)) for one in turned], np.linalg.det(moments(image)), rtol=0.03
    )


def test_scaling_changes_the_area_within_its_bounds():
    image = blob(grid())
    scaled = deformed(image, scaling=0.2)
    log_area = np.log([np.linalg.det(moments(one)) / np.linalg.det(moments(image)) for one in scaled]) / 4.0
    assert np.abs(log_area).max() < 0.21
    assert log_area.min() < -0.1 < 0.1 < log_area.max()


def test_shift_moves_within_its_bounds():
    image = blob(grid())
    shifted = deformed(image, shift=0.1)
    moves = np.asarray([centre(one) - centre(image) for one in shifted])
    assert np.abs(moves).max() < 3.3
    assert (np.abs(moves).max(0) > 2.0).all()


def test_the_elastic_field_has_the_stated_deviation_everywhere():
    """Read off a ramp: its value is the place it came from."""
    ramp = grid()[1]
    keys = jax.random.split(KEY, 10)
    moved = np.concatenate([deformed(ramp, key, elastic=0.02) for key in keys])
    moves = (moved - np.asarray(ramp))[:, 6:-6, 6:-6] / 32
    n = len(moves)
    assert np.abs(moves.mean(0)).max() < 5 * 0.02 / np.sqrt(n)
    np.testing.assert_allclose(moves.std(0), 0.02, rtol=5 / np.sqrt(2 * n))
    assert np.abs(np.diff(moves, axis=1)).max() * 32 < 0.5  # neighbours move together, and nothing folds


def test_gain_is_within_its_bounds():
    gained = deformed(jnp.ones((32, 32)), gain=0.3).max((1, 2))
    assert 0.7 <= gained.min() < 0.73
    assert 0.97 < gained.max() <= 1.0


def test_values_stay_in_range():
    noise = jax.random.uniform(KEY, (40, 32, 32))
    moved = deform(KEY, noise, SMALL)
    assert moved.min() >= 0.0
    assert moved.max() <= 1.0


def test_the_batch_does_not_change_the_result_and_the_key_does():
    images = jax.random.uniform(KEY, (40, 32, 32))
    at_once, in_parts = deform(KEY, images), deform(KEY, images, batch=20)
    np.testing.assert_allclose(at_once, in_parts, atol=1e-6)
    np.testing.assert_allclose(at_once[2], jax.jit(deform_one)(jax.random.split(KEY, 40)[2], images[2]), atol=1e-5)
    assert jnp.abs(at_once - deform(jax.random.key(1), images)).max() > 0.1
