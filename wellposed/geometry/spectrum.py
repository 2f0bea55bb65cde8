"""The slowest waves of a surface, for diffusion by a short product, and gradients in the frames."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from .heat import potpourri3d
from .mesh import Mesh
from .scales import Scales, Sizes
from .surface import Hierarchy, Spectrum


def with_spectrum(
    hierarchy: Hierarchy, surface: Scales, mesh: Mesh, count: int = 64, sizes: Sizes | None = None
) -> Hierarchy:
    """The arrays of a surface with its spectrum, as DiffusionNet asks for it [@sharp2022].

    The waves solve L phi = lambda M phi with the cotangent Laplacian L and the diagonal M of the vertices' areas. The
    gradient is the least squares fit of differences along the edges, in the frame of each vertex.

    Args:
        hierarchy: of `surface.arrays(...)`.
        surface: of `scales(mesh)`.
        mesh: the surface.
        count: how many waves.
        sizes: of the finest scale, if the hierarchy was padded.

    Raises:
        InputError: potpourri3d is not installed.
        ValueError: as many waves as vertices, or more.
    """
    vertices = hierarchy.finest.real.shape[0] if sizes is None else sizes.vertices
    values, waves = _waves(mesh, count)
    pad = ((0, vertices - mesh.vertices), (0, 0))
    spectrum = Spectrum(
        jnp.asarray(values, float),
        jnp.asarray(np.pad(waves, pad), float),
        jnp.asarray(np.pad(mesh.areas[:, None], pad)[:, 0], float),
        jnp.asarray(_gradient_weights(hierarchy, surface), float),
    )
    return Hierarchy(hierarchy.surfaces, hierarchy.poolings, spectrum, hierarchy.faces)


def _waves(mesh: Mesh, count: int) -> tuple[Float[np.ndarray, " count"], Float[np.ndarray, "vertices count"]]:
    from scipy.sparse import csc_array, diags_array, eye_array
    from scipy.sparse.linalg import eigsh

    if count >= mesh.vertices:
        raise ValueError(f"with_spectrum expects fewer waves than the {mesh.vertices} vertices, got {count}.")
    laplacian = csc_array(potpourri3d().cotan_laplacian(mesh.positions, mesh.faces, denom_eps=1e-10))
    mass = diags_array(np.maximum(mesh.areas, 1e-12 * mesh.area)).tocsc()
    small = 1e-8 * laplacian.diagonal().mean()
    start = np.random.default_rng(0).normal(size=mesh.vertices)
    values, waves = eigsh(laplacian + small * eye_array(mesh.vertices, format="csc"), count, mass, sigma=0.0, v0=start)
    return np.maximum(values, 0), waves


def _gradient_weights(hierarchy: Hierarchy, surface: Scales) -> Float[np.ndarray, "slots 2"]:
    """For each slot the two numbers by which a difference u_q - u_p enters the gradient at p."""
    level, table = surface.levels[0], hierarchy.finest.table
    vertices = len(level.vertex)
    d = level.positions[level.source] - level.positions[level.target]
    local = np.einsum("eij,ej->ei", level.frames[level.target, :2], d)
    weight = 1 / np.maximum(np.sum(d**2, axis=1), 1e-30)
    gram = np.zeros((vertices, 2, 2))
    np.add.at(gram, level.target, weight[:, None, None] * local[:, :, None] * local[:, None, :])
    gram += 1e-6 * np.eye(2)[None]  # both terms have no unit; this one matters where neighbours lie on one line
    rows = np.linalg.solve(gram[level.target], (weight[:, None] * local)[:, :, None])[:, :, 0]
    return np.append(rows, np.zeros((1, 2)), axis=0)[np.asarray(table.edge_of_slot)]
