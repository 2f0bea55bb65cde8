"""The symmetries of the square grid: rotations by a quarter turn, and mirrors."""

import functools
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Shaped

ORDERS = (1, 4, 8)


class Tables(NamedTuple):
    """How the elements of a group compose, by their numbers.

    Attributes:
        product: g h, at [g, h].
        inverse: g^-1.
    """

    product: Int[np.ndarray, "order order"]
    inverse: Int[np.ndarray, " order"]


def acted(element: int, values: Shaped[Array, "side side ..."]) -> Shaped[Array, "side side ..."]:
    """The values on a square grid, moved by an element: mirrored for elements from 4 on, then turned.

    Elements 0 to 3 are turns by 0, 1, 2 and 3 quarters, and 4 to 7 the same after a mirror.

    Example:
        >>> acted(1, jnp.arange(4).reshape(2, 2)).tolist()
        [[1, 3], [0, 2]]
    """
    return jnp.rot90(values[:, ::-1] if element >= 4 else values, element % 4)


@functools.cache
def tables(order: int) -> Tables:
    """The tables of the first `order` elements: 1 (nothing), 4 (the turns, C4) or 8 (with the mirrors, D4).

    They are found by acting on the numbered cells of a grid.

    Raises:
        ValueError: there is no such group.

    Example:
        >>> tables(4).product[1].tolist(), tables(4).inverse.tolist()
        ([1, 2, 3, 0], [0, 3, 2, 1])
    """
    if order not in ORDERS:
        raise ValueError(f"tables expects a group of 1, 4 or 8 elements, got {order}.")
    cells = np.arange(9).reshape(3, 3)
    moved = [np.rot90(cells[:, ::-1] if g >= 4 else cells, g % 4).ravel() for g in range(order)]
    number = {tuple(cells_): g for g, cells_ in enumerate(moved)}
    # moved[h] holds at each place the cell that h brings there, so g after h is moved[h] read at moved[g]
    product = np.array([[number[tuple(moved[h][moved[g]])] for h in range(order)] for g in range(order)])
    return Tables(product, np.argmin(product, axis=1))


def acted_on_group(
    element: int, values: Float[Array, "side side order channels"]
) -> Float[Array, "side side order channels"]:
    """The regular representation: (g f)(x, h) = f(g^-1 x, g^-1 h)."""
    group = tables(values.shape[2])
    return acted(element, values)[:, :, group.product[group.inverse[element]]]
