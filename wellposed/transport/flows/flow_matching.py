"""Flow matching along straight lines between paired points: no flow is solved in training."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from .continuous import AbstractContinuousFlow, Rates
from .ffjord import exact_divergence
from .velocity import Velocity


class Pairs(NamedTuple):
    """Points of the data and of the base that belong together."""

    data: Float[Array, "n d"]
    base: Float[Array, "n d"]


class FlowMatching(AbstractContinuousFlow):
    """v(t, x) learned by regression on straight lines between pairs, conditional flow matching [@tong2024].

    Training minimises E |v(t, (1 - t) x + t z) - (z - x)|^2 over t uniform in [0, 1] and pairs (x, z) of data and base.
    Pairs from the optimal transport of minibatches (`ot_pairs`) make nearly straight paths; independent ones do not.

    Args:
        net: v.
        steps: of RK4, for all but training.

    Example:
        >>> flow = FlowMatching.random(2, 16, jax.random.key(0))
        >>> sorted(flow.terms(jnp.ones((5, 2)), jax.random.key(1)))
        ['regression']

    When it fails: the loss has a floor that is not 0, and is no likelihood.
    """

    net: Velocity
    steps: int = eqx.field(static=True)

    @classmethod
    def random(cls, d: int, width: int, key: Key[Array, ""], steps: int = 8) -> "FlowMatching":
        """With three hidden layers of one width."""
        return cls(net=Velocity.random(d, width, key), steps=steps)

    @property
    def dimension(self) -> int:
        """d."""
        return self.net.dimension

    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """v(t, x)."""
        return self.net(t, x)

    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """The exact divergence; training asks for none."""
        v, (divergence, _) = exact_divergence(self.net, t, x)
        return Rates(v, divergence, {})

    def terms(self, batch: Any, key: Key[Array, ""]) -> dict[str, Float[Array, ""]]:
        """The regression; batch: `Pairs`, or points of the data, (n, d), which are paired at random."""
        for_base, for_time = jax.random.split(key)
        x, z = batch if isinstance(batch, Pairs) else (batch, jax.random.normal(for_base, batch.shape, batch.dtype))
        t = jax.random.uniform(for_time, (len(x),), x.dtype)
        between = (1 - t[:, None]) * x + t[:, None] * z
        return {"regression": jnp.mean(jnp.sum((jax.vmap(self.net)(t, between) - (z - x)) ** 2, axis=1))}


def ot_pairs(xs: Float[Array | np.ndarray, "n d"], key: Key[Array, ""], size: int) -> Pairs:
    """Points of the data paired with normal ones by the optimal transport of minibatches [@tong2024].

    Within each batch of `size` points the sum of |x - z|^2 is least, exactly, by the assignment problem.

    Args:
        xs: points of the data; those that do not fill a batch are left out.
        key: of the normal points.
        size: of a batch: the larger, the nearer to the optimal pairs of the densities, at a cost of size^3.

    Returns:
        `Pairs`, for `Minibatches`.

    Raises:
        ValueError: fewer points than a batch.

    Example:
        >>> pairs = ot_pairs(jnp.array([[-1.0], [1.0]]), jax.random.key(0), size=2)
        >>> bool(pairs.base[0, 0] < pairs.base[1, 0])
        True
    """
    from scipy.optimize import linear_sum_assignment

    data = np.asarray(xs)
    if not 1 <= size <= len(data):
        raise ValueError(f"ot_pairs expects a size from 1 to the {len(data)} points, got {size}.")
    batches = data[: len(data) // size * size].reshape(-1, size, data.shape[1])
    base = np.array(jax.random.normal(key, batches.shape, data.dtype))
    for i, (x, z) in enumerate(zip(batches, base, strict=True)):
        squares = np.sum((x[:, None] - z[None]) ** 2, axis=-1)
        base[i] = z[linear_sum_assignment(squares)[1]]
    return Pairs(jnp.asarray(batches.reshape(-1, data.shape[1])), jnp.asarray(base.reshape(-1, data.shape[1])))
