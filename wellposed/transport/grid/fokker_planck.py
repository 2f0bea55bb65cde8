"""The density of a crowd with a given velocity and noise, by finite volumes."""

import math
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.errors import InputError

from ..densities import AbstractDensity
from .grid import Grid, slices

_MOST_SUBSTEPS = 100_000
_LOOKS = 4  # in each step, for the largest velocity
_COURANT = 0.9  # of the step at which the scheme may stop being positive


def fokker_planck(
    grid: Grid,
    initial: AbstractDensity | Float[Array, "*space"],
    velocity: Callable[[Any, Any], Any],
    nu: float | Float[Array, ""] = 0.0,
) -> Float[Array, "nodes *space"]:
    """Solves d rho / dt + div(rho v) = nu Laplacian rho, without flux through the walls of the box.

    Finite volumes: what one cell loses another gains, so that the mass is kept. Values on faces come from the cells
    upwind by a limited parabola [@koren1993], and Heun's method is a mean of two forward steps, each short enough to
    keep rho >= 0:

        dt sum over dimensions of (3 |v| / h + 2 nu / h^2) <= 1.

    Second order in space and time where rho is smooth.

    Args:
        grid: cells, and the steps whose ends the density is returned at; each is cut into as many shorter ones as the
            condition asks for.
        initial: rho(0).
        velocity: v(x, t), of one point.
        nu: the diffusivity, at least 0.

    Shapes:
        `(steps + 1, *shape)`, the initial density first.

    Raises:
        InputError: the initial density is none on the grid, or the velocity is not finite, has another dimension, or
            is so large that more than 100,000 short steps were needed.
        ValueError: nu is negative.

    Example:
        >>> from wellposed.transport import Gaussian
        >>> grid = Grid(box=((-3.0, 3.0),), shape=(60,), steps=4)
        >>> rho = fokker_planck(grid, Gaussian.isotropic(jnp.zeros(1), 0.2), lambda x, t: jnp.ones(1), nu=0.05)
        >>> round(float(grid.mean(rho[-1])[0]), 3), round(float(rho[-1].sum() * grid.volume), 4)
        (1.0, 1.0)

    When it fails: a velocity that jumps, or is evaluated outside where it was learned, asks for many steps.
    """
    if not nu >= 0:
        raise ValueError(f"fokker_planck expects nu >= 0, got nu={nu}.")
    start = grid.tabulated(initial, "initial")
    _expect_dimension(grid, velocity)
    rate = float(_fastest(grid, velocity)) + sum(2 * float(nu) / h**2 for h in grid.spacing)
    if not math.isfinite(rate):
        raise InputError(
            "velocity: expected finite values on the grid, found NaN or infinity: check v(x, t) in the box"
        )
    substeps = max(1, math.ceil(grid.dt * rate / _COURANT))
    if substeps * grid.steps > _MOST_SUBSTEPS:
        raise InputError(
            f"velocity: expected one that at most {_MOST_SUBSTEPS} short steps can follow, found a need of "
            f"{substeps * grid.steps}: bound v(x, t) where the density is nil, or take larger cells"
        )
    return _integrated(grid, start, velocity, jnp.asarray(nu, start.dtype), substeps)


def _expect_dimension(grid: Grid, velocity: Callable[..., Array]) -> None:
    """Refuse a velocity of another dimension than the grid's."""
    of = lambda *shape: jax.ShapeDtypeStruct(shape, jnp.result_type(float))
    found = eqx.filter_eval_shape(velocity, of(grid.dimension), of()).shape
    if found != (grid.dimension,):
        raise InputError(
            f"velocity: expected v(x, t) of shape ({grid.dimension},) on this grid, found {found}: give one component "
            "for each dimension of the box"
        )


@eqx.filter_jit
def _integrated(grid: Grid, start: Array, velocity: Callable[..., Array], nu: Array, substeps: int) -> Array:
    dt = grid.dt / substeps

    def substep(rho: Array, t: Array) -> tuple[Array, None]:
        first = rho + dt * _change(grid, rho, velocity, nu, t)
        second = first + dt * _change(grid, first, velocity, nu, t + dt)
        return (rho + second) / 2, None

    def step(rho: Array, times: Array) -> tuple[Array, Array]:
        rho, _ = jax.lax.scan(substep, rho, times)
        return rho, rho

    times = (jnp.arange(grid.steps * substeps, dtype=start.dtype) * dt).reshape(grid.steps, substeps)
    _, rest = jax.lax.scan(step, start, times)
    return jnp.concatenate([start[None], rest])


def _change(grid: Grid, rho: Array, velocity: Callable[..., Array], nu: Array, t: Array) -> Array:
    """d rho / dt."""
    total = jnp.zeros_like(rho)
    for axis, h in enumerate(grid.spacing):
        v = _across(grid, velocity, axis, t)
        left, right = slices(rho, axis)
        inner = jax.lax.slice_in_dim(v, 1, v.shape[axis] - 1, axis=axis)
        before, after = slices(jnp.pad(right - left, [(int(a == axis),) * 2 for a in range(rho.ndim)]), axis)
        to_right, _ = slices(rho + _limited(before, after) / 2, axis)
        _, to_left = slices(rho - _limited(after, before) / 2, axis)
        upwind = jnp.where(inner > 0, to_right, to_left)
        flux = inner * upwind - nu * (right - left) / h
        flux = jnp.pad(flux, [(int(a == axis),) * 2 for a in range(flux.ndim)])
        out, into = slices(flux, axis)
        total = total + (out - into) / h
    return total


def _limited(behind: Array, ahead: Array) -> Array:
    """Twice what to add to a cell on its face ahead, from the differences on both sides; none at an extremum."""
    sign = jnp.sign(behind)
    behind, ahead = sign * behind, sign * ahead
    return sign * jnp.maximum(jnp.minimum(jnp.minimum(2 * ahead, 2 * behind), (behind + 2 * ahead) / 3), 0)


def _across(grid: Grid, velocity: Callable[..., Array], axis: int, t: Array) -> Array:
    """The velocity through the faces of one dimension."""
    at = lambda x: velocity(x, t)[axis]
    for _ in grid.shape:
        at = jax.vmap(at)
    return at(grid.faces(axis))


@eqx.filter_jit
def _fastest(grid: Grid, velocity: Callable[..., Array]) -> Array:
    """The largest sum of 3 |v| / h over dimensions, over faces and many times."""

    def at(t: Array) -> Array:
        parts = [3 * jnp.max(jnp.abs(_across(grid, velocity, axis, t))) / h for axis, h in enumerate(grid.spacing)]
        return sum(parts[1:], parts[0])

    return jnp.max(jax.lax.map(at, jnp.linspace(0, grid.duration, _LOOKS * grid.steps + 1)))
