"""The residual U-Net at three scales that all mesh networks share: they differ in their blocks alone."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..gauge_field import GaugeField
from ..surface import Hierarchy, Surface
from ..transport_pool import pool, unpool


class ResidualUNet(eqx.Module):
    """Blocks at each scale down, pooling between, and again up, joined with what was there on the way down [@suk2024].

    With `blocks=(2, 2, 2, 4, 4)` and three scales: two blocks, pool, two blocks, pool, two blocks, unpool, join with
    the features of the middle scale, four blocks, unpool, join with those of the finest scale, four blocks.

    Args:
        block: makes a block `(x, surface) -> y` from `(source, target, last=..., key=...)`, the fields of its input and
            output; a last one has any values as output.
        source: the field of the input.
        hidden: the field between the blocks.
        target: the field of the output.
        blocks: how many at each scale down, then at each scale up again.
        remat: compute the inside of a block again for its gradient, which takes a third more time and little memory.
        key: of the initial weights.

    Shapes:
        `(vertices, source.dim) -> (vertices, target.dim)`.

    Raises:
        ValueError: `blocks` is not of odd length, or holds a zero.
    """

    down: tuple[tuple[eqx.Module, ...], ...]
    up: tuple[tuple[eqx.Module, ...], ...]
    source: GaugeField = eqx.field(static=True)
    hidden: GaugeField = eqx.field(static=True)
    target: GaugeField = eqx.field(static=True)
    remat: bool = eqx.field(static=True)

    def __init__(
        self,
        block: Callable[..., Any],
        source: str | GaugeField,
        hidden: str | GaugeField,
        target: str | GaugeField,
        *,
        blocks: Sequence[int] = (2, 2, 2, 4, 4),
        remat: bool = False,
        key: Key[Array, ""],
    ):
        if len(blocks) % 2 == 0 or min(blocks) < 1:
            raise ValueError(f"ResidualUNet expects an odd number of positive block counts, got {tuple(blocks)}.")
        self.source, self.hidden, self.target = (GaugeField.parse(field) for field in (source, hidden, target))
        self.remat = remat
        keys = iter(jax.random.split(key, sum(blocks)))
        scales = len(blocks) // 2 + 1
        twice = self.hidden + self.hidden

        def chain(count: int, first: GaugeField, ends: bool) -> tuple:
            fields = [first] + [self.hidden] * count
            if ends:
                fields[-1] = self.target
            lasts = [False] * (count - 1) + [ends]
            pairs = zip(itertools.pairwise(fields), lasts, strict=True)
            return tuple(block(a, b, last=last, key=next(keys)) for (a, b), last in pairs)

        ends = [i == len(blocks) - 1 for i in range(len(blocks))]
        starts = [self.source] + [self.hidden] * (scales - 1) + [twice] * (scales - 1)
        chains = [chain(*each) for each in zip(blocks, starts, ends, strict=True)]
        self.down, self.up = tuple(chains[:scales]), tuple(chains[scales:])

    def __call__(self, x: Float[Array, "vertices inputs"], hierarchy: Hierarchy) -> Float[Array, "vertices outputs"]:
        """One surface, with as many scales as the network has."""
        if len(hierarchy.surfaces) != len(self.down):
            raise ValueError(
                f"ResidualUNet expects a surface at {len(self.down)} scales, got {len(hierarchy.surfaces)}."
            )
        seen = []
        for level, blocks in enumerate(self.down):
            if level:
                x = pool(x, hierarchy.poolings[level - 1], self.hidden)
            x = self._chain(blocks, x, hierarchy.surfaces[level])
            seen.append(x)
        for level, blocks in zip(range(len(self.down) - 2, -1, -1), self.up, strict=True):
            x = unpool(x, hierarchy.poolings[level], self.hidden)
            x = self._chain(blocks, self.hidden.joined(x, seen[level]), hierarchy.surfaces[level])
        return x

    def _chain(self, blocks: tuple, x: Array, surface: Surface) -> Array:
        for block in blocks:
            x = (eqx.filter_checkpoint(block) if self.remat else block)(x, surface)
        return x


def parameter_count(model: eqx.Module) -> int:
    """How many numbers a model learns.

    Example:
        >>> parameter_count(eqx.nn.Linear(3, 2, key=jax.random.key(0)))
        8
    """
    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array)))


def mean_over(x: Float[Array, "vertices dim"], surface: Surface) -> Float[Array, " dim"]:
    """The mean over the real vertices of a surface, for what is asked of a surface as a whole."""
    return jnp.where(surface.real[:, None], x, 0).sum(0) / jnp.maximum(surface.real.sum(), 1)
