"""The nearest density and momentum that obey the continuity equation, exactly: one step of the splitting."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .grid import Grid
from .stencils import Faces, averaged, averaged_adjoint, cosine, divergence, eigenvalues, gradient, laplacian


class Weights(NamedTuple):
    """Of the squared distances: of densities (on faces and at nodes) and of momenta."""

    density: Float[Array, ""]
    momentum: Float[Array, ""]


class Copy(NamedTuple):
    """What the costs see of a density rho and a momentum m.

    Attributes:
        face: rho averaged over a step of time and over the two cells of a face.
        momentum: m itself, on faces.
        node: rho itself, at the end of each step.
    """

    face: Faces
    momentum: Faces
    node: Float[Array, "steps *space"]


class Path(NamedTuple):
    """A density at the end of each step, and a momentum through the faces during each step."""

    rho: Float[Array, "steps *space"]
    momentum: Faces


def copied(grid: Grid, start: Float[Array, "*space"], path: Path) -> Copy:
    """What the costs see of a path that leaves from `start`."""
    before = jnp.concatenate([start[None], path.rho[:-1]])
    return Copy(averaged(grid, (before + path.rho) / 2), path.momentum, path.rho)


def projected(
    grid: Grid,
    nu: Float[Array, ""],
    start: Float[Array, "*space"],
    end: Float[Array, "*space"] | None,
    goal: Copy,
    weights: Weights,
) -> tuple[Path, Float[Array, "steps *space"]]:
    """The path whose copy is nearest to a goal among those with

        (rho_{k+1} - rho_k) / dt - nu Laplacian (rho_{k+1} + rho_k) / 2 + div m_{k+1/2} = 0,   rho_0 = start,

    and rho_N = end where one is given. In the cosine transform's basis that is one tridiagonal system in time for each
    mode: with its eigenvalue lambda of minus the Laplacian, rho minimises

        weights.density (|T rho - face|^2 + |rho - node|^2) + weights.momentum |A rho + div m|^2 / lambda.

    Returns:
        The path, and the multiplier phi of the equation up to a constant in each step: it grows as the value function
        of agents, so that v = -grad phi / alpha at the optimum.
    """
    minus_laplacian, squares = (a.astype(start.dtype) for a in eigenvalues(grid))
    first = cosine(grid, start[None])[0]
    p, q = 1 / grid.dt + nu * minus_laplacian / 2, 1 / grid.dt - nu * minus_laplacian / 2
    wish = _wish(grid, start, goal)
    inflow = -cosine(grid, divergence(grid, goal.momentum))
    target = inflow.at[0].add(q * first)
    w = weights.density * minus_laplacian
    ahead = jnp.concatenate([target[1:], jnp.zeros_like(target[:1])])
    right = w[None] * cosine(grid, wish) + weights.momentum * (p[None] * target - q[None] * ahead)
    diagonal = w * (squares / 2 + 1) + weights.momentum * (p**2 + q**2)
    last = w * (squares / 4 + 1) + weights.momentum * p**2
    beside = w * squares / 4 - weights.momentum * p * q
    final = None if end is None else cosine(grid, end[None])[0]
    rho = _tridiagonal(diagonal, last, beside, right, final)
    before = jnp.concatenate([jnp.zeros_like(rho[:1]), rho[:-1]])
    excess = p[None] * rho - q[None] * before - target  # what the goal's momentum fails to carry
    safe = jnp.where(minus_laplacian > 0, minus_laplacian, 1)
    push = cosine(grid, excess / safe[None], inverse=True)
    momentum = tuple(a + b for a, b in zip(goal.momentum, gradient(grid, push), strict=True))
    density = cosine(grid, rho, inverse=True)
    density = density if end is None else density.at[-1].set(end)
    return Path(density, momentum), -weights.momentum * push


def carried(grid: Grid, nu: Float[Array, ""], start: Float[Array, "*space"], path: Path) -> Path:
    """The same density, and the nearest momentum that carries it."""
    left = continuity_residual(grid, nu, start, path)
    minus_laplacian = eigenvalues(grid)[0].astype(left.dtype)
    safe = jnp.where(minus_laplacian > 0, minus_laplacian, 1)
    push = gradient(grid, cosine(grid, cosine(grid, left) / safe[None], inverse=True))
    return Path(path.rho, tuple(a + b for a, b in zip(path.momentum, push, strict=True)))


def continuity_residual(
    grid: Grid, nu: Float[Array, ""], start: Float[Array, "*space"], path: Path
) -> Float[Array, "steps *space"]:
    """(rho_{k+1} - rho_k) / dt - nu Laplacian (rho_{k+1} + rho_k) / 2 + div m."""
    before = jnp.concatenate([start[None], path.rho[:-1]])
    diffusion = nu * laplacian(grid, before + path.rho) / 2
    return (path.rho - before) / grid.dt - diffusion + divergence(grid, path.momentum)


def _wish(grid: Grid, start: Array, goal: Copy) -> Array:
    """The adjoint of the copy of rho, applied to the goal less what `start` adds to it."""
    known = averaged(grid, start[None] / 2)
    faces = tuple(a.at[0].add(-b[0]) for a, b in zip(goal.face, known, strict=True))
    at_middles = averaged_adjoint(grid, faces) / 2
    after = jnp.concatenate([at_middles[1:], jnp.zeros_like(at_middles[:1])])
    return at_middles + after + goal.node


def _tridiagonal(diagonal: Array, last: Array, beside: Array, right: Array, final: Array | None) -> Array:
    """Solves a symmetric tridiagonal system in the first axis, constant but for its last row, for each mode."""
    if final is not None:
        right = right.at[-1].set(final)
        if len(right) > 1:
            right = right.at[-2].add(-beside * final)
    steps = len(right)

    def down(carry: tuple[Array, Array], row: tuple[Array, Array]) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        ratio, value = carry
        b, is_last = row
        d = jnp.where(is_last, last, diagonal) - beside * ratio
        new = (beside / d, (b - beside * value) / d)
        return new, new

    zero = jnp.zeros_like(diagonal)
    n = steps if final is None else steps - 1
    is_last = jnp.arange(n) == (n - 1 if final is None else -1)
    _, (ratios, values) = jax.lax.scan(down, (zero, zero), (right[:n], is_last))

    def up(after: Array, row: tuple[Array, Array]) -> tuple[Array, Array]:
        ratio, value = row
        x = value - ratio * after
        return x, x

    _, x = jax.lax.scan(up, zero, (ratios, values), reverse=True)
    return x if final is None else jnp.concatenate([x, final[None]])
