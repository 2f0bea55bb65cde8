"""GREAD: graph neural reaction-diffusion."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float

from wellposed.nn import gather_sum

from .grand import Medium

Reaction = Literal["fisher", "allen_cahn", "zeldovich", "source", "filter_bank", "blurring_sharpening"]
_LOCAL: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "fisher": lambda x: x * (1 - x),
        "allen_cahn": lambda x: x * (1 - x**2),
        "zeldovich": lambda x: x * (x - x**2),
    }
)


class Gread(eqx.Module):
    """dX/dt = sigmoid(alpha) (A - I) X + beta r(X), with a reaction r beside the diffusion [@choi2023].

    r is Fisher's `X (1 - X)`, Allen and Cahn's `X (1 - X^2)`, Zeldovich's `X (X - X^2)`, the source `X(0)`, the filter
    bank `X(0) + (I - A) X` or blurring-sharpening `(A - A^2) X`. The last three are linear.

    Args:
        reaction: r.
        width: of the state, for a beta of each channel; None for one beta.

    Shapes:
        `(t, (nodes, width), Medium) -> (nodes, width)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.nn import NeighbourTable
        >>> pair = NeighbourTable.from_edges(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), 2, 2)
        >>> x = jnp.full((2, 1), 0.5)
        >>> Gread("fisher")(0.0, x, Medium(pair, jnp.full(4, 0.5), x)).tolist()
        [[0.25], [0.25]]

    When it fails: the reactions of degree two and three leave [0, 1] and blow up if beta or the state is large.
    """

    alpha: Float[Array, ""]
    beta: Float[Array, " channels"]
    reaction: Reaction = eqx.field(static=True)

    def __init__(self, reaction: Reaction, width: int | None = None):
        if reaction not in get_args(Reaction):
            raise ValueError(f"Gread expects a reaction of {list(get_args(Reaction))}, got {reaction!r}.")
        self.alpha, self.beta = jnp.zeros(()), jnp.ones(width or 1)
        self.reaction = reaction

    def __call__(self, t: ArrayLike, x: Float[Array, "nodes width"], medium: Medium) -> Float[Array, "nodes width"]:
        """dX/dt."""
        averaged = lambda x: gather_sum(x, medium.table, medium.shares)
        diffusion = averaged(x) - x
        return jax.nn.sigmoid(self.alpha) * diffusion + self.beta[None] * self._reacted(x, diffusion, averaged, medium)

    def _reacted(self, x: Array, diffusion: Array, averaged: Callable[[Array], Array], medium: Medium) -> Array:
        if self.reaction in _LOCAL:
            return _LOCAL[self.reaction](x)
        if self.reaction == "source":
            return medium.start
        return medium.start - diffusion if self.reaction == "filter_bank" else -averaged(diffusion)
