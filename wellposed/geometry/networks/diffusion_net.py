"""DiffusionNet: what spreads over a surface in a learned time, and the gradients of that."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron, gather_sum, sum_slots

from ..surface import Hierarchy, Spectrum, Surface


class DiffusionBlock(eqx.Module):
    """x + f(x, h, tanh(<g, A g>)): h is x after diffusion, g the gradient of h, and f a perceptron [@sharp2022].

    Each channel c diffuses for its own time t_c: h_c = Phi exp(-lambda t_c) Phi^T M x_c in the slowest waves Phi. A is
    a complex matrix, so that inner products of gradients do not depend on the frames.

    Args:
        channels: how many.
        key: of the initial weights.
    """

    log_time: Float[Array, " channels"]
    mixing: Float[Array, "two channels channels"]
    perceptron: Perceptron

    def __init__(self, channels: int, *, key: Key[Array, ""]):
        keys = jax.random.split(key, 3)
        self.log_time = jax.random.uniform(keys[0], (channels,), minval=-6.0, maxval=0.0)
        self.mixing = jax.random.normal(keys[1], (2, channels, channels)) / channels**0.5
        self.perceptron = Perceptron((3 * channels, channels, channels), jax.nn.relu, key=keys[2])

    def __call__(
        self, x: Float[Array, "vertices channels"], surface: Surface, spectrum: Spectrum
    ) -> Float[Array, "vertices channels"]:
        """One surface; times are in units of its area."""
        area = spectrum.mass.sum()
        decay = jnp.exp(-spectrum.values[:, None] * area * jnp.exp(self.log_time)[None])
        h = spectrum.waves @ (decay * (spectrum.waves.T @ (spectrum.mass[:, None] * x)))
        along = [
            gather_sum(h, surface.table, w) - sum_slots(w, surface.table)[:, None] * h
            for w in jnp.sqrt(area) * spectrum.gradient.T
        ]
        re, im = self.mixing
        turned = along[0] @ re - along[1] @ im, along[1] @ re + along[0] @ im
        seen = jnp.tanh(along[0] * turned[0] + along[1] * turned[1])
        return x + jax.vmap(self.perceptron)(jnp.concatenate([x, h, seen], axis=1))


class DiffusionNet(eqx.Module):
    """A linear layer, blocks of diffusion, and a linear layer [@sharp2022]: no edges but those of the gradients.

    Args:
        inputs: numbers at each vertex.
        channels: between the blocks.
        outputs: numbers at each vertex.
        blocks: how many.
        key: of the initial weights.

    Shapes:
        `(vertices, inputs) -> (vertices, outputs)`.

    Raises:
        ValueError: the surface has no spectrum; `with_spectrum` adds it.
    """

    first: eqx.nn.Linear
    blocks: tuple[DiffusionBlock, ...]
    last: eqx.nn.Linear

    def __init__(self, inputs: int, channels: int, outputs: int = 3, blocks: int = 4, *, key: Key[Array, ""]):
        first, last, *keys = jax.random.split(key, blocks + 2)
        self.first = eqx.nn.Linear(inputs, channels, key=first)
        self.blocks = tuple(DiffusionBlock(channels, key=k) for k in keys)
        self.last = eqx.nn.Linear(channels, outputs, key=last)

    def __call__(self, x: Float[Array, "vertices inputs"], hierarchy: Hierarchy) -> Float[Array, "vertices outputs"]:
        """One surface."""
        if hierarchy.spectrum is None:
            raise ValueError("DiffusionNet expects a surface with its spectrum, got none: use with_spectrum(...).")
        y = jax.vmap(self.first)(x)
        for block in self.blocks:
            y = block(y, hierarchy.finest, hierarchy.spectrum)
        return jax.vmap(self.last)(y)
