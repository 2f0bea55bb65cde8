"""The generator against the linear-quadratic game, and its paths against the law of Brownian motion."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from wellposed.train import fit
from wellposed.transport import (
    KL,
    Gaussian,
    GeneratorLoss,
    MeanFieldGame,
    NeuralSDE,
    Policy,
    Preference,
    Quadratic,
    QuadraticValue,
    Starts,
    path_cost,
    sde_path,
)

NU, G = 0.1, 2.0
START = Gaussian.isotropic(jnp.array([1.5]), 0.2)
END = Quadratic(G, jnp.zeros(1))
GAME = MeanFieldGame(START, (Preference(END),), nu=NU)
OPTIMUM = G / (1 + G) / 2 * (1.5**2 + 0.2) + NU * np.log(1 + G)  # E phi(x, 0)


def mean_cost(velocity, steps, count=20000):
    keys = jax.random.split(jax.random.key(7), count)
    costs = jax.jit(jax.vmap(lambda x, k: path_cost(GAME, velocity, steps, x, k)))
    return float(sum(part.mean() for part in costs(START.sample(jax.random.key(8), count), keys)))


def test_the_generator_reaches_the_optimal_cost():
    sde = NeuralSDE.random(1, 8, jax.random.key(0), NU, steps=10)
    optimiser = optax.adam(optax.cosine_decay_schedule(0.02, 300))
    options = {"steps": 300, "key": jax.random.key(1), "trainable": sde.trainable}
    found = fit(sde, GeneratorLoss(GAME), Starts(GAME, 128), optimiser, **options).model
    assert mean_cost(found.velocity, 10) < 1.02 * OPTIMUM
    assert mean_cost(sde.velocity, 10) > 1.3 * OPTIMUM


def test_the_known_policy_costs_what_its_value_function_says():
    phi = QuadraticValue(END, 1.0, NU, 1.0)
    np.testing.assert_allclose(mean_cost(Policy(phi), 60), OPTIMUM, rtol=0.01)


def test_noise_spreads_as_brownian_motion_does():
    keys = jax.random.split(jax.random.key(0), 20000)
    still = lambda x, t: jnp.zeros_like(x)
    ends = jax.vmap(lambda k: sde_path(still, 0.3, 2.0, 5, jnp.zeros(1), k)[-1])(keys)
    np.testing.assert_allclose(ends.var(), 2 * 0.3 * 2.0, rtol=0.04)


def test_a_divergence_cannot_be_estimated_from_paths():
    game = MeanFieldGame(START, (KL(1.0, START),))
    sde = NeuralSDE.random(1, 4, jax.random.key(0), NU, steps=2)
    with pytest.raises(ValueError, match=r"linear in the density, .*got KL: paths with noise carry no density"):
        sde.cost(game, jnp.zeros(1), jax.random.key(0))
