"""MoNet's layer: mixtures of Gaussians of pseudo-coordinates."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, targets_to_slots, to_slots

from .features import glorot
from .flavours import Convolutional, GraphLayer
from .gat import Heads
from .gcn import Projection


class GaussianMixture(eqx.Module):
    """w_m(u) = exp(-1/2 |(u - mu_m) / s_m|^2) / d_i for each edge and m, its pseudo-coordinates being u.

    Where the edges have none, u is (1 / sqrt(d_i), 1 / sqrt(d_j)), as published for citation graphs.
    """

    centres: Float[Array, "kernels coordinates"]
    log_widths: Float[Array, "kernels coordinates"]

    def __call__(self, table: NeighbourTable, edges: Any = None) -> Float[Array, "slots kernels"]:
        """All slots."""
        degrees = jnp.maximum(table.degrees(), 1).astype(float)
        if edges is None:
            edges = jnp.stack([at(degrees**-0.5, table) for at in (targets_to_slots, to_slots)], 1)
        z = (edges[:, None] - self.centres[None]) * jnp.exp(-self.log_widths)[None]
        return jnp.exp(-(z**2).sum(-1) / 2) * targets_to_slots(1 / degrees, table)[:, None]


def monet(inputs: int, outputs: int, kernels: int = 3, coordinates: int = 2, *, key: Key[Array, ""]) -> GraphLayer:
    """y_i = sum over j, m of w_m(u_ij) W_m x_j + b, w_m a Gaussian with a learned centre and width [@monti2017].

    The convolutional flavour: the kernels are heads, whose values are added.

    Args:
        inputs: features of a node.
        outputs: features of a node.
        kernels: how many m.
        coordinates: of u, the features of the edges.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table, (slots, coordinates) or None -> (nodes, outputs)`.

    Example:
        >>> monet(3, 2, key=jax.random.key(0)).flavour.coefficients.centres.shape
        (3, 2)
    """
    keys = jax.random.split(key)
    shape = (kernels, coordinates)
    mixture = GaussianMixture(jax.random.uniform(keys[0], shape, float), jnp.zeros(shape))
    psi = Projection(kernels * glorot(keys[1], (inputs, kernels, outputs)))  # their mean is taken
    return GraphLayer(Heads(jnp.zeros(outputs), True), Convolutional(psi, mixture))
