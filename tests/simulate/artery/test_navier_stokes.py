"""Steady flow: Poiseuille's, its convergence, mass, rotation, and how it fails."""

import numpy as np
import pytest

from wellposed.simulate.artery import (
    BLOOD,
    RINGS,
    Bend,
    Outcome,
    Stenosis,
    Vessel,
    developed,
    finer,
    flux,
    steady_flow,
    swept_lumen,
    wall_shear_stress,
)

R, Q = 0.15, 15.0 * np.pi * 0.15**2
TUBE = Vessel(R, 0.3, inlet_extension=0.1, outlet_extension=0.1)
BENT = Vessel(R, 1.0, 0.1, (Bend(0.5, 0.4, 0.8, 1.0),), (Stenosis(0.5, 0.3, 0.25, 0.5),), 0.2, 0.4)


@pytest.fixture(scope="module")
def bent():
    lumen = swept_lumen(BENT, 12, long=1.3).lumen
    return lumen, steady_flow(lumen, Q)


def test_the_inflow_of_a_disc_is_poiseuilles():
    swept = swept_lumen(TUBE, 24)
    velocity, count = developed(swept.lumen, Q), swept.disc.points.shape[0]
    exact = 2 * Q / (np.pi * R**2) * (1 - (swept.lumen.points[:count, :2] ** 2).sum(axis=1) / R**2)
    inside = np.arange(count) >= 24
    assert np.abs(velocity[:count, 2] - exact)[inside].max() < 0.02 * exact.max()
    assert flux(velocity, swept.lumen.points, swept.lumen.inlet) == pytest.approx(-Q)


def _error(around, rings):
    lumen = swept_lumen(TUBE, around, rings=rings).lumen
    flow = steady_flow(lumen, Q)
    exact = 2 * Q / (np.pi * R**2) * (1 - (lumen.points[:, :2] ** 2).sum(axis=1) / R**2)
    inside = np.abs(lumen.points[:, 2] - 0.15) < 0.1
    return np.sqrt(np.mean((flow.velocity[inside, 2] - exact[inside]) ** 2) / np.mean(exact[inside] ** 2))


def test_the_error_falls_with_the_square_of_the_cells():
    assert np.log2(_error(12, RINGS[::2]) / _error(24, finer(RINGS[::2], 2))) > 1.8


def test_what_comes_in_leaves(bent):
    lumen, flow = bent
    assert flux(flow.velocity, lumen.points, lumen.outlet) == pytest.approx(Q, rel=1e-8)


def test_newtons_method_converges_and_few_matrices_are_factored(bent):
    _, flow = bent
    assert flow.outcome is Outcome.CONVERGED
    assert flow.residual == flow.history[-1] < 1e-9
    assert flow.factored <= 3 < flow.iterations < 12
    assert np.all(np.diff(flow.history) < 0)


def test_only_wall_and_inlet_react(bent):
    lumen, flow = bent
    reacts = np.isin(np.arange(len(lumen.points)), np.union1d(lumen.wall, lumen.inlet))
    assert np.abs(flow.force[~reacts]).max() < 1e-8 * np.abs(flow.force).max()


def test_a_guess_saves_the_stokes_flow_and_a_bad_one_does_no_harm():
    swept = swept_lumen(TUBE, 12, long=1.5, rings=RINGS[::2])
    starts = (None, swept.guess(Q), 1e4 * np.random.default_rng(0).normal(size=swept.lumen.points.shape))
    flow, guessed, bad = (steady_flow(swept.lumen, Q, start=start, steps=6) for start in starts)
    assert guessed.factored < flow.factored < bad.factored
    for other in (guessed, bad):
        np.testing.assert_allclose(other.velocity, flow.velocity, atol=1e-6)


def test_rotating_the_vessel_rotates_the_stress(bent):
    lumen, flow = bent
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    moved = lumen._replace(points=lumen.points @ turn.T + np.asarray([1.0, 2.0, 3.0]))
    stress = wall_shear_stress(lumen, flow)
    again = wall_shear_stress(moved, steady_flow(moved, Q))
    assert np.abs(again - stress @ turn.T).max() < 1e-8 * np.abs(stress).max()


def test_a_flow_of_twice_the_size_with_twice_the_viscosity_is_the_same(bent):
    """Reynolds' similarity: u -> 2 u, mu -> 2 mu leaves Re, and the stress grows by 4."""
    lumen, flow = bent
    thick = steady_flow(lumen, 2 * Q, BLOOD._replace(viscosity=2 * BLOOD.viscosity))
    np.testing.assert_allclose(thick.velocity, 2 * flow.velocity, atol=1e-6)
    np.testing.assert_allclose(thick.force, 4 * flow.force, atol=1e-6)


def test_what_does_not_converge_is_said():
    lumen = swept_lumen(TUBE, 12).lumen
    flow = steady_flow(lumen, Q, tolerance=1e-30, steps=1, throw=False)
    assert flow.outcome is Outcome.STALLED
    assert flow.iterations > 2
    with pytest.raises(ArithmeticError, match=r"did not converge .* A linear system could not be solved"):
        steady_flow(lumen, Q, BLOOD._replace(viscosity=np.nan))
    for inflow in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="steady_flow expects a positive inflow in cm3/s, got"):
            steady_flow(lumen, inflow)
