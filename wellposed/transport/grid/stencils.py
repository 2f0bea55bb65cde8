"""Averages and differences between cells and faces, and the cosine transform that makes them diagonal.

A face array of one axis has one more entry along it than there are cells; those at its ends lie in the walls.
"""

import math
from typing import TypeAlias

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .grid import Grid, slices

Faces: TypeAlias = tuple[Float[Array, "steps ..."], ...]
_WALL = math.sqrt(0.5)  # of a wall's "average": with it, the average's square is diagonal under the cosine transform


def _padded(inner: Array, axis: int) -> Array:
    return jnp.pad(inner, [(int(a == axis), int(a == axis)) for a in range(inner.ndim)])


def averaged(grid: Grid, rho: Float[Array, "steps *space"]) -> Faces:
    """Cells to faces, in each dimension: the arithmetic mean; sqrt(1/2) of the cell beside a wall."""
    found = []
    for axis in grid.axes:
        left, right = slices(rho, axis)
        n = rho.shape[axis]
        ends = [jnp.take(rho, jnp.array([i]), axis=axis) * _WALL for i in (0, n - 1)]
        found.append(jnp.concatenate([ends[0], (left + right) / 2, ends[1]], axis=axis))
    return tuple(found)


def averaged_adjoint(grid: Grid, faces: Faces) -> Float[Array, "steps *space"]:
    """The adjoint of `averaged`."""
    parts = []
    for axis, face in zip(grid.axes, faces, strict=True):
        n = face.shape[axis]
        weights = np.full(n, 0.5)
        weights[[0, -1]] = _WALL
        left, right = slices(face * _along(weights, axis, face), axis)
        parts.append(left + right)
    return sum(parts[1:], parts[0])


def gradient(grid: Grid, phi: Float[Array, "steps *space"]) -> Faces:
    """Differences across the faces; zero at the walls."""
    found = []
    for axis, h in zip(grid.axes, grid.spacing, strict=True):
        left, right = slices(phi, axis)
        found.append(_padded((right - left) / h, axis))
    return tuple(found)


def divergence(grid: Grid, momentum: Faces) -> Float[Array, "steps *space"]:
    """What leaves a cell through its faces, over its volume: minus the adjoint of `gradient`."""
    parts = []
    for axis, h, face in zip(grid.axes, grid.spacing, momentum, strict=True):
        left, right = slices(face, axis)
        parts.append((right - left) / h)
    return sum(parts[1:], parts[0])


def laplacian(grid: Grid, phi: Float[Array, "steps *space"]) -> Float[Array, "steps *space"]:
    """The divergence of the gradient, with no flux through the walls."""
    return divergence(grid, gradient(grid, phi))


def eigenvalues(grid: Grid) -> tuple[Float[Array, "*space"], Float[Array, "*space"]]:
    """Of minus the Laplacian, and of the squared averages summed over dimensions, in the cosine transform's basis."""
    minus_laplacian, squares = np.zeros(grid.shape), np.zeros(grid.shape)
    for axis, (n, h) in enumerate(zip(grid.shape, grid.spacing, strict=True)):
        sine = np.sin(np.pi * np.arange(n) / (2 * n)) ** 2
        sine = sine.reshape([n if a == axis else 1 for a in range(grid.dimension)])
        minus_laplacian = minus_laplacian + 4 / h**2 * sine
        squares = squares + 1 - sine
    return jnp.asarray(minus_laplacian, float), jnp.asarray(squares, float)


def cosine(grid: Grid, cells: Float[Array, "steps *space"], inverse: bool = False) -> Float[Array, "steps *space"]:
    """The orthonormal cosine transform in space, as dense products: up to 128 cells a side they beat a fast one."""
    for axis in grid.axes:
        matrix = _cosines(cells.shape[axis]).astype(cells.dtype)
        product = jnp.tensordot(cells, matrix, axes=[[axis], [0 if inverse else 1]])
        cells = jnp.moveaxis(product, -1, axis)
    return cells


def _cosines(n: int) -> Array:
    k, i = np.arange(n)[:, None], np.arange(n)[None]
    rows = np.cos(np.pi * k * (2 * i + 1) / (2 * n)) * np.sqrt(2 / n)
    rows[0] /= np.sqrt(2)
    return jnp.asarray(rows)


def _along(values: np.ndarray, axis: int, like: Array) -> Array:
    """A vector as an array that varies along one axis."""
    shape = [1] * like.ndim
    shape[axis] = len(values)
    return jnp.asarray(values, like.dtype).reshape(shape)
