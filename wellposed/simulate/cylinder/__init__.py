"""The flow past a cylinder, from a spectral element solver of the Navier-Stokes equations."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
