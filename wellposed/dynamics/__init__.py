"""Dynamics: flows of differential equations as maps, their schemes, their adjoints and their laws."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
