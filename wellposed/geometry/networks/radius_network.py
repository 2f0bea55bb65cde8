"""A graph network that moves each vertex of a tube to the wall of a vessel."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import NeighbourTable, gather_sum

from ..tube import TubeTables
from .scalar_block import dense


class TubeConvolution(eqx.Module):
    """y_p = W_1 x_p + W_2 mean over the ring + W_3 mean along the tube + b, with two neighbours each way.

    Args:
        inputs: numbers at each vertex.
        outputs: numbers at each vertex.
        key: of the initial weights.
    """

    own: eqx.nn.Linear
    ring: eqx.nn.Linear
    along: eqx.nn.Linear

    def __init__(self, inputs: int, outputs: int, *, key: Key[Array, ""]):
        keys = jax.random.split(key, 3)
        self.own = eqx.nn.Linear(inputs, outputs, key=keys[0])
        self.ring = eqx.nn.Linear(inputs, outputs, use_bias=False, key=keys[1])
        self.along = eqx.nn.Linear(inputs, outputs, use_bias=False, key=keys[2])

    def __call__(
        self, x: Float[Array, "vertices inputs"], tables: TubeTables | None
    ) -> Float[Array, "vertices outputs"]:
        """One tube; without tables each vertex is its own and only neighbour."""
        ring, along = (x, x) if tables is None else (_mean(x, table) for table in tables)
        return dense(self.own, x) + dense(self.ring, ring) + dense(self.along, along)


class RadiusNetwork(eqx.Module):
    """The distance of the wall from the curve at each vertex, from the image along its ray [@wolterink2019].

    h_0 = W rays + b, h_{l+1} = h_l + ReLU(C_l N(h_l)) with convolutions C over the tube and layer norm N at each
    vertex, and radius = scale * softplus(w . N(h_L) + c). It knows rings by their neighbours alone: vertices in another
    order, rings that start elsewhere and mirrored ones give the same radii in that order.

    Args:
        inputs: numbers that a vertex sees.
        channels: numbers that a vertex keeps.
        layers: convolutions; so far a vertex sees.
        scale: of radii; the network starts near it.
        key: of the initial weights.

    Shapes:
        `(vertices, inputs) -> (vertices,)`.

    Units:
        The radius is in the unit of `scale`.

    When it fails:
        Where the wall is no graph over the curve, as at a bifurcation.

    Example:
        >>> from wellposed.geometry import tube_tables
        >>> network = RadiusNetwork(5, 4, 2, 1.5, key=jax.random.key(0))
        >>> network(jnp.zeros((72, 5)), tube_tables(9, 8)).shape
        (72,)
    """

    first: eqx.nn.Linear
    layers: tuple[TubeConvolution, ...]
    norms: tuple[eqx.nn.LayerNorm, ...]
    last: eqx.nn.Linear
    scale: float

    def __init__(self, inputs: int, channels: int, layers: int, scale: float, *, key: Key[Array, ""]):
        keys = jax.random.split(key, layers + 2)
        self.first = eqx.nn.Linear(inputs, channels, key=keys[0])
        self.layers = tuple(TubeConvolution(channels, channels, key=one) for one in keys[2:])
        self.norms = tuple(eqx.nn.LayerNorm(channels) for _ in range(layers + 1))
        self.last = eqx.nn.Linear(channels, 1, key=keys[1])
        self.scale = scale

    def __call__(self, rays: Float[Array, "vertices inputs"], tables: TubeTables | None) -> Float[Array, " vertices"]:
        """One tube; without tables no vertex knows of another."""
        h = dense(self.first, rays)
        for norm, layer in zip(self.norms[:-1], self.layers, strict=True):
            h = h + jax.nn.relu(layer(jax.vmap(norm)(h), tables))
        found = dense(self.last, jax.vmap(self.norms[-1])(h))[:, 0]
        return self.scale * jax.nn.softplus(found + jnp.log(jnp.e - 1))


def _mean(x: Array, table: NeighbourTable) -> Array:
    count = table.degrees()
    return gather_sum(x, table) / jnp.maximum(count, 1).astype(x.dtype)[:, None]
