"""The pendulum without friction, inside its separatrix."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .integrate import integrate
from .trajectories import Trajectories

HIGHEST = 0.99  # energy; the separatrix is at 1


def pendulum(x: Float[Array, "2"], p: Float[Array, ""] | None = None) -> Float[Array, "2"]:
    """dx/dt = (x2, -sin x1): angle and angular velocity in units of the small oscillation's frequency.

    Args:
        x: the state.
        p: not used; `integrate` hands a parameter over.

    Example:
        >>> pendulum(jnp.array([0.0, 1.0]))
        Array([ 1., -0.], dtype=float32)
    """
    del p
    return jnp.stack([x[1], -jnp.sin(x[0])])


def pendulum_trajectories(count: int, seed: int, ts: Float[np.ndarray, " times"] | None = None) -> Trajectories:
    """Swings from starts uniform in |x1| <= 3.1, |x2| <= 2 with energy x2^2 / 2 - cos x1 <= 0.99, as [@lusch2018].

    Args:
        count: how many.
        seed: of the starts.
        ts: times; 51 from 0 in steps of 0.02 by default.

    Example:
        >>> pendulum_trajectories(3, seed=0).states.shape
        (3, 51, 2)
    """
    rng = np.random.default_rng(seed)
    ts = np.arange(51) * 0.02 if ts is None else ts
    starts = rng.uniform([-3.1, -2.0], [3.1, 2.0], (4 * count + 64, 2))
    energy = starts[:, 1] ** 2 / 2 - np.cos(starts[:, 0])
    return integrate(pendulum, starts[energy <= HIGHEST][:count], np.zeros(count), ts)


def pendulum_frequency(energy: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """The exact angular frequency pi / (2 K(k)) with k = sin(amplitude / 2), K the complete elliptic integral.

    Args:
        energy: x2^2 / 2 - cos x1, in [-1, 1).

    Example:
        >>> pendulum_frequency(np.array([-1.0, 0.0])).round(4)
        array([1.    , 0.8472])
    """
    from scipy.special import ellipk

    return np.pi / (2 * ellipk((1 + np.asarray(energy)) / 2))  # scipy's argument is k^2
