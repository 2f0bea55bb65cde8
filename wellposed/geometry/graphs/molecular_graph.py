"""Atoms in space as a graph on which a network runs."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from wellposed.nn import NeighbourTable, targets_to_slots, to_slots


class MolecularGraph(eqx.Module):
    """Atoms, of which each hears every other.

    Molecules of as many atoms make a batch: under `jax.vmap` their sums run as those of one block-diagonal graph.

    Attributes:
        positions: of the atoms.
        species: the kind of each.
        table: from every atom to every other.
        bonded: which slots hold a bond.
    """

    positions: Float[Array, "*batch atoms 3"]
    species: Int[Array, "*batch atoms"]
    table: NeighbourTable
    bonded: Bool[Array, "*batch slots"]

    @staticmethod
    def of(
        positions: Float[np.ndarray, "atoms 3"],
        species: Int[np.ndarray, " atoms"],
        bonds: Int[np.ndarray, "bonds 2"],
    ) -> "MolecularGraph":
        """The graph of a molecule.

        Args:
            positions: of the atoms.
            species: the kind of each.
            bonds: pairs of atoms, each once; there may be none.

        Example:
            >>> water = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([1, 0, 0]), np.array([[0, 1], [0, 2]])
            >>> MolecularGraph.of(*water).bonded.tolist()
            [True, True, True, False, True, False]
        """
        return jax.tree.map(lambda leaf: leaf[0], MolecularGraph.batch(positions[None], species[None], [bonds]))

    @staticmethod
    def batch(
        positions: Float[np.ndarray, "batch atoms 3"],
        species: Int[np.ndarray, "batch atoms"],
        bonds: Sequence[Int[np.ndarray, "_ 2"]],
    ) -> "MolecularGraph":
        """The graphs of molecules of as many atoms, stacked for `jax.vmap`.

        Args:
            positions: of the atoms.
            species: the kind of each.
            bonds: of each molecule pairs of atoms, each once.

        Example:
            >>> pairs = MolecularGraph.batch(np.ones((5, 2, 3)), np.zeros((5, 2), int), 5 * [np.array([[0, 1]])])
            >>> pairs.table.source_of_slot.shape
            (5, 2)
        """
        count, atoms = species.shape
        source, target = np.nonzero(~np.eye(atoms, dtype=bool))
        table = NeighbourTable.from_edges(source, target, atoms, atoms, max(atoms - 1, 1), max(atoms - 1, 1))
        tied = np.zeros((count, atoms + 1, atoms + 1), bool)
        for one, pairs in zip(tied, bonds, strict=True):
            one[pairs[:, 0], pairs[:, 1]] = one[pairs[:, 1], pairs[:, 0]] = True
        bonded = tied[:, np.asarray(table.source_of_slot), np.asarray(table.target_of_slot)]
        tables = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf[None], (count, *leaf.shape)), table)
        return MolecularGraph(jnp.asarray(positions, float), jnp.asarray(species), tables, jnp.asarray(bonded))

    def moved(self, turn: Float[Array, "3 3"], shift: Float[Array, " 3"]) -> "MolecularGraph":
        """Every position as x -> R x + s."""
        return eqx.tree_at(lambda one: one.positions, self, self.positions @ turn.T + shift[None])

    def displacements(self) -> Float[Array, "slots 3"]:
        """x_j - x_i of each edge from j to i."""
        return to_slots(self.positions, self.table) - targets_to_slots(self.positions, self.table)

    def distances(self) -> Float[Array, " slots"]:
        """|x_j - x_i| of each edge; 1 in empty slots, where the root has no derivative."""
        square = jnp.where(self.table.filled, (self.displacements() ** 2).sum(1), 1)
        return jnp.sqrt(square)


def radial_basis(r: Float[Array, " slots"], count: int, reach: float) -> Float[Array, "slots count"]:
    """exp(-((r - c_k) / w)^2 / 2) with centres c_k from 0 to `reach` and w the distance of two [@schutt2017].

    Example:
        >>> radial_basis(jnp.array([1.0]), 3, 2.0).round(1)
        Array([[0.6, 1. , 0.6]], dtype=float32)
    """
    centres = jnp.linspace(0, reach, count)
    return jnp.exp(-(((r[:, None] - centres[None]) * ((count - 1) / reach)) ** 2) / 2)


def species_features(species: Int[Array, " atoms"], kinds: int) -> Float[Array, "atoms kinds"]:
    """1 at the number of each atom's species and 0 elsewhere.

    Example:
        >>> species_features(jnp.array([1]), 2).tolist()
        [[0.0, 1.0]]
    """
    return jax.nn.one_hot(species, kinds, dtype=float)
