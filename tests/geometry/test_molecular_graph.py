"""Molecules as graphs: every pair, once in each direction."""

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.geometry import MolecularGraph, radial_basis
from wellposed.simulate import bonded_molecules

MOLECULES = bonded_molecules(3, 7, seed=1)


def graphs():
    of = lambda name: np.stack([getattr(one, name) for one in MOLECULES])
    return MolecularGraph.batch(of("positions"), of("species"), [one.bonds for one in MOLECULES])


def test_edges_are_all_pairs_with_their_distances_and_bonds():
    batch = graphs()
    for n, molecule in enumerate(MOLECULES):
        one = jax.tree.map(lambda leaf, n=n: leaf[n], batch)
        source, target = np.asarray(one.table.source_of_slot), np.asarray(one.table.target_of_slot)
        assert sorted(zip(source, target, strict=True)) == [(i, j) for i in range(7) for j in range(7) if i != j]
        want = molecule.positions[source] - molecule.positions[target]
        np.testing.assert_allclose(one.displacements(), want, atol=1e-6)
        np.testing.assert_allclose(one.distances(), np.linalg.norm(want, axis=1), atol=1e-6)
        held = {tuple(sorted(pair)) for pair in zip(source, target, strict=True) if pair in _both(molecule.bonds)}
        assert {tuple(sorted(pair)) for pair in np.array([source, target]).T[np.asarray(one.bonded)].tolist()} == held
        assert int(one.bonded.sum()) == 2 * len(molecule.bonds)


def _both(bonds):
    return {*map(tuple, bonds.tolist()), *map(tuple, bonds[:, ::-1].tolist())}


def test_a_batch_is_its_molecules_and_one_atom_has_no_edges():
    one, other = MolecularGraph.of(*_parts(MOLECULES[1])), jax.tree.map(lambda leaf: leaf[1], graphs())
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_array_equal(a, b)
    alone = MolecularGraph.of(np.zeros((1, 3)), np.zeros(1, int), np.empty((0, 2), int))
    assert not bool(alone.table.filled.any())
    assert np.isfinite(jax.grad(lambda x: alone.moved(jnp.eye(3), x).distances().sum())(jnp.zeros(3))).all()


def _parts(molecule):
    return molecule.positions, molecule.species, molecule.bonds


def test_the_basis_is_its_formula():
    r = np.array([0.0, 0.4, 2.9])
    want = np.exp(-(((r[:, None] - np.linspace(0, 3, 7)[None]) / 0.5) ** 2) / 2)
    np.testing.assert_allclose(radial_basis(jnp.asarray(r), 7, 3.0), want, atol=1e-6)
