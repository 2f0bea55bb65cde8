"""FeaSt-CNN: several weight matrices, and features decide which of them a neighbour meets."""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import gather_sum, targets_to_slots, to_slots

from ..surface import Surface
from .scalar_block import ScalarBlock
from .unet import ResidualUNet


class FeastConvolution(eqx.Module):
    """y_p = b + 1/(deg + 1) sum_q sum_m a_m(x_p, x_q) W_m x_q over p and its neighbours q [@verma2018].

    a(x_p, x_q) = softmax(U (x_p - x_q) + c) over the heads m, so that no constant added to all features changes it.

    Args:
        inputs: numbers at each vertex.
        outputs: numbers at each vertex.
        heads: how many matrices.
        key: of the initial weights.
    """

    weight: Float[Array, "heads inputs outputs"]
    gate: Float[Array, "inputs heads"]
    offset: Float[Array, " heads"]
    bias: Float[Array, " outputs"]

    def __init__(self, inputs: int, outputs: int, heads: int = 2, *, key: Key[Array, ""]):
        keys = jax.random.split(key)
        self.weight = jax.random.normal(keys[0], (heads, inputs, outputs)) / inputs**0.5
        self.gate = jax.random.normal(keys[1], (inputs, heads)) / inputs**0.5
        self.offset, self.bias = jnp.zeros(heads), jnp.zeros(outputs)

    def __call__(self, x: Float[Array, "vertices inputs"], surface: Surface) -> Float[Array, "vertices outputs"]:
        """One surface."""
        table, g = surface.table, x @ self.gate
        shares = jax.nn.softmax(targets_to_slots(g, table) - to_slots(g, table) + self.offset[None], axis=-1)
        h = jnp.einsum("vi,mio->vmo", x, self.weight)
        own = jnp.einsum("m,vmo->vo", jax.nn.softmax(self.offset), h)
        count = table.degrees()[:, None] + 1
        return (gather_sum(h, table, shares).sum(1) + own) / count + self.bias[None]


def feast_cnn(
    inputs: int,
    channels: int,
    outputs: int = 3,
    heads: int = 2,
    *,
    blocks: tuple[int, ...] = (2, 2, 2, 4, 4),
    key: Key[Array, ""],
) -> ResidualUNet:
    """The residual U-Net of [@suk2024] with FeaSt convolutions: a neighbour's features make up for its direction.

    Args:
        inputs: numbers at each vertex.
        channels: between the blocks.
        outputs: numbers at each vertex.
        heads: of the convolutions.
        blocks: as in `ResidualUNet`.
        key: of the initial weights.
    """
    block = functools.partial(ScalarBlock, functools.partial(FeastConvolution, heads=heads))
    return ResidualUNet(block, f"{inputs}x0", f"{channels}x0", f"{outputs}x0", blocks=blocks, key=key)
