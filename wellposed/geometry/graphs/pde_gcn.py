"""PDE-GCN: layers of diffusion or of waves on a graph, symmetric by construction."""

from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, sum_slots, targets_to_slots, to_slots

from .encoder_decoder import EncoderDecoder
from .features import Features

Motion = Literal["diffusive", "hyperbolic", "mixed"]
START = 0.1  # size of the first entries of W


class PDEGCN(eqx.Module):
    """A deep network whose layers are time steps of a PDE on the graph [@eliasof2021].

    With G the gradient over the edges, and F_l(x) = G^T K_l^T tanh(K_l G x), the diffusive network takes
    `x_{l+1} = x_l - h F_l(x_l)`, and the hyperbolic one `x_{l+1} = 2 x_l - x_{l-1} - h^2 F_l(x_l)`. The mixed one
    takes sigmoid(m) of the hyperbolic step and the rest of the diffusive one, with m learned. The gradient is that of
    the normalised Laplacian, (x_i / sqrt(d_i) - x_j / sqrt(d_j)) / sqrt(2) for each direction of an edge [@zhou2005]:
    G^T G = I - D^(-1/2) A D^(-1/2), and |G|^2 is at most 2 on every undirected graph.

    K_l = I + W_l / width: the steps of an optimiser move all entries of W alike, and K only a little, so that it stays
    where the scheme is stable; decay of weights draws K to the identity. x_0 is the relu of the encoded features.

    Args:
        inputs: features of a node.
        width: of the state.
        outputs: numbers at each node.
        depth: layers, each with a matrix K of its own.
        motion: the kind of PDE.
        step: h.
        input_rate: of dropout of the features.
        rate: of dropout before the last product.
        key: of the initial weights.

    Shapes:
        `(nodes, inputs), table -> (nodes, outputs)`.

    Example:
        >>> import numpy as np
        >>> from wellposed.geometry import Graph
        >>> pair = Graph.from_pairs(np.array([[0, 1]]), 2).table()
        >>> PDEGCN(3, 8, 2, 4, "mixed", key=jax.random.key(0))(jnp.ones((2, 3)), pair).shape
        (2, 2)

    When it fails: explicit steps are stable while h |K|^2 |G|^2 < 2 (diffusive), h^2 |K|^2 |G|^2 < 4 (hyperbolic): for
    h |K|^2 < 1 and h^2 |K|^2 < 2. Nothing holds a learned K below that for certain.
    """

    ends: EncoderDecoder
    weights: Float[Array, "depth width width"]
    mixture: Float[Array, ""] | None
    motion: Motion = eqx.field(static=True)
    step: float = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        width: int,
        outputs: int,
        depth: int,
        motion: Motion = "diffusive",
        *,
        step: float = 0.5,
        input_rate: float = 0.0,
        rate: float = 0.0,
        key: Key[Array, ""],
    ):
        if motion not in get_args(Motion):
            raise ValueError(f"PDEGCN expects a motion of {list(get_args(Motion))}, got {motion!r}.")
        keys = jax.random.split(key, 3)
        self.ends = EncoderDecoder(inputs, width, outputs, input_rate, rate, keys=(keys[0], keys[1]))
        self.weights = START * jax.random.normal(keys[2], (depth, width, width))
        self.mixture = jnp.zeros(()) if motion == "mixed" else None
        self.motion, self.step = motion, step

    def __call__(
        self, x: Features, table: NeighbourTable, edges: None = None, *, key: Key[Array, ""] | None = None
    ) -> Float[Array, "nodes outputs"]:
        """One graph."""
        keys = (None, None) if key is None else jax.random.split(key)
        return self.ends.decoded(self.states(self.ends.dropped(x, keys[0]), table)[-1], keys[1])

    def states(self, x: Features, table: NeighbourTable) -> Float[Array, "states nodes width"]:
        """x_0 and the state after each layer."""
        start = jax.nn.relu(self.ends.encoded(x))
        share = float(self.motion == "hyperbolic") if self.mixture is None else jax.nn.sigmoid(self.mixture)
        root = jax.lax.rsqrt(jnp.maximum(table.degrees(), 1).astype(start.dtype))[:, None]
        half = jnp.where(table.filled, 0.5**0.5, 0)[:, None]
        width = self.weights.shape[-1]

        def layer(states: tuple[Array, Array], K: Array) -> tuple[tuple[Array, Array], Array]:
            now, before = states
            flux = jnp.tanh(edge_gradient(root * now, table, half) @ K.T) @ K
            force = root * edge_divergence(flux, table, half)
            wave = 2 * now - before - self.step**2 * force
            after = share * wave + (1 - share) * (now - self.step * force)
            return (after, now), after

        _, later = jax.lax.scan(layer, (start, start), jnp.eye(width)[None] + self.weights / width)
        return jnp.concatenate([start[None], later])


def edge_gradient(
    x: Float[Array, "nodes width"], table: NeighbourTable, scale: Float[Array, "slots one"]
) -> Float[Array, "slots width"]:
    """G x = scale (x_i - x_j) for each edge from j to i.

    Example:
        >>> import numpy as np
        >>> edge = NeighbourTable.from_edges(np.array([0]), np.array([1]), 2, 2, width=1)
        >>> edge_gradient(jnp.array([[1.0], [3.0]]), edge, jnp.ones((2, 1)))[1].tolist()
        [2.0]
    """
    return scale * (targets_to_slots(x, table) - to_slots(x, table))


def edge_divergence(
    u: Float[Array, "slots width"], table: NeighbourTable, scale: Float[Array, "slots one"]
) -> Float[Array, "nodes width"]:
    """G^T u, the transpose of `edge_gradient`: each edge gives to its target and takes from its source.

    On an undirected graph, whose two directions of an edge carry opposite values, it is twice the sum at the targets.

    Example:
        >>> import numpy as np
        >>> edge = NeighbourTable.from_edges(np.array([0]), np.array([1]), 2, 2, width=1)
        >>> edge_divergence(jnp.array([[0.0], [2.0]]), edge, jnp.ones((2, 1))).tolist()
        [[-2.0], [2.0]]
    """
    given = scale * u
    taken = jax.linear_transpose(lambda x: to_slots(x, table), jax.ShapeDtypeStruct(_at_nodes(u, table), u.dtype))
    return sum_slots(given, table) - taken(given)[0]


def _at_nodes(u: Array, table: NeighbourTable) -> tuple[int, ...]:
    return (table.sources, *u.shape[1:])
