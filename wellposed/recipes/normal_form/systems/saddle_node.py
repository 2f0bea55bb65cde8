"""The saddle-node of the scalar equation."""

from wellposed.dynamics import SaddleNode
from wellposed.simulate import SADDLE_NODE

from .scalar import scalar_system

SYSTEM = scalar_system(SADDLE_NODE, SaddleNode(), "A saddle-node", (-0.06, 0.03), 0.3, 5.0)
