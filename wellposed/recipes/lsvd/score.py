"""How well each map reconstructs: errors of pictures, and the time that they take."""

import time
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.metrics import Interval, mean_interval, psnr, relative_error, ssim

BATCH = 32


class Score(NamedTuple):
    """Of one map on one set of pictures, one number a picture."""

    psnr_db: Float[np.ndarray, " n"]
    ssim: Float[np.ndarray, " n"]
    relative_error: Float[np.ndarray, " n"]

    def intervals(self) -> dict[str, Interval]:
        """The means with 95 % intervals; a single picture has none."""
        return {name: mean_interval(np.asarray(values)) for name, values in self._asdict().items()}


@eqx.filter_jit
def _batch(f: Callable[[Array], Array], y: Array) -> Array:
    return jax.vmap(f)(y)


@jax.jit
def _judge(x: Array, reference: Array) -> tuple[Array, Array, Array]:
    return tuple(jax.vmap(measure)(x, reference) for measure in (psnr, ssim, relative_error))  # pyright: ignore


def reconstruct(f: Callable[[Array], Array], y: Float[Array, "n *data"]) -> Float[np.ndarray, "n *signal"]:
    """f of every sample, in batches of one size."""
    n = len(y)
    size = min(BATCH, n)
    padded = jnp.concatenate([y, y[: -n % size]]) if n % size else y
    return np.concatenate([np.asarray(_batch(f, padded[i : i + size])) for i in range(0, len(padded), size)])[:n]


def score(f: Callable[[Array], Array], x: Float[Array, "n *signal"], y: Float[Array, "n *data"]) -> Score:
    """The figures of one map on pictures x with data y; PSNR and SSIM with peak 1."""
    return Score(*map(np.asarray, _judge(jnp.asarray(reconstruct(f, y)), jnp.asarray(x))))


def milliseconds(f: Callable[[Array], Array], y: Float[Array, "n *data"], repeats: int = 3) -> float:
    """Time for one picture in a batch, compiled before, the median of some repeats."""
    y = y[:BATCH]
    jax.block_until_ready(_batch(f, y))
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(_batch(f, y))
        seconds.append(time.perf_counter() - start)
    return 1000 * float(np.median(seconds)) / len(y)
