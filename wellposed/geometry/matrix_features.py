"""What a surface looks like around a vertex, as a gauge field that no motion changes."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.nn import sum_slots, targets_to_slots, to_slots

from .gauge_field import GaugeField
from .surface import Surface

MATRIX_FIELD = GaugeField((7, 4, 3))


def matrix_features(surface: Surface, length: float = 1.0) -> Float[Array, "vertices 21"]:
    """Means over the neighbours of d d^T, n n^T and d n^T, as a field `"7x0 + 4x1 + 3x2"` [@suk2024].

    d is the way to the neighbour and n the neighbour's normal, both in the vertex's frame; near neighbours weigh more,
    by 1 - r. A 3 x 3 matrix M in the frame is, for turns about the normal, the scalars M_33, M_11 + M_22 and, if it is
    not symmetric, M_12 - M_21; the vectors (M_13, M_23) and, if not symmetric, (M_31, M_32); and
    ((M_11 - M_22) / 2, (M_12 + M_21) / 2) of order two.

    Args:
        surface: the surface.
        length: what d is measured in, in the unit of the positions.
    """
    table, frames = surface.table, surface.frames
    own = targets_to_slots(frames, table)
    d = (to_slots(surface.positions, table) - targets_to_slots(surface.positions, table)) / length
    d = jnp.einsum("sij,sj->si", own, d)
    n = jnp.einsum("sij,sj->si", own, to_slots(frames[:, 2], table))
    weight = jnp.where(table.filled, jnp.maximum(1 - surface.r, 1e-3), 0)
    total = jnp.maximum(sum_slots(weight, table), 1e-6)
    outer = lambda a, b: sum_slots(weight[:, None, None] * a[:, :, None] * b[:, None, :], table) / total[:, None, None]
    scalars, vectors, seconds = [], [], []
    for matrix, symmetric in ((outer(d, d), True), (outer(n, n), True), (outer(d, n), False)):
        m = lambda i, j, matrix=matrix: matrix[:, i - 1, j - 1]
        scalars += [m(3, 3), m(1, 1) + m(2, 2)] + ([] if symmetric else [m(1, 2) - m(2, 1)])
        vectors += [(m(1, 3), m(2, 3))] + ([] if symmetric else [(m(3, 1), m(3, 2))])
        seconds += [((m(1, 1) - m(2, 2)) / 2, (m(1, 2) + m(2, 1)) / 2)]
    pairs = lambda several: jnp.stack([jnp.stack(axis, axis=1) for axis in zip(*several, strict=True)], axis=1)
    return MATRIX_FIELD.join([jnp.stack(scalars, axis=1), pairs(vectors), pairs(seconds)])
