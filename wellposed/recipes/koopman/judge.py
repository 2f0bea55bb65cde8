"""How good a trained Koopman autoencoder is."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.dynamics import KoopmanAutoencoder, KoopmanLoss
from wellposed.simulate import Trajectories, pendulum_frequency

PUBLISHED_LOSS = 1.13e-7  # of the test set
PUBLISHED_ONE_STEP = 1.3e-5


class Figures(NamedTuple):
    """What is measured on swings that were not trained on.

    Attributes:
        loss: the published one, without the squares of the weights.
        one_step: mean (x_1 - psi(K phi(x_0)))^2 / mean x_1^2.
        linearity: mean (y_k - K^k y_0)^2 / mean y_k^2, which the size of the coordinates does not change.
        reconstruction: mean (x - psi(phi(x)))^2 / mean x^2.
        frequency: mean relative error of the learned frequency, beside the exact one.
        growth: mean |mu|, per unit of time; exactly 0 for this system.
        long: relative errors |error| / |states| after 1500 steps, one for each long swing.
    """

    loss: float
    one_step: float
    linearity: float
    reconstruction: float
    frequency: float
    growth: float
    long: np.ndarray


def figures(model: KoopmanAutoencoder, loss: KoopmanLoss, test: Trajectories, long: Trajectories) -> Figures:
    """All figures of one model."""
    x = jnp.asarray(np.asarray(test.states, np.float32))
    on_loss, one_step, linearity, again = (float(value) for value in _on_swings(model, loss, x))
    omega, mu = spectra(model, np.asarray(test.states)[:, 0])
    exact = pendulum_frequency(energy(np.asarray(test.states)[:, 0]))
    frequency = float(np.mean(np.abs(np.abs(omega) / exact - 1)))
    truth, found = np.asarray(long.states), rollouts(model, long)
    late = np.linalg.norm(found[:, -1] - truth[:, -1], axis=1)
    size = np.sqrt(np.mean(np.sum(truth**2, axis=2), axis=1))
    growth = float(np.mean(np.abs(mu)))
    return Figures(on_loss, one_step, linearity, again, frequency, growth, late / size)


@eqx.filter_jit
def _on_swings(model: KoopmanAutoencoder, loss: KoopmanLoss, x: Array) -> tuple[Float[Array, ""], ...]:
    ratio = lambda a, b: jnp.mean((a - b) ** 2) / jnp.mean(a**2)
    _, terms = loss(model, x, jax.random.key(0))
    y = jax.vmap(jax.vmap(model.encoder))(x)
    path = jax.vmap(lambda y0: model.latent_trajectory(y0, x.shape[1] - 1))(y[:, 0])
    again = jax.vmap(jax.vmap(model.decoder))(y)
    return (
        terms["unregularised"],
        ratio(x[:, 1], jax.vmap(model)(x[:, 0])),
        ratio(y[:, 1:], path[:, 1:]),
        ratio(x, again),
    )


def energy(x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
    """Of states: from -1 at rest to 1 at the separatrix."""
    return x[:, 1] ** 2 / 2 - np.cos(x[:, 0])


def spectra(
    model: KoopmanAutoencoder, x: Float[np.ndarray, "n 2"]
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """The learned omega and mu at states."""
    found = np.asarray(_spectra(model, jnp.asarray(x, jnp.float32)))
    return found[:, 0], found[:, 1]


@eqx.filter_jit
def _spectra(model: KoopmanAutoencoder, x: Array) -> Array:
    return jax.vmap(lambda one: model.spectrum(model.encoder(one))[0])(x)


def rollouts(model: KoopmanAutoencoder, swings: Trajectories) -> Float[np.ndarray, "n times 2"]:
    """Each swing from its first state, by whole steps."""
    starts = jnp.asarray(np.asarray(swings.states, np.float32)[:, 0])
    return np.asarray(_rollouts(model, starts, len(np.asarray(swings.ts)) - 1))


@eqx.filter_jit
def _rollouts(model: KoopmanAutoencoder, starts: Array, steps: int) -> Array:
    one = lambda x0: jax.vmap(model.decoder)(model.latent_trajectory(model.encoder(x0), steps))
    return jax.vmap(one)(starts)
