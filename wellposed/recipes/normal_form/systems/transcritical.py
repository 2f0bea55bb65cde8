"""The transcritical bifurcation of the scalar equation."""

from dataclasses import replace

from wellposed.dynamics import Transcritical
from wellposed.simulate import TRANSCRITICAL

from .scalar import TRAINING, scalar_system

# a run that begins next to the unstable equilibrium goes the wrong way where that is learned a thousandth off: only
# coordinates and a time scale that depend on the parameter follow both equilibria so closely
CLOSE = replace(TRAINING, architecture=TRAINING.architecture._replace(parametric=True, time_degree=2))

SYSTEM = scalar_system(TRANSCRITICAL, Transcritical(), "A transcritical bifurcation", (-0.9, 0.6), 0.3, 40.0, CLOSE)
