"""Atoms in space with their energy."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from numpy import ndarray


@dataclass(frozen=True)
class Molecule:
    """Atoms, and what their energy is where they are, in reduced units.

    Attributes:
        positions: of the atoms.
        species: the kind of each, from 0.
        bonds: pairs of atoms, each once, the smaller number first; none in a cluster that nothing but its pairs holds.
        energy: of all atoms together.
        forces: minus the derivative of the energy.
    """

    positions: Float[ndarray, "atoms 3"]
    species: Int[ndarray, " atoms"]
    bonds: Int[ndarray, "bonds 2"]
    energy: float
    forces: Float[ndarray, "atoms 3"]
