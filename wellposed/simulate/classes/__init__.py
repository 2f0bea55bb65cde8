"""Labelled points in the plane on which classifiers are compared."""
