"""Reduced models of dynamics: fitted to trajectories, they predict, and some print their equations."""
