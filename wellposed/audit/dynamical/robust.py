"""Question 2, robust? What noise in the initial state does to the whole trajectory, by chance and at its worst."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from wellposed.metrics import mean_interval

from .. import drawing
from ..answer import Answer
from ..robust import LIMIT, worst_perturbation
from .problem import Predictor, Problem, over_runs, rms, some

QUESTION = "Robust?"
DEFINITION = (
    "Worst-case ratio: the largest change of the trajectory over perturbations of the initial state of the noise's "
    "norm, divided by the mean change under random perturbations of that norm; mean over the trajectories. Beside it "
    "both changes as parts of the trajectory."
)
DRAWS = 8  # random perturbations of each initial state


class _Shaken(eqx.Module):
    """The trajectory of one run under the worst, and under random, perturbations of its initial state."""

    f: Predictor
    ts: Array
    radius: Array
    steps: int

    def __call__(self, states: Array, parameter: Array | None, key: Array):
        known = jnp.isfinite(states).all(axis=1, keepdims=True)
        trajectory = lambda x0: jnp.where(known, self.f(x0, parameter, self.ts), 0)
        attack_key, random_key = jax.random.split(key)
        x0 = states[0]
        attack = worst_perturbation(trajectory, x0, self.radius, attack_key, steps=self.steps)
        d = jax.random.normal(random_key, (DRAWS, *x0.shape), x0.dtype)
        d = self.radius * d / jnp.linalg.norm(d, axis=1, keepdims=True)
        before = trajectory(x0)
        by_chance = jax.vmap(lambda d: jnp.linalg.norm(trajectory(x0 + d) - before))(d)
        at_times = jnp.linalg.norm(trajectory(x0 + attack.perturbation) - before, axis=1)
        return attack.change, by_chance.mean(), at_times, known.sum()


def ask(
    f: Predictor, problem: Problem, key: PRNGKeyArray, *, pictures: int = 8, attacked: int = 4, steps: int = 4
) -> Answer:
    """Random and adversarial errors of the initial state, of one norm (after Antun et al. [@antun2020]).

    Equation: max_{||d|| = r} ||f(x0 + d) - f(x0)|| / mean_e ||f(x0 + e) - f(x0)||, norms over all known times, with
    r = noise sqrt(size) and e uniform on the sphere of that radius.

    Args:
        f: a map `(x0, parameter, ts) -> states`.
        problem: the test trajectories and the noise.
        key: draws perturbations and starts.
        pictures: unused but for being at least `attacked`.
        attacked: how many trajectories.
        steps: of projected gradient ascent.

    Returns:
        The ratio with Student's interval. The answer is yes if the adversary changes less than half of a trajectory
        (in norm, over the root mean square of the set). The ascent finds a lower bound of the true worst case.

    Example:
        >>> from wellposed.audit.dynamical import Runs
        >>> ts = jnp.linspace(0, 1, 11)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> problem = Problem(ts, Runs(jax.vmap(lambda x: decay(x, None, ts))(jnp.ones((2, 3)))), noise=0.01)
        >>> round(ask(decay, problem, jax.random.key(0)).number, 3)  # every direction is alike
        1.0
    """
    problem.check(f)
    runs = some(problem.test, min(attacked, pictures))
    ts = jnp.asarray(problem.ts)
    shaken = _Shaken(f, ts, jnp.asarray(problem.radius, jnp.asarray(runs.states).dtype), steps)
    keys = jax.random.split(key, len(runs.states))
    worst, chance, at_times, known = (
        np.asarray(v, float) for v in over_runs(shaken, runs.states, runs.parameters, keys)
    )
    size = rms(runs.states)
    fraction = float(np.mean(worst / np.sqrt(known) / size))
    ratios = np.where(np.isfinite(worst), worst, np.nan) / np.maximum(chance, 1e-30)
    ratio = mean_interval(ratios)
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=ratio.mean,
        unit="times random noise of the same norm",
        low=ratio.low,
        high=ratio.high,
        samples=ratios,
        holds=bool(fraction <= LIMIT),
        verdict=_verdict(fraction, ratio.mean),
        details={
            "worst_change_fraction_of_trajectory": fraction,
            "random_change_fraction_of_trajectory": float(np.mean(chance / np.sqrt(known) / size)),
            "noise_fraction_of_state": problem.radius / size,
        },
        curves={"ts": np.asarray(ts), "worst change": at_times.mean(axis=0) / size},
    )


def _verdict(fraction: float, ratio: float) -> str:
    if not np.isfinite(fraction):
        return "No: the map returned numbers that are not finite under a small change of the initial state."
    return (
        f"{'Yes' if fraction <= LIMIT else 'No'}: the worst error of the initial state, no larger than the usual one, "
        f"changes {fraction:.1%} of the trajectory, {ratio:.1f} times as much as chance does."
    )


def draw(answers: dict[str, Answer]):
    """How the worst perturbation of each map grows in time, and its size over that of chance."""
    figure, (left, right) = drawing.panels(2, rows=len(answers))
    for style, (name, answer) in zip(drawing.styles(), answers.items(), strict=False):
        lines = {**style, "marker": None}
        left.semilogy(answer.curves["ts"], 100 * np.maximum(answer.curves["worst change"], 1e-12), label=name, **lines)
    left.set(xlabel="time", ylabel="change under the worst\nperturbation (% of the states' rms)")
    left.legend(loc="best", fontsize="small")
    drawing.intervals(right, answers, "worst case / random error of the same norm")
    right.axvline(1, color=drawing.INK, linestyle=":", linewidth=1)
    return figure
