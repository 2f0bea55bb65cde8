"""Normalizing flows: invertible maps from data to a normal density, with one interface."""
