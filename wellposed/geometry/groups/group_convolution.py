"""Convolution on the groups p4 and p4m: translations of a grid, with quarter turns, with mirrors."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .square_symmetry import acted, tables


class LiftingConvolution(eqx.Module):
    """From a picture to the group: y(x, g) = sum_z k(g^-1 (z - x)) f(z) + b [@cohen2016].

    The grid is periodic, so that its translations are a group too.

    Args:
        inputs: channels of the picture.
        outputs: channels on the group.
        order: elements beside the translations: 1 (an ordinary convolution), 4 (p4) or 8 (p4m).
        size: side of the kernel, odd.
        key: of the initial weights.

    Shapes:
        `(height, width, inputs) -> (height, width, order, outputs)`; a square, if it shall be turned.

    Example:
        >>> LiftingConvolution(1, 3, order=8, key=jax.random.key(0))(jnp.ones((6, 6, 1))).shape
        (6, 6, 8, 3)
    """

    weight: Float[Array, "size size inputs outputs"]
    bias: Float[Array, " outputs"]
    order: int = eqx.field(static=True)

    def __init__(self, inputs: int, outputs: int, *, order: int, size: int = 3, key: Key[Array, ""]):
        _expect(order, size)
        scale = (2 / (size**2 * inputs)) ** 0.5
        self.weight = scale * jax.random.normal(key, (size, size, inputs, outputs))
        self.bias = jnp.zeros(outputs)
        self.order = order

    def __call__(self, x: Float[Array, "height width inputs"]) -> Float[Array, "height width order outputs"]:
        """One picture."""
        kernel = jnp.stack([acted(g, self.weight) for g in range(self.order)], axis=3)
        y = periodic_convolution(x, kernel.reshape(*self.weight.shape[:3], -1))
        return y.reshape(*x.shape[:2], self.order, -1) + self.bias[None, None, None]


class GroupConvolution(eqx.Module):
    """On the group: y(x, g) = sum over z and h of k(g^-1 (z - x), g^-1 h) f(z, h) + b [@cohen2016].

    One bias for all elements g: any other would break the symmetry.

    Args:
        inputs: channels on the group.
        outputs: channels on the group.
        order: as in `LiftingConvolution`.
        size: side of the kernel, odd.
        key: of the initial weights.

    Shapes:
        `(height, width, order, inputs) -> (height, width, order, outputs)`.
    """

    weight: Float[Array, "size size order inputs outputs"]
    bias: Float[Array, " outputs"]

    def __init__(self, inputs: int, outputs: int, *, order: int, size: int = 3, key: Key[Array, ""]):
        _expect(order, size)
        scale = (2 / (size**2 * order * inputs)) ** 0.5
        self.weight = scale * jax.random.normal(key, (size, size, order, inputs, outputs))
        self.bias = jnp.zeros(outputs)

    @property
    def order(self) -> int:
        """Elements beside the translations."""
        return self.weight.shape[2]

    def __call__(self, x: Float[Array, "height width order inputs"]) -> Float[Array, "height width order outputs"]:
        """One function on the group."""
        size, _, order, inputs, outputs = self.weight.shape
        group = tables(order)
        turned = [acted(g, self.weight)[:, :, group.product[group.inverse[g]]] for g in range(order)]
        kernel = jnp.stack(turned, axis=4).reshape(size, size, order * inputs, order * outputs)
        y = periodic_convolution(x.reshape(*x.shape[:2], -1), kernel)
        return y.reshape(*x.shape[:2], order, outputs) + self.bias[None, None, None]


def periodic_convolution(
    x: Float[Array, "height width inputs"], kernel: Float[Array, "size size inputs outputs"]
) -> Float[Array, "height width outputs"]:
    """sum_z k(z) f(x + z), on a grid that goes round.

    Example:
        >>> shift = jnp.zeros((3, 3, 1, 1)).at[1, 2].set(1.0)
        >>> periodic_convolution(jnp.arange(3.0).reshape(1, 3, 1), shift).ravel().tolist()
        [1.0, 2.0, 0.0]
    """
    size, _, inputs, outputs = kernel.shape
    near = range(-(size // 2), size // 2 + 1)
    moved = [jnp.roll(x, (-row, -column), (0, 1)) for row in near for column in near]
    # one product of matrices: several times faster on a CPU than a convolution with its gradient
    return jnp.concatenate(moved, axis=-1) @ kernel.reshape(size**2 * inputs, outputs)


def _expect(order: int, size: int) -> None:
    tables(order)
    if size % 2 == 0:
        raise ValueError(f"a group convolution expects a kernel of odd side, got {size}.")
