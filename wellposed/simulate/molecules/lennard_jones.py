"""Clusters of atoms that attract one another and do not let each other in."""

import numpy as np
from jaxtyping import Float

from .molecule import Molecule

NEAREST, FARTHEST = 0.95, 1.3  # of a new atom to the one that it is put beside; the pair's own distance is 1.12
_TRIES = 16


def lennard_jones(positions: Float[np.ndarray, "atoms 3"]) -> tuple[float, Float[np.ndarray, "atoms 3"]]:
    """E = sum over pairs of 4 (r^-12 - r^-6), and the forces [@jones1924].

    Units: of the depth of a pair's well and of the distance at which a pair has no energy.

    Args:
        positions: of the atoms, no two at one place.

    Returns:
        The energy and the forces. The least energies of 2, 3, 4 and 13 atoms are -1, -3, -6 and -44.326801
        [@wales1997].

    Example:
        >>> energy, forces = lennard_jones(np.array([[0.0, 0, 0], [2 ** (1 / 6), 0, 0]]))
        >>> round(energy, 12), bool(np.abs(forces).max() < 1e-12)
        (-1.0, True)
    """
    i, j = np.triu_indices(len(positions), 1)
    d = positions[j] - positions[i]
    square = (d**2).sum(1)
    sixth = square**-3.0
    pull = (24 * (sixth - 2 * sixth**2) / square)[:, None] * d  # dE/dr along the pair
    forces = np.zeros_like(positions, dtype=float)
    np.add.at(forces, i, pull)
    np.add.at(forces, j, -pull)
    return float((4 * (sixth**2 - sixth)).sum()), forces


def lennard_jones_clusters(number: int, atoms: int = 8, seed: int = 0) -> list[Molecule]:
    """Draw clusters of `lennard_jones`, each grown atom by atom.

    A new atom comes at a distance of 0.95 to 1.3 beside an atom that is there already, and no nearer to any other.

    Args:
        number: of clusters.
        atoms: of each.
        seed: of the draw.

    Raises:
        ValueError: fewer than two atoms.

    Example:
        >>> cluster, = lennard_jones_clusters(1, 4)
        >>> cluster.positions.shape, -6 <= cluster.energy < 6
        ((4, 3), True)
    """
    if atoms < 2:
        raise ValueError(f"lennard_jones_clusters expects at least 2 atoms, got {atoms}.")
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        positions = _grown(atoms, rng)
        energy, forces = lennard_jones(positions)
        found.append(Molecule(positions, np.zeros(atoms, int), np.empty((0, 2), int), energy, forces))
    return found


def _grown(atoms: int, rng: np.random.Generator) -> np.ndarray:
    positions = np.zeros((1, 3))
    while len(positions) < atoms:
        away = rng.normal(size=(_TRIES, 3))
        away *= rng.uniform(NEAREST, FARTHEST, (_TRIES, 1)) / np.linalg.norm(away, axis=1, keepdims=True)
        new = positions[rng.integers(len(positions), size=_TRIES)] + away
        nearest = np.linalg.norm(new[:, None] - positions[None], axis=2).min(1)
        positions = np.concatenate([positions, new[nearest >= NEAREST][:1]])
    return positions - positions.mean(0, keepdims=True)
