"""How good a trained autoencoder is."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.dynamics import SINDyAutoencoder, slopes_and_states
from wellposed.simulate import Trajectories

PUBLISHED = {"decoder": 2.7e-5, "dx": 4.73e-4, "dz": 6.66e-4}  # inside the box; mean-square ratios
PUBLISHED_OUTSIDE = {"decoder": 1.28e-2, "dx": 1.06e-1, "dz": 7.9e-2}
PUBLISHED_TERMS = 7
LYAPUNOV_TIME = 1 / 0.9056  # of the Lorenz attractor
VALID = 0.4


class Errors(NamedTuple):
    """Mean-square ratios, mean (a - b)^2 / mean a^2 over all samples and components.

    Attributes:
        decoder: of the states and their reconstructions.
        dx: of the slopes and those of the equations, decoded.
        dz: of the slopes of the coordinates and those of the equations.
    """

    decoder: float
    dx: float
    dz: float

    @property
    def relative(self) -> dict[str, float]:
        """Relative errors in the usual sense, |a - b| / |a|: the roots of the ratios."""
        return {name: float(np.sqrt(value)) for name, value in self._asdict().items()}


def errors(model: SINDyAutoencoder, data: Trajectories) -> Errors:
    """The three figures that are published, on trajectories."""
    flat = lambda a: jnp.asarray(np.asarray(a).reshape(-1, np.shape(a)[2]))
    return Errors(*(float(value) for value in _errors(model, flat(data.states), flat(data.slopes))))


@eqx.filter_jit
def _errors(model: SINDyAutoencoder, x: Array, dx: Array) -> tuple[Float[Array, ""], ...]:
    found = slopes_and_states(model, x, dx)
    ratio = lambda a, b: jnp.mean((a - b) ** 2) / jnp.mean(a**2)
    return ratio(x, found.x), ratio(dx, found.dx), ratio(found.dz, found.dz_learned)


def rollouts(model: SINDyAutoencoder, data: Trajectories) -> Float[np.ndarray, "trajectories times state"]:
    """Each trajectory from its first state, by the learned equations; NaN from where they run away."""
    ts = jnp.asarray(data.ts, jnp.float32)
    return np.asarray(_rollouts(model, jnp.asarray(data.states)[:, 0], ts))


@eqx.filter_jit
def _rollouts(model: SINDyAutoencoder, starts: Array, ts: Array) -> Array:
    return jax.vmap(lambda x0: model.predict(x0, None, ts))(starts)


def valid_times(data: Trajectories, predicted: Float[np.ndarray, "trajectories times state"]) -> np.ndarray:
    """For how long the error stays below 0.4 of the states' root mean square, in Lyapunov times."""
    truth = np.asarray(data.states)
    size = np.sqrt(np.mean(np.sum(truth**2, axis=2)))
    off = np.linalg.norm(np.nan_to_num(predicted, nan=np.inf) - truth, axis=2) / size
    wrong = off > VALID
    first = np.where(wrong.any(1), wrong.argmax(1), wrong.shape[1] - 1)
    return np.asarray(data.ts)[first] / LYAPUNOV_TIME
