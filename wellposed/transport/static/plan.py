"""Optimal plans between two sets of samples."""

import enum
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

Points = Float[Array | np.ndarray, "_ _"]
Masses = Float[Array | np.ndarray, " _"]


class PlanResult(enum.Enum):
    """How the search for a plan ended; the value is a sentence."""

    successful = "The plan has the marginals that were asked for."
    max_iterations = "The plan's marginals are not those asked for yet: raise epsilon or iterations."


class Plan(NamedTuple):
    """A transport plan between samples x and y, with a certificate.

    Attributes:
        matrix: how much mass goes from x_i to y_j; its sum is 1.
        cost: sum of |x_i - y_j|^2 matrix_ij, of which W2^2 is the least.
        lower: a lower bound of W2^2, by the dual problem: W2^2 lies between it and `cost`, but for the marginal error.
        marginal_error: sum of |row and column sums - masses|.
        iterations: of Sinkhorn.
        converged: whether the marginals are those asked for; `result` says it in words.
    """

    matrix: Float[Array, "n m"]
    cost: Float[Array, ""]
    lower: Float[Array, ""]
    marginal_error: Float[Array, ""]
    iterations: Int[Array, ""]
    converged: Bool[Array, ""]

    @property
    def result(self) -> PlanResult:
        """The code."""
        return PlanResult.successful if bool(self.converged) else PlanResult.max_iterations

    def pushed(self, y: Points) -> Float[Array, "_ _"]:
        """Where the plan takes each x_i in the mean: its barycentric projection."""
        return self.matrix @ jnp.asarray(y) / jnp.sum(self.matrix, axis=1)[:, None]


def plan(
    x: Points,
    y: Points,
    x_masses: Masses | None = None,
    y_masses: Masses | None = None,
    *,
    epsilon: float = 0.01,
    iterations: int = 5000,
    throw: bool = True,
) -> Plan:
    """The entropic plan between two sets of samples for the cost |x - y|^2, by OTT-JAX [@cuturi2022].

    Args:
        x: samples.
        y: samples of the same dimension.
        x_masses: of the samples, 1/n each by default; they sum to 1.
        y_masses: likewise.
        epsilon: the weight of the entropy, in units of the mean cost. The plan's cost is above W2^2 by about as much.
        iterations: the most Sinkhorn iterations.
        throw: raise when they did not suffice.

    Returns:
        A `Plan`.

    Raises:
        ValueError: shapes do not fit, a number is NaN, or masses are negative or do not sum to 1.
        RuntimeError: no convergence, if `throw`.

    Example:
        >>> found = plan(jnp.array([[0.0], [1.0]]), jnp.array([[2.0], [3.0]]))
        >>> bool(found.lower <= 4.0) and abs(float(found.cost) - 4.0) < 0.05
        True
    """
    from ott.geometry.pointcloud import PointCloud
    from ott.solvers import linear

    x, y = _points("x", x), _points("y", y)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"plan expects samples of one dimension, got {x.shape[1]} and {y.shape[1]}: check the columns."
        )
    a, b = _masses("x", x, x_masses), _masses("y", y, y_masses)
    with jax.numpy_rank_promotion("allow"):  # OTT counts on it
        geometry = PointCloud(x, y, epsilon=epsilon, relative_epsilon="mean")
        out: Any = linear.solve(geometry, a, b, max_iterations=iterations, threshold=1e-3)
        C, matrix = geometry.cost_matrix, out.matrix
    lower = a @ out.f + b @ jnp.min(C - out.f[:, None], axis=0)  # c-transform: feasible for the dual problem
    off = jnp.sum(jnp.abs(matrix.sum(1) - a)) + jnp.sum(jnp.abs(matrix.sum(0) - b))
    found = Plan(matrix, jnp.sum(C * matrix), lower, off, out.n_iters, out.converged)
    if throw and not bool(found.converged):
        raise RuntimeError(f"plan: {found.result.value} (marginal error {float(off):.2g} after {int(out.n_iters)}).")
    return found


def wasserstein(x: Points, y: Points, *, epsilon: float = 0.01) -> Float[Array, ""]:
    """W2^2, the squared Wasserstein distance between two sets of samples: int int |v|^2 rho dx dt of the best flow.

    The cost of the entropic plan; `plan` gives the interval that it certifies, and the plan itself.

    Example:
        >>> x = jnp.array([[0.0, 0.0], [1.0, 0.0]])
        >>> round(float(wasserstein(x, x + jnp.array([[3.0, 4.0]]))), 1)
        25.0
    """
    return plan(x, y, epsilon=epsilon).cost


def _points(name: str, points: Points) -> Float[Array, "n d"]:
    points = jnp.asarray(points)
    if points.ndim != 2 or not len(points):
        raise ValueError(f"plan expects {name} of shape (samples, dimensions), got {points.shape}: reshape it.")
    bad = np.flatnonzero(~np.isfinite(np.asarray(points)).all(axis=1))
    if len(bad):
        raise ValueError(f"plan expects finite samples, got NaN or infinity in row {bad[0]} of {name}: drop such rows.")
    return points


def _masses(name: str, points: Array, masses: Masses | None) -> Float[Array, " n"]:
    if masses is None:
        return jnp.full(len(points), 1 / len(points), points.dtype)
    masses = jnp.asarray(masses, points.dtype)
    total = float(masses.sum())
    if masses.shape != (len(points),) or bool((masses < 0).any()) or abs(total - 1) > 1e-3:
        raise ValueError(
            f"plan expects {len(points)} masses of {name}, none negative, with the sum 1, got {masses.shape} with the "
            f"sum {total:.4g}: divide by the sum."
        )
    return masses
