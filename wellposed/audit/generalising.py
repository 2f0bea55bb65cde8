"""Question 6, generalising? The error on training pictures, on new ones and on foreign ones."""

import math
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from wellposed.metrics import mean_interval

from . import drawing
from .answer import Answer
from .interval import Gap, gap
from .problem import Map, Problem, forward, norms, spread

QUESTION = "Generalising?"
DEFINITION = (
    "Generalisation gap: mean relative error ||f(y) - x|| / ||x|| on the test pictures minus that on the "
    "training pictures. Beside it the error and the gap on every other set of pictures, each against the "
    "training pictures."
)
LIMIT = 2.0  # twice the error elsewhere: the map learned its pictures, not the problem


def ask(f: Map, problem: Problem, key: PRNGKeyArray | None = None, *, pictures: int = 8) -> Answer:
    """Training, test and foreign error, and their gaps.

    Equation: gap = mean_test e - mean_train e with e = ||f(y) - x|| / ||x||; Student's interval of the
    differences where both sets show the same pictures, else Welch's (1947 [@welch1947]). A map without
    training set is compared with its test pictures. Sets differ in difficulty too: compare the gap of a
    learned map with that of a map that learned nothing.

    Args:
        f: a map from one datum to one image.
        problem: with `train` and `elsewhere`.
        key: unused, nothing is random here.
        pictures: how many of each set.

    Returns:
        The gap between test and training pictures, or without the latter the largest gap elsewhere. The
        answer is yes if no set has more than twice the error of the first, and that is below an empty
        picture's; None without another set.

    Example:
        >>> import jax, jax.numpy as jnp, lineax as lx
        >>> A = lx.IdentityLinearOperator(jax.ShapeDtypeStruct((4,), jnp.float32))
        >>> x = np.ones((2, 4), np.float32)
        >>> redraw = lambda key, x, level: x
        >>> problem = Problem(A, x, y=2 * x, clean=x, level=0.1, redraw=redraw, train=(x, 2 * x))
        >>> ask(lambda y: y, problem).number
        0.0
    """
    problem.check(f)
    sets = {"test": (problem.x, problem.y), **problem.elsewhere}
    if problem.train is not None:
        sets = {"train": problem.train, **sets}
    shown = {name: _take(x, y, pictures) for name, (x, y) in sets.items()}
    errors = {name: _errors(f, x, y) for name, (x, y) in shown.items()}
    base = next(iter(shown))
    paired = {name: _same(x, shown[base][0]) for name, (x, _) in shown.items()}
    return judged(errors, paired, QUESTION, DEFINITION, "pictures")


def judged(
    errors: Mapping[str, Float[np.ndarray, " n"]],
    paired: Mapping[str, bool],
    question: str,
    definition: str,
    samples: str,
) -> Answer:
    """The answer, from the relative errors on each set, that with which the others are compared first.

    Args:
        errors: set -> the relative error of each sample; 1 is that of an empty answer.
        paired: set -> whether its samples are those of the first.
        question: as a reader would ask it.
        definition: what the number is.
        samples: what there is one error of: "pictures".
    """
    base, *others = errors
    gaps = {o: gap(errors[o], errors[base], paired[o]) for o in others}
    main = "test" if "test" in gaps else max(gaps, key=lambda name: gaps[name].value, default=None)
    found = gaps[main] if main else Gap(math.nan, math.nan, math.nan)
    factor = {name: float(errors[name].mean() / max(errors[base].mean(), 1e-30)) for name in others}
    useful = bool(errors[base].mean() < 1)
    holds = useful and all(v <= LIMIT for v in factor.values()) if others else None
    return Answer(
        question=question,
        definition=definition,
        number=found.value,
        unit="relative error",
        low=found.low,
        high=found.high,
        samples=errors[main or base],
        holds=holds,
        verdict=_verdict(holds, base, errors, factor, samples),
        details=_details(errors, gaps, samples),
        curves={f"error: {name}": e for name, e in errors.items()},
    )


def _take(x, y, pictures: int) -> tuple[np.ndarray, np.ndarray]:
    chosen = spread(len(x), pictures)
    return np.asarray(x)[chosen], np.asarray(y)[chosen]


def _errors(f, x, y) -> Float[np.ndarray, " n"]:
    return norms(forward(f, y) - x) / norms(x)


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.array_equal(a, b))


def _details(errors, gaps: dict[str, Gap], samples: str) -> dict[str, float]:
    details = {}
    for name, error in errors.items():
        found = mean_interval(error)
        details |= {f"{name}: error": found.mean, f"{name}: low": found.low, f"{name}: high": found.high}
        details[f"{name}: {samples}"] = float(len(error))
    for name, found in gaps.items():
        details |= {
            f"{name}: gap": found.value,
            f"{name}: gap low": found.low,
            f"{name}: gap high": found.high,
        }
    return details


def _verdict(holds: bool | None, base: str, errors, factor: dict[str, float], samples: str) -> str:
    if holds is None:
        return f"Not asked: the problem has no training {samples} and none from elsewhere to compare with."
    worst = max(factor, key=lambda name: factor[name])
    known = "training" if base == "train" else "test"
    return (
        f"{'Yes' if holds else 'No'}: the relative error is {errors[base].mean():.1%} on the {known} {samples} and,"
        f" where it does worst, {errors[worst].mean():.1%} on '{worst}', {factor[worst]:.1f} times as much."
    )


def draw(answers: dict[str, Answer]):
    """The error of each map on each set of pictures, side by side."""
    first = next(iter(answers.values()))
    sets = [name.removeprefix("error: ") for name in first.curves]
    figure, axes = drawing.panels(len(sets), rows=len(answers), same=True)
    for axis, name in zip(axes, sets, strict=True):
        rows = {}
        for method, answer in answers.items():
            value, low, high = (100 * answer.details[f"{name}: {part}"] for part in ("error", "low", "high"))
            rows[method] = (value, low, high)
        drawing.points(axis, rows, f"error on '{name}' (%)")
        if axis is not axes[0]:
            axis.set_yticklabels([])
    return figure
