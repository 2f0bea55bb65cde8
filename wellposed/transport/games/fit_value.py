"""The second of two steps: the value function, by least squares on its equation where the crowd is and elsewhere."""

import dataclasses
import hashlib
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from wellposed.dynamics import Iterate, LevenbergMarquardt, Term
from wellposed.train import Progress, load_model, save_model

from .game import MeanFieldGame
from .hjb import hjb_residual, largest_residual
from .value_function import ValueFunction

_POOL = 10  # candidates for each sample
_BELOW = 0.1  # late weight of a residual below zero where no crowd is: it costs the bound nothing
_WORST = 1.0  # late weight of the worst residuals above zero: their largest is what the bound loses
_JITTER = 0.03  # of the crowd's places, in units of the region's scale
_SEARCH = 2**14  # samples in the search for the worst places between draws
_SAVE_SECONDS = 20.0


@dataclasses.dataclass(frozen=True)
class ValueTask:
    """How the value function is fitted.

    Args:
        steps: of Levenberg-Marquardt.
        spread: samples over the whole region, where the equation should hold as an inequality.
        along: samples along the crowd's paths, where it should hold as an equation.
        worst: places of the largest residuals that join them.
        redraw: steps between two draws.
        snapshots: how many states are kept, at steps that grow geometrically, for the plot of the gap.
        name: of the checkpoint and the progress bar.

    Raises:
        ValueError: a number is not positive.
    """

    steps: int = 200
    spread: int = 1200
    along: int = 600
    worst: int = 64
    redraw: int = 15
    snapshots: int = 12
    name: str = "value"

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int) and value < 1:
                raise ValueError(f"ValueTask expects {field.name} of at least 1, got {value}.")

    @property
    def kept(self) -> list[int]:
        """After which steps a state is kept; the last is among them."""
        places = jnp.geomspace(1, self.steps, self.snapshots)
        return sorted({round(float(p)) for p in places} | {self.steps})


class FittedValue(NamedTuple):
    """A value function, and how it became so.

    Attributes:
        value: after the last step.
        losses: after each step, on the samples of that step.
        steps: after which steps the snapshots were taken.
        snapshots: the trained numbers at those steps.
        seconds: that the steps took, in all sessions together.
    """

    value: ValueFunction
    losses: Float[Array, " steps"]
    steps: list[int]
    snapshots: Float[Array, "kept size"]
    seconds: float

    def at(self, i: int) -> ValueFunction:
        """The value function of a snapshot."""
        return LevenbergMarquardt(self.value, self.value.trainable).at(self.snapshots[i])


class _State(NamedTuple):
    iterate: Iterate
    samples: Float[Array, "samples d3"]
    step: Int[Array, ""]
    losses: Float[Array, " steps"]
    snapshots: Float[Array, "kept size"]
    seconds: Float[Array, ""]


class _Defect(eqx.Module):
    """The weighted residual at a sample (x, t, weight above zero, weight below zero)."""

    game: MeanFieldGame

    def __call__(self, phi: ValueFunction, sample: Float[Array, " d3"]) -> Float[Array, ""]:
        r = hjb_residual(self.game, phi, sample[:-3], sample[-3])
        return jnp.where(r > 0, sample[-2], sample[-1]) * r


def fit_value(
    game: MeanFieldGame,
    value: ValueFunction,
    crowd: Float[Array, "paths nodes d"],
    task: ValueTask,
    key: Key[Array, ""],
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> FittedValue:
    """Fit phi to -d phi/dt - nu Laplace phi + |grad phi|^2 / (2 kinetic) = Q by Levenberg-Marquardt [@marquardt1963].

    Samples lie along the crowd's paths and all over the region, more of them where the equation is violated
    [@wu2023], with the worst places among them. In the second half, residuals below zero count little where no crowd
    is: there the bound asks for an inequality alone, r <= 0.

    Args:
        game: with costs that are linear in the density.
        value: where the fit begins; double precision.
        crowd: paths on a uniform grid of times, as the generator of the first step makes them.
        task: how.
        key: of the samples.
        folder: where the checkpoint is kept, from which a stopped fit goes on; None keeps none.
        progress: where progress is shown.

    Returns:
        A `FittedValue`.

    Raises:
        ValueError: a cost is not linear in the density.
        InputError: the checkpoint in the folder is that of another fit.

    When it fails: at low diffusivity the value function has kinks, about nu wide, that a small network does not
    resolve.
    """
    method = LevenbergMarquardt(value, value.trainable)
    state = _fresh(game, method, value, crowd, task, key)
    path = None if folder is None else Path(folder) / f"{task.name}.checkpoint"
    asked = _asked(game, value, crowd, task, key)
    if path is not None and path.exists():
        state = load_model(path, state, asked)
    saved = began = time.monotonic()
    with (progress or Progress()).task(task.name, total=task.steps, done=int(state.step)) as advance:
        while int(state.step) < task.steps:
            state = _next(game, method, crowd, task, key, state)
            now = time.monotonic()
            state, began = state._replace(seconds=state.seconds + (now - began)), now
            if path is not None and (now - saved > _SAVE_SECONDS or int(state.step) == task.steps):
                save_model(path, state, asked)
                saved = now
            advance(1, loss=float(state.iterate.loss))
    return FittedValue(method.model_of(state.iterate), state.losses, task.kept, state.snapshots, float(state.seconds))


def _asked(game: MeanFieldGame, value: ValueFunction, crowd: Array, task: ValueTask, key: Key[Array, ""]) -> dict:
    """What tells this fit from others; all arrays by a digest."""
    arrays = [*jax.tree.leaves(eqx.filter((game, value, crowd), eqx.is_array)), jax.random.key_data(key)]
    digest = hashlib.sha256(b"".join(np.asarray(leaf).tobytes() for leaf in arrays)).hexdigest()[:12]
    return {"task": task, "game, start, crowd and key": digest}


def _fresh(game, method, value, crowd, task, key) -> _State:
    samples = _drawn(game, value, crowd, task, key, jnp.array(False))
    iterate = method.start((Term(_Defect(game), samples),))
    zeros = jnp.zeros(task.steps, iterate.loss.dtype)
    kept = jnp.zeros((len(task.kept), len(iterate.theta)), iterate.theta.dtype)
    return _State(iterate, samples, jnp.array(0), zeros, kept, jnp.zeros((), zeros.dtype))


def _next(game: MeanFieldGame, method, crowd: Array, task: ValueTask, key: Key[Array, ""], state: _State) -> _State:
    k = int(state.step)
    if k and k % task.redraw == 0:
        late = jnp.array(2 * k >= task.steps)
        samples = _drawn(game, method.model_of(state.iterate), crowd, task, jax.random.fold_in(key, k), late)
        loss = method.start((Term(_Defect(game), samples),)).loss
        iterate = method.start((Term(_Defect(game), samples),))._replace(
            theta=state.iterate.theta, damping=state.iterate.damping, loss=loss
        )
        state = state._replace(samples=samples, iterate=iterate)
    iterate = method.step(state.iterate, (Term(_Defect(game), state.samples),))
    snapshots = state.snapshots
    if k + 1 in task.kept:
        snapshots = snapshots.at[task.kept.index(k + 1)].set(iterate.theta)
    return state._replace(
        iterate=iterate, step=jnp.array(k + 1), losses=state.losses.at[k].set(iterate.loss), snapshots=snapshots
    )


@eqx.filter_jit
def _drawn(
    game: MeanFieldGame, value: ValueFunction, crowd: Array, task: ValueTask, key: Key[Array, ""], late: Array
) -> Float[Array, "samples d3"]:
    """Samples with their weights: over the region, along the paths, and the worst places."""
    spread, along, worst = jax.random.split(key, 3)
    over = _weighted(_over_region(game, value, task.spread, spread, late), jnp.where(late, _BELOW, 1.0))
    beside = _weighted(_along_paths(value, crowd, task.along, along), 1.0)
    sup = largest_residual(game, value, value.region, worst, _SEARCH, task.worst, 15)
    return jnp.concatenate(
        [over, beside, _weighted(sup.points, jnp.where(late, _BELOW, 1.0), jnp.where(late, _WORST, 1.0))]
    )


def _weighted(points: Array, below: Any, above: Any = 1.0) -> Array:
    one = jnp.ones((len(points), 1), points.dtype)
    return jnp.concatenate([points, above * one, below * one], axis=1)


def _over_region(game: MeanFieldGame, value: ValueFunction, count: int, key: Key[Array, ""], late: Array) -> Array:
    """From the density 1 + 2 |r| / mean |r|, up to a factor; times gather at both ends, beyond which nothing holds."""
    first, second = jax.random.split(key)
    region = value.region
    u = jax.random.uniform(first, (_POOL * count, region.dimension + 1), region.dtype)
    u = u.at[:, -1].set((1 - jnp.cos(jnp.pi * u[:, -1])) / 2)
    x, t = jax.vmap(lambda u: region.place(u, game.horizon))(u)
    r = jax.lax.map(lambda s: hjb_residual(game, value, *s), (x, t), batch_size=1024)
    size = jnp.where(late & (r < 0), _BELOW, 1.0) * jnp.abs(r)
    density = 1 + 2 * size / (size.mean() + 1e-30)
    at = jax.random.choice(second, len(r), (count,), replace=False, p=density / density.sum())
    return jnp.concatenate([x, t[:, None]], axis=1)[at]


def _along_paths(value: ValueFunction, crowd: Array, count: int, key: Key[Array, ""]) -> Array:
    """Places that paths pass, at any time, spread a little."""
    for_path, for_time, for_noise = jax.random.split(key, 3)
    paths, nodes, d = crowd.shape
    which = jax.random.randint(for_path, (count,), 0, paths)
    when = jax.random.uniform(for_time, (count,), crowd.dtype) * (nodes - 1)
    before = jnp.floor(when).astype(int)
    part = (when - before)[:, None]
    x = (1 - part) * crowd[which, before] + part * crowd[which, jnp.minimum(before + 1, nodes - 1)]
    x = x + _JITTER * value.region.scale[None] * jax.random.normal(for_noise, (count, d), crowd.dtype)
    return jnp.concatenate([x, (value.horizon * when / (nodes - 1))[:, None]], axis=1)
