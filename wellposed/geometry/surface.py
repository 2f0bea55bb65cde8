"""What a network knows of a surface: neighbours, angles and lengths, as arrays at each scale."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from wellposed.nn import NeighbourTable


class Surface(eqx.Module):
    """One scale of a surface. Values per edge lie in the slots of the table.

    Args:
        positions: of the vertices.
        frames: rows (X, Y, n) at each vertex.
        table: who is a neighbour of whom.
        r: length of each edge over the radius of the neighbourhoods.
        theta: angle of the source in the frame of the target, in radians.
        connection: the angle at which X of the source arrives in the frame of the target.
        real: which vertices there are; the others fill up a batch.
    """

    positions: Float[Array, "*batch vertices 3"]
    frames: Float[Array, "*batch vertices 3 3"]
    table: NeighbourTable
    r: Float[Array, "*batch slots"]
    theta: Float[Array, "*batch slots"]
    connection: Float[Array, "*batch slots"]
    real: Bool[Array, "*batch vertices"]

    def inverse_degrees(self) -> Float[Array, " vertices"]:
        """1 over the number of neighbours of each vertex; 0 where there are none."""
        return _inverse(self.table)


class Pooling(eqx.Module):
    """Between two scales: `down` gathers each cluster, `up` gives each vertex what its cluster has.

    The angles say how a vector is turned on the way from one frame to the other.
    """

    down: NeighbourTable
    up: NeighbourTable
    down_angle: Float[Array, "*batch down_slots"]
    up_angle: Float[Array, "*batch up_slots"]

    def inverse_sizes(self) -> Float[Array, " clusters"]:
        """1 over the number of vertices of each cluster; 0 for none."""
        return _inverse(self.down)


class Spectrum(eqx.Module):
    """The slowest waves of a surface: made by `with_spectrum`.

    Args:
        values: the eigenvalues, over the unit of area.
        waves: the eigenvectors, orthonormal with the areas as weights.
        mass: the area of each vertex.
        gradient: the weights of a neighbour's difference in the gradient, for each slot of the finest table.
    """

    values: Float[Array, "*batch waves"]
    waves: Float[Array, "*batch vertices waves"]
    mass: Float[Array, "*batch vertices"]
    gradient: Float[Array, "*batch slots 2"]


class Faces(eqx.Module):
    """Faces and edges of a surface as two graphs: made by `with_faces`.

    Args:
        corners: from vertices to the faces that they are corners of.
        around: from faces to their vertices.
        ends: from vertices to the edges that they are ends of.
        primal: from faces to the faces across their edges.
        crossing: from edges to the slots of `primal` that cross them.
        dual: from edges to the edges with which they share a face.
        shape: of each edge: its dihedral angle, and its length over the heights of its two faces, or 0 without them.
    """

    corners: NeighbourTable
    around: NeighbourTable
    ends: NeighbourTable
    primal: NeighbourTable
    crossing: NeighbourTable
    dual: NeighbourTable
    shape: Float[Array, "*batch edges 3"]


class Hierarchy(eqx.Module):
    """The scales of a surface, finest first, and the steps between them; waves and faces, where a network asks."""

    surfaces: tuple[Surface, ...]
    poolings: tuple[Pooling, ...]
    spectrum: Spectrum | None = None
    faces: Faces | None = None

    @property
    def finest(self) -> Surface:
        """The surface itself."""
        return self.surfaces[0]


def _inverse(table: NeighbourTable) -> Array:
    count = table.degrees().astype(float)  # a quotient of short integers would be of single precision
    return jnp.where(count > 0, 1 / jnp.maximum(count, 1), 0.0)
