"""Muon against the singular value decomposition, and on a problem that is too hard for Adam."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.train import muon, polar


@pytest.mark.parametrize("shape", [(5, 40), (40, 5), (12, 12)])
def test_polar_has_the_singular_vectors_of_its_argument_and_values_near_one(shape):
    G = jax.random.normal(jax.random.key(0), shape)
    U, _, Vt = np.linalg.svd(np.asarray(G), full_matrices=False)
    P = np.asarray(polar(G))
    inner = U.T @ P @ Vt.T
    np.testing.assert_allclose(inner, np.diag(np.diag(inner)), atol=2e-3)
    assert np.all((np.diag(inner) > 0.6) & (np.diag(inner) < 1.3))


def test_polar_agrees_with_optax():
    G = {"W": jax.random.normal(jax.random.key(1), (6, 20))}
    theirs = optax.contrib.muon(1.0, beta=0.0, nesterov=False)
    updates: Any = theirs.update(G, theirs.init(G), G)[0]
    update = updates["W"]
    ours = polar(G["W"])
    np.testing.assert_allclose(ours / jnp.linalg.norm(ours), -update / jnp.linalg.norm(update), atol=2e-3)


def test_nothing_is_done_to_nothing():
    assert float(jnp.abs(polar(jnp.zeros((3, 4)))).max()) == 0


def trained(optimiser, steps=300):
    """Relative error of W in |W X - T X|^2 with X of condition 1e4."""
    scale, target = jnp.geomspace(1, 1e-2, 8), jax.random.normal(jax.random.key(2), (8, 8))
    loss = lambda W: jnp.sum(((W - target) * scale[None]) ** 2)

    def step(carry, _):
        W, state = carry
        updates, state = optimiser.update(jax.grad(loss)(W), state, W)
        return (optax.apply_updates(W, updates), state), None

    W = jnp.zeros((8, 8))
    W: Any
    (W, _), _ = jax.lax.scan(step, (W, optimiser.init(W)), length=steps)
    return float(jnp.linalg.norm(W - target) / jnp.linalg.norm(target))


def test_solves_an_ill_conditioned_problem_that_gradient_descent_does_not():
    rate = optax.cosine_decay_schedule(0.1, 300)
    assert trained(muon(rate, others=optax.adam(rate))) < 0.02
    assert trained(optax.sgd(0.5)) > 0.3


def test_vectors_go_to_the_other_optimiser():
    optimiser = muon(0.1, others=optax.sgd(1.0))
    params = {"W": jnp.ones((2, 2)), "b": jnp.ones(2), "k": jnp.ones((3, 3, 1, 1))}
    updates: Any = optimiser.update(params, optimiser.init(params), params)[0]
    np.testing.assert_allclose(updates["b"], -1.0)
    np.testing.assert_allclose(updates["k"], -1.0)
    assert float(jnp.linalg.norm(updates["W"])) < 0.3
