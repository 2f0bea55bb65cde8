"""The corner of the L-curve."""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact, Scalar

from ...operators import Operator
from ..solution import RESULTS, success_if
from .rule import Build, Choice, Grid, chosen, over_grid, square

_ARM = 0.1  # length of the arms of the three-point curvature, as a part of the length of the curve


def _norm(x: Array) -> Scalar:
    return jnp.sqrt(square(x))


def l_curve(
    build: Build,
    grid: Grid,
    A: Operator,
    y: Inexact[Array, "..."],
    *,
    size: Callable[[Array], Scalar] = _norm,
    throw: bool = True,
) -> Choice:
    """The parameter at the corner of the curve (log |A f(y) - y|, log size(f(y))).

    [Hansen](https://doi.org/10.1137/1034115) [@hansen1992]: the curve falls steeply while noise is filtered
    out, and turns flat where the picture begins to suffer; the corner between is the point of the largest
    curvature. The curvature is that of the circle through three points (Menger's, as in [Cultrera &
    Callegaro](https://doi.org/10.1088/2633-1357/abad0d) [@cultrera2020]): the point itself and the two that
    lie a tenth of the curve's length before and behind it on the curve. So it needs no derivative, serves a
    rank as well as a weight, and does not mind points that cluster, where neighbours would give it an
    arbitrary value. It needs no noise level either; it is a heuristic.

    Args:
        build: parameter -> map, such as `lambda alpha: Tikhonov(svd, alpha)`; the parameter is traced.
        grid: the values to try, in order, at least four; dense enough to draw the curve by straight lines.
        A: the operator.
        y: the data of one sample.
        size: of a picture; the Euclidean norm by default, `variation` for `TotalVariation`.
        throw: whether to raise if the curve has no corner.

    Returns:
        A `Choice` whose scores are the curvatures, -inf within one arm of the curve's ends.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.inverse import Tikhonov
        >>> from wellposed.operators import Matrix, svd
        >>> A = Matrix(jnp.diag(jnp.array([1.0, 0.5, 1e-3, 1e-4])))
        >>> spectrum = svd(A)
        >>> y = jnp.array([1.0, 0.5, 0.01, -0.01])
        >>> found = l_curve(lambda a: Tikhonov(spectrum, a), 10.0 ** jnp.arange(-9.0, 2.0, 0.25), A, y)
        >>> 1e-5 < float(found.parameter) < 1e-2
        True
    """

    def point(f: Callable[[Array], Array]) -> Array:
        x = f(y)
        return jnp.log(jnp.stack([_norm(A.mv(x) - y), size(x)]))

    points = over_grid(build, grid, point)  # (grid, 2)
    scores = _curvature(points)
    result = success_if((scores > 0).any(), RESULTS.no_corner)
    result = RESULTS.where(jnp.isfinite(points).all(), result, RESULTS.not_finite)
    return chosen(build, grid, scores, jnp.argmax(scores), result, throw)


def _curvature(points: Float[Array, "grid 2"]) -> Float[Array, " grid"]:
    """Signed curvature in the order of growing residual: positive where the curve turns to the left."""
    forwards = points[0, 0] <= points[-1, 0]
    ordered = jnp.where(forwards, points, points[::-1])
    along = jnp.concatenate([jnp.zeros(1, points.dtype), jnp.cumsum(_lengths(jnp.diff(ordered, axis=0)))])
    arm = _ARM * along[-1]

    def at(position: Array) -> Array:
        return jnp.stack([jnp.interp(position, along, ordered[:, i]) for i in range(2)], -1)

    before, behind = at(along - arm), at(along + arm)
    a, b = ordered - before, behind - ordered
    product = _lengths(a) * _lengths(b) * _lengths(behind - before)
    turn = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    curvature = 2 * turn / jnp.where(product > 0, product, jnp.inf)
    inside = (along >= arm) & (along <= along[-1] - arm) & jnp.isfinite(curvature)
    curvature = jnp.where(inside, curvature, -jnp.inf)
    return jnp.where(forwards, curvature, curvature[::-1])


def _lengths(vectors: Float[Array, "n 2"]) -> Float[Array, " n"]:
    return jnp.sqrt((vectors**2).sum(-1))
