"""Noisy spirals in the plane, seen at irregular times."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

END = 6 * jnp.pi  # where both curves end
GRID = 500  # equidistant times from 0 to END
PITCH = 0.3
SHIFT = 5.0


class Spirals(NamedTuple):
    """Pieces of two spirals, what was seen of each, and how each went on.

    Attributes:
        ts: times of the truth, from the beginning of each piece.
        truth: positions at these times, without noise.
        seen_at: ascending times of the observations, all within the window.
        seen: positions at these times, with noise.
        clockwise: which of the two curves a piece belongs to.
    """

    ts: Float[Array, " times"]
    truth: Float[Array, "n times 2"]
    seen_at: Float[Array, "n points"]
    seen: Float[Array, "n points 2"]
    clockwise: Bool[Array, " n"]


def spirals(
    key: Key[Array, ""],
    n: int = 1000,
    points: int = 100,
    *,
    window: int = 100,
    ahead: int = 100,
    noise: float = 0.3,
    starts: tuple[int, int] = (100, 300),
) -> Spirals:
    """The spirals of the latent ODE [@chen2018]: half of them clockwise, each from another point on.

    Equation: on 500 equidistant times t in [0, 6 pi], with T = 6 pi, and radius and angle (r, a) about the centre,

        counter-clockwise: r = 0.3 t, a = t, centre (5, 0);
        clockwise: r = 15 / a, a = T + 1 - t, centre (-5, 0).

    A piece begins at a random time; `points` of the first `window` times, drawn without replacement, are seen with
    white noise. The published code draws beginnings from 100 ... 399, which leaves a window but no future to
    compare with; from 100 ... 299 on there are 100 more times.

    Args:
        key: random key.
        n: how many pieces.
        points: observations of each, at most `window`.
        window: times among which the observations lie.
        ahead: further times of the truth.
        noise: standard deviation of the noise, in the unit of the plane.
        starts: first index of a piece, and the one that no piece reaches.

    Raises:
        ValueError: if a piece would leave the curves, or if there are more points than times.

    Example:
        >>> found = spirals(jax.random.key(0), n=4, points=30)
        >>> found.truth.shape, found.seen.shape
        ((4, 200, 2), (4, 30, 2))
    """
    first, last = starts
    if not 0 <= first < last <= GRID - window - ahead + 1:
        raise ValueError(
            f"spirals expects starts from 0 to {GRID - window - ahead + 1} for {window} + {ahead} times, got {starts}: "
            "begin earlier, or ask for fewer times."
        )
    if not 1 <= points <= window:
        raise ValueError(f"spirals expects from 1 to {window} points in a window, got {points}: take fewer points.")
    of_start, of_turn, of_time, of_noise = jax.random.split(key, 4)
    start = jax.random.randint(of_start, (n,), first, last)
    clockwise = jax.random.permutation(of_turn, jnp.arange(n) < n // 2)
    grid = jnp.linspace(0, END, GRID)
    places = start[:, None] + jnp.arange(window + ahead)[None]  # (n, times)
    truth = jnp.where(clockwise[:, None, None], _clockwise(grid[places]), _counter_clockwise(grid[places]))
    chosen = jax.vmap(lambda k: _some(k, points, window))(jax.random.split(of_time, n))
    seen = jnp.take_along_axis(truth, chosen[:, :, None], axis=1)
    ts = grid[: window + ahead]
    return Spirals(ts, truth, ts[chosen], seen + noise * jax.random.normal(of_noise, seen.shape), clockwise)


def _some(key: Key[Array, ""], points: int, window: int) -> Int[Array, " points"]:
    return jnp.sort(jax.random.permutation(key, window)[:points])


def _counter_clockwise(t: Float[Array, "n times"]) -> Float[Array, "n times 2"]:
    r = PITCH * t
    return jnp.stack([r * jnp.cos(t) + SHIFT, r * jnp.sin(t)], axis=-1)


def _clockwise(t: Float[Array, "n times"]) -> Float[Array, "n times 2"]:
    angle = END + 1 - t
    r = 50 * PITCH / angle
    return jnp.stack([r * jnp.cos(angle) - SHIFT, r * jnp.sin(angle)], axis=-1)
