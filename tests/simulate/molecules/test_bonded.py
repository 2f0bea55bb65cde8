"""Bonds, angles and torsions by their formulas, and forces beside finite differences."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from wellposed.simulate import ForceField, bonded, bonded_molecules

MOLECULES = bonded_molecules(40, 8, seed=2)


def test_each_term_is_its_formula():
    f = ForceField(radii=(0.5, 0.7), bond=10.0, angle=2.0, cosine=-0.5, torsion=3.0)
    bent = np.array([[1.0, 0, 0], [0, 0, 0], [0, 1.3, 0]])
    energy, _ = bonded(bent, np.array([0, 0, 1]), np.array([[0, 1], [1, 2]]), f)
    assert abs(energy - (10 * (0.0 + 0.1**2) / 2 + 2 * 0.5**2 / 2)) < 1e-12
    stiff = ForceField(bond=0.0, angle=0.0, torsion=3.0)
    for phi in np.radians([180.0, 60.0, 0.0, 100.0]):
        chain = np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 1], [np.cos(phi), np.sin(phi), 1.5]])
        energy, _ = bonded(chain, np.zeros(4, int), np.array([[0, 1], [1, 2], [2, 3]]), stiff)
        assert abs(energy - 3 * (1 + np.cos(3 * phi))) < 1e-12


@pytest.mark.parametrize("molecule", MOLECULES[:3])
def test_forces_are_minus_the_slope_of_the_energy(molecule):
    step = 1e-5
    at = lambda positions: bonded(positions, molecule.species, molecule.bonds)[0]
    for place in np.ndindex(molecule.positions.shape):
        ahead, behind = molecule.positions.copy(), molecule.positions.copy()
        ahead[place] += step
        behind[place] -= step
        np.testing.assert_allclose(molecule.forces[place], -(at(ahead) - at(behind)) / (2 * step), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("molecule", MOLECULES[:3])
def test_rigid_motions_mirrors_and_another_order_change_nothing(molecule):
    turn = -Rotation.random(rng=np.random.default_rng(0)).as_matrix()
    order = np.random.default_rng(1).permutation(8)
    moved = (molecule.positions @ turn.T + 5)[order]
    energy, forces = bonded(moved, molecule.species[order], np.argsort(order)[molecule.bonds])
    assert abs(energy - molecule.energy) < 1e-10
    np.testing.assert_allclose(forces, (molecule.forces @ turn.T)[order], atol=1e-10)
    assert abs(bonded(moved, molecule.species, np.argsort(order)[molecule.bonds])[0] - molecule.energy) > 1e-3


def test_drawn_molecules_are_trees_and_rings_within_their_valences():
    for molecule in MOLECULES:
        assert len(molecule.bonds) in (7, 8)
        assert (molecule.bonds[:, 0] < molecule.bonds[:, 1]).all()
        degrees = np.bincount(molecule.bonds.ravel(), minlength=8)
        assert (degrees <= np.array((4, 3, 2))[molecule.species]).all()
        d = np.linalg.norm(molecule.positions[:, None] - molecule.positions[None], axis=2) + 9 * np.eye(8)
        assert d.min() > 0.5
        assert np.isfinite(molecule.energy)
    assert 10 < sum(len(molecule.bonds) == 8 for molecule in MOLECULES) < 30
    assert len(np.unique(np.concatenate([molecule.species for molecule in MOLECULES]))) == 3
    assert np.std([molecule.energy for molecule in MOLECULES]) > 1


def test_the_same_seed_gives_the_same_and_too_few_atoms_are_said():
    np.testing.assert_array_equal(bonded_molecules(1, 8, seed=2)[0].positions, MOLECULES[0].positions)
    with pytest.raises(ValueError, match="at least 6 atoms, got 5"):
        bonded_molecules(1, 5)


def test_larger_atoms_grow_larger_molecules_that_are_as_near_to_rest():
    small, large = (
        bonded_molecules(20, 8, seed=3, field=ForceField(radii=tuple(k * r for r in (0.8, 0.65, 0.5)), bond=30 / k**2))
        for k in (1, 2)
    )
    for one, other in zip(small, large, strict=True):
        np.testing.assert_allclose(other.positions, 2 * one.positions)
        np.testing.assert_allclose(other.energy, one.energy)
