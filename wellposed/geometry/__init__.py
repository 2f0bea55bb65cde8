"""Graphs and meshes, and networks on them that know what a change of frame is."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
