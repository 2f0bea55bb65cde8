"""Pooling between the scales of a surface, with transport: features are turned from frame to frame on their way."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.nn import gather_sum, sum_slots, to_slots

from .gauge_field import GaugeField
from .surface import Pooling


def pool(x: Float[Array, "vertices dim"], pooling: Pooling, field: GaugeField) -> Float[Array, "clusters dim"]:
    """The mean of each cluster in the frame of the vertex that stands for it [@dehaan2021]."""
    if field.order == 0:
        return gather_sum(x, pooling.down) * pooling.inverse_sizes()[:, None]
    carried = field.rotated(to_slots(x, pooling.down), pooling.down_angle)
    return sum_slots(carried, pooling.down) * pooling.inverse_sizes()[:, None]


def unpool(x: Float[Array, "clusters dim"], pooling: Pooling, field: GaugeField) -> Float[Array, "vertices dim"]:
    """What its cluster has, in the frame of each vertex."""
    if field.order == 0:
        return gather_sum(x, pooling.up)
    return sum_slots(field.rotated(to_slots(x, pooling.up), pooling.up_angle), pooling.up)


def to_space(x: Float[Array, "vertices 3"], frames: Float[Array, "vertices 3 3"]) -> Float[Array, "vertices 3"]:
    """A field "1x0 + 1x1" as vectors in space: the scalar along the normal, the pair in the tangent plane [@suk2024].

    A motion of the surface turns the frames, and with them these vectors.

    Example:
        >>> to_space(jnp.array([[3.0, 1.0, 2.0]]), jnp.eye(3)[None])[0].tolist()
        [1.0, 2.0, 3.0]
    """
    return jnp.einsum("vi,vij->vj", x[:, jnp.array([1, 2, 0])], frames)


def from_space(vectors: Float[Array, "vertices 3"], frames: Float[Array, "vertices 3 3"]) -> Float[Array, "vertices 3"]:
    """Vectors in space as a field "1x0 + 1x1": the inverse of `to_space`."""
    return jnp.einsum("vij,vj->vi", frames, vectors)[:, jnp.array([2, 0, 1])]
