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
    """f of every sample, in batches of one size, so that it is compiled once."""
    n = len(y)
    padded = jnp.concatenate([y, jnp.zeros_like(y, shape=(-n % BATCH, *y.shape[1:]))])
    return np.concatenate([np.asarray(_batch(f, padded[i : i + BATCH])) for i in range(0, n, BATCH)])[:n]


def score(reconstructed: Float[np.ndarray, "n *signal"], x: Float[Array, "n *signal"]) -> Score:
    """The figures of reconstructions of the pictures x; PSNR and SSIM with peak 1."""
    return Score(*map(np.asarray, _judge(jnp.asarray(reconstructed), jnp.asarray(x))))


def milliseconds(f: Callable[[Array], Array], y: Float[Array, "n *data"], repeats: int = 3) -> float:
    """Time for one picture in a batch, compiled before, the median of some repeats."""
    y = jnp.resize(y, (BATCH, *y.shape[1:]))
    jax.block_until_ready(_batch(f, y))
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.block_until_ready(_batch(f, y))
        seconds.append(time.perf_counter() - start)
    return 1000 * float(np.median(seconds)) / len(y)
