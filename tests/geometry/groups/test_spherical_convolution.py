"""Laws on the sphere: rotation, means, and what a ReLU beyond the band costs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from s2fft.utils.rotation import rotate_flms
from scipy.special import sph_harm_y

from wellposed.geometry import SphericalCNN, SphericalConvolution, from_sphere, sphere_points, to_sphere

BAND, ANGLES = 6, (0.4, 1.1, -0.7)


def rotated_on_sphere(x, band, angles):
    """By the Wigner matrices of the library of transforms."""
    return jax.vmap(lambda x: rotate_flms(x, band, angles), -1, -1)(x)


def coefficients(channels, band=BAND):
    """Of random real functions."""
    f = np.random.default_rng(0).normal(size=(band, 2 * band - 1, channels))
    return from_sphere(jnp.asarray(f), band)


def test_samples_are_those_of_spherical_harmonics():
    with jax.enable_x64(True):
        points = sphere_points(BAND)
        theta, phi = np.arccos(points[..., 2]), np.arctan2(points[..., 1], points[..., 0])
        one = jnp.zeros((BAND, 2 * BAND - 1, 1), complex)
        for m, part in ((0, 1.0), (2, 0.5)):
            x = one.at[3, BAND - 1 + m].add(part).at[3, BAND - 1 - m].add(part)
            assert np.allclose(to_sphere(x, BAND)[..., 0], 2 * part * sph_harm_y(3, m, theta, phi).real, atol=1e-10)
        assert np.allclose(from_sphere(to_sphere(coefficients(2), BAND), BAND), coefficients(2), atol=1e-10)


def test_convolution_follows_every_rotation():
    with jax.enable_x64(True):
        layer = SphericalConvolution(2, 3, band=BAND, key=jax.random.key(0))
        layer = jax.tree.map(lambda a: jnp.asarray(a, float) + 0.1, layer)
        x = coefficients(2)
        error = jnp.abs(layer(rotated_on_sphere(x, BAND, ANGLES)) - rotated_on_sphere(layer(x), BAND, ANGLES)).max()
        assert error < 1e-10
        broken = lambda x: layer(x) * jnp.arange(2 * BAND - 1)[None, :, None]  # a filter that depends on the order m
        assert (
            jnp.abs(broken(rotated_on_sphere(x, BAND, ANGLES)) - rotated_on_sphere(broken(x), BAND, ANGLES)).max() > 1
        )


def test_invariance_of_the_network_is_that_of_its_band():
    """What a finer grid for the ReLUs removes."""
    with jax.enable_x64(True):
        errors = []
        x = coefficients(1)
        f, turned = to_sphere(x, BAND), to_sphere(rotated_on_sphere(x, BAND, ANGLES), BAND)
        for oversampling in (1, 2, 4):
            net = SphericalCNN(1, 3, 4, band=BAND, oversampling=oversampling, key=jax.random.key(1))
            net = jax.tree.map(lambda a: jnp.asarray(a, float), net)
            errors.append(float(jnp.abs(net(f) - net(turned)).max() / jnp.abs(net(f)).max()))
        assert errors[0] > 4 * errors[2]
        assert errors[2] < 0.01


def test_too_many_anchors_are_refused():
    with pytest.raises(ValueError, match="1 to 3 anchors, got 4"):
        SphericalConvolution(1, 1, band=3, anchors=4, key=jax.random.key(0))


def test_what_the_grid_folds_is_no_less_than_the_error_of_the_law_and_falls_with_the_grid():
    with jax.enable_x64(True):
        x = coefficients(1)
        f, turned = to_sphere(x, BAND), to_sphere(rotated_on_sphere(x, BAND, ANGLES), BAND)
        folded = []
        for oversampling in (1, 2, 4):
            net = SphericalCNN(1, 3, 4, band=BAND, oversampling=oversampling, key=jax.random.key(1))
            net = jax.tree.map(lambda a: jnp.asarray(a, float), net)
            folded.append(float(net.folded(f)))
            assert jnp.abs(net(f) - net(turned)).max() / jnp.abs(net(f)).max() < folded[-1]
        assert folded[0] > 2 * folded[1] > 4 * folded[2] > 0
