"""Levenberg-Marquardt on points that move to where the equation is violated; it continues where it was stopped."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from wellposed.dynamics import BurgersPINN, Iterate, LevenbergMarquardt, Term
from wellposed.train import Progress, load_model, save_model

KNOWN_WEIGHT = 10.0  # of the known values beside the equation: both residuals are of order one, values are easier
_POOL = 10  # candidates for each point
_SAVE_SECONDS = 20.0


class State(NamedTuple):
    """Where a training stands, all arrays."""

    iterate: Iterate
    inside: Float[Array, "n 2"]
    step: Int[Array, ""]
    losses: Float[Array, " steps"]
    coefficients: Float[Array, "steps 2"]
    seconds: Float[Array, ""]


@dataclass(frozen=True)
class Learned:
    """A trained network with the figures of each step.

    Attributes:
        model: the network.
        losses: after each step, on the points of that step.
        coefficients: c and nu after each step.
        seconds: that the steps took, in all sessions together.
    """

    model: BurgersPINN
    losses: Float[Array, " steps"]
    coefficients: Float[Array, "steps 2"]
    seconds: float


@dataclass(frozen=True)
class Task:
    """One least-squares problem.

    Attributes:
        name: of the checkpoint and the progress bar.
        start: the network before training.
        given: (t, x) and the values of u there.
        inside: how many points the equation is asked at.
        steps: of the iteration.
        redraw: steps between two draws of the points inside.
        key: of the points.
    """

    name: str
    start: BurgersPINN
    given: tuple[Float[Array, "m 2"], Float[Array, " m"]]
    inside: int
    steps: int
    redraw: int
    key: Key[Array, ""]


def learn(task: Task, folder: Path, progress: Progress) -> Learned:
    """Train, from the checkpoint in the folder if there is one."""
    method = LevenbergMarquardt(task.start, task.start.trainable)
    path = folder / f"{task.name}.checkpoint"
    state = _fresh(task, method)
    if path.exists():
        state = load_model(path, state)
    saved = began = time.monotonic()
    with progress.task(task.name, total=task.steps, done=int(state.step)) as advance:
        while int(state.step) < task.steps:
            state = _next(task, method, state)
            now = time.monotonic()
            state, began = state._replace(seconds=state.seconds + (now - began)), now
            if now - saved > _SAVE_SECONDS or int(state.step) == task.steps:
                save_model(path, state)
                saved = now
            advance(1, loss=float(state.iterate.loss))
    model = method.model_of(state.iterate)
    return Learned(model, state.losses, state.coefficients, float(state.seconds))


def _fresh(task: Task, method: LevenbergMarquardt) -> State:
    inside = _uniform(task.key, task.inside)
    iterate = method.start(_terms(task, inside))
    zeros = jnp.zeros(task.steps, iterate.loss.dtype)
    return State(iterate, inside, jnp.array(0), zeros, jnp.stack([zeros, zeros], axis=1), jnp.zeros((), zeros.dtype))


def _next(task: Task, method: LevenbergMarquardt, state: State) -> State:
    k = int(state.step)
    if k and k % task.redraw == 0:
        inside = _drawn(method.model_of(state.iterate), jax.random.fold_in(task.key, k), task.inside)
        state = state._replace(inside=inside)
    iterate = method.step(state.iterate, _terms(task, state.inside))
    model = method.model_of(iterate)
    now = jnp.stack([model.advection, model.viscosity])
    return state._replace(
        iterate=iterate,
        step=jnp.array(k + 1),
        losses=state.losses.at[k].set(iterate.loss),
        coefficients=state.coefficients.at[k].set(now),
    )


def _terms(task: Task, inside: Array) -> tuple[Term, ...]:
    return Term(BurgersPINN.defect, inside), Term(BurgersPINN.misfit, task.given, KNOWN_WEIGHT)


def _uniform(key: Key[Array, ""], count: int) -> Float[Array, "count 2"]:
    """Points in [0, 1] x [-1, 1]."""
    return jax.random.uniform(key, (count, 2)) * jnp.array([[1.0, 2.0]]) - jnp.array([[0.0, 1.0]])


@eqx.filter_jit
def _drawn(model: BurgersPINN, key: Key[Array, ""], count: int) -> Float[Array, "count 2"]:
    """Points from the density 1 + |defect| / mean |defect|, up to a factor [@wu2023]."""
    first, second = jax.random.split(key)
    pool = _uniform(first, _POOL * count)
    defect = jnp.abs(jax.vmap(model.defect)(pool))
    density = 1 + defect / defect.mean()
    places = jax.random.choice(second, len(pool), (count,), replace=False, p=density / density.sum())
    return pool[places]
