"""The equations of an element beside quadrature, and their derivative beside complex steps."""

from inspect import unwrap

import numpy as np
import pytest

from wellposed.simulate.artery import Fluid, Lumen, elements
from wellposed.simulate.artery.element import jacobian, local, residual

RNG = np.random.default_rng(1)
NONE = np.zeros((0, 3), int)
POINTS = np.asarray([[0.0, 0, 0], [0.3, 0, 0.1], [0.1, 0.4, 0], [0, 0.1, 0.2]])
EL = elements(Lumen(POINTS, np.asarray([[0, 1, 2, 3]]), NONE, NONE, NONE))
U, P = 5 * RNG.normal(size=(4, 3, 1)), 10 * RNG.normal(size=(4, 1))


def test_the_derivative_is_exact():
    fluid, step = Fluid(), 1e-30
    found = np.zeros((4, 4, 4, 4))
    for i, j, block in jacobian(EL, fluid, local(EL, fluid, U, P)):
        found[:, i, :, j] = block[:, :, 0]
    for b in range(4):
        for j in range(4):
            x = np.concatenate([U, P[:, None]], axis=1).astype(complex)
            x[b, j] += 1j * step
            value = _residual(fluid, x[:, :3], x[:, 3])
            np.testing.assert_allclose(found[:, :, b, j], value.imag[:, :, 0] / step, rtol=1e-10, atol=1e-12)


def _residual(fluid, u, p):
    """Complex numbers are none of the types in the signatures."""
    return unwrap(residual)(EL, fluid, unwrap(local)(EL, fluid, u, p))


def test_the_integrals_are_those_of_a_quadrature_of_degree_2():
    fluid = Fluid(1.06, 0.04)
    at = local(EL, fluid, U, P)
    found, volume, g = residual(EL, fluid, at)[..., 0], EL.volume[0], EL.gradient[..., 0]
    slope, grad_p = np.einsum("ai,aj->ij", U[..., 0], g), g.T @ P[:, 0]
    momentum, mass = np.zeros((4, 3)), np.zeros(4)
    mean = U[..., 0].mean(axis=0)
    strong = fluid.density * slope @ mean + grad_p
    for k in range(4):  # the four points of Hammer and Stroud
        phi = np.where(np.arange(4) == k, 0.5854101966249685, 0.1381966011250105)
        u, p, w = phi @ U[..., 0], phi @ P[:, 0], volume / 4
        momentum += w * (fluid.density * phi[:, None] * (slope @ u) + fluid.viscosity * g @ slope.T - p * g)
        momentum += w * fluid.density * at.theta[0] * (g @ mean)[:, None] * strong
        momentum += w * at.gamma[0] * np.trace(slope) * g
        mass += w * (phi * np.trace(slope) + at.theta[0] * g @ strong)
    np.testing.assert_allclose(found[:, :3], momentum, rtol=1e-12)
    np.testing.assert_allclose(found[:, 3], mass, rtol=1e-12)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_weights_are_those_of_the_paper(share):
    fluid = Fluid(share * 1.06, 0.04)
    at, G, u = local(EL, fluid, U, P), EL.metric[..., 0], U[..., 0].mean(axis=0)
    theta = (fluid.density**2 * u @ G @ u + 36 * 0.04**2 * (G * G).sum()) ** -0.5
    assert at.theta[0] == pytest.approx(theta)
    assert at.gamma[0] == pytest.approx(1 / (theta * np.trace(G)))
