"""Waves and gradients of surfaces whose are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_surfaces import sheet, sphere

from wellposed.geometry import DiffusionNet, scales, with_spectrum
from wellposed.nn import gather_sum, sum_slots


def made(mesh, count):
    with jax.enable_x64(True):
        surface = scales(mesh, (1.0,), most=8)
        return with_spectrum(surface.arrays(), surface, mesh, count)


def test_the_eigenvalues_of_a_sphere():
    spectrum = made(sphere(3), 9).spectrum
    assert spectrum is not None
    np.testing.assert_allclose(spectrum.values, [0, 2, 2, 2, 6, 6, 6, 6, 6], rtol=0.03, atol=1e-5)
    waves, mass = np.asarray(spectrum.waves), np.asarray(spectrum.mass)
    gram = waves.T @ (mass[:, None] * waves)
    np.testing.assert_allclose(gram, np.eye(9), atol=1e-8)


def test_the_gradient_of_a_linear_function_is_exact():
    mesh = sheet()
    h = made(mesh, 5)
    assert h.spectrum is not None
    with jax.enable_x64(True):
        u = jnp.asarray(mesh.positions @ np.array([2.0, -1, 0]))
        table, frames = h.finest.table, h.finest.frames
        along = [gather_sum(u, table, w) - sum_slots(w, table) * u for w in h.spectrum.gradient.T]
        found = along[0][:, None] * frames[:, 0] + along[1][:, None] * frames[:, 1]
    np.testing.assert_allclose(found, np.tile([2.0, -1, 0], (64, 1)), atol=1e-5)


def test_missing_and_too_many_waves_are_named():
    with pytest.raises(ValueError, match="fewer waves than the 12 vertices, got 12"):
        made(sphere(0), 12)
    net = DiffusionNet(2, 3, key=jax.random.key(0))
    with pytest.raises(ValueError, match="a surface with its spectrum"):
        net(jnp.ones((12, 2)), scales(sphere(0), (1.0,)).arrays())
