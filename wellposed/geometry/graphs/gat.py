"""The graph attention network's layer."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, targets_to_slots, to_slots

from .features import Features, glorot
from .flavours import Attentional, GraphLayer
from .gcn import Projection


class AdditiveScore(eqx.Module):
    """LeakyReLU(a . v_i + b . v_j) for each edge and head."""

    mine: Float[Array, "heads width"]
    theirs: Float[Array, "heads width"]

    def __call__(self, values: Float[Array, "nodes heads width"], table: NeighbourTable) -> Float[Array, "slots heads"]:
        """All slots."""
        mine, theirs = ((values * a[None]).sum(-1) for a in (self.mine, self.theirs))
        return jax.nn.leaky_relu(targets_to_slots(mine, table) + to_slots(theirs, table), 0.2)


class Heads(eqx.Module):
    """The heads side by side, or their mean, and a bias."""

    bias: Float[Array, " outputs"]
    averaged: bool = eqx.field(static=True)

    def __call__(self, x: Features, sums: Float[Array, "nodes heads width"]) -> Float[Array, "nodes outputs"]:
        """All nodes."""
        joined = sums.mean(1) if self.averaged else sums.reshape(len(sums), -1)
        return joined + self.bias[None]


def gat(
    inputs: int, width: int, heads: int = 8, *, averaged: bool = False, rate: float = 0.0, key: Key[Array, ""]
) -> GraphLayer:
    """y_i = sum over j of softmax_j(LeakyReLU(a . W x_i + b . W x_j)) W x_j + bias for each head [@velickovic2018].

    Args:
        inputs: features of a node.
        width: of a head.
        heads: how many, side by side.
        averaged: their mean instead, for a last layer.
        rate: of dropout of the shares.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, heads width)`, or `(nodes, width)` if averaged.

    Example:
        >>> layer = gat(3, 2, 4, key=jax.random.key(0))
        >>> layer.phi.bias.shape
        (8,)
    """
    keys = jax.random.split(key, 3)
    score = AdditiveScore(*(glorot(k, (width, heads)).T for k in keys[1:]))
    psi = Projection(glorot(keys[0], (inputs, heads, width)))
    outputs = width if averaged else heads * width
    return GraphLayer(Heads(jnp.zeros(outputs), averaged), Attentional(psi, score, rate))
