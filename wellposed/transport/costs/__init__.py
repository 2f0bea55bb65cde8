"""Costs of densities: small objects that a user adds to."""
