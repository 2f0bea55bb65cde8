"""Tangent frames: at each vertex two unit vectors X, Y of the tangent plane and the normal n, as rows."""

import numpy as np
from jaxtyping import Float, Int


def tangent_frames(
    positions: Float[np.ndarray, "vertices 3"],
    normals: Float[np.ndarray, "vertices 3"],
    towards: Int[np.ndarray, " vertices"],
) -> Float[np.ndarray, "vertices 3 3"]:
    """Rows (X, Y, n): X points towards a neighbour, projected to the tangent plane, and Y = n x X [@dehaan2021].

    A frame of this kind turns with the mesh. Where the neighbour lies along the normal, X is any tangent vector.

    Args:
        positions: of the vertices.
        normals: unit vectors.
        towards: a neighbour of each vertex.

    Example:
        >>> import numpy as np
        >>> up = np.array([[0.0, 0, 1], [0, 0, 1]])
        >>> tangent_frames(np.array([[0.0, 0, 0], [2, 0, 1]]), up, np.array([1, 0]))[0].tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    d = positions[towards] - positions
    flat = d - np.sum(d * normals, axis=1, keepdims=True) * normals
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    bad = length[:, 0] <= 1e-9 * np.linalg.norm(d, axis=1) + 1e-300
    if bad.any():
        axis = np.eye(3)[np.argmin(np.abs(normals[bad]), axis=1)]
        flat[bad] = np.cross(axis, normals[bad])
        length[bad] = np.linalg.norm(flat[bad], axis=1, keepdims=True)
    x = flat / length
    return np.stack([x, np.cross(normals, x), normals], axis=1)


def turned(
    frames: Float[np.ndarray, "vertices 3 3"], angle: Float[np.ndarray, " vertices"]
) -> Float[np.ndarray, "vertices 3 3"]:
    """The frames after turning X and Y about n by an angle: another gauge of the same surface.

    Example:
        >>> import numpy as np
        >>> np.round(turned(np.eye(3)[None], np.array([np.pi / 2]))[0], 12).tolist()
        [[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y, n = frames.swapaxes(0, 1)
    return np.stack([c * x + s * y, c * y - s * x, n], axis=1)
