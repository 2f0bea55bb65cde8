"""Wasserstein barycentres of samples."""

import enum
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from .plan import Points, _points

_MOST = 100  # outer iterations


class BarycentreResult(enum.Enum):
    """How the search for a barycentre ended; the value is a sentence."""

    successful = "The points no longer lower the cost, and all plans to them have converged."
    max_iterations = "The points still lower the cost after the last iteration: take them as they are, or start anew."
    plans_failed = "A plan to the points did not converge: raise epsilon."


class Barycentre(NamedTuple):
    """Points in the middle of sets of samples.

    Attributes:
        points: of equal masses.
        costs: the weighted sum of regularised transport costs, after each iteration.
        iterations: of the points.
        plans_converged: whether every plan did.
    """

    points: Float[Array, "size d"]
    costs: Float[Array, " iterations"]
    iterations: Int[Array, ""]
    plans_converged: Bool[Array, ""]

    @property
    def result(self) -> BarycentreResult:
        """The code."""
        if not bool(self.plans_converged):
            return BarycentreResult.plans_failed
        return BarycentreResult.max_iterations if int(self.iterations) == _MOST else BarycentreResult.successful


def barycentre(
    sets: Sequence[Points],
    weights: Float[Array, " sets"],
    size: int,
    key: Key[Array, ""],
    *,
    epsilon: float = 0.01,
    throw: bool = True,
) -> Barycentre:
    """Points whose mean of weighted W2^2 to sets of samples is least, by OTT-JAX [@cuturi2014; @cuturi2022].

    Args:
        sets: arrays of samples, all of one dimension.
        weights: of the sets; at least 0, their sum is 1.
        size: how many points.
        key: of where the points begin.
        epsilon: the weight of the entropy, in units of the mean cost.
        throw: raise where the search did not end well.

    Returns:
        A `Barycentre`.

    Raises:
        ValueError: the sets have different dimensions, or weights do not fit.
        RuntimeError: no convergence, if `throw`.

    Example:
        >>> x = jax.random.normal(jax.random.key(0), (50, 2))
        >>> middle = barycentre([x, x + 4.0], jnp.array([0.5, 0.5]), 50, jax.random.key(1))
        >>> bool(jnp.abs(middle.points.mean(0) - x.mean(0) - 2.0).max() < 0.05)
        True
    """
    from ott.problems.linear.barycenter_problem import FreeBarycenterProblem
    from ott.solvers.linear.continuous_barycenter import FreeWassersteinBarycenter
    from ott.solvers.linear.sinkhorn import Sinkhorn

    arrays = [_points(f"set {i}", points) for i, points in enumerate(sets)]
    dimensions = sorted({points.shape[1] for points in arrays})
    if len(dimensions) != 1:
        raise ValueError(f"barycentre expects sets of one dimension, got {dimensions}: check the columns.")
    if weights.shape != (len(arrays),) or bool((weights < 0).any()) or abs(float(weights.sum()) - 1) > 1e-3:
        raise ValueError(f"barycentre expects {len(arrays)} weights with the sum 1, got {weights}: divide by the sum.")
    everything = jnp.concatenate(arrays)
    masses = jnp.concatenate([jnp.full(len(points), 1 / len(points)) for points in arrays])
    scale = 2 * jnp.sum(jnp.var(everything, axis=0))  # the mean cost between two of the samples
    start = jax.random.choice(key, everything, (size,), replace=False)
    solver: Any = FreeWassersteinBarycenter(Sinkhorn(max_iterations=5000), max_iterations=_MOST)
    with jax.numpy_rank_promotion("allow"):  # OTT counts on it
        problem = FreeBarycenterProblem(
            everything,
            masses,
            weights=weights,
            epsilon=float(epsilon * scale),
            num_per_segment=tuple(len(points) for points in arrays),
            max_measure_size=max(len(points) for points in arrays),
        )
        state = jax.jit(lambda problem, start: solver(problem, bar_size=size, x_init=start))(problem, start)
    made = state.linear_convergence >= 0  # OTT marks iterations that were not made by -1
    iterations = jnp.sum(made)
    found = Barycentre(
        state.x,
        state.costs[: int(iterations)],
        iterations,
        jnp.all(jnp.where(made, state.linear_convergence > 0, True)),
    )
    if throw and found.result is not BarycentreResult.successful:
        raise RuntimeError(f"barycentre: {found.result.value} ({int(iterations)} iterations).")
    return found
