"""Blood flow in idealised coronary arteries: swept meshes, a steady Navier-Stokes solver, wall shear stress."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
