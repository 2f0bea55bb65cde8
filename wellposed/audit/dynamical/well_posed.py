"""Question 1, well-posed? How far the flow map carries two states apart, beside how far the system does."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from wellposed.metrics import quantile_interval
from wellposed.operators import norm

from .. import drawing
from ..answer import Answer
from ..jacobian import jacobian
from .problem import Predictor, Problem, last_known, over_runs, rms, some

QUESTION = "Well-posed?"
DEFINITION = (
    "Lipschitz constant of the flow map, ||d f(x0, t) / d x0||, from the initial state to the last known one: "
    "median over the trajectories. Its logarithm over the time is the largest finite-time Lyapunov exponent. Where "
    "the system itself is known, so is its own constant, which a faithful map shares."
)
FACTOR = 2.0  # between the constants of map and system


class _Stretch(eqx.Module):
    """The Lipschitz constant at one run, and whether its iteration arrived."""

    f: Predictor
    ts: Array
    steps: int
    tolerance: float

    def __call__(self, x0: Array, parameter: Array | None, last: Array, key: Array):
        J = jacobian(lambda x: self.f(x, parameter, self.ts)[last], x0)
        found = norm(J, key, rtol=self.tolerance, max_steps=self.steps, throw=False)
        return jnp.where(jnp.isfinite(found.error), found.value, jnp.nan), found.result == lx.RESULTS.successful


def ask(
    f: Predictor,
    problem: Problem,
    key: PRNGKeyArray,
    *,
    pictures: int = 8,
    steps: int = 12,
    tolerance: float = 0.05,
) -> Answer:
    """Hadamard's stability of a flow map at the initial states [@hadamard1902].

    Equation: L = max_d ||D f(x0, t) d|| / ||d||, by `operators.norm` of the Jacobian (never above the truth); a
    finite-time Lyapunov exponent log(L) / t. A chaotic system has a large L itself: there the question is whether
    the map has the same.

    Args:
        f: a map `(x0, parameter, ts) -> states`, differentiable by jvp and vjp in x0.
        problem: the test trajectories, the noise, and the system's own map where it is known.
        key: draws the start of the iteration.
        pictures: how many test trajectories, evenly spread.
        steps: at most so many pairs of products for each.
        tolerance: relative, on the residual.

    Returns:
        The median constant with a distribution-free interval. The answer is yes if everything converged, and if the
        median is within a factor of two of the system's own; where that is unknown, if to first order the noise
        cannot move a last state by more than the states' root mean square.

    Example:
        >>> from wellposed.audit.dynamical import Runs
        >>> ts = jnp.linspace(0, 1, 11)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> problem = Problem(ts, Runs(jax.vmap(lambda x: decay(x, None, ts))(jnp.ones((2, 3)))), noise=0.01)
        >>> round(ask(decay, problem, jax.random.key(0)).number, 3)
        0.368
    """
    problem.check(f)
    runs = some(problem.test, pictures)
    last = last_known(runs.states)
    keys = jax.random.split(key, len(last))

    def constants(g: Predictor) -> tuple[np.ndarray, np.ndarray]:
        stretch = _Stretch(g, jnp.asarray(problem.ts), steps, tolerance)
        value, arrived = over_runs(stretch, runs.states[:, 0], runs.parameters, last, keys)
        return np.asarray(value, float), np.asarray(arrived)

    own, arrived = constants(f)
    middle = quantile_interval(own)
    moved = float(np.max(own)) * problem.radius / rms(runs.states)
    times = np.asarray(problem.ts)[last] - float(problem.ts[0])
    details = {
        "lipschitz_worst": float(np.max(own)),
        "lyapunov_exponent_per_time": float(np.median(np.log(np.maximum(own, 1e-30)) / np.maximum(times, 1e-30))),
        "noise_moves_last_state_worst_fraction": moved,
        "converged_fraction": float(arrived.mean()),
    }
    ratio = None
    if problem.truth is not None:
        true = constants(problem.truth)[0]
        ratio = middle.quantile / max(float(np.median(true)), 1e-30)
        details |= {"lipschitz_of_the_system": float(np.median(true)), "lipschitz_over_that_of_the_system": ratio}
    holds = bool(np.isfinite(own).all() and arrived.all() and (_faithful(ratio) if ratio else moved <= 1))
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=middle.quantile,
        unit="last state per initial state",
        low=middle.low,
        high=middle.high,
        samples=own,
        holds=holds,
        verdict=_verdict(holds, middle.quantile, moved, ratio, bool(arrived.all())),
        details=details,
    )


def _faithful(ratio: float) -> bool:
    return 1 / FACTOR <= ratio <= FACTOR


def _verdict(holds: bool, constant: float, moved: float, ratio: float | None, arrived: bool) -> str:
    if not np.isfinite(constant):
        return "No: the map has no finite derivative at some of the initial states, so nothing bounds the noise there."
    beside = "" if ratio is None else f", {ratio:.2f} times what the system itself does"
    part = f"{moved:.0%} of" if moved <= 10 else f"{moved:.0e} times"
    caution = "" if arrived else " The iteration had not converged: the true constant may be larger."
    return (
        f"{'Yes' if holds else 'No'}: a small change of the initial state is multiplied by up to {constant:.2g} on the "
        f"way{beside}; noise of the present size moves the last state by up to {part} the states' size, to "
        f"first order.{caution}"
    )


def draw(answers: dict[str, Answer]):
    """The constant of each map, beside the system's own where it is known."""
    figure, (left, right) = drawing.panels(2, rows=len(answers))
    drawing.intervals(left, answers, "Lipschitz constant of the flow map", log=True)
    first = next(iter(answers.values())).details
    if "lipschitz_of_the_system" in first:
        left.axvline(first["lipschitz_of_the_system"], color=drawing.INK, linestyle=":", label="the system itself")
        left.legend(loc="best")
    rows = {name: (a.details["lyapunov_exponent_per_time"], np.nan, np.nan) for name, a in answers.items()}
    drawing.points(right, rows, "finite-time Lyapunov exponent (per unit of time)")
    right.set_yticklabels([])
    return figure
