"""Small surfaces whose geometry is known: a sphere, a tube, two parallel sheets."""

import numpy as np

from wellposed.geometry import Mesh


def sphere(refinements=2, radius=1.0):
    """An icosphere: each refinement divides each face into four and puts the vertices on the sphere."""
    g = (1 + 5**0.5) / 2
    points = np.array([[a, b * g, 0] for a in (-1, 1) for b in (-1, 1)], float)
    points = np.concatenate([points, points[:, [2, 0, 1]], points[:, [1, 2, 0]]])
    faces = _hull(points)
    for _ in range(refinements):
        edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1), axis=0)
        points = np.concatenate([points, points[edges].mean(1)])
        faces = _hull(points)
    a, b, c = points[faces].swapaxes(0, 1)
    inside = np.sum(np.cross(b - a, c - a) * a, axis=1) < 0
    faces[inside] = faces[inside][:, ::-1]
    return Mesh(radius * points, faces.astype(int))


def _hull(points):
    from scipy.spatial import ConvexHull

    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return ConvexHull(points).simplices


def neighbour(mesh):
    """A neighbour of each vertex."""
    first = np.zeros(mesh.vertices, int)
    first[mesh.edges[:, 0]], first[mesh.edges[:, 1]] = mesh.edges[:, 1], mesh.edges[:, 0]
    return first


def grid_faces(rows, columns, wrap=False):
    """Two triangles for each cell of a grid of vertices, row by row; with `wrap` the last column joins the first."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns if wrap else columns - 1), indexing="ij")
    at = lambda i, j: (i * columns + j % columns).ravel()
    a, b, c, d = at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def tube(rows=24, columns=8, radius=0.05, length=3.0):
    """A straight tube along x, its normals outwards."""
    x, angle = np.meshgrid(np.linspace(0, length, rows), 2 * np.pi * np.arange(columns) / columns, indexing="ij")
    points = np.stack([x, radius * np.cos(angle), radius * np.sin(angle)], -1).reshape(-1, 3)
    return Mesh(points, grid_faces(rows, columns, wrap=True))


def sheet(rows=8, columns=8, height=0.0, up=True):
    """A flat square of side 1."""
    x, y = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    points = np.stack([x, y, np.full_like(x, height)], -1).reshape(-1, 3)
    faces = grid_faces(rows, columns)
    return Mesh(points, faces[:, ::-1] if up else faces)


def two_sheets(gap=0.01):
    """Two squares, much closer to each other than their vertices are."""
    a, b = sheet(), sheet(height=gap)
    return Mesh(np.concatenate([a.positions, b.positions]), np.concatenate([a.faces, b.faces + a.vertices]))


def rotation(seed=0):
    """A random rotation."""
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))[None]
    return q * np.sign(np.linalg.det(q))
