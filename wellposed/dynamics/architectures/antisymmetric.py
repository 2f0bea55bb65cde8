"""The antisymmetric network: a residual network whose layers neither grow nor decay."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import RK4, AbstractScheme
from .weights import Activation, activated, normal


class AntisymmetricLayer(eqx.Module):
    """dx/dt = sigma(K x + b) with K = (M - M') / 2 - gamma I [@haber2018].

    For an increasing sigma the Jacobian diag(sigma') K has, with gamma = 0, only imaginary eigenvalues, and
    with gamma > 0 none with a positive real part.

    Args:
        matrix: M.
        bias: b.
        damping: gamma >= 0.
        activation: sigma.

    Example:
        >>> AntisymmetricLayer(jnp.array([[0.0, 2.0], [0.0, 0.0]]), jnp.zeros(2)).weight
        Array([[ 0.,  1.],
               [-1.,  0.]], dtype=float32)
    """

    matrix: Float[Array, "width width"]
    bias: Float[Array, " width"]
    damping: float = eqx.field(static=True, default=0.0)
    activation: Activation = eqx.field(static=True, default="tanh")

    def __check_init__(self):
        if self.damping < 0:
            raise ValueError(f"AntisymmetricLayer expects a damping of at least 0, got {self.damping}.")

    @property
    def weight(self) -> Float[Array, "width width"]:
        """K."""
        return (self.matrix - self.matrix.mT) / 2 - self.damping * jnp.eye(len(self.bias), dtype=self.bias.dtype)

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        return activated(self.activation, self.weight @ x + self.bias)


def antisymmetric(
    width: int,
    depth: int,
    key: Key[Array, ""],
    t1: float = 1.0,
    solver: AbstractScheme | None = None,
    damping: float = 0.0,
    activation: Activation = "tanh",
) -> Flow:
    """A network of antisymmetric layers, whose spectrum lies on or left of the imaginary axis [@haber2018].

    Args:
        width: length of the state.
        depth: number of layers, and of steps.
        key: of the random weights.
        t1: the end of the interval.
        solver: the scheme, RK4 by default: its stability region holds a part of the imaginary axis. Euler's does not,
            and wants a `damping` of at least h |K|^2 / 2.
        damping: gamma.
        activation: sigma, an increasing function.

    Returns:
        A flow of states of shape `(width,)`.

    Example:
        >>> import jax
        >>> from wellposed.dynamics import stability
        >>> bool((stability(antisymmetric(4, 10, jax.random.key(0)), jnp.ones(4)).growth < 1e-5).all())
        True

    When it fails: the spectrum bounds growth only where the field changes slowly in time.
    """
    build = lambda key: AntisymmetricLayer(normal(key, width, width), jnp.zeros(width), damping, activation)
    return Flow(Piecewise.stacked(build, depth, key, 0.0, t1), solver or RK4(), t1=t1, steps=depth)
