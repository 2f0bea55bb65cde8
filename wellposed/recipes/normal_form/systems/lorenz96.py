"""Lorenz-96 near its first Hopf bifurcation."""

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from wellposed.dynamics import Architecture, NormalFormLoss, Stage, StuartLandau
from wellposed.simulate import Trajectories, lorenz96_hopf, lorenz96_trajectories

from .system import Simulated, System, Training, uniform

LOW, HIGH = 0.80, 1.10
SETTLE, STEP, TIMES = 10.0, 0.2, 201  # the fast waves have died out; then some 9 periods


def simulate(key: Key[Array, ""], count: int, range_: tuple[float, float] = (LOW, HIGH)) -> Simulated:
    """Runs from small and from large amplitudes of the critical wave."""
    runs, parameters, sizes = jax.random.split(key, 3)
    F, amplitudes = uniform(parameters, count, *range_), uniform(sizes, count, 0.02, 0.6)
    ts = np.concatenate([[0.0], SETTLE + STEP * np.arange(TIMES)])
    kept, discarded = lorenz96_trajectories(runs, F, amplitudes, ts)
    kept = kept.between(1)
    return Simulated(kept._replace(ts=kept.ts - SETTLE), discarded)


def saturated(key: Key[Array, ""], F: Float[np.ndarray, " m"]) -> Trajectories:
    """Late pieces of long runs: growth is slow near the Hopf point."""
    ts = np.concatenate([[0.0], 800.0 + 0.1 * np.arange(100)])
    return lorenz96_trajectories(key, F, np.full(len(F), 0.2), ts).trajectories.between(1)


SYSTEM = System(
    "Lorenz-96",
    "The model of Lorenz [@lorenz1996] with 64 sites on a ring, in distances from its equilibrium x = F. Wave 13 is "
    "the first to become unstable, wave 14 the second, at almost the same F: runs begin on wave 13 with small noise, "
    "and those that end on another wave are left out and counted.",
    StuartLandau(),
    "F",
    simulate,
    Training(
        Architecture(widths=(32, 16), parameter_widths=(16, 16), time_degree=3),
        NormalFormLoss(zero=1e-3, floor=0.05),
        (Stage(4000, 3e-3, 24, 32), Stage(4000, 1e-3, 50, 16, 4)),
    ),
    lambda: lorenz96_hopf(64).parameter,
    saturated=saturated,
    elsewhere=lambda key, count: {"F beyond the sampled range, to 1.2": simulate(key, count, (HIGH, 1.2))},
    states="x - F at 64 sites",
    notes=(
        "A run on two waves at once (a Hopf-Hopf point) needs four latent dimensions: it is outside this normal form.",
    ),
)
