"""An attention graph network: each neighbour counts as much as its features say."""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import gather_sum, slot_softmax, targets_to_slots, to_slots

from ..surface import Surface
from .scalar_block import ScalarBlock, dense
from .unet import ResidualUNet


class AttentionConvolution(eqx.Module):
    """y_p = W_1 x_p + concat over heads of sum_q a_pq W_2 x_q + b, attention as in [@velickovic2018].

    a_pq = softmax over the neighbours q of p of LeakyReLU(s . W_2 x_p + t . W_2 x_q), for each head.

    Args:
        inputs: numbers at each vertex.
        outputs: numbers at each vertex.
        heads: how many; where they do not divide the outputs, some channels are computed and left out.
        key: of the initial weights.
    """

    own: eqx.nn.Linear
    value: Float[Array, "inputs heads width"]
    score: Float[Array, "two heads width"]
    outputs: int = eqx.field(static=True)

    def __init__(self, inputs: int, outputs: int, heads: int = 4, *, key: Key[Array, ""]):
        keys = jax.random.split(key, 3)
        width = -(-outputs // heads)
        self.own = eqx.nn.Linear(inputs, outputs, key=keys[0])
        self.value = jax.random.normal(keys[1], (inputs, heads, width)) / inputs**0.5
        self.score = jax.random.normal(keys[2], (2, heads, width)) / width**0.5
        self.outputs = outputs

    def __call__(self, x: Float[Array, "vertices inputs"], surface: Surface) -> Float[Array, "vertices outputs"]:
        """One surface."""
        table = surface.table
        h = jnp.einsum("vi,ihw->vhw", x, self.value)
        mine, theirs = jnp.einsum("vhw,thw->tvh", h, self.score)
        shares = slot_softmax(jax.nn.leaky_relu(targets_to_slots(mine, table) + to_slots(theirs, table), 0.2), table)
        y = gather_sum(h, table, shares).reshape(len(x), -1)
        return dense(self.own, x) + y[:, : self.outputs]


def attention_gcn(
    inputs: int,
    channels: int,
    outputs: int = 3,
    heads: int = 4,
    *,
    blocks: tuple[int, ...] = (2, 2, 2, 4, 4),
    key: Key[Array, ""],
) -> ResidualUNet:
    """The residual U-Net of [@suk2024] with graph attention."""
    block = functools.partial(ScalarBlock, functools.partial(AttentionConvolution, heads=heads))
    return ResidualUNet(block, f"{inputs}x0", f"{channels}x0", f"{outputs}x0", blocks=blocks, key=key)
