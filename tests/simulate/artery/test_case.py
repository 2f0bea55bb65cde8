"""One case of the data set."""

import numpy as np
import pytest

from wellposed.simulate.artery import KINDS, bifurcating_case, draw_vessel, normals, single_case


@pytest.fixture(scope="module")
def case():
    return single_case(0, 2, around=12)


def test_the_wall_is_an_open_tube(case):
    around, count = 12, len(case.pos)
    edges = np.sort(np.concatenate([case.face[:, p] for p in ([0, 1], [1, 2], [0, 2])]), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    assert set(times) == {1, 2}
    assert (times == 1).sum() == 2 * around  # its two rims
    assert count - len(unique) + len(case.face) == 0
    np.testing.assert_array_equal(np.unique(case.face), np.arange(count))
    np.testing.assert_array_equal(case.inlet_idcs, np.arange(around))
    np.testing.assert_allclose(case.pos[case.inlet_idcs].mean(axis=0), 0, atol=1e-9)


def test_the_stress_lies_in_the_wall_and_points_downstream(case):
    size = np.linalg.norm(case.wss, axis=1)
    area, normal = normals(case.pos, case.face), np.zeros_like(case.pos)
    for k in range(3):
        np.add.at(normal, case.face[:, k], area)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    assert np.abs((case.wss * normal).sum(axis=1))[case.mask].max() < 1e-10 * size.max()
    poiseuille = 4 * 0.04 * case.facts["inflow_cm3_per_s"] / (np.pi * case.facts["radius_cm"] ** 3)
    first = np.flatnonzero(case.mask)[:12]
    assert 0.8 * poiseuille < size[first].mean() < 2 * poiseuille
    assert (case.wss[first, 2] > 0).all()  # it begins along z


def test_the_mask_leaves_out_a_diameter_at_both_ends(case):
    radius = case.facts["radius_cm"]
    assert case.pos[case.mask][:, 2].min() == pytest.approx(2 * radius, abs=0.15)
    assert 0.6 < case.mask.mean() < 0.85
    assert case.facts["flux_error"] < 1e-6


def test_a_number_is_always_the_same_case(case):
    again = single_case(0, 2, around=12)
    np.testing.assert_array_equal(again.pos, case.pos)
    # the threads of the sparse solver add in an order of their own
    np.testing.assert_allclose(again.wss, case.wss, atol=1e-10 * np.abs(case.wss).max())
    assert again.facts["radius_cm"] != draw_vessel(np.random.default_rng([0, 3])).radius
    assert set(KINDS) == {"single", "bifurcating"}


def test_the_wall_of_a_bifurcating_case_has_three_rims():
    case = bifurcating_case(0, 0, around=16)
    edges = np.sort(np.concatenate([case.face[:, p] for p in ([0, 1], [1, 2], [0, 2])]), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    assert set(times) == {1, 2}
    assert (times == 1).sum() == 3 * 16
    assert len(case.pos) - len(unique) + len(case.face) == -1
    length = case.facts["parent_length_cm"]
    assert case.pos[case.inlet_idcs, 2].max() < -length  # the parent comes along z to the origin
    assert 0.5 < case.mask.mean() < 0.95
    assert not case.mask[case.inlet_idcs].any()
    assert case.facts["flux_error"] < 1e-6
    size = np.linalg.norm(case.wss, axis=1)[case.mask]
    assert 0 < size.min() < np.median(size) < size.max() < 20 * np.median(size)
