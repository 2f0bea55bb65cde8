"""Four-dimensional variational assimilation, through the model's own gradient."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Scalar

from .observed import Assimilated, Observed


class FourDVar(eqx.Module):
    """4D-Var: the initial state of a window whose trajectory fits its observations best [@talagrand1987].

        J(x) = |x - x_b|^2 / (2 b^2) + sum_k |y_k - h(x_k)|^2 / (2 sigma^2),   x_0 = x, x_{k+1} = f(x_k)

    J is minimised by BFGS on the gradient that reverse-mode differentiation of the model gives, which is the adjoint
    model. The next window begins with the background x_b where the last one ends.

    Args:
        model: f, a map of one state over the time between observations, such as a `Flow`, differentiable by vjp.
        window: observations in a window.
        background: b, the standard deviation that a background is trusted to have.
        tolerance: relative and absolute, of the minimisation.
        max_steps: of the minimisation.

    Raises:
        ValueError: when called with observations that do not fill whole windows.

    Example:
        >>> still = FourDVar(lambda x: x, window=10, background=1.0)
        >>> ys = Observed(jnp.full((10, 1), 2.0), lambda x: x, 1.0)
        >>> round(float(still(jnp.zeros(1), ys).states[-1, 0]), 2)  # the mean of 0 and ten times 2
        1.82

    When it fails: in a window much longer than the time in which errors grow, J has many minima; `converged` says
    whether the minimisation ended, not in which of them.
    """

    model: Callable[[Any], Any]
    window: int = eqx.field(static=True)
    background: float
    tolerance: float = eqx.field(static=True, default=1e-4)
    max_steps: int = eqx.field(static=True, default=200)

    @eqx.filter_jit
    def __call__(self, guess: Float[Array, " state"], observations: Observed) -> Assimilated:
        """The analysis over all windows in turn.

        Args:
            guess: the background one step before the first observation.
            observations: one step of the model apart.
        """
        ys = observations.values
        if len(ys) % self.window:
            raise ValueError(
                f"FourDVar expects whole windows of {self.window} observations, got {len(ys)}: cut the last ones off."
            )

        def onward(background: Array, ys: Array) -> tuple[Array, tuple[Array, Array, Array]]:
            start, converged = self.minimised(background, Observed(ys, observations.observe, observations.sigma))
            states = self.trajectory(start)
            before = self.trajectory(background)
            return states[-1], (states, before, jnp.broadcast_to(converged, (self.window,)))

        _, (states, before, converged) = jax.lax.scan(onward, guess, ys.reshape(-1, self.window, ys.shape[1]))
        flat = lambda a: a.reshape(len(ys), *a.shape[2:])
        return Assimilated(flat(states), flat(before), jnp.full(len(ys), jnp.nan), flat(converged))

    def trajectory(self, start: Float[Array, " state"]) -> Float[Array, "window state"]:
        """The states at the observations of a window, from the state one step before the first."""

        def onward(x: Array, _: None) -> tuple[Array, Array]:
            x = self.model(x)
            return x, x

        return jax.lax.scan(onward, start, None, length=self.window)[1]

    def cost(self, start: Float[Array, " state"], background: Float[Array, " state"], observations: Observed) -> Scalar:
        """J."""
        seen = jax.vmap(observations.observe)(self.trajectory(start))
        misfit = jnp.sum((observations.values - seen) ** 2) / observations.sigma**2
        return (jnp.sum((start - background) ** 2) / self.background**2 + misfit) / 2

    def minimised(
        self, background: Float[Array, " state"], observations: Observed
    ) -> tuple[Float[Array, " state"], Bool[Array, ""]]:
        """The start of least cost, and whether the minimisation ended."""
        import optimistix

        found = optimistix.minimise(
            lambda x, _: self.cost(x, background, observations),
            optimistix.BFGS(self.tolerance, self.tolerance),
            background,
            max_steps=self.max_steps,
            throw=False,
        )
        return found.value, found.result == optimistix.RESULTS.successful
