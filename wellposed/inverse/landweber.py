"""Landweber's iteration, which regularises by stopping early."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact, Int, Shaped

from ..operators import Operator
from .checks import checked_data, require
from .scale import spectral_norm
from .solution import RESULTS, Solution, raised, success_if


class Landweber(eqx.Module):
    """[Landweber's iteration](https://doi.org/10.2307/2372313) [@landweber1951]: descent on |A x - y|^2 / 2.

    x_0 = 0 and x_{k+1} = x_k + w A^H (y - A x_k), with 0 < w < 2 / |A|^2. After k steps it is the spectral
    map with the gains (1 - (1 - w s^2)^k) / s: the number of steps is the parameter of regularisation, and
    1 / (w k) is like Tikhonov's alpha. It converges to the pseudo-inverse, slowly.

    Args:
        A: the operator.
        steps: how many steps; the most that `solve` takes. A traced number makes one program for every count,
            and then only forward derivatives.
        relaxation: w, in the units of 1 / |A|^2; 1 / |A|^2 by default.

    Shapes:
        Data of shape `A.out_shape` to a picture of shape `A.in_shape`.

    Raises:
        ValueError: if the steps are negative, w is not between 0 and 2 / |A|^2, or the data have another
            shape.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.operators import Matrix
        >>> f = Landweber(Matrix(jnp.diag(jnp.array([1.0, 0.5]))), steps=2, relaxation=1.0)
        >>> f(jnp.array([3.0, 2.0]))
        Array([3.  , 1.75], dtype=float32)
        >>> f.solve(jnp.array([3.0, 2.0]), noise_norm=1.5).stats["steps"]
        Array(1, dtype=int32, weak_type=True)
    """

    A: Operator
    steps: int | Int[Array, ""]
    relaxation: Float[Array, ""]

    def __init__(self, A: Operator, steps: int | Int[Array, ""], relaxation: float | Shaped[Array, ""] | None = None):
        size = spectral_norm(A)
        require("Landweber", steps >= 0, "a number of steps that is not negative", steps, "0 gives a zero picture")
        w = 1 / size**2 if relaxation is None else relaxation
        bound = 2 / size**2
        remedy = "leave it away, for 1 / |A|^2"
        require("Landweber", (w > 0) & (w < bound), f"a relaxation between 0 and 2 / |A|^2 = {bound}", w, remedy)
        self.A = A
        self.steps = steps
        self.relaxation = jnp.asarray(w, size.dtype)

    def __call__(self, y: Inexact[Array, "..."]) -> Inexact[Array, "..."]:
        """The picture after all the steps, of shape `A.in_shape`: a linear map of the data."""
        data = self._checked(y)
        return jax.lax.fori_loop(0, self.steps, lambda _, x: self._step(x, data - self.A.mv(x)), self._start())

    def solve(
        self,
        y: Inexact[Array, "..."],
        noise_norm: float | Shaped[Array, ""],
        tau: float = 1.0,
        throw: bool = True,
    ) -> Solution:
        """Stops by the discrepancy principle [@morozov1966]: at |A x_k - y| <= tau noise_norm.

        Args:
            y: the data.
            noise_norm: the Euclidean norm of the noise in the data.
            tau: a factor of safety, at least 1.
            throw: whether to raise if the discrepancy is not reached within `steps`.

        Returns:
            A `Solution` with the `steps` taken and the `residual` |A x - y|.
        """
        data = self._checked(y)
        target = jnp.asarray(tau * noise_norm, self.relaxation.dtype)

        def unfinished(state: tuple[Array, Array, Array]) -> Array:
            _, left, k = state
            return (k < self.steps) & (jnp.linalg.norm(left) > target)

        def step(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            x, left, k = state
            x = self._step(x, left)
            return x, data - self.A.mv(x), k + 1

        x, left, k = jax.lax.while_loop(unfinished, step, (self._start(), data, jnp.asarray(0)))
        residual = jnp.linalg.norm(left)
        failure = RESULTS.where(jnp.isfinite(residual), RESULTS.discrepancy_not_reached, RESULTS.not_finite)
        result = success_if(residual <= target, failure)
        return raised(Solution(x, result, {"steps": k, "residual": residual}), result, throw)

    def _step(self, x: Array, left: Array) -> Array:
        return x + self.relaxation.astype(x.dtype) * self.A.H.mv(left)

    def _start(self) -> Array:
        return jnp.zeros(self.A.in_shape, self.A.in_structure().dtype)

    def _checked(self, y: Array) -> Array:
        return checked_data("Landweber", y, self.A.out_shape, self.A.out_structure().dtype)
