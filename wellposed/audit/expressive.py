"""Question 5, expressive? How the error falls with the rank and with the number of training images."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import PRNGKeyArray

from wellposed.metrics import mean_interval

from . import drawing
from .answer import Answer
from .problem import Curve, Map, Problem, forward, norms, spread
from .understandable import FLOOR, singular_vectors

QUESTION = "Expressive?"
DEFINITION = (
    "Change of the relative error ||f(y) - x|| / ||x|| with every doubling of the rank: slope of log error"
    " over log rank, mean over the pictures. The rank is that of the refitted map where it was refitted; "
    "else the number of singular components of the data that the map is given."
)
USEFUL = -1.0  # per cent: a doubling that saves less than a hundredth of the error buys nothing
SATURATED = 1.05  # within 5 % of the best error


def measure(refit: Callable[[int], Map], values: Sequence[int], x, y) -> Curve:
    """The errors of a map that is refitted at each setting.

    Args:
        refit: a rank or a number of training images -> a map.
        values: the settings, ascending.
        x: test images, one a row.
        y: their data.

    Returns:
        A `Curve` of ||f(y) - x|| / ||x||.

    Example:
        >>> x = np.ones((2, 4), np.float32)
        >>> measure(lambda r: lambda y: y * (np.arange(4) < r), [1, 4], x, x).errors.round(3)
        array([[0.866, 0.866],
               [0.   , 0.   ]])
    """
    errors = [norms(forward(refit(value), y) - np.asarray(x)) / norms(x) for value in values]
    return Curve(np.asarray(values), np.stack(errors))


def components(f: Map, problem: Problem, key: PRNGKeyArray, pictures: int, points: int) -> Curve:
    """The errors of f given only the r leading singular components of the data, f(U_r U_r' y)."""
    svd = singular_vectors(problem, 32, key)
    U, s = np.asarray(svd.U), np.asarray(svd.s)
    ranks = np.unique(np.geomspace(8, max(int(np.sum(s >= FLOOR * s[0])), 1), points).round().astype(int))
    chosen = spread(len(problem.x), pictures)
    x, y = np.asarray(problem.x)[chosen], np.asarray(problem.y)[chosen]
    flat = y.reshape(len(y), -1)
    given = np.concatenate([((flat @ U[:, :r].conj()) @ U[:, :r].T).reshape(y.shape) for r in ranks])
    images = forward(f, given.astype(y.dtype)).reshape(len(ranks), *x.shape)
    return Curve(ranks, np.stack([norms(image - x) / norms(x) for image in images]))


def ask(
    f: Map,
    problem: Problem,
    key: PRNGKeyArray,
    *,
    curves: Mapping[str, Curve] | None = None,
    pictures: int = 4,
    points: int = 5,
) -> Answer:
    """What more rank and more training images buy.

    Equation: log2 e(r) = a + b log2 r by least squares for each picture; 2^b - 1 is the change per
    doubling. The saturation point is the least setting whose mean error is within 5 % of the best.

    Args:
        f: a map from one datum to one image.
        problem: with its `svd`, for the components.
        key: draws the block of a missing SVD.
        curves: "rank" and "images" of this map, as `measure` makes them; without "rank" the map is given the
            leading r singular components of the data.
        pictures: how many test pictures for the components.
        points: how many ranks for the components.

    Returns:
        The change in per cent with Student's interval. The answer is yes if the whole interval is below
        -1 % and the best error below that of an empty picture: capacity turns into accuracy.

    Example:
        >>> curve = Curve(np.array([1, 2, 4]), np.array([[0.8, 0.4], [0.4, 0.2], [0.2, 0.1]]))
        >>> import jax, jax.numpy as jnp, lineax as lx
        >>> A = lx.IdentityLinearOperator(jax.ShapeDtypeStruct((4,), jnp.float32))
        >>> x = np.ones((2, 4), np.float32)
        >>> problem = Problem(A, x, y=x, clean=x, level=0.1, redraw=lambda key, x, s: x)
        >>> round(ask(lambda y: y, problem, jax.random.key(0), curves={"rank": curve}).number, 1)
        -50.0
    """
    problem.check(f)
    curves = dict(curves or {})
    if "rank" not in curves:
        curves["components"] = components(f, problem, key, pictures, points)
    main = curves["rank" if "rank" in curves else "components"]
    found = mean_interval(_per_doubling(main))
    best, enough = _saturation(main)
    details = {"best_relative_error": best, "saturation_rank": enough}
    if "images" in curves:
        images = mean_interval(_per_doubling(curves["images"]))
        details |= {
            "per_doubling_of_images_percent": images.mean,
            "per_doubling_of_images_low": images.low,
            "per_doubling_of_images_high": images.high,
            "saturation_images": _saturation(curves["images"])[1],
        }
    holds = bool((found.high if np.isfinite(found.high) else found.mean) < USEFUL and best < 1)
    return Answer(
        question=QUESTION,
        definition=DEFINITION,
        number=found.mean,
        unit="per cent of error per doubling of the rank",
        low=found.low,
        high=found.high,
        samples=_per_doubling(main),
        holds=holds,
        verdict=_verdict(holds, found.mean, best, enough, "rank" in curves),
        details=details,
        curves={f"{kind} {part}": getattr(c, part) for kind, c in curves.items() for part in ("values", "errors")},
    )


def _per_doubling(curve: Curve) -> np.ndarray:
    """Change of each picture's error per doubling of the setting, in per cent."""
    if len(curve.values) < 2:
        return np.full(curve.errors.shape[1], np.nan)
    slopes = np.polyfit(np.log2(curve.values), np.log2(np.maximum(curve.errors, 1e-12)), 1)[0]
    return 100 * (2**slopes - 1)


def _saturation(curve: Curve) -> tuple[float, float]:
    """The best mean error, and the least setting within 5 % of it."""
    means = curve.errors.mean(axis=1)
    return float(means.min()), float(curve.values[np.argmax(means <= SATURATED * means.min())])


def _verdict(holds: bool, change: float, best: float, enough: float, refitted: bool) -> str:
    what = "the rank of the map" if refitted else "the number of data components it is given"
    return (
        f"{'Yes' if holds else 'No'}: doubling {what} changes the error by {change:+.0f}%; it does not get "
        f"better than {best:.0%} of the picture, which {enough:.0f} reach within a twentieth."
    )


def draw(answers: dict[str, Answer]):
    """Error against the rank and the number of training images, one panel for each measured curve."""
    labels = {
        "rank": "rank of the refitted map",
        "images": "training images",
        "components": "singular components of the data given",
    }
    kinds = [kind for kind in labels if any(f"{kind} values" in a.curves for a in answers.values())]
    figure, axes = drawing.panels(len(kinds), rows=6)
    for axis, kind in zip(axes, kinds, strict=True):
        for style, (name, answer) in zip(drawing.styles(), answers.items(), strict=False):
            if f"{kind} values" in answer.curves:
                means = 100 * answer.curves[f"{kind} errors"].mean(axis=1)
                axis.semilogx(answer.curves[f"{kind} values"], means, label=name, **style)
        axis.set(xlabel=labels[kind], ylabel="error of the picture (% of its norm)")
        axis.legend(loc="best", fontsize="small")
    return figure
