"""Data assimilation: the state of a system from its model and from noisy observations of it."""
