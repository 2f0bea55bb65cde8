"""Molecules of bonds, angles and torsions: trees and rings of atoms."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from .molecule import Molecule

VALENCES = (4, 3, 2)  # most bonds of each species
_RINGS = (4, 5, 6)
_TRIES = 48
_CLEAR, _MOVED = 0.7, 0.05  # in bonds: least distance of a new atom from all others; how far all are moved at last
_NARROW, _WIDE = 0.2, -0.8  # cosines of the angles that new bonds make with those there


@dataclass(frozen=True)
class ForceField:
    """What bonds, angles and torsions cost.

    Attributes:
        radii: of each species; a bond is as long as the two of its ends.
        bond: stiffness, energy over length squared.
        angle: stiffness against the cosine.
        cosine: of an angle at rest, that of a tetrahedron.
        torsion: half the height of its three barriers.
    """

    radii: tuple[float, ...] = (0.8, 0.65, 0.5)
    bond: float = 30.0
    angle: float = 4.0
    cosine: float = -1 / 3
    torsion: float = 0.5


def bonded(
    positions: Float[np.ndarray, "atoms 3"],
    species: Int[np.ndarray, " atoms"],
    bonds: Int[np.ndarray, "bonds 2"],
    field: ForceField | None = None,
) -> tuple[float, Float[np.ndarray, "atoms 3"]]:
    """E = sum over bonds of k (r - r_0)^2 / 2, angles of a (cos - cos_0)^2 / 2 and torsions of t (1 + cos 3 phi).

    Bonds and torsions are those of a class I force field [@cornell1995], angles count by their cosines as in GROMOS
    [@schmid2011]; nothing acts between atoms that no bond, angle or torsion joins. A mirror image has the same energy.

    Args:
        positions: of the atoms.
        species: the number of each one's radius.
        bonds: pairs of atoms, each once.
        field: the constants; None for the defaults.

    Returns:
        The energy and the forces.

    Example:
        >>> pair = np.array([[0.0, 0, 0], [1.5, 0, 0]])
        >>> energy, forces = bonded(pair, np.array([0, 0]), np.array([[0, 1]]))
        >>> round(energy, 9), round(float(forces[1, 0]), 9)
        (0.15, 3.0)

    When it fails: a torsion has no angle where three atoms in a row lie on a line; the energy is then not a number.
    """
    f = field or ForceField()
    slope = np.zeros_like(positions, dtype=float)
    angles, torsions = _angles(bonds, len(positions)), _torsions(bonds, len(positions))
    energy = _of_bonds(positions, species, bonds, f, slope)
    energy += _of_angles(positions, angles, f, slope) + _of_torsions(positions, torsions, f, slope)
    return energy, -slope


def bonded_molecules(number: int, atoms: int = 8, seed: int = 0, field: ForceField | None = None) -> list[Molecule]:
    """Draw molecules with the energies of `bonded`: half are trees, half have a ring of 4 to 6 atoms.

    They are grown atom by atom at about the length of a bond at rest, and then every atom is moved a little. An atom
    has no more bonds than its species allows: 4, 3 or 2.

    Args:
        number: of molecules.
        atoms: of each.
        seed: of the draw.
        field: the constants; None for the defaults.

    Raises:
        ValueError: fewer than the six atoms of the largest ring.

    Example:
        >>> molecule, = bonded_molecules(1, 7)
        >>> molecule.positions.shape, len(molecule.bonds) in (6, 7), molecule.energy > 0
        ((7, 3), True, True)
    """
    if atoms < max(_RINGS):
        raise ValueError(f"bonded_molecules expects at least {max(_RINGS)} atoms, got {atoms}.")
    rng, found = np.random.default_rng(seed), []
    for _ in range(number):
        positions, bonds = _grown(atoms, 2 * float(np.mean((field or ForceField()).radii)), rng)
        degrees = np.bincount(bonds.ravel(), minlength=atoms)
        species = rng.integers(np.searchsorted(-np.array(VALENCES), -degrees, "right"))
        energy, forces = bonded(positions, species, bonds, field)
        found.append(Molecule(positions, species, bonds, energy, forces))
    return found


def _of_bonds(x: np.ndarray, species: np.ndarray, bonds: np.ndarray, f: ForceField, slope: np.ndarray) -> float:
    i, j = bonds.T
    d = x[j] - x[i]
    r = np.linalg.norm(d, axis=1)
    off = r - np.array(f.radii)[species[bonds]].sum(1)
    pull = (f.bond * off / r)[:, None] * d
    np.add.at(slope, j, pull)
    np.add.at(slope, i, -pull)
    return float(f.bond * (off**2).sum() / 2)


def _of_angles(x: np.ndarray, angles: np.ndarray, f: ForceField, slope: np.ndarray) -> float:
    i, j, k = angles.T
    cosine, of_a, of_b = _cosine(x[i] - x[j], x[k] - x[j])
    push = (f.angle * (cosine - f.cosine))[:, None]
    for atom, part in ((i, push * of_a), (k, push * of_b), (j, -push * (of_a + of_b))):
        np.add.at(slope, atom, part)
    return float(f.angle * ((cosine - f.cosine) ** 2).sum() / 2)


def _of_torsions(x: np.ndarray, torsions: np.ndarray, f: ForceField, slope: np.ndarray) -> float:
    i, j, k, m = torsions.T
    a, b, c = x[j] - x[i], x[k] - x[j], x[m] - x[k]
    cosine, of_ab, of_bc = _cosine(np.cross(a, b), np.cross(b, c))
    push = (f.torsion * (12 * cosine**2 - 3))[:, None]  # cos 3 phi = 4 cos^3 - 3 cos
    of_a, of_c = push * np.cross(b, of_ab), push * np.cross(of_bc, b)
    of_b = push * (np.cross(of_ab, a) + np.cross(c, of_bc))
    for atom, part in ((i, -of_a), (j, of_a - of_b), (k, of_b - of_c), (m, of_c)):
        np.add.at(slope, atom, part)
    return float(f.torsion * (1 + 4 * cosine**3 - 3 * cosine).sum())


def _cosine(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the angles of two lists of vectors, with its derivatives in both."""
    long_a, long_b = (np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b))
    a, b = a / long_a, b / long_b
    cosine = (a * b).sum(1)
    return cosine, (b - cosine[:, None] * a) / long_a, (a - cosine[:, None] * b) / long_b


def _neighbours(bonds: np.ndarray, atoms: int) -> list[list[int]]:
    return [sorted({*bonds[bonds[:, 0] == n, 1].tolist(), *bonds[bonds[:, 1] == n, 0].tolist()}) for n in range(atoms)]


def _angles(bonds: np.ndarray, atoms: int) -> np.ndarray:
    near = _neighbours(bonds, atoms)
    found = [(i, j, k) for j in range(atoms) for i in near[j] for k in near[j] if i < k]
    return np.array(found, int).reshape(-1, 3)


def _torsions(bonds: np.ndarray, atoms: int) -> np.ndarray:
    near = _neighbours(bonds, atoms)
    found = [(i, j, k, m) for j, k in bonds.tolist() for i in near[j] for m in near[k] if i != k and m != j and i != m]
    return np.array(found, int).reshape(-1, 4)


def _grown(atoms: int, usual: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where the atoms are and which are bonded, at the usual length of a bond."""
    positions, bonds = np.zeros((1, 3)), []
    if rng.random() < 0.5:
        size = int(rng.choice(_RINGS))
        angle = 2 * np.pi * np.arange(size) / size
        round_ = np.stack([np.cos(angle), np.sin(angle), np.zeros(size)], axis=1)
        positions = usual / (2 * np.sin(np.pi / size)) * round_
        bonds = [(n, n + 1) for n in range(size - 1)] + [(0, size - 1)]
    while len(positions) < atoms:
        degrees = np.bincount(np.array(bonds, int).ravel(), minlength=len(positions))
        parent = int(rng.choice(np.flatnonzero(degrees < max(VALENCES))))
        near = _neighbours(np.array(bonds, int).reshape(-1, 2), len(positions))[parent]
        away = rng.normal(size=(_TRIES, 3))
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        new = positions[parent] + usual * away
        positions = np.concatenate([positions, new[_best(away, new / usual, positions / usual, parent, near)][None]])
        bonds.append((parent, len(positions) - 1))
    positions = positions + _MOVED * usual * rng.normal(size=positions.shape)
    return positions - positions.mean(0, keepdims=True), np.array(bonds, int)


def _best(away: np.ndarray, new: np.ndarray, positions: np.ndarray, parent: int, near: list[int]) -> int:
    """The first direction that is free, or else the one that is farthest from all atoms."""
    clear = np.linalg.norm(new[:, None] - positions[None], axis=2).min(1)
    there = positions[near] - positions[parent]
    cosines = away @ (there / np.linalg.norm(there, axis=1, keepdims=True)).T
    free = (clear > _CLEAR) & ((cosines < _NARROW) & (cosines > _WIDE)).all(1)
    return int(np.argmax(free) if free.any() else np.argmax(clear))
