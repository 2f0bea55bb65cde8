"""The row of atoms in space: how strongly a cluster is bound, wherever it is and however it is turned."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.stats import special_ortho_group

from wellposed.geometry import MolecularGraph, MoleculeNetwork
from wellposed.simulate import lennard_jones_clusters

from .room import Labelled, Room

ATOMS = 6
LEVELS = (-5.9, -4.9, -3.8)  # about the quarters of their energies
_HIDDEN = 16
_SHIFT = 1.0  # in diameters of an atom


def clusters(seed: int, n: int, moved: bool) -> Labelled:
    """Clusters of Lennard-Jones, along their principal axes; moved: turned, mirrored and shifted.

    The class says in which quarter of the energies a cluster is.
    """
    found = lennard_jones_clusters(n, ATOMS, seed=seed)
    positions = np.stack([_posed(one.positions) for one in found])
    if moved:
        rng = np.random.default_rng((2, seed))
        turns = special_ortho_group(3, seed=rng).rvs(n).reshape(n, 3, 3) * rng.choice([-1, 1], (n, 1, 1))
        positions = positions @ turns + _SHIFT * rng.normal(size=(n, 1, 3))
    graphs = MolecularGraph.batch(positions, np.zeros((n, ATOMS), int), [one.bonds for one in found])
    return Labelled(graphs, jnp.asarray(np.digitize([one.energy for one in found], LEVELS)))


def _posed(positions: np.ndarray) -> np.ndarray:
    """Centred and turned to the principal axes, their signs so that the third moments are positive."""
    centred = positions - positions.mean(0, keepdims=True)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    along = centred @ axes.T
    return along * np.where((along**3).sum(0) < 0, -1, 1)[None]


def _seeing(sight: Any) -> Any:
    return lambda key: MoleculeNetwork(1, _HIDDEN, len(LEVELS) + 1, sees=sight, key=key)


ROOMS = (
    Room(
        "MPNN on distances",
        "atoms in space",
        "E(3), permutation",
        False,
        "turned, mirrored and shifted",
        clusters,
        _seeing("distances"),
        _seeing("coordinates"),
        "MPNN on coordinates",
    ),
)
