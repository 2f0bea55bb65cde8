"""Small convolutional networks on pictures."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


class Convolution3(eqx.Module):
    """A 3 x 3 convolution with bias over (height, width, channels), zero outside: the layout that XLA runs fastest.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> Convolution3(1, 8, jax.random.key(0))(jnp.ones((5, 6, 1))).shape
        (5, 6, 8)
    """

    weight: Float[Array, "3 3 inputs outputs"]
    bias: Float[Array, " outputs"]

    def __init__(self, inputs: int, outputs: int, key: Key[Array, ""], gain: float = 2.0):
        scale = (gain / (9 * inputs)) ** 0.5  # He et al. 2015 for gain 2
        self.weight = scale * jax.random.normal(key, (3, 3, inputs, outputs))
        self.bias = jnp.zeros(outputs)

    def __call__(self, v: Float[Array, "height width inputs"]) -> Float[Array, "height width outputs"]:
        """One sample; a batch by `jax.vmap`."""
        dimensions = ("NHWC", "HWIO", "NHWC")
        out = jax.lax.conv_general_dilated(v[None], self.weight, (1, 1), "SAME", dimension_numbers=dimensions)
        return out[0] + self.bias[None, None, :]


class ConvolutionalNetwork(eqx.Module):
    """A picture to a picture of the same shape: blocks of pixels become channels, then 3 x 3 convolutions and ReLUs.

    Working on `block x block` pixels at once (sub-pixel convolution, [Shi et al. 2016](https://arxiv.org/abs/1609.05158)
    [@shi2016]) sees as far as a network with `block` times the depth, at a fraction of its cost. The last layer
    starts at zero, so that `Residual(ConvolutionalNetwork(...))` starts as the identity.

    Args:
        channels: of the hidden layers.
        depth: number of hidden layers, at least 1.
        block: side of the blocks; a picture that does not divide is padded with zeros, and cropped again.

    Shapes:
        `(height, width) -> (height, width)`.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> g = ConvolutionalNetwork(channels=8, depth=2, block=2, key=jax.random.key(0))
        >>> float(jnp.abs(g(jnp.ones((7, 6)))).max())
        0.0
    """

    layers: tuple[Convolution3, ...]
    block: int = eqx.field(static=True)

    def __init__(self, channels: int, depth: int, block: int, key: Key[Array, ""]):
        keys = jax.random.split(key, depth + 1)
        sizes = [block**2, *[channels] * depth, block**2]
        gains = [2.0] * depth + [0.0]
        self.layers = tuple(map(Convolution3, sizes[:-1], sizes[1:], keys, gains))
        self.block = block

    def __call__(self, v: Float[Array, "height width"]) -> Float[Array, "height width"]:
        """One sample."""
        height, width = v.shape
        h = to_channels(v, self.block)  # (height / block, width / block, block^2)
        for layer in self.layers[:-1]:
            h = jax.nn.relu(layer(h))
        return from_channels(self.layers[-1](h), self.block)[:height, :width]


def to_channels(v: Float[Array, "height width"], block: int) -> Float[Array, "h w channels"]:
    """Blocks of `block x block` pixels as channels; zeros fill what is missing at the lower and right edge.

    Example:
        >>> import jax.numpy as jnp
        >>> to_channels(jnp.arange(4.0).reshape(2, 2), 2)
        Array([[[0., 1., 2., 3.]]], dtype=float32)
    """
    v = jnp.pad(v, [(0, -side % block) for side in v.shape])
    h, w = (side // block for side in v.shape)
    return v.reshape(h, block, w, block).transpose(0, 2, 1, 3).reshape(h, w, block**2)


def from_channels(h: Float[Array, "h w channels"], block: int) -> Float[Array, "height width"]:
    """The inverse of `to_channels`, padding included.

    Example:
        >>> import jax.numpy as jnp
        >>> from_channels(to_channels(jnp.arange(4.0).reshape(2, 2), 2), 2)
        Array([[0., 1.],
               [2., 3.]], dtype=float32)
    """
    rows, columns, _ = h.shape
    return h.reshape(rows, columns, block, block).transpose(0, 2, 1, 3).reshape(rows * block, columns * block)
