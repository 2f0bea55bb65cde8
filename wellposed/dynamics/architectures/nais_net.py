"""NAIS-Net: a network that is asymptotically stable, with the input fed to every layer."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..schemes import Euler
from .weights import Activation, activated, normal


class NAISNetField(eqx.Module):
    """dx/dt = sigma(A x + B u + b) with A = -R'R - eps I and the network's input u as `args` [@ciccone2018].

    R is scaled so that |R'R|_F <= 1 - 2 eps: all eigenvalues of A lie in [-1 + eps, -eps], and each explicit
    Euler step with h <= 1 and 0 < sigma' <= 1 is a contraction towards one equilibrium, which u chooses.

    Args:
        R: the free matrix.
        B: from the input.
        bias: b.
        margin: eps, in (0, 1/2).
        activation: sigma: with tanh it is globally asymptotically stable, with relu incrementally stable.

    Example:
        >>> field = NAISNetField(jnp.array([[5.0]]), jnp.eye(1), jnp.zeros(1), margin=0.1)
        >>> round(float(field.A[0, 0]), 3)
        -0.9
    """

    R: Float[Array, "rank width"]
    B: Float[Array, "width inputs"]
    bias: Float[Array, " width"]
    margin: float = eqx.field(static=True, default=0.01)
    activation: Activation = eqx.field(static=True, default="tanh")

    def __check_init__(self):
        if not 0 < self.margin < 0.5:
            raise ValueError(f"NAISNetField expects a margin in (0, 1/2), got {self.margin}: take 0.01.")

    @property
    def A(self) -> Float[Array, "width width"]:
        """-R'R - eps I, with R'R scaled back into the ball."""
        gram = self.R.T @ self.R
        bound = 1 - 2 * self.margin
        norm = jnp.sqrt(jnp.sum(gram**2) + jnp.finfo(gram.dtype).tiny)
        return -gram * jnp.minimum(1, bound / norm) - self.margin * jnp.eye(len(self.bias), dtype=gram.dtype)

    def __call__(self, t: object, x: Float[Array, " width"], args: Float[Array, " inputs"]) -> Float[Array, " width"]:
        """dx/dt."""
        return activated(self.activation, self.A @ x + self.B @ args + self.bias)


def nais_net(
    width: int,
    depth: int,
    key: Key[Array, ""],
    step: float = 1.0,
    inputs: int | None = None,
    margin: float = 0.01,
    activation: Activation = "tanh",
) -> Flow:
    """A NAIS-Net block, x_{k+1} = x_k + h sigma(A x_k + B u + b), with one set of weights in all layers [@ciccone2018].

    Args:
        width: length of the state.
        depth: number of layers, and of steps.
        key: of the random weights.
        step: h, in (0, 1].
        inputs: length of the input u; by default that of the state.
        margin: eps.
        activation: tanh or relu.

    Returns:
        A flow of states of shape `(width,)`; it is called with the state and the input, `flow(x0, u)`.

    Raises:
        ValueError: if the step is not in (0, 1], or the margin not in (0, 1/2).

    Example:
        >>> flow = nais_net(3, 400, jax.random.key(0))
        >>> u = jnp.array([1.0, 0.5, -1.0])
        >>> bool(jnp.allclose(flow(jnp.zeros(3), u), flow(jnp.ones(3), u), atol=1e-2))  # the start is forgotten
        True

    When it fails: what it forgets it cannot invert, and its gradients with respect to early states vanish; those
        with respect to the input do not, since the input enters every layer.
    """
    if not 0 < step <= 1:
        raise ValueError(f"nais_net expects a step in (0, 1], got {step}: a longer one loses the stability.")
    for_R, for_B = jax.random.split(key)
    inputs = width if inputs is None else inputs
    R, B = normal(for_R, width, width), normal(for_B, width, inputs)
    field = NAISNetField(R, B, jnp.zeros(width), margin, activation)
    return Flow(field, Euler(), t1=step * depth, steps=depth)
