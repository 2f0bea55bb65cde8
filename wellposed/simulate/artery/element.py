"""The stabilised Navier-Stokes equations on linear tetrahedra, and their exact derivative."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from .tetrahedra import Elements

C_I = 36.0  # of the inverse estimate


class Fluid(NamedTuple):
    """An incompressible Newtonian fluid.

    Attributes:
        density: in g/cm3.
        viscosity: in g/(cm s).
    """

    density: float = 1.06
    viscosity: float = 0.04


class Local(NamedTuple):
    """What the equations are made of in each tetrahedron: all is constant there but the velocity itself.

    Attributes:
        u: the velocity at the corners.
        mean: its mean.
        p: the mean pressure.
        slope: `slope[i, j]` is du_i / dx_j.
        divergence: of the velocity.
        strong: r = rho (mean . grad) u + grad p, the momentum equation itself (u is linear: no viscous part).
        along: `along[a]` is mean . grad phi_a.
        theta: the weight of r, in cm3 s/g.
        gamma: the weight of the divergence, in g/(cm s).
        turn: d theta / d (velocity at a corner).
    """

    u: Float[np.ndarray, "4 3 tets"]
    mean: Float[np.ndarray, "3 tets"]
    p: Float[np.ndarray, " tets"]
    slope: Float[np.ndarray, "3 3 tets"]
    divergence: Float[np.ndarray, " tets"]
    strong: Float[np.ndarray, "3 tets"]
    along: Float[np.ndarray, "4 tets"]
    theta: Float[np.ndarray, " tets"]
    gamma: Float[np.ndarray, " tets"]
    turn: Float[np.ndarray, "3 tets"]


def local(el: Elements, fluid: Fluid, u: Float[np.ndarray, "4 3 tets"], pressure: Float[np.ndarray, "4 tets"]) -> Local:
    """Evaluate the parts of the equations."""
    rho, mu, G = fluid.density, fluid.viscosity, el.metric
    mean = u.mean(axis=0)
    slope = np.einsum("ait,ajt->ijt", u, el.gradient)
    strong = rho * np.einsum("ijt,jt->it", slope, mean) + np.einsum("at,ait->it", pressure, el.gradient)
    stretched = np.einsum("ijt,jt->it", G, mean)
    theta = (rho**2 * (mean * stretched).sum(axis=0) + C_I * mu**2 * (G * G).sum(axis=(0, 1))) ** -0.5
    return Local(
        u=u,
        mean=mean,
        p=pressure.mean(axis=0),
        slope=slope,
        divergence=np.einsum("iit->t", slope),
        strong=strong,
        along=np.einsum("ait,it->at", el.gradient, mean),
        theta=theta,
        gamma=1.0 / (theta * np.einsum("iit->t", G)),
        turn=-(theta**3) * rho**2 * stretched / 4.0,
    )


def residual(el: Elements, fluid: Fluid, at: Local) -> Float[np.ndarray, "4 4 tets"]:
    """The equations tested with each hat function: `[a, :3]` momentum, `[a, 3]` mass.

    Find u, p such that for all w, q

        (w, rho u . grad u) + (grad w, mu grad u) - (div w, p) + (q, div u)
        + sum_K (theta (rho u . grad w + grad q), r)_K + (gamma div w, div u)_K = 0,
        theta = (rho^2 u . G u + 36 mu^2 G : G)^(-1/2),  gamma = 1 / (theta trace G),

    the residual-based stabilisation of [@bazilevs2007] (SUPG, PSPG and the least squares of the incompressibility, as
    in [@tezduyar1992]) for a steady flow, without its cross and Reynolds stresses. In the weights the velocity is the
    mean one of the tetrahedron, so that every integral is exact.
    """
    rho, g = fluid.density, el.gradient
    convected = np.einsum("ijt,ajt->ait", at.slope, at.u)
    found = np.empty((4, 4, el.volume.size), at.u.dtype)
    found[:, :3] = rho * (convected.sum(axis=0, keepdims=True) + convected) / 20.0
    found[:, :3] += fluid.viscosity * np.einsum("ijt,ajt->ait", at.slope, g)
    found[:, :3] += (at.gamma * at.divergence - at.p) * g
    found[:, :3] += rho * (at.theta * at.along)[:, None] * at.strong
    found[:, 3] = at.divergence / 4.0 + at.theta * np.einsum("ait,it->at", g, at.strong)
    return found * el.volume


def jacobian(el: Elements, fluid: Fluid, at: Local) -> Iterator[tuple[int, int, Float[np.ndarray, "4 4 tets"]]]:
    """The derivative of `residual`: for each equation i and unknown j the block `[a, b]` of test and trial function."""
    rho, g, theta = fluid.density, el.gradient, at.theta
    trace = np.einsum("iit->t", el.metric)
    turned = -at.turn / (theta**2 * trace)  # d gamma / d (velocity at a corner)
    stiff = np.einsum("ait,bit->abt", g, g)
    tested = np.einsum("ait,it->at", g, at.strong)
    pulled = np.einsum("ait,ijt->ajt", g, at.slope)
    # what all velocity components have in common: transport and viscosity
    transport = (4.0 * at.along[None] + np.einsum("bit,ait->abt", g, at.u)) / 20.0
    common = rho * transport + fluid.viscosity * stiff
    common += rho**2 * (theta * at.along)[:, None] * at.along[None]
    mass = (1.0 + np.eye(4))[:, :, None] / 20.0
    for i in range(3):
        for j in range(3):
            drag = rho * mass * at.slope[i, j]
            tilt = rho * theta * (g[:, j] * at.strong[i] + rho * at.along * at.slope[i, j]) / 4.0
            tilt = tilt + rho * at.along * at.strong[i] * at.turn[j] + at.divergence * g[:, i] * turned[j]
            block = drag + tilt[:, None] + at.gamma * g[:, None, i] * g[None, :, j]
            yield i, j, (block + common if i == j else block) * el.volume
        yield i, 3, (-g[:, None, i] / 4.0 + rho * (theta * at.along)[:, None] * g[None, :, i]) * el.volume
        weighed = rho * (pulled[:, i] / 4.0)[:, None] + rho * at.along[None] * g[:, None, i]
        yield 3, i, (g[None, :, i] / 4.0 + theta * weighed + (tested * at.turn[i])[:, None]) * el.volume
    yield 3, 3, theta * stiff * el.volume
