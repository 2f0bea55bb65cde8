"""Wall shear stress from the reactions of the wall."""

import numpy as np
from jaxtyping import Float

from .navier_stokes import SteadyFlow
from .tetrahedra import Lumen, normals, spread


def wall_shear_stress(lumen: Lumen, flow: SteadyFlow) -> Float[np.ndarray, "points 3"]:
    """What the fluid does to the wall along it, in dyn/cm2 (a tenth of a Pa); 0 at points that are not on the wall.

    The momentum equation tested with the hat function of a point on the wall is its reaction, the integral of
    traction times hat function [@gresho1987]: it converges one order faster than derivatives of the velocity. Without
    the part of the pressure, divided by the area of the point, its tangential part is the stress,

        tau_a = -(1 - n n^T) (force_a + int p phi_a n) / int phi_a.

    Args:
        lumen: the mesh.
        flow: what `steady_flow` found.

    Returns:
        Vectors at all points of the mesh, along the flow at the wall. At the rim of the inlet they hold reactions of
        the inlet, too: leave out a diameter.
    """
    points, faces, count = lumen.points, lumen.wall, lumen.points.shape[0]
    area = normals(points, faces)
    p = flow.pressure[faces]
    on_wall = np.zeros((count, 3))
    for k in range(3):  # int p phi_k over a triangle is area (p_k + sum p) / 12
        np.add.at(on_wall, faces[:, k], area * ((p[:, k] + p.sum(axis=1)) / 12.0)[:, None])
    size = spread(np.linalg.norm(area, axis=1), faces, count)
    normal = spread(area, faces, count)
    normal /= np.maximum(np.linalg.norm(normal, axis=1), np.finfo(float).tiny)[:, None]
    traction = np.where(size[:, None] > 0, flow.force + on_wall, 0.0) / np.where(size > 0, size, 1.0)[:, None]
    return -(traction - (traction * normal).sum(axis=1, keepdims=True) * normal)
