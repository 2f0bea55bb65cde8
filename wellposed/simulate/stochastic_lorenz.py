"""Lorenz's system with multiplicative noise."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

DRIFT = (10.0, 28.0, 8 / 3)
DIFFUSION = (0.1, 0.28, 0.3)


def stochastic_lorenz(
    key: Key[Array, ""],
    starts: Float[Array, "n 3"],
    ts: Float[Array, " times"],
    *,
    drift: tuple[float, float, float] = DRIFT,
    diffusion: tuple[float, float, float] = DIFFUSION,
    step: float = 1e-3,
) -> Float[Array, "n times 3"]:
    """Paths of the stochastic Lorenz system [@li2020].

    Equation, in the sense of Itô, by Euler and Maruyama:

        dx = a1 (y - x) dt + b1 x dW1
        dy = (a2 x - y - x z) dt + b2 y dW2
        dz = (x y - a3 z) dt + b3 z dW3

    Args:
        key: random key.
        starts: states at ts[0].
        ts: equidistant times, ascending.
        drift: a1, a2, a3.
        diffusion: b1, b2, b3.
        step: length of a step, at most; there is a whole number of them between two times.

    Returns:
        The states at `ts`.

    Example:
        >>> paths = stochastic_lorenz(jax.random.key(0), jnp.ones((2, 3)), jnp.linspace(0, 0.1, 6))
        >>> paths.shape
        (2, 6, 3)

    When it fails: strong order 1/2, so that single paths at other steps differ by about the root of the step.
    """
    between = max(1, round(float(ts[1] - ts[0]) / step))
    h = (ts[1] - ts[0]) / between
    a1, a2, a3 = drift
    b = jnp.asarray(diffusion)[None]

    def one(states: Array, key: Array) -> tuple[Array, None]:
        x, y, z = states.T
        slope = jnp.stack([a1 * (y - x), a2 * x - y - x * z, x * y - a3 * z], axis=1)
        return states + h * slope + b * states * jnp.sqrt(h) * jax.random.normal(key, states.shape), None

    def many(states: Array, key: Array) -> tuple[Array, Array]:
        states = jax.lax.scan(one, states, jax.random.split(key, between))[0]
        return states, states

    paths = jax.jit(lambda x, keys: jax.lax.scan(many, x, keys)[1])(starts, jax.random.split(key, len(ts) - 1))
    return jnp.concatenate([starts[:, None], jnp.moveaxis(paths, 0, 1)], axis=1)
