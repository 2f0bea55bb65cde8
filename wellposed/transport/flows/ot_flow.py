"""OT-Flow: the velocity is the gradient of a potential, and the paths are straight."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..potential import Potential
from .continuous import AbstractContinuousFlow, Rates


class OTFlow(AbstractContinuousFlow):
    """The flow of v = -grad Phi / alpha_L, with the exact divergence in closed form [@onken2021].

    Training minimises nll + transport int alpha_L |v|^2 / 2 dt + hjb int |-dPhi/dt + |grad Phi|^2 / (2 alpha_L)| dt:
    the second term is the cost of optimal transport, whose optimality condition, the Hamilton-Jacobi-Bellman
    equation, is the third. The published weights are transport = 1 / alpha_C and hjb = alpha_R / alpha_C.

    Args:
        potential: Phi.
        steps: of RK4.
        transport: weight of the cost.
        hjb: weight of the residual.
        alpha: alpha_L.

    Example:
        >>> flow = OTFlow.random(2, 16, jax.random.key(0))
        >>> flow.trajectory(jnp.ones(2)).shape
        (9, 2)

    When it fails: weights that are too large leave the density behind; watch nll.
    """

    potential: Potential
    steps: int = eqx.field(static=True)
    transport: Float[Array, ""] = eqx.field(converter=jnp.asarray)
    hjb: Float[Array, ""] = eqx.field(converter=jnp.asarray)
    alpha: float = eqx.field(static=True, default=1.0)

    @classmethod
    def random(
        cls,
        d: int,
        width: int,
        key: Key[Array, ""],
        steps: int = 8,
        transport: float | Float[Array, ""] = 1 / 30,
        hjb: float | Float[Array, ""] = 1 / 30,
        depth: int = 1,
    ) -> "OTFlow":
        """The published start; the weights are those for the eight Gaussians."""
        potential = Potential.random(d, width, key, depth)
        return cls(potential=potential, steps=steps, transport=jnp.asarray(transport), hjb=jnp.asarray(hjb))

    @property
    def dimension(self) -> int:
        """d."""
        return self.potential.dimension

    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """-grad Phi / alpha_L."""
        return -self.potential.gradient(x, t) / self.alpha

    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """Needs no probe."""
        gradient, time, laplacian = self.potential.derivatives(x, t)
        energy = gradient @ gradient / (2 * self.alpha)
        transport, hjb = jax.lax.stop_gradient((self.transport, self.hjb))  # numbers that training must not change
        penalties = {"transport": transport * energy, "hjb": hjb * jnp.abs(energy - time)}
        return Rates(-gradient / self.alpha, -laplacian / self.alpha, penalties)
