"""The Monge-Ampere flow: a gradient flow of a potential that does not know the time."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .continuous import AbstractContinuousFlow, Rates


class MongeAmpereFlow(AbstractContinuousFlow):
    """The flow of dx/dt = grad phi(x), under which d log p / dt = -Laplacian of phi [@zhang2018].

    It is the Monge-Ampere equation of optimal transport for a step that is small. As published, phi is a perceptron
    with one hidden layer of softplus neurons, phi(x) = w' log(1 + e^(K x + b)), so that gradient and Laplacian have
    closed forms: K' (w * sigmoid) and sum_i w_i sigmoid_i (1 - sigmoid_i) |K_i|^2. The base is symmetric, N(0, I),
    and so is the density at the end for a phi with the same symmetry.

    Args:
        matrix: K.
        bias: b.
        weight: w.
        steps: of RK4.

    Example:
        >>> flow = MongeAmpereFlow.random(2, 32, jax.random.key(0))
        >>> flow.forward(jnp.ones(2)).shape
        (2,)

    When it fails: paths of a flow in steady state never cross, nor do they part from each other in finite time: sharp
    edges need a steep phi and many steps.
    """

    matrix: Float[Array, "width d"]
    bias: Float[Array, " width"]
    weight: Float[Array, " width"]
    steps: int = eqx.field(static=True)

    @classmethod
    def random(cls, d: int, width: int, key: Key[Array, ""], steps: int = 8) -> "MongeAmpereFlow":
        """Normal weights; the velocity is small.

        Raises:
            ValueError: a number is not positive.
        """
        if min(d, width) < 1:
            raise ValueError(f"MongeAmpereFlow expects positive numbers, got d={d}, width={width}.")
        for_matrix, for_bias, for_weight = jax.random.split(key, 3)
        return cls(
            matrix=jax.random.normal(for_matrix, (width, d)),
            bias=2 * jax.random.normal(for_bias, (width,)),
            weight=jax.random.normal(for_weight, (width,)) / width,
            steps=steps,
        )

    @property
    def dimension(self) -> int:
        """d."""
        return self.matrix.shape[1]

    def velocity(self, t: Float[Array, ""], x: Float[Array, " d"]) -> Float[Array, " d"]:
        """grad phi; the time does not matter."""
        return (self.weight * jax.nn.sigmoid(x @ self.matrix.T + self.bias)) @ self.matrix

    def rates(self, t: Float[Array, ""], x: Float[Array, " d"], probe: Float[Array, " d"] | None) -> Rates:
        """The exact divergence in closed form."""
        slope = jax.nn.sigmoid(x @ self.matrix.T + self.bias)
        laplacian = (self.weight * slope * (1 - slope)) @ jnp.sum(self.matrix**2, axis=1)
        return Rates((self.weight * slope) @ self.matrix, laplacian, {})
