"""A picture classifier on a group: invariant to its elements by construction."""

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from .group_convolution import GroupConvolution, LiftingConvolution


class GroupCNN(eqx.Module):
    """Lift, convolve on the group with norms and ReLUs, and take the largest value over the whole group [@cohen2016].

    After each convolution a channel gets mean 0 and variance 1 over the whole group, sample by sample: an element of
    the group moves values and leaves both as they are. They keep channels of ReLUs alive in training; the published
    network takes them over a batch. Biases of the convolutions have no effect under them.

    With `order=1` it is the ordinary convolutional network on a periodic grid, invariant to translation; with 4 to
    quarter turns as well, and with 8 to mirrors too.

    Args:
        inputs: channels of the picture.
        channels: on the group.
        classes: of the answer.
        order: 1, 4 (p4) or 8 (p4m).
        depth: convolutions on the group after the first.
        key: of the initial weights.

    Shapes:
        `(height, width, inputs) -> (classes,)`.

    Example:
        >>> import jax.numpy as jnp
        >>> net = GroupCNN(1, 4, 10, order=4, key=jax.random.key(0))
        >>> x = jax.random.normal(jax.random.key(1), (8, 8, 1))
        >>> bool(jnp.allclose(net(x), net(jnp.rot90(x)), atol=1e-5))
        True

    When it fails: where brightness and contrast tell classes apart, which the norms take out.
    """

    lift: LiftingConvolution
    layers: tuple[GroupConvolution, ...]
    answer: eqx.nn.Linear

    def __init__(self, inputs: int, channels: int, classes: int, *, order: int, depth: int = 2, key: Key[Array, ""]):
        first, last, *rest = jax.random.split(key, depth + 2)
        self.lift = LiftingConvolution(inputs, channels, order=order, key=first)
        self.layers = tuple(GroupConvolution(channels, channels, order=order, key=k) for k in rest)
        self.answer = eqx.nn.Linear(channels, classes, key=last)

    def features(self, x: Float[Array, "height width inputs"]) -> Float[Array, "height width order channels"]:
        """What is known at each element of the group, before the maximum."""
        y = _activated(self.lift(x))
        for layer in self.layers:
            y = _activated(layer(y))
        return y

    def __call__(self, x: Float[Array, "height width inputs"]) -> Float[Array, " classes"]:
        """One picture."""
        return self.answer(self.features(x).max((0, 1, 2)))


def _activated(y: Float[Array, "height width order channels"]) -> Float[Array, "height width order channels"]:
    centred = jax.nn.standardize(y, axis=(0, 1, 2), algorithm="stable")  # pyright: ignore[reportCallIssue]
    return jax.nn.relu(centred)
