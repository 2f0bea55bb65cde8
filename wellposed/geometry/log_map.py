"""Log maps: where a point of a surface lies in the tangent plane of another one."""

import numpy as np
from jaxtyping import Float, Int

from .mesh import Mesh


def projected_log_map(
    positions: Float[np.ndarray, "vertices 3"],
    frames: Float[np.ndarray, "vertices 3 3"],
    source: Int[np.ndarray, " edges"],
    target: Int[np.ndarray, " edges"],
) -> tuple[Float[np.ndarray, " edges"], Float[np.ndarray, " edges"]]:
    """Length and angle of each source in the frame of its target [@dehaan2021].

    d = x_source - x_target is projected to the tangent plane, r = |d| keeps its length in space, and theta is the angle
    from X. Both follow from dot products, so that a rigid motion changes neither.

    Returns:
        r, in the unit of the positions, and theta in radians; 0 and 0 for an edge from a vertex to itself.

    Example:
        >>> import numpy as np
        >>> x = np.array([[0.0, 0, 0], [0, 3, 4]])
        >>> r, theta = projected_log_map(x, np.stack([np.eye(3)] * 2), np.array([1]), np.array([0]))
        >>> float(r[0]), float(theta[0] / np.pi)
        (5.0, 0.5)

    When it fails: on a surface that bends away within one edge, two neighbours may get nearly the same angle.
    """
    d = positions[source] - positions[target]
    local = np.einsum("eij,ej->ei", frames[target], d)
    return np.linalg.norm(d, axis=1), np.arctan2(local[:, 1], local[:, 0])


def geodesic_log_map(
    mesh: Mesh, frames: Float[np.ndarray, "vertices 3 3"], vertex: int
) -> tuple[Float[np.ndarray, " vertices"], Float[np.ndarray, " vertices"]]:
    """Length and angle of the shortest path to each vertex, in the frame of one vertex, by vector heat [@sharp2019].

    It takes a fraction of a second per vertex: a check for small meshes, and no way to all vertices of a large one.

    Returns:
        r, in the unit of the positions, and theta in radians from X of the vertex's frame.
    """
    from .heat import potpourri3d

    solver = potpourri3d().MeshVectorHeatSolver(mesh.positions, mesh.faces)
    local = np.asarray(solver.compute_log_map(vertex))
    basis_x, basis_y, _ = (np.asarray(part)[vertex] for part in solver.get_tangent_frames())
    direction = local[:, :1] * basis_x[None] + local[:, 1:] * basis_y[None]
    x, y, _ = frames[vertex]
    return np.linalg.norm(local, axis=1), np.arctan2(direction @ y, direction @ x)
