"""The chaotic systems, and trajectories of them or of the user's."""

from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import RK4, Flow, lyapunov_exponents
from wellposed.errors import InputError
from wellposed.io import TrajectoryFile, read_trajectories
from wellposed.simulate import Trajectories, integrate, lorenz, lorenz96

from .settings import Settings

STEP = 0.05  # between states, in the systems' units of time
RING, FORCING = 12, 8.0
SPIN_UP = 400  # steps onto the attractor


class Split(NamedTuple):
    """A trajectory to learn from, and the one that follows.

    Attributes:
        train: one long trajectory, or several.
        test: the trajectory after the first of them.
        exponent: the system's largest Lyapunov exponent per unit of time; None where it is not known.
    """

    train: Trajectories
    test: Trajectories
    exponent: float | None


SYSTEMS = {"lorenz63": (lorenz, 28.0, 3), "lorenz96": (lorenz96, FORCING, RING)}  # slope, parameter, components


def data(settings: Settings, split: str) -> Trajectories:
    """The trajectories of a split, `train`, `validation` (as `train`) or `test`."""
    found = splits(settings)
    return found.test if split == "test" else found.train


def splits(settings: Settings) -> Split:
    """What is learned from and what is forecast."""
    if settings.data is not None:
        return _of_the_user(settings)
    slope, p, size = SYSTEMS[settings.system]
    count = SPIN_UP + settings.train_steps + settings.test_steps
    start = np.asarray(jax.random.normal(jax.random.key(settings.seed), (1, size)))
    # a tolerance of 1e-6: a chaotic trajectory is no better known for a smaller one
    long = integrate(slope, start, np.array([p]), STEP * np.arange(count), 1e-6)
    states = Trajectories(long.ts, long.states.astype(np.float32)).between(SPIN_UP)
    exponent = _largest_exponent(slope, p, states.states[0, 0])
    return Split(states.between(0, settings.train_steps), states.between(settings.train_steps), exponent)


def _largest_exponent(slope: Any, p: float, start: np.ndarray) -> float:
    flow = Flow(lambda t, x, args: slope(x, jnp.asarray(p, x.dtype)), RK4(), t1=STEP, steps=5)
    return float(jax.jit(lambda x: lyapunov_exponents(flow, x, 8000, STEP, 1)[0])(jnp.asarray(start)))


def _expect_one_system(found: TrajectoryFile, path: Path) -> None:
    """No map of this recipe has a parameter, or knows of states that do not count."""
    if found.parameters is not None and np.ptp(found.parameters) > 0:
        raise InputError(
            f"{path}: expected trajectories of one system, found 'parameter' from {found.parameters.min():.4g} to "
            f"{found.parameters.max():.4g}: keep those of one parameter"
        )
    if found.inside is not None and not found.inside.all():
        raise InputError(
            f"{path}: expected states that count throughout, found {1 - found.inside.mean():.1%} of 'inside' false: "
            "cut the trajectories before they leave"
        )


def _of_the_user(settings: Settings) -> Split:
    assert settings.data is not None
    found = read_trajectories(settings.data)
    _expect_one_system(found, settings.data)
    gaps = np.diff(found.ts)
    if not np.allclose(gaps, gaps.mean(), rtol=1e-3):
        raise InputError(
            f"{settings.data}: expected equidistant values in 'time', found gaps from {gaps.min():.4g} to "
            f"{gaps.max():.4g}: resample the trajectories"
        )
    asked = settings.train_steps + settings.test_steps
    if len(found.ts) < asked:
        raise InputError(
            f"{settings.data}: expected at least {asked} times along 'time' (--train-steps and --test-steps), found "
            f"{len(found.ts)}: lower one of them"
        )
    every = Trajectories(found.ts, found.states.astype(np.float32))
    test = every.between(settings.train_steps, asked).take(np.array([0]))
    return Split(every.between(0, settings.train_steps), test, None)
