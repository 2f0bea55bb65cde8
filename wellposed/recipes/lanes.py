"""Many small trainings at once: networks that differ by data set and seed are trained side by side, as lanes."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from wellposed.dynamics import FlowClassifier
from wellposed.simulate import Labelled

Draw = Callable[[Any, int], Labelled]


class Whole(eqx.Module):
    """Batches for `fit` that are all the data in each step."""

    data: Labelled

    def __call__(self, key: Key[Array, ""], step: Array) -> Labelled:
        """All the data."""
        return self.data


def draw_lanes(draws: Sequence[Draw], key: Key[Array, ""], seeds: int, n: int) -> Labelled:
    """`n` points of each data set for each seed: arrays whose first two axes are data sets and seeds.

    Example:
        >>> from wellposed.simulate import circles, squares
        >>> draw_lanes((circles, squares), jax.random.key(0), 3, 10).points.shape
        (2, 3, 10, 2)
    """
    keys = [jax.random.split(jax.random.fold_in(key, i), seeds) for i in range(len(draws))]
    sets = [jax.vmap(lambda key, draw=draw: draw(key, n))(of) for draw, of in zip(draws, keys, strict=True)]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *sets)


def build_lanes(build: Callable[[Any], FlowClassifier], key: Key[Array, ""], sets: int, seeds: int) -> FlowClassifier:
    """Networks that `build(key)` makes, one for each data set and seed."""
    return each_lane(build)(jax.random.split(key, (sets, seeds)))


def each_lane(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function on every lane: the first two axes of all arrays are data sets and seeds."""
    return eqx.filter_vmap(eqx.filter_vmap(f))


def lane(model: FlowClassifier, *place: int) -> FlowClassifier:
    """The network of one data set, or of one data set and seed."""
    return jax.tree.map(lambda leaf: leaf[place] if eqx.is_array(leaf) else leaf, model)


def probability(model: FlowClassifier, x: Float[Array, " 2"]) -> Float[Array, ""]:
    """Of class 1, by the logistic function of the one output."""
    return jax.nn.sigmoid(model(x)[0])


@eqx.filter_jit
def accuracies(model: FlowClassifier, data: Labelled) -> Float[Array, "sets seeds"]:
    """The share of points in the right class, for each lane."""

    def of_lane(model: FlowClassifier, data: Labelled) -> Array:
        outputs = jax.vmap(model)(data.points)
        return jnp.mean(decide(outputs) == data.labels)

    return each_lane(of_lane)(model, data)


def decide(outputs: Float[Array, "n classes"]) -> Int[Array, " n"]:
    """The class: the largest output, or for two classes with one output whether it is positive."""
    return (outputs[:, 0] > 0).astype(int) if outputs.shape[1] == 1 else jnp.argmax(outputs, axis=1)
