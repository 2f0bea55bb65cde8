"""SOAP against what it is by definition, and on a problem on which Adam crawls."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from wellposed.train import soap


def test_arrays_that_are_no_matrices_are_adams():
    x = jnp.array([1.0, -2.0, 0.5])
    ours, theirs = soap(0.1, b1=0.9, b2=0.99), optax.adam(0.1, b1=0.9, b2=0.99)
    a: Any = ours.init(x)
    b: Any = theirs.init(x)
    u: Any
    v: Any
    for k in range(5):
        g = jnp.sin(x + k)
        (u, a), (v, b) = ours.update(g, a, x), theirs.update(g, b, x)
        np.testing.assert_allclose(u, v, rtol=1e-5)


def test_the_bases_turn_into_the_eigenvectors():
    with jax.enable_x64(True):
        rng = np.random.default_rng(0)
        U, V = (np.linalg.qr(rng.normal(size=(n, n)))[0] for n in (4, 3))
        G = jnp.asarray(U[:, :3] * np.array([3.0, 1.0, 0.3]) @ V.T)
        optimiser = soap(0.1, every=1)
        state: Any = optimiser.init(G)
        updates: Any = None
        for _ in range(60):
            updates, state = optimiser.update(G, state, G)
        left, right = state.bases
        np.testing.assert_allclose(np.abs(left[:, :3].T @ U[:, :3]), np.eye(3), atol=1e-6)
        np.testing.assert_allclose(np.abs(right.T @ V), np.eye(3), atol=1e-6)
        np.testing.assert_allclose(updates, -0.1 * U[:, :3] @ V.T, atol=1e-3)  # the polar factor, as Shampoo's limit


def test_an_ill_conditioned_problem_is_solved_before_adam():
    rng = np.random.default_rng(1)
    A = jnp.asarray(rng.normal(size=(6, 6)) * np.geomspace(1, 0.03, 6)[None], jnp.float32)
    B = A @ jnp.asarray(rng.normal(size=(6, 4)), jnp.float32)
    f = lambda W: jnp.sum((A @ W - B) ** 2)

    def solved(optimiser):
        def step(carry, _):
            W, state = carry
            updates, state = optimiser.update(jax.grad(f)(W), state, W)
            return (optax.apply_updates(W, updates), state), None

        W = jnp.zeros((6, 4))
        return float(f(jax.lax.scan(step, (W, optimiser.init(W)), None, length=400)[0][0]))

    rate = optax.cosine_decay_schedule(0.1, 400)
    assert solved(soap(rate)) < 0.1 * solved(optax.adam(rate))
