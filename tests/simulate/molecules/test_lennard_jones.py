"""The energy of pairs beside published least energies, and its forces beside finite differences."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from wellposed.simulate import lennard_jones, lennard_jones_clusters

# of the Cambridge Cluster Database
LEAST = {2: -1.0, 3: -3.0, 4: -6.0, 5: -9.103852, 6: -12.712062, 7: -16.505384}


def relaxed(positions):
    def down(flat):
        energy, forces = lennard_jones(flat.reshape(-1, 3))
        return energy, -forces.ravel()

    return minimize(down, positions.ravel(), jac=True, method="L-BFGS-B", options={"gtol": 1e-9, "ftol": 1e-15}).fun


@pytest.mark.parametrize("atoms", LEAST)
def test_small_clusters_have_their_published_least_energies(atoms):
    found = min(relaxed(cluster.positions) for cluster in lennard_jones_clusters(4 * atoms, atoms))
    assert abs(found - LEAST[atoms]) < 1e-6


def test_thirteen_atoms_are_an_icosahedron():
    g = (1 + 5**0.5) / 2
    corners = np.array([[0, a, b * g] for a in (-1, 1) for b in (-1, 1)])
    corners = np.concatenate([corners, corners[:, [2, 0, 1]], corners[:, [1, 2, 0]]])
    assert abs(relaxed(np.concatenate([np.zeros((1, 3)), 0.57 * corners])) + 44.326801) < 1e-6


def test_forces_are_minus_the_slope_of_the_energy():
    (cluster,) = lennard_jones_clusters(1, 6, seed=3)
    step = 1e-5
    for place in np.ndindex(cluster.positions.shape):
        ahead, behind = cluster.positions.copy(), cluster.positions.copy()
        ahead[place] += step
        behind[place] -= step
        slope = (lennard_jones(ahead)[0] - lennard_jones(behind)[0]) / (2 * step)
        np.testing.assert_allclose(cluster.forces[place], -slope, rtol=1e-6, atol=1e-7)


def test_rigid_motions_mirrors_and_another_order_change_nothing():
    (cluster,) = lennard_jones_clusters(1, 8, seed=4)
    turn = -Rotation.random(rng=np.random.default_rng(0)).as_matrix()
    order = np.random.default_rng(1).permutation(8)
    energy, forces = lennard_jones((cluster.positions @ turn.T + 5)[order])
    assert abs(energy - cluster.energy) < 1e-10
    np.testing.assert_allclose(forces, (cluster.forces @ turn.T)[order], atol=1e-10)


def test_atoms_of_a_drawn_cluster_are_apart_and_the_same_seed_gives_the_same():
    clusters, again = lennard_jones_clusters(20, 7, seed=5), lennard_jones_clusters(20, 7, seed=5)
    for one, other in zip(clusters, again, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
        d = np.linalg.norm(one.positions[:, None] - one.positions[None], axis=2) + 9 * np.eye(7)
        assert 0.95 <= d.min() < 1.3
        assert one.energy == lennard_jones(one.positions)[0]
    assert np.std([cluster.energy for cluster in clusters]) > 0.5
    with pytest.raises(ValueError, match="at least 2 atoms, got 1"):
        lennard_jones_clusters(1, 1)
