"""The graph convolution of Kipf and Welling."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .features import Features, glorot, project
from .flavours import Convolutional, GraphLayer, symmetric_coefficients


class Projection(eqx.Module):
    """X W, with as many heads as W has."""

    weight: Float[Array, "inputs *outputs"]

    def __call__(self, x: Features) -> Float[Array, "nodes *outputs"]:
        """All nodes."""
        return project(self.weight, x)


class Shift(eqx.Module):
    """The sum and a bias, whatever the node itself has."""

    bias: Float[Array, " outputs"]

    def __call__(self, x: Features, sums: Float[Array, "nodes outputs"]) -> Float[Array, "nodes outputs"]:
        """All nodes."""
        return sums + self.bias[None]


def gcn(inputs: int, outputs: int, *, key: Key[Array, ""]) -> GraphLayer:
    """Y = D^-1/2 A D^-1/2 X W + b [@kipf2017]: the convolutional flavour with symmetric coefficients.

    Args:
        inputs: features of a node.
        outputs: features of a node.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`; the table holds an edge from each node to itself.

    Example:
        >>> import jax
        >>> gcn(3, 2, key=jax.random.key(0)).flavour.psi.weight.shape
        (3, 2)

    When it fails: each layer is an average, so that many of them leave nothing but one value for all nodes
        (`depth_energies`).
    """
    return GraphLayer(
        Shift(jnp.zeros(outputs)), Convolutional(Projection(glorot(key, (inputs, outputs))), symmetric_coefficients)
    )
