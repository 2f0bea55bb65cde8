"""SAGE-CNN: neighbours are averaged, whatever their direction."""

import functools

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from wellposed.nn import gather_sum

from ..surface import Surface
from .scalar_block import ScalarBlock, dense
from .unet import ResidualUNet


class SageConvolution(eqx.Module):
    """y_p = W_1 x_p + W_2 mean_q x_q + b, the mean over the neighbours q of p [@hamilton2017].

    Example:
        >>> layer = SageConvolution(3, 4, key=jax.random.key(0))
        >>> layer.neighbours.weight.shape
        (4, 3)
    """

    own: eqx.nn.Linear
    neighbours: eqx.nn.Linear

    def __init__(self, inputs: int, outputs: int, *, key: Key[Array, ""]):
        keys = jax.random.split(key)
        self.own = eqx.nn.Linear(inputs, outputs, key=keys[0])
        self.neighbours = eqx.nn.Linear(inputs, outputs, use_bias=False, key=keys[1])

    def __call__(self, x: Float[Array, "vertices inputs"], surface: Surface) -> Float[Array, "vertices outputs"]:
        """One surface."""
        mean = gather_sum(x, surface.table) * surface.inverse_degrees()[:, None]
        return dense(self.own, x) + dense(self.neighbours, mean)


def sage_cnn(
    inputs: int, channels: int, outputs: int = 3, *, blocks: tuple[int, ...] = (2, 2, 2, 4, 4), key: Key[Array, ""]
) -> ResidualUNet:
    """The residual U-Net of [@suk2024] with SAGE convolutions: isotropic, and blind to frames.

    It turns its vectors with the surface only as far as its inputs make it: with inputs that no motion changes, its
    outputs are numbers that no motion changes.

    Args:
        inputs: numbers at each vertex.
        channels: between the blocks.
        outputs: numbers at each vertex.
        blocks: as in `ResidualUNet`.
        key: of the initial weights.
    """
    block = functools.partial(ScalarBlock, SageConvolution)
    return ResidualUNet(block, f"{inputs}x0", f"{channels}x0", f"{outputs}x0", blocks=blocks, key=key)
