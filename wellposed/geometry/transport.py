"""Parallel transport along edges: the angle by which a neighbour's frame stands to one's own."""

import numpy as np
from jaxtyping import Float, Int


def connection_angles(
    frames: Float[np.ndarray, "vertices 3 3"], source: Int[np.ndarray, " edges"], target: Int[np.ndarray, " edges"]
) -> Float[np.ndarray, " edges"]:
    """The angle g of each edge: a tangent vector at angle a in the source's frame arrives at angle a + g [@dehaan2021].

    The tangent plane of the source is turned onto that of the target by the smallest rotation that takes one normal to
    the other, as along a great circle of a sphere; g is the angle of the source's X in the target's frame.

    Args:
        frames: rows (X, Y, n) at each vertex.
        source: where a vector comes from.
        target: where it arrives.

    Example:
        >>> import numpy as np
        >>> frames = np.stack([np.eye(3), np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])])
        >>> float(connection_angles(frames, np.array([1]), np.array([0]))[0] / np.pi)
        0.5

    When it fails: for opposite normals the smallest rotation is not unique; the one that is taken depends on the frame,
    so that the law of a gauge change is lost. `scales` leaves such edges out.
    """
    x, m = frames[source, 0], frames[source, 2]
    n = frames[target, 2]
    axis, cosine = np.cross(m, n), np.sum(m * n, axis=1, keepdims=True)
    along = np.sum(axis * x, axis=1, keepdims=True)
    opposite = cosine < -1 + 1e-9
    # Rodrigues' formula with |axis| = sin: c x + axis x x + (axis . x) axis / (1 + c)
    turned = cosine * x + np.cross(axis, x) + along * axis / np.where(opposite, 1, 1 + cosine)
    turned = np.where(opposite, x, turned)
    return np.arctan2(np.sum(turned * frames[target, 1], axis=1), np.sum(turned * frames[target, 0], axis=1))
