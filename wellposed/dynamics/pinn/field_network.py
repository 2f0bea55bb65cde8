"""A network for a scalar field over time and one dimension of space."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


class FieldNetwork(eqx.Module):
    """u(t, x): a dense network of tanh layers on times and places scaled to [-1, 1] [@raissi2019].

    Args:
        width: of each hidden layer.
        depth: how many there are.
        times: the ends of the interval of time.
        places: the ends of the interval of space.
        key: of the weights: normal, of variance 2 / (inputs + outputs) [@glorot2010]; the biases are zero.

    Shapes:
        `() , () -> ()`.

    Example:
        >>> u = FieldNetwork(8, 2, (0.0, 1.0), (-1.0, 1.0), jax.random.key(0))
        >>> u(jnp.array(0.5), jnp.array(0.1)).shape
        ()
    """

    weights: tuple[Float[Array, "outputs inputs"], ...]
    biases: tuple[Float[Array, " outputs"], ...]
    times: tuple[float, float] = eqx.field(static=True)
    places: tuple[float, float] = eqx.field(static=True)

    def __init__(
        self, width: int, depth: int, times: tuple[float, float], places: tuple[float, float], key: Key[Array, ""]
    ):
        sizes = (2, *(width,) * depth, 1)
        pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
        keys = jax.random.split(key, len(pairs))
        self.weights = tuple(
            jax.random.normal(k, pair) * jnp.sqrt(2 / sum(pair)) for k, pair in zip(keys, pairs, strict=True)
        )
        self.biases = tuple(jnp.zeros(outputs) for outputs, _ in pairs)
        self.times, self.places = times, places

    def __call__(self, t: Float[Array, ""], x: Float[Array, ""]) -> Float[Array, ""]:
        """u at a time and a place."""
        unit = lambda s, ends: (2 * s - ends[0] - ends[1]) / (ends[1] - ends[0])
        h = jnp.stack([unit(t, self.times), unit(x, self.places)])
        for W, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            h = jnp.tanh(W @ h + b)
        return (self.weights[-1] @ h + self.biases[-1])[0]
