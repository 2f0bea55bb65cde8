"""Question 1, well-posed? How far noise moves the picture, and whether the picture explains the data."""

import equinox as eqx
import jax
import lineax as lx
import numpy as np
from jaxtyping import PRNGKeyArray

from wellposed.metrics import mean_interval, quantile_interval
from wellposed.operators import norm

from . import drawing
from .answer import Answer
from .jacobian import as_real, jacobian
from .problem import Map, Problem, forward, norms, spread

QUESTION = "Well-posed?"
DEFINITION = (
    "Local Lipschitz constant L(y) = ||J_f(y)||, the largest stretch of a small change of the data, at the"
    " noisy test data: median over the pictures. Beside it the round trip ||A f(y) - y|| / ||noise||, "
    "about 1 when the picture explains the data up to the noise."
)
ROUND_TRIP_LIMIT = 2.0  # Morozov's discrepancy principle asks for 1; twice the noise is no explanation of the data


@eqx.filter_jit
def _lipschitz(f, ys, keys, steps, tolerance):
    def one(y, key):
        g, real = as_real(f, y)
        found = norm(jacobian(g, real), key, rtol=tolerance, max_steps=steps, throw=False)
        return found.value, found.error, found.steps, found.result == lx.RESULTS.successful

    return jax.vmap(one)(ys, keys)


def ask(
    f: Map,
    problem: Problem,
    key: PRNGKeyArray,
    *,
    pictures: int = 8,
    steps: int = 12,
    tolerance: float = 0.05,
) -> Answer:
    """Hadamard's stability, locally: the Lipschitz constant of f at the data [@hadamard1902].

    Equation: L(y) = max_d ||J_f(y) d|| / ||d||, by `operators.norm` of its `jacobian` (power iteration on jvp
    and vjp, sped up by Golub and Kahan [@golub1965]), which is never above the truth; round trip ||A f(y) -
    y|| / ||y - A x|| (Morozov 1966 [@morozov1966]).

    Args:
        f: a map from one datum to one image.
        problem: the operator and the test data.
        key: draws the start of the iteration.
        pictures: how many test pictures, evenly spread.
        steps: at most so many pairs of products per picture.
        tolerance: relative, on the residual.

    Returns:
        The median constant with a distribution-free interval. The answer is yes if everything converged, if
        to first order the noise cannot change a picture by more than the picture's own norm, and if the
        round trip stays below twice the noise.

    Example:
        >>> import jax.numpy as jnp, lineax as lx
        >>> A = lx.DiagonalLinearOperator(jnp.array([1.0, 0.5]))
        >>> x = jnp.array([[1.0, 2.0], [3.0, 4.0]])
        >>> y = jax.vmap(A.mv)(x)
        >>> problem = Problem(A, x, y=y + 0.01, clean=y, level=0.01, redraw=lambda key, x, level: A.mv(x))
        >>> round(ask(lambda y: y / jnp.array([1.0, 0.5]), problem, jax.random.key(0)).number, 4)
        2.0

    When it fails: where f is not differentiable the derivative may be nan, and the verdict says so.
    """
    problem.check(f)
    chosen = spread(len(problem.x), pictures)
    y = np.asarray(problem.y)[chosen]
    found = _lipschitz(f, y, jax.random.split(key, len(y)), steps, tolerance)
    constants, residuals, used, converged = (np.asarray(v) for v in found)
    constants = np.where(np.isfinite(residuals), constants.astype(float), np.nan)
    images = forward(f, y)
    trip = norms(forward(problem.operator.mv, images) - y) / problem.noise[chosen]
    moved = constants * problem.noise[chosen] / np.maximum(norms(images), 1e-30)
    middle, mean_trip = quantile_interval(constants), mean_interval(trip)
    details = {
        "lipschitz_worst": float(constants.max()),
        "noise_to_picture_worst_fraction": float(moved.max()),
        "round_trip_per_noise": mean_trip.mean,
        "round_trip_low": mean_trip.low,
        "round_trip_high": mean_trip.high,
        "converged_fraction": float(converged.mean()),
        "residual_worst": float(residuals.max()),
        "steps_worst": float(used.max()),
    }
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=middle.quantile,
        unit="picture norm per data norm",
        low=middle.low,
        high=middle.high,
        samples=constants,
        holds=bool(converged.all() and moved.max() <= 1 and mean_trip.mean <= ROUND_TRIP_LIMIT),
        verdict=_verdict(bool(converged.all()), float(moved.max()), mean_trip.mean),
        details=details,
        curves={"round_trip": trip},
    )


def _verdict(converged: bool, moved: float, trip: float) -> str:
    if not np.isfinite(moved):
        return "No: the map has no finite derivative at some of the data, so nothing bounds the noise there."
    stable = "a stable map" if moved <= 1 else "an unstable map"
    explained = (
        f"explain the data up to {trip:.1f} times the noise"
        if trip <= ROUND_TRIP_LIMIT
        else f"miss the data by {trip:.1f} times the noise, so they do not explain them"
    )
    caution = "" if converged else " The iteration had not converged: the true amplification may be larger."
    return (
        f"{'Yes' if moved <= 1 and trip <= ROUND_TRIP_LIMIT and converged else 'No'}: {stable}, in which "
        f"noise of the present size can move a picture by about {moved:.0%} of its size, to first order; its pictures "
        f"{explained}.{caution}"
    )


def draw(answers: dict[str, Answer]):
    """Amplification (median, interval and worst) and round trip of each map."""
    figure, (left, right) = drawing.panels(2, rows=len(answers))
    drawing.intervals(left, answers, "Lipschitz constant (picture norm per data norm)", log=True)
    worst = [answer.details["lipschitz_worst"] for answer in answers.values()]
    left.plot(worst, range(len(worst)), "x", color=drawing.INK, label="worst picture")
    left.legend(loc="best")
    trips = {
        name: (a.details["round_trip_per_noise"], a.details["round_trip_low"], a.details["round_trip_high"])
        for name, a in answers.items()
    }
    drawing.points(right, trips, "round trip ||A f(y) - y|| / ||noise||")
    right.axvline(1, color=drawing.INK, linestyle=":", linewidth=1)
    right.set_yticklabels([])
    return figure
