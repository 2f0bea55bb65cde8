"""A falling rate that is data: optax's cosine, and one program for all."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.train import falling, soap


@pytest.mark.parametrize("kind", [optax.adam, soap])
def test_falls_as_a_cosine_schedule(kind):
    ours, theirs = falling(kind(1.0), 0.1, 5), kind(optax.cosine_decay_schedule(0.1, 5))
    ends = []
    for optimiser in (ours, theirs):
        x = jnp.array([[1.0, -2.0], [0.5, 3.0]])
        memory = optimiser.init(x)
        for _ in range(7):  # beyond the end too
            moves, memory = optimiser.update(x**3, memory, x)
            x = x + jnp.asarray(moves)
        ends.append(x)
    np.testing.assert_allclose(*ends, rtol=1e-5)


def test_another_rate_compiles_nothing():
    adam, traced = optax.adam(1.0), []

    @jax.jit
    def step(update, slopes, state):
        traced.append(1)
        return update(slopes, state)

    for rate, steps in ((0.1, 5), (0.2, 9)):
        optimiser = falling(adam, rate, steps)
        moves, _ = step(optimiser.update, jnp.ones(2), optimiser.init(jnp.ones(2)))
        np.testing.assert_allclose(moves, -rate, rtol=1e-5)
    assert len(traced) == 1
