"""Small molecules with exact energies."""
