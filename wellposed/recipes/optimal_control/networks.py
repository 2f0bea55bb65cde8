"""The four networks, the four schemes, the four data sets, and how one is trained."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key

from wellposed.dynamics import (
    RK4,
    AbstractScheme,
    Euler,
    Flow,
    FlowClassifier,
    Heun,
    Kutta3,
    kept_in_simplex,
    net,
    ode_net,
    resnet,
)
from wellposed.recipes.lanes import Draw, Whole, build_lanes, draw_lanes, each_lane, lane, probability
from wellposed.simulate import Labelled, donut_1d, donut_2d, squares, two_spirals
from wellposed.train import FitResult, Progress, fit

from .settings import Settings

DATA: Mapping[str, Draw] = {
    "donut 1-D": donut_1d,
    "donut 2-D": donut_2d,
    "squares": squares,
    "spiral": two_spirals,
}
NET, RESNET, ODENET, SIMPLEX = "Net", "ResNet", "ODENet", "ODENet + simplex"
FLOWS: Mapping[str, Callable[[int, int, Any], Flow]] = {NET: net, RESNET: resnet, ODENET: ode_net, SIMPLEX: ode_net}
SCHEMES: Mapping[str, AbstractScheme] = {
    "Euler": Euler(),
    "improved Euler": Heun(),
    "Kutta 3": Kutta3(),
    "Kutta 4": RK4(),
}
SPLITS = ("train", "validation", "test")


class Networks(eqx.Module):
    """All trained networks: each leaf has data sets and seeds as its first two axes."""

    methods: dict[str, FlowClassifier]
    schemes: dict[str, FlowClassifier]

    def __call__(self, x: Float[Array, " 2"]) -> Float[Array, ""]:
        """The probability of class 1 by the ODENet on the simplex, first seed, of the spiral."""
        return probability(lane(self.methods[SIMPLEX], list(DATA).index("spiral"), 0), x)


def data(settings: Settings, split: str) -> Labelled:
    """Points and labels of a split, with data sets and seeds as the first two axes."""
    key = jax.random.fold_in(jax.random.key(settings.seed), SPLITS.index(split))
    return draw_lanes(list(DATA.values()), key, max(settings.seeds, settings.scheme_seeds), settings.points)


def build(settings: Settings, key: Key[Array, ""]) -> Networks:
    """The networks as they are before training; all methods start from the same weights."""
    of_method, of_scheme = jax.random.split(key)

    def lanes(make: Callable[[Any], Flow], key: Any, seeds: int) -> FlowClassifier:
        def one(key: Any) -> FlowClassifier:
            for_flow, for_output = jax.random.split(key)
            return FlowClassifier.random(make(for_flow), settings.width, 1, for_output)

        return build_lanes(one, key, len(DATA), seeds)

    methods = {
        name: lanes(lambda key, make=make: make(settings.width, settings.depth, key), of_method, settings.seeds)
        for name, make in FLOWS.items()
    }
    schemes = {
        name: lanes(
            lambda key, solver=solver: resnet(settings.width, settings.scheme_depth, key, 1.0, solver),
            of_scheme,
            settings.scheme_seeds,
        )
        for name, solver in SCHEMES.items()
    }
    return Networks(methods, schemes)


def cost(model: FlowClassifier, batch: Labelled, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
    """The sum over all lanes of the mean squared difference between the probability and the label."""

    def of_lane(model: FlowClassifier, batch: Labelled) -> Array:
        found = jax.vmap(lambda x: probability(model, x))(batch.points)
        return jnp.mean((found - batch.labels.astype(found.dtype)) ** 2)

    costs = each_lane(of_lane)(model, batch)
    return costs.sum(), {name: costs[i].mean() for i, name in enumerate(DATA)}


def train(
    settings: Settings, name: str, start: FlowClassifier, points: Labelled, folder: Path | None, progress: Progress
) -> FitResult[FlowClassifier]:
    """Train all lanes of one kind of network."""
    of_scheme = name in SCHEMES
    steps = settings.scheme_steps if of_scheme else settings.steps
    seeds = settings.scheme_seeds if of_scheme else settings.seeds
    adam = optax.adam(optax.cosine_decay_schedule(settings.learning_rate, steps))
    optimiser = kept_in_simplex(adam) if name == SIMPLEX else adam
    return fit(
        start,
        cost,
        Whole(jax.tree.map(lambda leaf: leaf[:, :seeds], points)),
        optimiser,
        steps=steps,
        key=jax.random.key(settings.seed),
        folder=folder,
        name=name.replace(" ", ""),
        settings={"rate": settings.learning_rate, "steps": steps, "seed": settings.seed},
        resume=True,
        progress=progress,
    )
