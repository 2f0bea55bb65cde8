"""The potential's closed forms against automatic differentiation, on both ways to the Laplacian."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.transport import Potential

# (dimensions, width, layers): fewer dimensions than neurons, as many, and more
SIZES = [(1, 8, 1), (2, 32, 1), (5, 8, 3), (8, 8, 2), (30, 8, 2)]


def a_potential(d, width, depth, key=0):
    """With no weight at its start, where many terms vanish or are one."""
    phi = Potential.random(d, width, jax.random.key(key), depth)
    leaves, tree = jax.tree.flatten(phi)
    keys = jax.random.split(jax.random.key(1), len(leaves))
    return tree.unflatten([a + 0.1 * jax.random.normal(k, a.shape, a.dtype) for a, k in zip(leaves, keys, strict=True)])


def assert_derivatives(phi, x, t, tolerance):
    found = phi.derivatives(x, t)
    np.testing.assert_allclose(found.gradient, jax.grad(phi)(x, t), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(phi.gradient(x, t), found.gradient, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found.time, jax.grad(phi, 1)(x, t), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found.laplacian, jnp.trace(jax.hessian(phi)(x, t)), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("size", SIZES)
def test_closed_forms_in_double_precision(size):
    with jax.enable_x64(True):
        x = jnp.linspace(-1.5, 2.0, size[0])
        assert_derivatives(a_potential(*size), x, jnp.asarray(0.4), 1e-10)


@pytest.mark.parametrize("size", SIZES)
def test_closed_forms_in_single_precision(size):
    x = jnp.linspace(-1.5, 2.0, size[0])
    phi = a_potential(*size)
    found = phi.derivatives(x, jnp.asarray(0.4))
    with jax.enable_x64(True):
        double = jax.tree.map(lambda a: a.astype(float), phi)
        exact = double.derivatives(x.astype(float), jnp.asarray(jnp.float32(0.4), float))
    for name in ("gradient", "time", "laplacian"):
        true = np.asarray(getattr(exact, name))
        assert np.abs(getattr(found, name) - true).max() <= 1e-5 * max(1.0, np.abs(true).max())


def test_a_broken_laplacian_is_seen():
    class Broken(Potential):
        def _forward(self, s):
            slopes, moved = super()._forward(s)
            return slopes, [1.001 * rows for rows in moved]

    phi = a_potential(2, 8, 1)
    broken = Broken(**{name: getattr(phi, name) for name in phi.__dataclass_fields__})
    with pytest.raises(AssertionError):
        assert_derivatives(broken, jnp.array([0.3, -0.2]), jnp.array(0.1), 1e-5)


def test_gradients_in_the_parameters():
    """Of a loss in which all three derivatives stand, along one direction, beside finite differences."""
    with jax.enable_x64(True):
        x, t = jnp.array([0.3, -1.0, 0.8, 1.1, -0.4, 0.2, 0.9, -1.3, 0.5]), jnp.asarray(0.3)
        phi = a_potential(9, 6, 2)  # more dimensions than neurons: through the rotation

        def loss(phi):
            d = phi.derivatives(x, t)
            return jnp.sum(jnp.sin(d.gradient)) + d.time**2 + d.laplacian**2

        direction = jax.tree.map(lambda a: jnp.cos(jnp.arange(a.size, dtype=float)).reshape(a.shape), phi)
        moved = lambda s: loss(jax.tree.map(lambda a, b: a + s * b, phi, direction))
        slope = (moved(1e-5) - moved(-1e-5)) / 2e-5
        found = sum(jax.tree.leaves(jax.tree.map(jnp.vdot, jax.grad(loss)(phi), direction)))
        assert float(found) == pytest.approx(float(slope), rel=1e-7)


def test_jit_and_vmap():
    phi = a_potential(2, 8, 1)
    xs, t = jnp.arange(6.0).reshape(3, 2), jnp.asarray(0.5)
    singly = jnp.stack([phi.derivatives(x, t).laplacian for x in xs])
    together = eqx.filter_jit(jax.vmap(lambda x: phi.derivatives(x, t)))(xs)
    np.testing.assert_allclose(together.laplacian, singly, rtol=1e-5)


def test_bad_input_is_a_sentence():
    phi = a_potential(2, 8, 1)
    with pytest.raises(ValueError, match=r"Potential expects x of shape \(2,\), got \(3,\): use vmap"):
        phi(jnp.zeros(3), jnp.asarray(0.0))
    with pytest.raises(ValueError, match="positive numbers, got d=0"):
        Potential.random(0, 8, jax.random.key(0))
