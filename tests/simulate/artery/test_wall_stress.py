"""Wall shear stress: Poiseuille's, and that of a slowly tapering tube with inertia."""

import numpy as np

from wellposed.simulate.artery import BLOOD, Vessel, steady_flow, swept_lumen, wall_shear_stress


def rim_stress(vessel, inflow, around):
    swept = swept_lumen(vessel, around)
    stress = wall_shear_stress(swept.lumen, steady_flow(swept.lumen, inflow))
    rim = np.arange(swept.s.size)[:, None] * swept.disc.points.shape[0] + np.arange(around)
    return swept.s, stress[rim], stress


def test_poiseuille_within_one_percent():
    radius, inflow = 0.15, 1.0
    s, found, everywhere = rim_stress(Vessel(radius, 0.2, inlet_extension=0.1, outlet_extension=0.1), inflow, 24)
    exact = 4 * BLOOD.viscosity * inflow / (np.pi * radius**3)
    inside = found[(s > 0.02) & (s < 0.18)]
    np.testing.assert_allclose(inside[..., 2].mean(axis=1), exact, rtol=0.01)
    assert inside[..., 2].std(axis=1).max() < 0.002 * exact
    assert np.abs(inside[..., :2]).max() < 1e-3 * exact
    assert (everywhere == 0).all(axis=1).sum() == len(everywhere) - found[..., 0].size


def test_the_stress_in_a_slow_taper_grows_with_inertia():
    """To first order in the slope, tau = 4 mu Q / (pi R^3) (1 - Re R' / 12), Re = 2 rho Q / (pi R mu)."""
    radius, slope = 0.15, -0.03
    vessel = Vessel(radius, 1.2, -slope * 1.2 / radius, inlet_extension=0.15, outlet_extension=0.3)
    ratio = {}
    for inflow in (0.0, 0.2):
        s, found, _ = rim_stress(vessel, max(inflow, 1e-6), 16)
        middle = np.abs(s - 0.9) < 0.15
        ratio[inflow] = np.linalg.norm(found, axis=2)[middle].mean(axis=1) / max(inflow, 1e-6)
    local = radius + slope * s[middle]
    reynolds = 0.2 * 2 * BLOOD.density / (np.pi * local * BLOOD.viscosity)
    np.testing.assert_allclose(ratio[0.2] / ratio[0.0] - 1, -reynolds * slope / 12, rtol=0.1)
