"""The transcritical bifurcation of the scalar equation."""

from wellposed.dynamics import Transcritical
from wellposed.simulate import TRANSCRITICAL

from .scalar import scalar_system

SYSTEM = scalar_system(TRANSCRITICAL, Transcritical(), "A transcritical bifurcation", (-0.9, 0.6), 0.3, 40.0)
