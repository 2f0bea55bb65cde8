"""The Cole-Hopf solution beside published numbers, its own equation, and the published file where there is one."""

import os
from pathlib import Path

import numpy as np
import pytest

from wellposed.io import read_matlab
from wellposed.simulate.burgers import VISCOSITY, burgers

PUBLISHED = Path(os.environ.get("WELLPOSED_BURGERS", "burgers_shock.mat"))


def test_the_steepest_slope_is_the_published_one():
    """Basdevant et al. 1986: the largest |u_x(t, 0)| is 152.00516, at t = 1.6037 / pi."""
    ts, h = np.linspace(1.58, 1.62, 401) / np.pi, 1e-5
    slope = -burgers(ts, np.array([-h, h])) @ np.array([-1, 1]) / (2 * h)
    assert slope.max() == pytest.approx(152.00516, rel=1e-6)
    assert ts[slope.argmax()] * np.pi == pytest.approx(1.6037, abs=2e-4)


def test_it_solves_the_equation_with_its_initial_and_boundary_values():
    h = 1e-4
    u = lambda t, x: burgers(np.array([t]), np.array([x]), 0.05)[0, 0]
    for t, x in ((0.2, 0.3), (0.7, -0.1)):
        u_t, u_x = (u(t + h, x) - u(t - h, x)) / (2 * h), (u(t, x + h) - u(t, x - h)) / (2 * h)
        u_xx = (u(t, x + h) - 2 * u(t, x) + u(t, x - h)) / h**2
        assert u_t + u(t, x) * u_x == pytest.approx(0.05 * u_xx, abs=1e-5)
    xs = np.linspace(-1, 1, 9)
    np.testing.assert_allclose(burgers(np.array([0.0]), xs)[0], -np.sin(np.pi * xs), atol=1e-12)
    np.testing.assert_allclose(burgers(np.array([0.4]), np.array([-1.0, 1.0])), 0, atol=1e-10)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="WELLPOSED_BURGERS names the published burgers_shock.mat; unset")
def test_it_is_the_published_solution():
    found = read_matlab(PUBLISHED, ["x", "t", "usol"])
    ours = burgers(found["t"].ravel(), found["x"].ravel(), VISCOSITY)
    np.testing.assert_allclose(ours, found["usol"].T, atol=1e-9)
