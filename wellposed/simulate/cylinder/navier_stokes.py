"""The incompressible Navier-Stokes equations by spectral elements and a splitting in time."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .condensed import Condensed, condensed
from .mesh import Mesh
from .space import Space, space_on, surface

Velocity: TypeAlias = Callable[[Float[np.ndarray, "*batch 2"]], Float[np.ndarray, "*batch 2"]]
"""Points -> velocities there."""


class State(NamedTuple):
    """A flow at one time.

    Attributes:
        velocity: (u, v) now.
        before: (u, v) one step earlier.
        pressure: now; of density 1, and 0 at the outflow.
        time: now.
    """

    velocity: Float[Array, "2 elements q"]
    before: Float[Array, "2 elements q"]
    pressure: Float[Array, "elements q"]
    time: Float[Array, ""]


class NavierStokes(eqx.Module):
    """du/dt + (u . grad) u = -grad p + nu laplace(u), div u = 0, with the step in time as a map.

    Second order in time: the velocity splitting of [@karniadakis1991] with the rotational pressure condition,

        P = dt p:  <grad phi, grad P> = <grad phi, u' - dt (u* . grad) u* - nu dt curl curl u*> - 3/2 <phi, n . u_b>
        3/2 u - nu dt laplace(u) = u' - dt (u* . grad) u* - grad P

    where u* = 2 u_n - u_(n-1), u' = 2 u_n - u_(n-1) / 2 and u_b is the given velocity at the boundary. Where none is
    given the flow leaves freely: p = 0 and du/dn = 0.

    Both matrices depend on nu and dt through nu dt only: one object serves every viscosity, with dt = nu_dt / nu.
    Velocities and lengths are in any consistent units; with diameter 1 and speed 1, nu = 1 / Re.

    When it fails: convection is explicit, so a step that is too large for the smallest elements ends in values that
    are not finite; and an eddy that enters through the outflow is amplified.

    Attributes:
        space: functions on the mesh.
        nu_dt: viscosity times step.
        poisson: solves for the pressure.
        helmholtz: solves for the velocity.
        lifted: what the given velocities make of the shared points.
        flux: <phi, n . u_b>, at the points on the boundaries of elements.
    """

    space: Space
    nu_dt: Float[Array, ""]
    poisson: Condensed
    helmholtz: Condensed
    lifted: Float[Array, "2 interface"]
    flux: Float[Array, "elements b"]

    def step(self, state: State, dt: Float[Array, ""], amplitude: Float[Array, ""]) -> State:
        """One step.

        Args:
            state: the flow now.
            dt: the step; the viscosity is `nu_dt / dt`.
            amplitude: factor of the given velocities at the end of the step.
        """
        V = self.space
        star = 2.0 * state.velocity - state.before
        past = 2.0 * state.velocity - 0.5 * state.before
        gradients = jax.vmap(V.gradient)(star)  # (component, direction, elements, q)
        vorticity = V.continuous(gradients[1, 0] - gradients[0, 1])
        rise = V.gradient(vorticity)
        curl = jnp.stack([rise[1], -rise[0]])
        known = past - dt * (gradients * star[None]).sum(axis=1)
        source = V.weak_divergence(known - self.nu_dt * curl)
        source = source.at[:, : self.flux.shape[1]].add(-1.5 * amplitude * self.flux)
        P = self.poisson(V, source)
        f = V.mass[None] * (known - V.gradient(P)) / self.nu_dt
        velocity = jax.vmap(self.helmholtz, (None, 0, 0))(V, f, amplitude * self.lifted)
        return State(velocity, state.velocity, P / dt, state.time + dt)

    def slope(self, after: State, state: State, dt: Float[Array, ""]) -> Float[Array, "2 elements q"]:
        """du/dt at the end of the step from `state` to `after`, as the scheme has it."""
        return (1.5 * after.velocity - 2.0 * state.velocity + 0.5 * state.before) / dt


def navier_stokes(mesh: Mesh, nu_dt: float, given: Mapping[str, Velocity], free: tuple[str, ...] = ()) -> NavierStokes:
    """Assemble and factor, in double precision; the result has JAX's default precision.

    Args:
        mesh: the mesh.
        nu_dt: viscosity times step.
        given: parts of the boundary -> the velocity there.
        free: the parts where the flow leaves.

    Raises:
        ValueError: a part of the boundary is in neither or in both.
    """
    if sorted([*given, *free]) != sorted(mesh.parts):
        raise ValueError(
            f"navier_stokes expects each part of the boundary once, given or free, got {[*given, *free]} for "
            f"{list(mesh.parts)}."
        )
    fixed, values = _given(mesh, given)
    outflow = np.zeros(fixed.size, bool)
    for name in free:
        area = surface(mesh, name)
        outflow[mesh.numbers[area.elements, area.points]] = True
    outflow[0] |= not free  # the pressure has a free constant: one of its values is 0
    poisson, _ = condensed(mesh, 0.0, outflow)
    helmholtz, lift = condensed(mesh, 1.5 / nu_dt, fixed)
    return NavierStokes(
        space=space_on(mesh),
        nu_dt=jnp.asarray(nu_dt),
        poisson=poisson,
        helmholtz=helmholtz,
        lifted=jnp.asarray((lift @ values[fixed]).T),
        flux=jnp.asarray(_flux(mesh, given)),
    )


def _given(mesh: Mesh, given: Mapping[str, Velocity]) -> tuple[np.ndarray, np.ndarray]:
    """Which shared points have a given velocity, and the velocities."""
    fixed, values = np.zeros(mesh.numbers.max() + 1, bool), np.zeros((mesh.numbers.max() + 1, 2))
    for name, velocity in given.items():
        area = surface(mesh, name)
        number = mesh.numbers[area.elements, area.points]
        fixed[number] = True
        values[number] = velocity(mesh.points[area.elements, area.points])
    return fixed, values


def _flux(mesh: Mesh, given: Mapping[str, Velocity]) -> np.ndarray:
    flux = np.zeros(mesh.numbers.shape)
    for name, velocity in given.items():
        area = surface(mesh, name)
        through = (area.normals * velocity(mesh.points[area.elements, area.points])).sum(axis=-1)
        np.add.at(flux, (area.elements, area.points), through)
    return flux


def still(mesh: Mesh, velocity: Velocity) -> State:
    """A start from a velocity field, as if it had been the same one step before.

    Args:
        mesh: the mesh.
        velocity: the velocity; where it differs from a given one, the first step sets it.
    """
    field = jnp.asarray(np.moveaxis(velocity(mesh.points), -1, 0))
    return State(field, field, jnp.zeros_like(field[0]), jnp.zeros((), field.dtype))
