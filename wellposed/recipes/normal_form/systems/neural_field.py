"""The neural field with adaptation near its Hopf bifurcation."""

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Architecture, NormalFormLoss, Stage, StuartLandau
from wellposed.simulate import Trajectories, neural_field_hopf, neural_field_mode, neural_field_trajectories

from .system import Simulated, System, Training, uniform

LOW, HIGH = 0.72, 0.95
SETTLE, STEP, TIMES = 30.0, 0.5, 201  # what is not the critical pair has died out; then some 8 periods


def simulate(key: Key[Array, ""], count: int, range_: tuple[float, float] = (LOW, HIGH)) -> Simulated:
    """Runs from small and from large amplitudes of the critical mode, with noise in all directions."""
    phases, parameters, sizes, noise = jax.random.split(key, 4)
    currents, amplitudes = uniform(parameters, count, *range_), uniform(sizes, count, 0.002, 0.1)
    turned = np.exp(2j * np.pi * uniform(phases, count, 0.0, 1.0))[:, None] * _mode()[None]
    rough = 0.02 * np.asarray(jax.random.uniform(noise, turned.shape, minval=-1.0))
    ts = np.concatenate([[0.0], SETTLE + STEP * np.arange(TIMES)])
    found = neural_field_trajectories(amplitudes[:, None] * np.real(turned) + rough, currents, ts).between(1)
    return Simulated(found._replace(ts=found.ts - SETTLE))


def saturated(key: Key[Array, ""], currents: Float[np.ndarray, " m"]) -> Trajectories:
    """Late pieces of long runs: growth is slow near the Hopf point."""
    del key
    starts = np.tile(0.05 * np.real(_mode())[None], (len(currents), 1))
    ts = np.concatenate([[0.0], 1500.0 + 0.25 * np.arange(100)])
    return neural_field_trajectories(starts, currents, ts).between(1)


def _mode() -> np.ndarray:
    return neural_field_mode(neural_field_hopf())


SYSTEM = System(
    "A neural field",
    "A ring of excitable tissue with adaptation [@kalia2021], 64 points of activity and 64 of adaptation, under a "
    "localised input I: a stationary bump that begins to breathe. States are distances from the bump of the same I.",
    StuartLandau(),
    "I",
    simulate,
    Training(
        Architecture(widths=(64, 32), parameter_widths=(16, 16), time_degree=3),
        NormalFormLoss(zero=1e-3, floor=0.05),
        (Stage(4000, 3e-3, 24, 16), Stage(4000, 1e-3, 50, 12, 4)),
    ),
    neural_field_hopf,
    saturated=saturated,
    elsewhere=lambda key, count: {"I beyond the sampled range, to 1.0": simulate(key, count, (HIGH, 1.0))},
    states="activity and adaptation at 64 points each, from the bump",
)
