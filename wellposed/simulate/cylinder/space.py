"""Functions on a mesh, as their values at the points of each element, and the operations on them."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .mesh import Mesh


class Surface(NamedTuple):
    """A part of the boundary: `sum(normals * f[elements, points])` is the integral of `f` times the normal.

    Attributes:
        elements: of each side, for each of its points.
        points: their places within the element.
        normals: the outer normal times the quadrature weight.
    """

    elements: Int[np.ndarray, "sides n"]
    points: Int[np.ndarray, "sides n"]
    normals: Float[np.ndarray, "sides n 2"]


class Space(eqx.Module):
    """Continuous functions that are polynomials in each element ([@patera1984]).

    A function is an array (elements, q). The operations act on one function; use `jax.vmap` for more.

    Attributes:
        mass: quadrature weights times the Jacobian.
        slopes: d/dr and d/ds side by side, for `f @ slopes`.
        metric: d(r, s)/d(x, y), first index r or s, second x or y.
        numbers: of the points on the boundaries of elements.
        owners: the places of each number within all elements' boundary points; filled up with one past the end.
        shared: 1 / the assembled mass at each number.
    """

    mass: Float[Array, "elements q"]
    slopes: Float[Array, "q two_q"]
    metric: Float[Array, "2 2 elements q"]
    numbers: Int[Array, "elements b"]
    owners: Int[Array, "interface copies"]
    shared: Float[Array, " interface"]

    def gradient(self, f: Float[Array, "elements q"]) -> Float[Array, "2 elements q"]:
        """(df/dx, df/dy), element by element."""
        r, s = jnp.split(f @ self.slopes, 2, axis=-1)
        return self.metric[0] * r[None] + self.metric[1] * s[None]

    def weak_divergence(self, flux: Float[Array, "2 elements q"]) -> Float[Array, "elements q"]:
        """The integrals of grad(phi) . flux for each test function phi, element by element."""
        parts = (self.metric * flux[None]).sum(axis=1) * self.mass[None]
        return jnp.concatenate([parts[0], parts[1]], axis=-1) @ self.slopes.T

    def assembled(self, f: Float[Array, "elements b"]) -> Float[Array, " interface"]:
        """The sums of what elements hold at the points that they share."""
        padded = jnp.concatenate([f.ravel(), jnp.zeros(1, f.dtype)])
        return padded[self.owners].sum(axis=-1)

    def continuous(self, f: Float[Array, "elements q"]) -> Float[Array, "elements q"]:
        """The projection onto continuous functions: the mean, weighted by mass, at points that elements share."""
        b = self.numbers.shape[1]
        mean = self.assembled((self.mass * f)[:, :b]) * self.shared
        return jnp.concatenate([mean[self.numbers], f[:, b:]], axis=-1)

    def vorticity(self, velocity: Float[Array, "2 elements q"]) -> Float[Array, "elements q"]:
        """dv/dx - du/dy, made continuous."""
        return self.continuous(self.gradient(velocity[1])[0] - self.gradient(velocity[0])[1])

    def divergence(self, velocity: Float[Array, "2 elements q"]) -> Float[Array, "elements q"]:
        """du/dx + dv/dy, element by element."""
        return self.gradient(velocity[0])[0] + self.gradient(velocity[1])[1]

    def integral(self, f: Float[Array, "elements q"]) -> Float[Array, ""]:
        """The integral over the domain."""
        return jnp.sum(self.mass * f)


def space_on(mesh: Mesh) -> Space:
    """The functions on a mesh, in JAX's default precision.

    Example:
        >>> from wellposed.simulate.cylinder import rectangle_mesh
        >>> mesh = rectangle_mesh([0, 1, 2], [0, 1], 4, {"wall": lambda p: p[..., 0] > -1})
        >>> V = space_on(mesh)
        >>> float(V.integral(jnp.asarray(mesh.points[..., 0] ** 3)).round(4))
        4.0
    """
    metric, jacobian = metrics(mesh)
    mass = mesh.element.weights * jacobian
    q, b = mesh.element.weights.size, mesh.element.boundary
    flat = mesh.numbers.ravel()
    total = np.bincount(flat, mass[:, :b].ravel())
    return Space(
        mass=jnp.asarray(mass),
        slopes=jnp.asarray(
            np.concatenate(list(mesh.element.slopes)).reshape(2, q, q).transpose(2, 0, 1).reshape(q, -1)
        ),
        metric=jnp.asarray(metric),
        numbers=jnp.asarray(mesh.numbers),
        owners=jnp.asarray(_owners(flat)),
        shared=jnp.asarray(1.0 / total),
    )


def metrics(mesh: Mesh) -> tuple[Float[np.ndarray, "2 2 elements q"], Float[np.ndarray, "elements q"]]:
    """d(r, s)/d(x, y) at each point, and the Jacobian determinant of (x, y).

    Raises:
        ValueError: an element is folded.
    """
    jacobi = np.einsum("apq,eqc->acep", mesh.element.slopes, mesh.points)  # d(x, y)[c] / d(r, s)[a]
    determinant = jacobi[0, 0] * jacobi[1, 1] - jacobi[0, 1] * jacobi[1, 0]
    if determinant.min() <= 0:
        raise ValueError(
            f"A mesh expects elements with a positive Jacobian, got {determinant.min():g}: move the lines."
        )
    return np.stack([[jacobi[1, 1], -jacobi[1, 0]], [-jacobi[0, 1], jacobi[0, 0]]]) / determinant, determinant


def surface(mesh: Mesh, *names: str) -> Surface:
    """The named parts of the boundary.

    Example:
        >>> from wellposed.simulate.cylinder import rectangle_mesh
        >>> mesh = rectangle_mesh([0, 1, 2], [0, 1], 4, {"wall": lambda p: p[..., 0] > -1})
        >>> area = surface(mesh, "wall")
        >>> float((area.normals * mesh.points[area.elements, area.points]).sum().round(6))  # twice the area
        4.0
    """
    sides = np.concatenate([mesh.parts[name] for name in names])
    points = mesh.element.sides[sides[:, 1]]
    elements = np.broadcast_to(sides[:, :1], points.shape)
    along = np.einsum("apq,eqc->eapc", mesh.element.slopes, mesh.points)  # d(x, y)/d(r, s)
    direction = np.asarray([0, 1, 0, 1])[sides[:, 1]]  # along which of r, s a side runs
    tangents = along[elements, direction[:, None], points]
    outward = np.asarray([1.0, 1.0, -1.0, -1.0])[sides[:, 1], None, None]
    normals = outward * np.stack([tangents[..., 1], -tangents[..., 0]], axis=-1)
    return Surface(elements, points, normals * mesh.element.line[None, :, None])


def _owners(flat: np.ndarray) -> np.ndarray:
    counts = np.bincount(flat)
    owners = np.full((counts.size, counts.max()), flat.size)
    order = np.argsort(flat, kind="stable")
    rank = np.arange(flat.size) - np.repeat(np.cumsum(counts) - counts, counts)
    owners[flat[order], rank] = order
    return owners
