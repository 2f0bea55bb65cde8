"""What a trained flow is worth on points that it has not seen."""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.metrics import Interval, mean_interval, median_bandwidth, mmd
from wellposed.train import FitResult
from wellposed.transport import AbstractContinuousFlow, AbstractNormalizingFlow, inverse_error, with_steps

from .budget import Pace
from .maps import parameters
from .settings import Settings

GRID, DRAWN, PATHS = 90, 1500, 40  # points of a side of the density's picture, samples in it, and paths
MOST_INVERTED = 2000


@dataclass(frozen=True)
class Judged:
    """One method on one of the data.

    Attributes:
        nll: of each test point, in nats.
        inverse_error: mean |x - f^-1(f(x))|, in the unit of the data.
        mmd: squared, of samples and test points.
        cost: of the transport, mean over test points.
        straightness: mean |f(x) - x|^2 over the mean cost: 1 for straight ways at constant speed.
        parameters: numbers that were trained.
        pace: the steps that the budget paid for.
        steps: of training.
        cpu_seconds: that they took in this session.
        fine_steps: Runge-Kutta steps of the evaluation; 0 for a discrete flow.
        samples: some points that were drawn.
        paths: where some points were after each step, or at both ends for a discrete flow.
        density: on a grid over `extent`, rows from bottom to top; None in more than two dimensions.
        fitted: the history of the training.
    """

    nll: np.ndarray
    inverse_error: float
    mmd: Interval
    cost: Interval
    straightness: float
    parameters: int
    pace: Pace
    steps: int
    cpu_seconds: float
    fine_steps: int
    samples: np.ndarray
    paths: np.ndarray
    density: np.ndarray | None
    fitted: FitResult


def judge(settings: Settings, fitted: FitResult, test: np.ndarray, extent: float, pace: Pace, spent: float) -> Judged:
    """What a trained flow is worth on points that it has not seen."""
    flow, error = fine_enough(fitted.model, jnp.asarray(test[:MOST_INVERTED]), settings)
    nll, cost, moved, samples = (
        np.asarray(part) for part in _measured(flow, jnp.asarray(test), jax.random.key(settings.seed + 1))
    )
    ends = np.sum((moved - test) ** 2, axis=1)
    continuous = isinstance(flow, AbstractContinuousFlow)
    paths = np.asarray(_paths(flow, jnp.asarray(test[:PATHS]))) if continuous else _ends(test, moved)
    blocks = 20 if len(test) >= 1000 else 5
    return Judged(
        nll=nll.astype(float),
        inverse_error=error,
        mmd=mmd(samples, test, median_bandwidth(test), blocks),
        cost=mean_interval(cost),
        straightness=float(ends.mean() / cost.mean()),
        parameters=parameters(flow),
        pace=pace,
        steps=fitted.steps,
        cpu_seconds=spent,
        fine_steps=flow.steps if continuous else 0,
        samples=samples[:DRAWN],
        paths=paths,
        density=np.asarray(_density(flow, jnp.asarray(extent))) if test.shape[1] == 2 else None,
        fitted=fitted,
    )


def fine_enough(
    flow: AbstractNormalizingFlow, points: Array, settings: Settings
) -> tuple[AbstractNormalizingFlow, float]:
    """The flow with the first number of fine steps that makes it invertible, or with the last, and its error."""
    if not isinstance(flow, AbstractContinuousFlow):
        return flow, float(inverse_error(flow, points))
    error = np.inf
    for steps in settings.fine_steps:
        flow = with_steps(flow, steps)
        error = float(inverse_error(flow, points))
        if error <= settings.tolerance:
            break
    return flow, error


@eqx.filter_jit
def _measured(flow: AbstractNormalizingFlow, test: Float[Array, "n d"], key: Any) -> tuple[Array, Array, Array, Array]:
    path = jax.vmap(flow.path)(test)
    squares = jnp.sum(path.z**2, axis=1)
    nll = squares / 2 + test.shape[1] * jnp.log(jnp.asarray(2 * jnp.pi, test.dtype)) / 2 - path.log_det
    return nll, path.cost, path.z, flow.sample(key, len(test))


@eqx.filter_jit
def _paths(flow: AbstractContinuousFlow, points: Float[Array, "n d"]) -> Array:
    return jax.vmap(flow.trajectory)(points)


@eqx.filter_jit
def _density(flow: AbstractNormalizingFlow, extent: Float[Array, ""]) -> Array:
    ticks = jnp.linspace(-1.0, 1.0, GRID) * extent
    grid = jnp.stack(jnp.meshgrid(ticks, ticks), axis=-1)
    return jnp.exp(jax.vmap(jax.vmap(flow.log_prob))(grid))


def _ends(test: np.ndarray, moved: np.ndarray) -> np.ndarray:
    return np.stack([test[:PATHS], moved[:PATHS]], axis=1)
