"""Runs of a coarse wake: their coefficients and slopes are those of the flow."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.simulate.cylinder import (
    Starts,
    begun,
    cycle,
    cylinder_wake,
    march,
    pod,
    recorded,
    reflected,
    snapshots,
    steady_flows,
)

RE = np.asarray([45.0, 60.0])
STARTS = Starts(RE, np.asarray([0.5, 1.0]), np.asarray([0, 2]))


@pytest.fixture(scope="module")
def case():
    with jax.enable_x64(True):
        wake = cylinder_wake(4, 0.04 / 60, (-6.0, -1.5, 1.5, 4.0, 8.0), (-5.0, -1.5, 1.5, 5.0))
        steady = steady_flows(wake, 40.0, 60.0, points=3, time=4.0)
        moments = cycle(wake, steady, 60.0, settle=2.0, length=2.0, moments=4)
        yield wake, steady, moments


def test_starts_scale_the_parts_of_the_cycle(case):
    wake, steady, moments = case
    states = begun(wake, steady, moments, STARTS)
    gap = np.asarray(states.velocity - steady.at(RE))
    np.testing.assert_allclose(gap[1], moments[2], atol=1e-12)
    odd = lambda u: (u - np.asarray(reflected(jnp.asarray(u), wake))) / 2
    np.testing.assert_allclose(odd(gap[0]), 0.5 * odd(moments[0]), atol=1e-12)
    np.testing.assert_allclose(gap[0] - odd(gap[0]), 0.25 * (moments[0] - odd(moments[0])), atol=1e-12)


def test_records_are_the_coefficients_of_the_flow_and_their_derivatives(case):
    wake, steady, moments = case
    states = begun(wake, steady, moments, STARTS)
    modes = pod(moments, np.asarray(wake.flow.space.mass), 3)
    ts = np.linspace(0.4, 1.2, 9)
    runs = recorded(wake, steady, states, RE, modes, ts, every=2)
    assert runs.trajectories.slopes is not None
    assert runs.trajectories.states.shape == runs.trajectories.slopes.shape == (2, 9, 3)
    np.testing.assert_array_equal(runs.trajectories.parameters, RE)
    # the flow at 30 steps, 1.2 at Re = 60 and 0.9 at Re = 45
    there = modes.coefficients(march(wake, states, RE, 30).velocity - steady.at(RE))
    np.testing.assert_allclose(runs.trajectories.states[1, 8], there[1], atol=1e-6)
    np.testing.assert_allclose(runs.trajectories.states[0, 5], there[0], atol=1e-6)
    np.testing.assert_allclose(modes.coefficients(runs.last), runs.trajectories.states[:, -1], atol=1e-4)
    step = ts[1] - ts[0]
    central = (runs.trajectories.states[:, 2:] - runs.trajectories.states[:, :-2]) / (2 * step)
    scale = np.abs(runs.trajectories.slopes).max()
    np.testing.assert_allclose(runs.trajectories.slopes[:, 1:-1], central, atol=0.02 * scale)


def test_snapshots_are_differences_from_the_steady_flow(case):
    wake, steady, moments = case
    states = begun(wake, steady, moments, STARTS)
    seen = snapshots(wake, steady, states, RE, np.asarray([0.4, 0.8]))
    there = march(wake, states, RE, 20).velocity - steady.at(RE)
    np.testing.assert_allclose(seen[1], there, atol=1e-9)


def test_a_step_that_is_too_large_is_told(case):
    _, steady, moments = case
    with jax.enable_x64(True):
        coarse = cylinder_wake(4, 1.0 / 60, (-6.0, -1.5, 1.5, 4.0, 8.0), (-5.0, -1.5, 1.5, 5.0))
        states = begun(coarse, steady, moments, STARTS)
        modes = pod(moments, np.asarray(coarse.flow.space.mass), 3)
        with pytest.raises(FloatingPointError, match="smaller nu_dt"):
            recorded(coarse, steady, states, RE, modes, np.linspace(1.0, 60.0, 3), every=1)
