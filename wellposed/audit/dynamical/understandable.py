"""Question 4, understandable? How much of the map's motion a short polynomial law in few coordinates explains."""

import math

import numpy as np
from jaxtyping import PRNGKeyArray

from wellposed.metrics import mean_interval

from .. import drawing
from ..answer import Answer
from .problem import Predictor, Problem, Runs, rollout, some

QUESTION = "Understandable?"
DEFINITION = (
    "Share of the velocity of the predicted trajectories that a polynomial of degree 3 in their leading three "
    "principal coordinates (and the parameter, if it is at most 3 numbers) explains, on trajectories that the "
    "polynomial was not fitted to: R^2 = 1 - |v - p|^2 / |v - mean v|^2. Beside it the share of the motion that these "
    "coordinates hold."
)
LIMIT = 0.9
MOST = 3  # numbers of a parameter that is part of the law: a window of past states would fill the memory with monomials
DEGREES = (1, 2, 3)


def ask(
    f: Predictor, problem: Problem, key: PRNGKeyArray | None = None, *, pictures: int = 8, coordinates: int = 3
) -> Answer:
    """Whether the map obeys a law that a reader could write down (in the spirit of SINDy [@brunton2016]).

    Equation: dz_i/dt = sum_j c_ij m_j(z, parameter) with all monomials m_j of degree at most 3 in z = V'(x - mean x),
    V the leading principal directions of the predicted states; c by least squares on every other trajectory, R^2 on
    the rest. The velocities are central differences of the prediction.

    Args:
        f: a map `(x0, parameter, ts) -> states`.
        problem: the test trajectories.
        key: unused, nothing is random here.
        pictures: how many trajectories; with a single one, its first half is fitted and its second is explained.
        coordinates: how many principal coordinates.

    Returns:
        R^2 at degree 3, with Student's interval over the trajectories. The answer is yes if it is at least 0.9 and
        the coordinates hold at least 0.9 of the variance.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> ts = jnp.linspace(0, 1, 51)
        >>> decay = lambda x0, parameter, ts: jnp.outer(jnp.exp(-ts), x0)
        >>> starts = jnp.array([[1.0], [2.0], [3.0], [4.0]])
        >>> problem = Problem(ts, Runs(jax.vmap(lambda x: decay(x, None, ts))(starts)), noise=0.01)
        >>> ask(decay, problem).number > 0.99
        True
    """
    problem.check(f)
    runs = some(problem.test, max(pictures, 4))
    ts = np.asarray(problem.ts, float)
    predicted = rollout(f, problem.ts, runs).astype(float)
    if not np.isfinite(predicted).all():
        return _broken()
    z, energy = _principal(predicted, coordinates)
    parameters, left_out = _parameters(runs)
    shares = {degree: _explained(z, parameters, ts, degree) for degree in DEGREES}
    most = shares[DEGREES[-1]]
    found = mean_interval(most)
    holds = bool(found.mean >= LIMIT and energy >= LIMIT)
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=found.mean,
        unit="share of the velocity",
        low=found.low,
        high=min(found.high, 1.0),
        samples=most,
        holds=holds,
        verdict=_verdict(holds, {d: float(s.mean()) for d, s in shares.items()}, z.shape[2], energy, left_out),
        details={
            **{f"explained_by_degree_{degree}_fraction": float(share.mean()) for degree, share in shares.items()},
            "variance_in_the_coordinates_fraction": energy,
            "coordinates": float(z.shape[2]),
            "numbers_of_the_parameter_left_out": float(left_out),
        },
    )


def _principal(states: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    """The leading principal coordinates, scaled to a unit spread, and their share of the variance."""
    flat = states.reshape(-1, states.shape[2])
    centred = flat - flat.mean(axis=0)
    _, s, right = np.linalg.svd(centred, full_matrices=False)
    kept = min(count, int(np.sum(s > 1e-6 * max(s[0], 1e-300))) or 1)
    z = centred @ right[:kept].T
    energy = float(np.sum(s[:kept] ** 2) / max(np.sum(s**2), 1e-300))
    return (z / max(z.std(), 1e-300)).reshape(*states.shape[:2], kept), energy


def _parameters(runs: Runs) -> tuple[np.ndarray, int]:
    """Parameters as rows (n, p), centred and of unit spread, empty where there are none or too many; those left out."""
    rows = np.zeros((len(runs.states), 0))
    if runs.parameters is not None:
        rows = np.asarray(runs.parameters, float).reshape(len(runs.states), -1)
    if rows.shape[1] > MOST:
        return rows[:, :0], rows.shape[1]
    return (rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-12), 0


def _explained(z: np.ndarray, parameters: np.ndarray, ts: np.ndarray, degree: int) -> np.ndarray:
    """R^2 of each trajectory (or part of one) that was not fitted."""
    if len(z) == 1:
        cut = len(ts) // 2
        z, parameters, ts = np.stack([z[0, :cut], z[0, cut : 2 * cut]]), parameters.repeat(2, axis=0), ts[:cut]
    velocity = np.gradient(z, ts, axis=1)[:, 1:-1]
    places = np.concatenate([z, np.broadcast_to(parameters[:, None], (*z.shape[:2], parameters.shape[1]))], axis=2)
    terms = _monomials(places[:, 1:-1], degree)
    fitted, rest = slice(0, None, 2), slice(1, None, 2)
    flat = lambda a: a.reshape(-1, a.shape[2])
    c = np.linalg.lstsq(flat(terms[fitted]), flat(velocity[fitted]), rcond=1e-8)[0]
    left = np.sum((velocity[rest] - terms[rest] @ c) ** 2, axis=(1, 2))
    spread = np.sum((velocity - velocity.mean(axis=(0, 1))) ** 2, axis=(1, 2)).mean()
    return 1 - left / max(spread, 1e-300)


def _monomials(places: np.ndarray, degree: int) -> np.ndarray:
    """All monomials up to a degree along a new last axis, the constant first."""
    terms, last = [np.ones(places.shape[:2])], [(np.ones(places.shape[:2]), 0)]
    for _ in range(degree):
        last = [(m * places[..., i], i) for m, least in last for i in range(least, places.shape[2])]
        terms += [m for m, _ in last]
    return np.stack(terms, axis=2)


def _broken() -> Answer:
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=math.nan,
        unit="share of the velocity",
        low=math.nan,
        high=math.nan,
        samples=np.array([math.nan]),
        holds=False,
        verdict="No: the map returned states that are not finite.",
        details={f"explained_by_degree_{degree}_fraction": math.nan for degree in DEGREES},
    )


def _verdict(holds: bool, shares: dict[int, float], coordinates: int, energy: float, left_out: int) -> str:
    words = ", ".join(f"{f'{x:.0%}' if x > 0 else 'nothing'} at degree {degree}" for degree, x in shares.items())
    of = "1 coordinate, which holds" if coordinates == 1 else f"{coordinates} coordinates, which hold"
    without = f" (the {left_out} numbers of its parameter are left out)" if left_out else ""
    return (
        f"{'Yes' if holds else 'No'}: a polynomial law in {of} {energy:.0%} of the motion, explains of its velocity, "
        f"on trajectories that it was not fitted to, {words}{without}."
    )


def draw(answers: dict[str, Answer]):
    """What polynomials of each degree explain of each map."""
    figure, axes = drawing.panels(len(DEGREES), rows=len(answers), same=True)
    for axis, degree in zip(axes, DEGREES, strict=True):
        name = f"explained_by_degree_{degree}_fraction"
        rows = {n: (100 * a.details[name], np.nan, np.nan) for n, a in answers.items()}
        drawing.points(axis, rows, f"velocity explained at degree {degree} (%)")
        if axis is not axes[0]:
            axis.set_yticklabels([])
    return figure
