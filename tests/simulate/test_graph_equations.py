"""Exact solutions on graphs against closed forms on a cycle and an independent integrator."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import poisson

from wellposed.simulate import advection_on_graph, heat_on_graph, waves_on_graph

N = 12
K = np.arange(N)
RING = np.roll(np.eye(N), 1, axis=1)  # from i to i + 1
LAPLACIAN = 2 * np.eye(N) - RING - RING.T


@pytest.mark.parametrize("mode", [0, 1, 3, 6])
def test_a_mode_of_a_cycle_decays_or_swings_by_its_eigenvalue(mode):
    wave, value = np.cos(2 * np.pi * mode * K / N)[:, None], 2 - 2 * np.cos(2 * np.pi * mode / N)
    np.testing.assert_allclose(heat_on_graph(LAPLACIAN, np.ones(N), wave, 0.7), np.exp(-0.7 * value) * wave, atol=1e-12)
    u, v = waves_on_graph(LAPLACIAN, np.ones(N), wave, 0 * wave, 0.7)
    w = value**0.5
    np.testing.assert_allclose(u, np.cos(0.7 * w) * wave, atol=1e-7)  # the root of the eigenvalue 0 has half the digits
    np.testing.assert_allclose(v, -w * np.sin(0.7 * w) * wave, atol=1e-7)


def test_a_free_wave_without_a_force_moves_on():
    u, v = waves_on_graph(np.zeros((2, 2)), np.ones(2), np.ones((2, 1)), np.full((2, 1), 3.0), 2.0)
    assert u.tolist() == [[7.0], [7.0]]
    assert v.tolist() == [[3.0], [3.0]]


def test_what_goes_around_a_one_way_ring_is_poissons():
    start = np.eye(N)[:, :1]
    u = advection_on_graph(RING, np.ones(N), start, 1.5)[:, 0]
    weights = poisson.pmf(np.arange(60), 1.5)
    np.testing.assert_allclose(u, np.bincount(np.arange(60) % N, weights), atol=1e-12)


def test_uneven_masses_against_an_integrator():
    rng = np.random.default_rng(0)
    rates, mass, start = rng.uniform(size=(N, N)) * (RING + RING.T), rng.uniform(0.5, 2, N), rng.normal(size=(N, 1))
    weights = rates + rates.T
    laplacian = np.diag(weights.sum(1)) - weights
    slopes = {
        "heat": lambda t, u: -laplacian @ u / mass,
        "advection": lambda t, u: (rates.T @ u - rates.sum(1) * u) / mass,
    }
    found = {
        "heat": heat_on_graph(laplacian, mass, start, 0.8),
        "advection": advection_on_graph(rates, mass, start, 0.8),
    }
    for name, slope in slopes.items():
        want = solve_ivp(slope, (0, 0.8), start[:, 0], "DOP853", rtol=1e-11, atol=1e-12).y[:, -1]
        np.testing.assert_allclose(found[name][:, 0], want, atol=1e-9)
        assert abs(mass @ (found[name] - start)) < 1e-12
