"""The architectures, the data sets, and how one kind of network is trained."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key

from wellposed.dynamics import (
    Flow,
    FlowClassifier,
    antisymmetric,
    hamiltonian,
    hdnn,
    leapfrog,
    nais_net,
    parabolic,
    resnet,
)
from wellposed.recipes.lanes import Draw, Whole, build_lanes, draw_lanes, each_lane, lane
from wellposed.simulate import Labelled, circles, peaks, swiss_roll
from wellposed.train import FitResult, Progress, fit

from .settings import Settings

DATA: Mapping[str, Draw] = {"swiss roll": swiss_roll, "peaks": peaks, "circles": circles}
CLASSES = 5  # of peaks; the others have two, and the outputs that they do not need learn to be small
RESNET, HAMILTONIAN, LEAPFROG, SEPARABLE = "ResNet", "Hamiltonian", "leapfrog", "H-DNN J1, symplectic"
KEEPERS = (HAMILTONIAN, LEAPFROG, SEPARABLE)  # their backward gradients cannot vanish
# name -> (width, depth, key, step) -> a flow of `depth` steps of that length
FLOWS: Mapping[str, Callable[[int, int, Any, float], Flow]] = {
    RESNET: lambda width, depth, key, step: resnet(width, depth, key, step * depth),
    "antisymmetric": lambda width, depth, key, step: antisymmetric(width, depth, key, step * depth),
    HAMILTONIAN: lambda width, depth, key, step: hamiltonian(width, depth, key, step * depth),
    LEAPFROG: lambda width, depth, key, step: leapfrog(width, depth, key, step * depth),
    "parabolic": lambda width, depth, key, step: parabolic(width, depth, key, step * depth),
    SEPARABLE: lambda width, depth, key, step: hdnn(width, depth, key, step * depth, separable=True),
    "H-DNN J2, Euler": lambda width, depth, key, step: hdnn(width, depth, key, step * depth, "J2"),
    "NAIS-Net": lambda width, depth, key, step: nais_net(width, depth, key, step),
}
SPLITS = ("train", "validation", "test")


class Networks(eqx.Module):
    """All trained networks, by kind and depth: each leaf has data sets and seeds as its first two axes."""

    kinds: dict[str, dict[str, FlowClassifier]]

    def __call__(self, x: Float[Array, " 2"]) -> Float[Array, " classes"]:
        """The outputs of the deepest Hamiltonian network, first seed, of the Swiss roll."""
        return lane(list(self.kinds[HAMILTONIAN].values())[-1], list(DATA).index("swiss roll"), 0)(x)


def data(settings: Settings, split: str) -> Labelled:
    """Points and labels of a split, with data sets and seeds as the first two axes."""
    key = jax.random.fold_in(jax.random.key(settings.seed), SPLITS.index(split))
    return draw_lanes(list(DATA.values()), key, settings.seeds, settings.points)


def build(settings: Settings, key: Key[Array, ""]) -> Networks:
    """The networks as they are before training."""

    def lanes(make: Callable[..., Flow], depth: int) -> FlowClassifier:
        def one(key: Any) -> FlowClassifier:
            for_flow, for_output = jax.random.split(key)
            flow = make(settings.width, depth, for_flow, settings.step)
            return FlowClassifier.random(flow, settings.width, CLASSES, for_output)

        return build_lanes(one, key, len(DATA), settings.seeds)

    return Networks({n: {str(depth): lanes(make, depth) for depth in settings.depths} for n, make in FLOWS.items()})


def cross_entropy(model: FlowClassifier, batch: Labelled, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
    """The sum over all lanes of the mean cross-entropy."""

    def of_lane(model: FlowClassifier, batch: Labelled) -> Array:
        outputs = jax.vmap(model)(batch.points)
        return optax.softmax_cross_entropy_with_integer_labels(outputs, batch.labels).mean()

    costs = each_lane(of_lane)(model, batch)
    return costs.sum(), {name: costs[i].mean() for i, name in enumerate(DATA)}


def train(
    settings: Settings, name: str, start: FlowClassifier, points: Labelled, folder: Path | None, progress: Progress
) -> FitResult[FlowClassifier]:
    """Train all lanes of one kind and depth; a run that overflows keeps what it had."""
    schedule = optax.cosine_decay_schedule(settings.learning_rate, settings.steps)
    return fit(
        start,
        cross_entropy,
        Whole(points),
        optax.chain(optax.clip_by_global_norm(10.0 * jnp.size(points.labels[..., 0])), optax.adam(schedule)),
        steps=settings.steps,
        key=jax.random.key(settings.seed),
        folder=folder,
        name="".join(letter for letter in name if letter.isalnum()),
        settings={"rate": settings.learning_rate, "steps": settings.steps, "seed": settings.seed},
        resume=True,
        progress=progress,
        throw=False,
    )
