"""The Lorenz system, and its image in many dimensions."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .integrate import integrate
from .trajectories import Trajectories

SIGMA, RHO, BETA = 10.0, 28.0, 8 / 3
SCALE = 1 / 40  # from Lorenz' own units to those of the observed system


def lorenz(z: Float[Array, "3"], p: Float[Array, ""] | None = None) -> Float[Array, "3"]:
    """dz/dt = (sigma (z2 - z1), z1 (rho - z3) - z2, z1 z2 - beta z3) with sigma 10, beta 8/3 and rho 28 [@lorenz1963].

    Args:
        z: the state.
        p: rho; 28 by default.

    Example:
        >>> [round(float(v), 3) for v in lorenz(jnp.array([1.0, 1.0, 1.0]))]
        [0.0, 26.0, -1.667]
    """
    rho = RHO if p is None else p
    return jnp.stack([SIGMA * (z[1] - z[0]), z[0] * (rho - z[2]) - z[1], z[0] * z[1] - BETA * z[2]])


class HiddenLorenz(NamedTuple):
    """Trajectories in many dimensions that a Lorenz system drives, and that system itself.

    Attributes:
        observed: the trajectories that are seen, with their slopes, float32.
        hidden: the Lorenz trajectories behind them, times `SCALE`.
    """

    observed: Trajectories
    hidden: Trajectories


def hidden_lorenz(
    trajectories: int,
    seed: int,
    size: int = 128,
    noise: float = 1e-6,
    inside: bool = True,
    ts: Float[np.ndarray, " times"] | None = None,
) -> HiddenLorenz:
    """x(t) = sum_i u_i z_i(t) + u_{i+3} z_i(t)^3 with z a Lorenz trajectory over 40, as in [@champion2019].

    u_1, ..., u_6 are the first six Legendre polynomials on an even grid of [-1, 1]. Starts are uniform in the box
    |z1| <= 36, |z2| <= 48, |z3 - 25| <= 41 of Lorenz' own units.

    Args:
        trajectories: how many.
        seed: of starts and noise.
        size: dimension of x.
        noise: standard deviation of the noise of states and slopes.
        inside: False draws starts from outside the box, out to 1.25 of its size.
        ts: times; 250 from 0 in steps of 0.02 by default.

    Example:
        >>> hidden_lorenz(2, seed=0, ts=np.arange(3) * 0.02).observed.states.shape
        (2, 3, 128)
    """
    rng = np.random.default_rng(seed)
    ts = np.arange(250) * 0.02 if ts is None else ts
    starts = _starts(rng, trajectories, inside)
    true = integrate(lambda z, p: lorenz(z), starts, np.zeros(trajectories), ts)
    z, dz = np.asarray(true.states) * SCALE, np.asarray(true.slopes) * SCALE
    modes = np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, size), 5).T  # (6, size)
    x = np.concatenate([z, z**3], axis=2) @ modes
    dx = np.concatenate([dz, 3 * z**2 * dz], axis=2) @ modes
    noisy = lambda a: (a + noise * rng.normal(size=a.shape)).astype(np.float32)
    return HiddenLorenz(Trajectories(ts, noisy(x), noisy(dx)), Trajectories(ts, z, dz))


def _starts(rng: np.random.Generator, count: int, inside: bool) -> np.ndarray:
    middle, half = np.array([0.0, 0.0, 25.0]), np.array([36.0, 48.0, 41.0])
    if inside:
        return middle + half * rng.uniform(-1, 1, (count, 3))
    unit = rng.uniform(-1.25, 1.25, (64 * count, 3))
    return middle + half * unit[np.abs(unit).max(1) > 1][:count]
