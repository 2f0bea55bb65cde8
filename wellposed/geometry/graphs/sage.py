"""GraphSAGE's layer with the mean of the neighbours."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .features import Features, glorot, project
from .flavours import Convolutional, GraphLayer, mean_coefficients
from .gcn import Projection


class Beside(eqx.Module):
    """What the node itself has, projected, beside the sum, and a bias."""

    weight: Float[Array, "inputs outputs"]
    bias: Float[Array, " outputs"]

    def __call__(self, x: Features, sums: Float[Array, "nodes outputs"]) -> Float[Array, "nodes outputs"]:
        """All nodes."""
        return project(self.weight, x) + sums + self.bias[None]


def sage(inputs: int, outputs: int, *, key: Key[Array, ""]) -> GraphLayer:
    """y_i = W_1 x_i + W_2 mean_j x_j + b [@hamilton2017]: the convolutional flavour with the mean.

    Args:
        inputs: features of a node.
        outputs: features of a node.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> sage(3, 2, key=jax.random.key(0)).phi.weight.shape
        (3, 2)
    """
    own, others = (glorot(k, (inputs, outputs)) for k in jax.random.split(key))
    return GraphLayer(Beside(own, jnp.zeros(outputs)), Convolutional(Projection(others), mean_coefficients))
