"""The bifurcation of a system, learned from its trajectories; and a normal form of one's own."""

import jax
import numpy as np

from wellposed.dynamics import NormalForm, SaddleNode, Stage, fit_normal_form
from wellposed.simulate import SADDLE_NODE, scalar_trajectories

# Trajectories of a system at many values of its parameter p. Your own: wellposed.io.read_trajectories("runs.nc").
rng = np.random.default_rng(0)
starts, p = rng.uniform(-0.3, 0.3, 100), rng.uniform(-6.06, -5.97, 100)
data = scalar_trajectories(SADDLE_NODE, starts, p, ts=np.linspace(0.0, 5.0, 51), box=0.3)

# Coordinates, a parameter map and a time scale in which they follow dz/dt = (beta + z^2) / tau^2.
found = fit_normal_form(SaddleNode(), data, (Stage(steps=300, rate=3e-3, length=10, pieces=32),), key=jax.random.key(0))
model = found.seed(0)
print(*model.equations(), sep="\n")
print(f"The saddle-node lies at p = {float(model.bifurcation()):.3f}; the equation says {SADDLE_NODE.p0}.")


class Hysteresis(NormalForm):
    """dz/dt = beta + z - z^3: two saddle-nodes, at beta = -+2 / sqrt(27), and jumps between two branches."""

    name, dimension, terms = "hysteresis", 1, ("beta + z - z^3",)

    def __call__(self, z, beta):
        return beta + z - z**3

    def equilibria(self, beta):
        roots = np.roots([-1.0, 0.0, 1.0, beta])
        return np.sort(np.real(roots[np.abs(np.imag(roots)) < 1e-6]))[:, None]


for beta in (-0.5, 0.0, 0.5):
    for z in Hysteresis().equilibria(beta):
        print(f"beta = {beta:+.1f}: z = {z[0]:+.2f} is {'stable' if Hysteresis().stable(z, beta) else 'unstable'}")
