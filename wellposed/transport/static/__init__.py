"""Optimal transport between samples, by OTT-JAX."""
