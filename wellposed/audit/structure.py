"""Question 3, structure-preserving? Whether the map keeps its data and the symmetries of the problem."""

import math

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from wellposed.metrics import Interval, mean_interval

from . import drawing
from .answer import Answer
from .problem import Map, Problem, Symmetry, forward, norms, spread

QUESTION = "Structure-preserving?"
DEFINITION = (
    "Equivariance error ||f(S y) - R f(y)|| / ||f(y)|| for each symmetry A R = S A that the problem "
    "declares (a rotation of the object is a shift in angle), the worst of them, mean over the pictures. "
    "Beside it the data consistency ||A f(A x) - A x|| / ||A x|| on noise-free data. Without a declared "
    "symmetry the latter is the number."
)
TOLERANCE = 0.1  # a tenth of the picture's norm is what an eye sees


def equivariance_error(f: Map, on_data: Map, on_image: Map, y: Array) -> Float[Array, ""]:
    """How far f is from commuting with a symmetry: ||f(S y) - R f(y)|| / ||f(y)|| [@celledoni2021].

    Args:
        f: a map of one sample.
        on_data: S, one datum -> one datum.
        on_image: R, one image -> one image.
        y: one datum.

    Returns:
        0 for an equivariant map; nan where f(y) = 0 and f(S y) = 0.

    Example:
        >>> f = lambda y: y + jnp.roll(y, 1)  # a circular convolution commutes with shifts
        >>> shift = lambda v: jnp.roll(v, 2)
        >>> equivariance_error(f, shift, shift, jnp.arange(5.0))
        Array(0., dtype=float32)
    """
    before = f(y)
    return jnp.linalg.norm((f(on_data(y)) - on_image(before)).ravel()) / jnp.linalg.norm(before.ravel())


def ask(f: Map, problem: Problem, key: PRNGKeyArray | None = None, *, pictures: int = 8) -> Answer:
    """Data consistency, and the equivariance that a reconstruction inherits from its problem.

    Equation: if A R = S A then f(S y) = R f(y) is what a reconstruction should fulfil (Celledoni et al.,
    Inverse Problems 2021 [@celledoni2021]); the problem's own defect ||A R x - S A x|| / ||A x||
    (interpolation, say) is reported beside it and is not held against the map.

    Args:
        f: a map from one datum to one image.
        problem: with its `symmetries`.
        key: unused, nothing is random here.
        pictures: how many test pictures.

    Returns:
        The largest equivariance error with Student's interval. The answer is yes if it stays below a tenth
        plus the problem's own defect and the data consistency stays below a tenth.

    Example:
        >>> import jax, lineax as lx
        >>> A = lx.IdentityLinearOperator(jax.ShapeDtypeStruct((4,), jnp.float32))
        >>> x = jnp.array([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0]])
        >>> shift = Symmetry("shift", lambda y: jnp.roll(y, 1), lambda x: jnp.roll(x, 1))
        >>> redraw = lambda key, x, level: x
        >>> problem = Problem(A, x, y=x + 0.1, clean=x, level=0.1, redraw=redraw, symmetries=(shift,))
        >>> ask(lambda y: y, problem).number
        0.0
    """
    problem.check(f)
    chosen = spread(len(problem.x), pictures)
    x, y, clean = (np.asarray(a)[chosen] for a in (problem.x, problem.y, problem.clean))
    images = forward(f, np.concatenate([clean, y]))
    exact, noisy = images[: len(x)], images[len(x) :]
    consistency = norms(forward(problem.operator.mv, exact) - clean) / norms(clean)
    errors, defects = {}, {}
    for symmetry in problem.symmetries:
        errors[symmetry.name] = _errors(f, symmetry, y, noisy)
        moved = forward(problem.operator.mv, forward(symmetry.on_image, x))
        defects[symmetry.name] = float(np.mean(norms(moved - forward(symmetry.on_data, clean)) / norms(clean)))
    worst = max(errors, key=lambda name: errors[name].mean(), default=None)
    samples = consistency if worst is None else errors[worst]
    found, kept = mean_interval(samples), mean_interval(consistency)
    equivariant = all(error.mean() <= TOLERANCE + defects[name] for name, error in errors.items())
    consistent = kept.mean <= TOLERANCE
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=found.mean,
        unit="fraction of the picture's norm" if errors else "fraction of the data's norm",
        low=found.low,
        high=found.high,
        samples=samples,
        holds=bool(equivariant and consistent),
        verdict=_verdict(errors, equivariant, consistent, kept.mean, worst),
        details=_details(errors, defects, kept),
        curves={"consistency": consistency, **{f"symmetry: {name}": e for name, e in errors.items()}},
    )


def _errors(f, symmetry: Symmetry, y, images) -> np.ndarray:
    """`equivariance_error` of each datum, with f(y) at hand."""
    moved = forward(f, forward(symmetry.on_data, y))
    return norms(moved - forward(symmetry.on_image, images)) / norms(images)


def _details(errors, defects, kept: Interval) -> dict[str, float]:
    details = {"consistency_fraction": kept.mean, "consistency_low": kept.low, "consistency_high": kept.high}
    for name, error in errors.items():
        found = mean_interval(error)
        details |= {f"{name}: error": found.mean, f"{name}: low": found.low, f"{name}: high": found.high}
        details[f"{name}: defect of the problem itself"] = defects[name]
    return details


def _verdict(errors, equivariant: bool, consistent: bool, kept: float, worst: str | None) -> str:
    data = f"pictures made from exact data miss them by {kept:.0%}"
    if worst is None:
        return f"{'Yes' if consistent else 'No'}: {data} (the problem declares no symmetry)."
    does = "moves its picture along" if equivariant else "changes the picture in other ways too"
    return (
        f"{'Yes' if equivariant and consistent else 'No'}: moving the object {does} "
        f"({worst}: {errors[worst].mean():.0%} off); {data}."
    )


def draw(answers: dict[str, Answer]):
    """Data consistency and each symmetry's error, side by side."""
    first = next(iter(answers.values()))
    names = [name.removeprefix("symmetry: ") for name in first.curves if name != "consistency"]
    figure, axes = drawing.panels(1 + len(names), rows=len(answers))
    rows = {n: _row(a, "consistency_fraction", "consistency_low", "consistency_high") for n, a in answers.items()}
    drawing.points(axes[0], rows, "data consistency error (%)")
    for axis, name in zip(axes[1:], names, strict=True):
        rows = {n: _row(a, f"{name}: error", f"{name}: low", f"{name}: high") for n, a in answers.items()}
        drawing.points(axis, rows, f"{name}: equivariance error (%)")
        axis.set_yticklabels([])
        defect = 100 * first.details[f"{name}: defect of the problem itself"]
        axis.axvline(defect, color=drawing.INK, linestyle=":", linewidth=1)
    return figure


def _row(answer: Answer, *names: str) -> tuple[float, float, float]:
    value, low, high = (100 * answer.details.get(name, math.nan) for name in names)
    return value, low, high
