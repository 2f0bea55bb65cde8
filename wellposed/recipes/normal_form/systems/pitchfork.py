"""The pitchfork of the scalar equation."""

from wellposed.dynamics import Pitchfork
from wellposed.simulate import PITCHFORK

from .scalar import scalar_system

SYSTEM = scalar_system(PITCHFORK, Pitchfork(), "A pitchfork", (-0.06, 0.14), 0.5, 60.0)
