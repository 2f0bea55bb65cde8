"""Deep Sets: a graph without edges."""

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron


class DeepSets(eqx.Module):
    """y = rho(sum_i phi(x_i)), which does not ask in which order the x_i come [@zaheer2017].

    Args:
        inputs: numbers of an element.
        hidden: of both perceptrons.
        outputs: numbers of the set.
        key: of the initial weights.

    Shapes:
        `(elements, inputs) -> (outputs,)`.

    Example:
        >>> import jax.numpy as jnp
        >>> net = DeepSets(2, 8, 1, key=jax.random.key(0))
        >>> x = jnp.arange(6.0).reshape(3, 2)
        >>> bool(jnp.allclose(net(x), net(x[::-1]), atol=1e-5))
        True
    """

    phi: Perceptron
    rho: Perceptron

    def __init__(self, inputs: int, hidden: int, outputs: int, *, key: Key[Array, ""]):
        keys = jax.random.split(key)
        self.phi = Perceptron((inputs, hidden, hidden), jax.nn.silu, key=keys[0])
        self.rho = Perceptron((hidden, hidden, outputs), jax.nn.silu, key=keys[1])

    def __call__(self, x: Float[Array, "elements inputs"]) -> Float[Array, " outputs"]:
        """One set."""
        return self.rho(jax.vmap(self.phi)(x).sum(0))
