"""What kind of surface: the mean of a network's features, and a linear layer."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from ..surface import Hierarchy
from .unet import mean_over


class SurfaceClassifier(eqx.Module):
    """Logits W mean_p f(x)_p + b of the classes of a surface.

    Args:
        features: `(x, hierarchy) -> (vertices, channels)`, of numbers that no change of frames changes.
        channels: how many.
        classes: how many.
        key: of the initial weights.

    Shapes:
        `(vertices, inputs) -> (classes,)`.
    """

    features: Callable[..., Any]
    answer: eqx.nn.Linear

    def __init__(self, features: Callable[..., Any], channels: int, classes: int, key: Key[Array, ""]):
        self.features, self.answer = features, eqx.nn.Linear(channels, classes, key=key)

    def __call__(self, x: Float[Array, "vertices inputs"], hierarchy: Hierarchy) -> Float[Array, " classes"]:
        """One surface."""
        y = self.features(x, hierarchy)
        return self.answer(jax.nn.relu(mean_over(y, hierarchy.finest)))
