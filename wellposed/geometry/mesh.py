"""A triangulated surface: positions and faces, and what follows from them."""

import functools
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from wellposed.io.surface import SurfaceRecord

from .graph import Graph


@dataclass(frozen=True)
class Mesh:
    """A triangulated surface with consistently ordered faces, embedded in space.

    Args:
        positions: of the vertices.
        faces: the vertices of each face, counterclockwise seen from outside.
        fields: values at the vertices, by name.

    Shapes:
        positions `(vertices, 3)`, faces `(faces, 3)`.

    Example:
        >>> import numpy as np
        >>> corner = Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
        >>> corner.area, corner.normals[0].tolist()
        (0.5, [0.0, 0.0, 1.0])
    """

    positions: Float[np.ndarray, "vertices 3"]
    faces: Int[np.ndarray, "faces 3"]
    fields: dict[str, np.ndarray] = field(default_factory=dict)

    @staticmethod
    def from_record(record: SurfaceRecord) -> "Mesh":
        """The mesh of what `io.read_mesh` returns."""
        return Mesh(record.points, record.triangles, dict(record.fields))

    def record(self) -> SurfaceRecord:
        """What `io.write_mesh` takes."""
        return SurfaceRecord(self.positions, self.faces, self.fields)

    @property
    def vertices(self) -> int:
        """How many vertices there are."""
        return len(self.positions)

    @functools.cached_property
    def face_vectors(self) -> Float[np.ndarray, "faces 3"]:
        """Normal of each face, as long as twice its area."""
        a, b, c = self.positions[self.faces].swapaxes(0, 1)
        return np.cross(b - a, c - a)

    @functools.cached_property
    def normals(self) -> Float[np.ndarray, "vertices 3"]:
        """Unit normal at each vertex: the mean of its faces' normals, weighted by their areas."""
        summed = self._onto_vertices(self.face_vectors)
        length = np.linalg.norm(summed, axis=1, keepdims=True)
        return np.where(length > 0, summed / np.where(length > 0, length, 1), np.array([[0.0, 0.0, 1.0]]))

    @functools.cached_property
    def areas(self) -> Float[np.ndarray, " vertices"]:
        """Area of each vertex: a third of its faces' areas."""
        return self._onto_vertices(np.linalg.norm(self.face_vectors, axis=1, keepdims=True) / 6)[:, 0]

    @property
    def area(self) -> float:
        """Of the whole surface."""
        return float(self.areas.sum())

    @functools.cached_property
    def edges(self) -> Int[np.ndarray, "edges 2"]:
        """Each edge once, the smaller index first."""
        f = self.faces
        pairs = np.sort(np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]]), axis=1)
        return np.unique(pairs, axis=0)

    def graph(self) -> Graph:
        """Its vertices and edges."""
        return Graph.from_pairs(self.edges, self.vertices)

    def moved(self, rotation: Float[np.ndarray, "3 3"], shift: Float[np.ndarray, " 3"]) -> "Mesh":
        """After a rigid motion x -> R x + s; fields of three components turn with it.

        Example:
            >>> import numpy as np
            >>> corner = Mesh(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
            >>> corner.moved(np.diag([1.0, -1, -1]), np.zeros(3)).normals[0].tolist()
            [0.0, 0.0, -1.0]
        """
        fields = {k: v @ rotation.T if v.ndim == 2 and v.shape[1] == 3 else v for k, v in self.fields.items()}
        return Mesh(self.positions @ rotation.T + shift[None], self.faces, fields)

    def renumbered(self, order: Int[np.ndarray, " vertices"]) -> "Mesh":
        """With the vertices in another order: vertex i of the result is vertex `order[i]` of this mesh."""
        new = np.empty_like(order)
        new[order] = np.arange(len(order))
        return Mesh(self.positions[order], new[self.faces], {k: v[order] for k, v in self.fields.items()})

    def _onto_vertices(self, values: np.ndarray) -> np.ndarray:
        columns = [
            np.bincount(self.faces.ravel(), np.repeat(column, 3), minlength=self.vertices) for column in values.T
        ]
        return np.stack(columns, axis=1)
