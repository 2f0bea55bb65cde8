"""Sparse identification of nonlinear dynamics."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float

from wellposed.simulate import Trajectories

from .library import Library, equations
from .model import AbstractReducedModel
from .rollout import ACCURATE, Solver, rollout
from .snapshots import samples
from .stlsq import stlsq


class SINDy(AbstractReducedModel):
    """Sparse identification of nonlinear dynamics [@brunton2016]: dx/dt = C Theta(x, parameter) with a sparse C.

    The parameter of a trajectory joins the variables of the library, so that its products with the state are
    candidates. A SINDy model is a field `(t, x, parameter) -> dx/dt`, which a `Flow` takes as it is.

    Attributes:
        coefficients: C, per unit of time.
        library: Theta, on the state and, behind it, the parameter.
        names: of the state's components and of the parameter.
        solver: of its equations, for `predict`.

    Shapes:
        `coefficients (state, library.size)`.

    Example:
        >>> from wellposed.simulate import Trajectories
        >>> ts = jnp.linspace(0.0, 2.0, 40)
        >>> x = jnp.exp(-jnp.stack([ts, 2 * ts], axis=1))  # dx1/dt = -x1, dx2/dt = -2 x2
        >>> data = Trajectories(ts, x[None], -(jnp.array([[1.0, 2.0]]) * x)[None])
        >>> SINDy.fit(data, degree=1).equations()
        ('dx1/dt = -1 x1', 'dx2/dt = -2 x2')

    When it fails: noisy derivatives, too few or too similar trajectories, or dynamics outside the library; the
    model may then blow up, and `predict` gives NaN.
    """

    coefficients: Float[Array, "state terms"]
    library: Library
    names: tuple[str, ...] = eqx.field(static=True)
    solver: Solver = ACCURATE

    @classmethod
    def fit(
        cls,
        trajectories: Trajectories,
        degree: int = 3,
        sine: bool = False,
        threshold: float = 0.1,
        ridge: float = 0.0,
        iterations: int = 20,
        names: Sequence[str] | None = None,
    ) -> "SINDy":
        """Sparse regression on all samples of all trajectories.

        Args:
            trajectories: with their derivatives, or those of a smoothing spline are taken.
            degree: of the library's polynomials.
            sine: whether the library has sines.
            threshold: smaller coefficients are zero.
            ridge: weight of the coefficients' squared norm.
            iterations: of the thresholding, at most.
            names: of the components of the state, then of the parameter; x1, x2, ..., p by default.
        """
        x, dx, p = samples(trajectories)
        variables = x if p is None else jnp.concatenate([x, p], axis=1)
        library = Library(variables.shape[1], degree, sine)
        found = stlsq(jax.vmap(library)(variables), dx, threshold, ridge, iterations)
        default = [f"x{i}" for i in range(1, x.shape[1] + 1)] + ([] if p is None else ["p"])
        return cls(found, library, tuple(names or default))

    def __call__(
        self, t: ArrayLike, x: Float[Array, " state"], parameter: Float[ArrayLike, "..."] | None
    ) -> Float[Array, " state"]:
        """dx/dt at a state and a parameter."""
        variables = x if parameter is None else jnp.concatenate([x, jnp.atleast_1d(jnp.asarray(parameter, x.dtype))])
        return self.coefficients @ self.library(variables)

    def predict(
        self, x0: Float[ArrayLike, " state"], parameter: Float[ArrayLike, "..."] | None, ts: Float[ArrayLike, " times"]
    ) -> Float[Array, "times state"]:
        """The states at `ts`, by the flow of the learned field."""
        return rollout(self, self.solver, x0, ts, parameter)

    def equations(self) -> tuple[str, ...]:
        """A line for each component of the state."""
        return equations(self.coefficients, self.library.names(self.names), self.names[: len(self.coefficients)])
