import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate import ellipses, shepp_logan, shepp_logan_sinogram

KEY = jax.random.key(0)


def test_shepp_logan_has_the_published_values_where_they_are_known():
    """Points of the phantom (x to the right, y upward), and the sums of Toft's contrasts."""
    size = 256
    image = np.asarray(shepp_logan(size))

    def at(x, y):
        return image[int((1 - y) / 2 * size), int((x + 1) / 2 * size)]

    assert at(0.95, 0.0) == 0.0  # outside
    assert at(0.0, 0.9) == pytest.approx(1.0)  # skull
    assert at(0.0, -0.3) == pytest.approx(0.2)  # brain
    assert at(0.22, 0.0) == pytest.approx(0.0, abs=1e-6)  # right ventricle
    assert at(-0.22, 0.0) == pytest.approx(0.0, abs=1e-6)  # left ventricle
    assert at(0.0, 0.3) == pytest.approx(0.3)  # the large round one, in the upper half
    assert at(0.0, -0.605) == pytest.approx(0.3)  # the small ones, in the lower half


def test_shepp_logan_agrees_with_scikit_image():
    from skimage.data import shepp_logan_phantom

    theirs = shepp_logan_phantom()  # 400 x 400, not anti-aliased
    ours = np.asarray(shepp_logan(400))
    assert np.mean(np.abs(theirs - ours) > 0.02) < 0.02  # they differ at edges only


def test_the_sinogram_at_the_axes_is_the_sum_of_the_picture():
    size = 256
    image = shepp_logan(size)
    positions = (2.0 * jnp.arange(size) + 1.0) / size - 1.0
    at_0, at_90 = shepp_logan_sinogram(jnp.asarray([0.0, jnp.pi / 2]), positions)
    step = 2.0 / size
    assert jnp.abs(at_0 - image.sum(0) * step).mean() < 1e-3  # s = x
    assert jnp.abs(at_90 - image.sum(1)[::-1] * step).mean() < 1e-3  # s = y, upward
    assert jnp.abs(at_90 - image.sum(1) * step).mean() > 1e-2  # a swapped axis would be seen


def test_the_sinogram_agrees_with_a_numerical_line_integral():
    with jax.enable_x64(True):
        size, angle = 512, 0.7
        image = np.asarray(shepp_logan(size))
        positions = jnp.asarray([-0.6, -0.1, 0.3, 0.45])
        t = np.linspace(-1.4, 1.4, 20_001)
        x = np.asarray(positions)[:, None] * np.cos(angle) - t * np.sin(angle)
        y = np.asarray(positions)[:, None] * np.sin(angle) + t * np.cos(angle)
        rows = np.clip(((1 - y) / 2 * size).astype(int), 0, size - 1)
        columns = np.clip(((x + 1) / 2 * size).astype(int), 0, size - 1)
        inside = (np.abs(x) < 1) & (np.abs(y) < 1)
        numerical = np.where(inside, image[rows, columns], 0.0).sum(1) * (t[1] - t[0])
        exact = shepp_logan_sinogram(jnp.asarray([angle]), positions)[0]
        assert exact.dtype == jnp.float64
        np.testing.assert_allclose(exact, numerical, atol=5e-3)


def test_the_mass_is_the_same_at_all_angles():
    with jax.enable_x64(True):
        positions = jnp.linspace(-1.0, 1.0, 4001)
        sinogram = shepp_logan_sinogram(jnp.linspace(0.0, jnp.pi, 7), positions)
        mass = sinogram.sum(1) * (positions[1] - positions[0])
        np.testing.assert_allclose(mass, mass[0], rtol=1e-4)


def test_ellipses_are_in_the_unit_interval_on_a_dark_ground():
    images = np.asarray(ellipses(KEY, 32, 32))
    assert images.shape == (32, 32, 32)
    assert images.dtype == np.float32
    np.testing.assert_allclose(images.max((1, 2)), 1.0)
    assert images.min() == 0.0
    np.testing.assert_array_equal(images[:, 0, [0, -1]], 0.0)


def test_ellipses_differ_and_repeat_with_the_key():
    first, again, other = ellipses(KEY, 3, 16), ellipses(KEY, 3, 16), ellipses(jax.random.key(1), 3, 16)
    np.testing.assert_array_equal(first, again)
    assert jnp.abs(first - other).max(axis=(1, 2)).min() > 0.1
    assert jnp.abs(first[0] - first[1]).max() > 0.1


def test_edges_are_anti_aliased():
    """With one point a pixel, a body alone has two values; with more there are greys along its edge."""
    hard = np.unique(ellipses(KEY, 1, 32, 1, 1).round(3))
    soft = np.unique(ellipses(KEY, 1, 32, 1, 4).round(3))
    assert len(soft) > 3 * len(hard)
