"""The six questions, asked of a dynamical map: one that takes an initial state and a parameter to a trajectory."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
