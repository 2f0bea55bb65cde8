"""TNRD: its pieces against their definitions, and that training it takes noise away."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.ndimage import correlate

from wellposed.dynamics import TNRDLayer, tnrd


def layer(size=3):
    return TNRDLayer.random(jax.random.key(0), size, gaussians=15)


def test_the_responses_are_correlations_with_reflection():
    u = jax.random.uniform(jax.random.key(1), (7, 6))
    got, kernels = layer().respond(u), np.asarray(layer().kernels)
    for response, kernel in zip(got, kernels, strict=True):
        np.testing.assert_allclose(response, correlate(np.asarray(u), kernel, mode="reflect"), atol=1e-5)


def test_the_filters_are_unit_vectors_without_a_mean():
    kernels = layer(5).kernels.reshape(24, 25)
    np.testing.assert_allclose(np.linalg.norm(kernels, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(kernels.sum(1), 0, atol=1e-5)


def test_the_influence_starts_as_tanh():
    z = jnp.broadcast_to(jnp.linspace(-1.4, 1.4, 9)[None, None], (8, 1, 9))
    np.testing.assert_allclose(layer().phi(z), np.tanh(z), atol=2e-2)


def test_the_default_steps_amplify_no_small_picture():
    flow, u = tnrd(1, jax.random.key(0)), jax.random.normal(jax.random.key(1), (12, 12))
    small = jax.jit(lambda u: flow(1e-4 * u, 0 * u) * 1e4)
    for _ in range(30):  # a power iteration
        u = u / jnp.linalg.norm(u)
        u = small(u)
    assert jnp.linalg.norm(u) < 1


def test_the_field_is_a_gradient():
    """Its Jacobian is symmetric, since K_i' is the exact adjoint of K_i, at the edges too."""
    with jax.enable_x64(True):
        f = jnp.zeros((4, 5))
        field = lambda u: layer()(0.0, u.reshape(4, 5), f).ravel()
        J = jax.jacrev(field)(jax.random.uniform(jax.random.key(1), (20,)))
    np.testing.assert_allclose(J, J.T, atol=1e-12)


def test_training_takes_noise_away():
    """Better than the noisy image and than the start, on images of steps that it has not seen."""
    draw = lambda key: jnp.where(jnp.arange(12) < jax.random.randint(key, (), 3, 9), 0.2, 0.8)[None] * jnp.ones((12, 1))
    clean = jax.vmap(draw)(jax.random.split(jax.random.key(2), 8))
    noisy = clean + 0.1 * jax.random.normal(jax.random.key(3), clean.shape)
    error = lambda flow, part: jnp.mean((jax.vmap(lambda f: flow(f, f))(noisy[part]) - clean[part]) ** 2)
    flow, optimiser = tnrd(2, jax.random.key(4), size=3, gaussians=15), optax.adam(3e-2)
    params, static = eqx.partition(flow, eqx.is_inexact_array)
    train, test = slice(0, 6), slice(6, 8)

    @jax.jit
    def step(params, state):
        grads = jax.grad(lambda p: error(eqx.combine(p, static), train))(params)
        updates, state = optimiser.update(grads, state)
        return optax.apply_updates(params, updates), state

    start, state = float(error(flow, test)), optimiser.init(params)
    for _ in range(40):
        params, state = step(params, state)
    end = float(error(eqx.combine(params, static), test))
    assert end < 0.6 * start
    assert end < 0.5 * float(jnp.mean((noisy[test] - clean[test]) ** 2))


def test_even_filters_are_refused():
    with pytest.raises(ValueError, match="filters of odd size from 3, got 4: take 5"):
        tnrd(2, jax.random.key(0), size=4)
