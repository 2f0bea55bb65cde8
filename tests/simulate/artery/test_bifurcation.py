"""The mesh of a bifurcating vessel."""

import numpy as np
import pytest

from wellposed.simulate.artery import (
    BLOOD,
    draw_bifurcation,
    elements,
    flux,
    forked_lumen,
    normals,
    steady_flow,
    wall_shear_stress,
)

VESSEL = draw_bifurcation(np.random.default_rng(0))
RINGS = ((1.0, 1.0), (0.8, 1.0), (0.5, 0.5))


@pytest.fixture(scope="module")
def forked():
    return forked_lumen(VESSEL, 16, RINGS)


def test_tetrahedra_fit_to_each_other_and_to_the_boundary(forked):
    lumen = forked.lumen
    sides = np.concatenate([np.delete(lumen.tets, k, axis=1) for k in range(4)])
    unique, times = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
    boundary = np.concatenate([lumen.wall, lumen.inlet, lumen.outlet])
    assert set(times) == {1, 2}
    np.testing.assert_array_equal(unique[times == 1], np.unique(np.sort(boundary, axis=1), axis=0))
    np.testing.assert_array_equal(np.unique(lumen.tets), np.arange(len(lumen.points)))


def test_the_boundary_looks_outwards(forked):
    lumen = forked.lumen
    boundary = np.concatenate([lumen.wall, lumen.inlet, lumen.outlet])
    area = normals(lumen.points, boundary)
    np.testing.assert_allclose(area.sum(axis=0), 0, atol=1e-12)
    assert (lumen.points[boundary].mean(axis=1) * area).sum() / 3 == pytest.approx(elements(lumen).volume.sum())
    edges = np.sort(np.concatenate([boundary[:, p] for p in ([0, 1], [1, 2], [0, 2])]), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    assert set(times) == {2}
    assert len(np.unique(boundary)) - len(unique) + len(boundary) == 2  # a sphere


def test_drawn_vessels_can_be_meshed():
    for k in range(1, 6):
        lumen = forked_lumen(draw_bifurcation(np.random.default_rng([1, k])), 16, RINGS).lumen
        assert (elements(lumen).volume > 0).all()


def test_what_comes_in_leaves_through_both_daughters_by_their_resistance(forked):
    lumen, inflow = forked.lumen, 0.2
    flow = steady_flow(lumen, inflow, BLOOD._replace(density=0.0))
    out = [flux(flow.velocity, lumen.points, ids[-1][forked.disc.anticlockwise]) for ids in forked.sections]
    assert sum(out[1:]) == pytest.approx(-out[0], rel=1e-8)
    assert -out[0] == pytest.approx(inflow)
    resistance = [1 / out[1], 1 / out[2]]
    poiseuille = []
    for branch in VESSEL.branches[1:]:
        s = np.linspace(0, branch.length + branch.outlet_extension, 400)
        radius = branch.lumen_radius(s, np.linspace(0, 2 * np.pi, 12, endpoint=False)).mean(axis=1)
        poiseuille.append(np.mean(radius**-4) * s[-1])
    assert resistance[0] / resistance[1] == pytest.approx(poiseuille[0] / poiseuille[1], rel=0.1)
    parent = np.linalg.norm(wall_shear_stress(lumen, flow)[forked.sections[0][-4, :16]], axis=1)
    radius = VESSEL.branches[0].tapered(np.asarray([VESSEL.branches[0].length]))[0]
    assert parent.mean() == pytest.approx(4 * BLOOD.viscosity * inflow / (np.pi * radius**3), rel=0.15)
