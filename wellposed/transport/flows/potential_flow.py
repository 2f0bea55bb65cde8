"""The potential flow generator: a gradient flow kept optimal by the Hamilton-Jacobi equation."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron

from .continuous import AbstractContinuousFlow, Rates


class PotentialFlow(AbstractContinuousFlow):
    """The flow of v = grad phi(x, t), a perceptron, regular in the sense of optimal transport in L2 [@yang2020].

    For the least int |v|^2 rho dx dt the potential satisfies d phi / dt + |grad phi|^2 / 2 = 0; training adds
    weight int (d phi / dt + |grad phi|^2 / 2)^2 dt along the paths to the negative log-likelihood. Here the flow
    goes from data to base, which changes the sign of phi alone.

    Args:
        net: phi, of (x, t).
        steps: of RK4.
        weight: of the penalty.

    Example:
        >>> flow = PotentialFlow.random(2, 16, jax.random.key(0))
        >>> flow.velocity(jnp.array(0.5), jnp.ones(2)).shape
        (2,)

    When it fails: derivatives of second order are automatic, so that a step costs d times a gradient.
    """

    net: Perceptron
    steps: int = eqx.field(static=True)
    weight: float = eqx.field(static=True, default=0.03)

    @classmethod
    def random(cls, d: int, width: int, key: Key[Array, ""], steps: int = 8, weight: float = 0.03) -> "PotentialFlow":
        """With three hidden layers of one width."""
        net = Perceptron((d + 1, width, width, width, 1), jnp.tanh, key=key)
        return cls(net=net, steps=steps, weight=weight)

    @property
    def dimension(self) -> int:
        """d."""
        return self.net.layers[0].in_features - 1  # pyright: ignore[reportOperatorIssue]

    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """grad phi."""
        return self._slope(jnp.append(x, t.astype(x.dtype)))[:-1]

    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """The exact divergence, with or without a probe."""
        s = jnp.append(x, t.astype(x.dtype))
        slope, push = jax.linearize(self._slope, s)
        space = jnp.eye(len(x), len(s), dtype=x.dtype)
        v, time = slope[:-1], slope[-1]
        penalty = self.weight * (time + v @ v / 2) ** 2
        return Rates(v, jnp.trace(jax.vmap(push)(space)), {"hamilton_jacobi": penalty})

    def _slope(self, s: Float[Array, " d1"]) -> Float[Array, " d1"]:
        return jax.grad(lambda s: self.net(s)[0])(s)
