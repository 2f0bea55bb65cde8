"""A network on molecules: of distances, which no rigid motion changes, or of coordinates."""

from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .message_passing import InteractionNetwork
from .molecular_graph import MolecularGraph, radial_basis, species_features

Sight = Literal["distances", "coordinates"]


class MoleculeNetwork(eqx.Module):
    """Rounds of messages between atoms, edges and the graph, and a sum over the atoms [@gilmer2017] [@schutt2017].

    Edges begin with a radial basis of their distance and whether they are bonds, atoms with their species and the graph
    with nothing: the answer is invariant under rotations, mirrors, shifts and another order of the atoms. The network
    that sees coordinates has x_j - x_i at its edges and x_i at its atoms instead, and only the last law holds.

    Args:
        kinds: of species.
        hidden: features of edges, atoms and the graph, and of the layers that compute them.
        outputs: numbers about the molecule.
        rounds: of messages.
        sees: what is known of positions.
        basis: functions of a distance.
        reach: distance of the last function's centre.
        key: of the initial weights.

    Shapes:
        `MolecularGraph -> (outputs,)`.

    Example:
        >>> import numpy as np
        >>> pair = MolecularGraph.of(np.eye(3)[:2], np.array([0, 1]), np.array([[0, 1]]))
        >>> net = MoleculeNetwork(2, 8, 1, key=jax.random.key(0))
        >>> net(pair).shape, net.forces(pair).shape
        ((1,), (2, 3))

    When it fails: two molecules that are mirror images of one another are one to it.
    """

    rounds: tuple[InteractionNetwork, ...]
    answer: eqx.nn.Linear
    kinds: int = eqx.field(static=True)
    sees: Sight = eqx.field(static=True)
    basis: int = eqx.field(static=True)
    reach: float = eqx.field(static=True)

    def __init__(
        self,
        kinds: int,
        hidden: int,
        outputs: int,
        rounds: int = 2,
        sees: Sight = "distances",
        basis: int = 20,
        reach: float = 3.0,
        *,
        key: Key[Array, ""],
    ):
        if sees not in get_args(Sight):
            raise ValueError(f"MoleculeNetwork expects one of {list(get_args(Sight))} to be seen, got {sees!r}.")
        *keys, last = jax.random.split(key, rounds + 1)
        atoms, edges = (kinds, basis + 1) if sees == "distances" else (kinds + 3, 3 + 1)
        first = InteractionNetwork(atoms, edges, 1, hidden, hidden, key=keys[0])
        later = (InteractionNetwork(hidden, hidden, hidden, hidden, hidden, key=k) for k in keys[1:])
        self.rounds = (first, *later)
        self.answer = eqx.nn.Linear(hidden, outputs, key=last)
        self.kinds, self.sees, self.basis, self.reach = kinds, sees, basis, reach

    def __call__(self, molecule: MolecularGraph) -> Float[Array, " outputs"]:
        """One molecule."""
        atoms, edges = self._features(molecule)
        graph = jnp.zeros(1, edges.dtype)
        for interact in self.rounds:
            atoms, edges, graph = interact(atoms, molecule.table, edges, graph)
        return jax.vmap(self.answer)(atoms).sum(0)

    def forces(self, molecule: MolecularGraph) -> Float[Array, "atoms 3"]:
        """Minus the derivative of the first output in the positions.

        From distances they turn with the molecule and sum to zero; from coordinates they need not.
        """
        energy = lambda positions: self(eqx.tree_at(lambda one: one.positions, molecule, positions))[0]
        return -jax.grad(energy)(molecule.positions)

    def _features(self, molecule: MolecularGraph) -> tuple[Array, Array]:
        species, bonded = species_features(molecule.species, self.kinds), molecule.bonded[:, None].astype(float)
        if self.sees == "distances":
            seen = radial_basis(molecule.distances(), self.basis, self.reach)
            return species, jnp.concatenate([seen, bonded], axis=1)
        atoms = jnp.concatenate([species, molecule.positions], axis=1)
        return atoms, jnp.concatenate([molecule.displacements(), bonded], axis=1)
