"""Train a method from several starts, and judge each on nodes that had no say."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

from wellposed.train import History, Progress, fit

from .methods import Method, optimiser
from .problem import Choice, OnNodes, Problem, on_nodes


@dataclass(frozen=True)
class Trained:
    """The trainings of one method.

    Attributes:
        accuracy: on the test nodes, one for each seed, in %.
        validation: on the validation nodes, of the network that they chose.
        seconds: of each training, compilation not included.
        compile_seconds: of the first.
        parameters: how many numbers are trained.
        first: the network of the first seed.
        history: of the first seed.
    """

    accuracy: np.ndarray
    validation: np.ndarray
    seconds: np.ndarray
    compile_seconds: float
    parameters: int
    first: Any
    history: History


def trained(
    name: str,
    methods: Sequence[Method],
    problems: Sequence[Problem],
    effort: float,
    seed: int,
    folder: Path,
    progress: Progress,
    each: Callable[[], None] = lambda: None,
) -> Trained:
    """Train from one start for each problem, all of one shape: the same, or with other splits.

    A method may know of the split, so that there is one for each problem.
    """
    training = methods[0].training
    training = dataclasses.replace(training, steps=max(2, round(effort * training.steps)))
    optimise = optimiser(training)
    rows, first = [], None
    for i, (method, problem) in enumerate(zip(methods, problems, strict=True)):
        table = method.graph.table()
        keys = jax.random.split(jax.random.fold_in(jax.random.key(seed), i))
        parts = [on_nodes(problem, table, nodes) for nodes in problem.split]
        network = method.build(keys[0])
        found = fit(
            network,
            parts[0],
            no_batch,
            optimise,
            trainable=trainable(network, training.fixed),
            steps=training.steps,
            key=keys[1],
            validate=Choice(parts[1]),
            every=2,
            folder=folder,
            name=f"{name}-{i}",
            settings={"training": repr(training)},
            resume=True,
            progress=progress,
        )
        first = first or found
        validation, test = scores(found.model, parts[1], parts[2])
        rows.append((100 * float(test), 100 * float(validation), found.seconds))
        each()
    assert first is not None, "fit gives a result for each problem, of which there is one at least"
    accuracy, validation, seconds = np.array(rows).T
    count = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(first.model, trainable(first.model, training.fixed))))
    return Trained(accuracy, validation, seconds, first.compile_seconds, count, first.model, first.history)


def trainable(network: Any, fixed: Sequence[str] = ()) -> Any:
    """Which numbers of a network are trained: all but those of these names.

    Example:
        >>> trainable(eqx.nn.LayerNorm(2), ["bias"]).bias
        False
    """
    last = lambda path: getattr(path[-1], "name", None)
    return jax.tree_util.tree_map_with_path(
        lambda path, x: eqx.is_inexact_array(x) and last(path) not in fixed, network
    )


def no_batch(key: Any, step: Any) -> None:
    """All nodes are there in each step."""


@eqx.filter_jit
def scores(network: Any, validation: OnNodes, test: OnNodes) -> tuple[jax.Array, jax.Array]:
    """The shares of right answers."""
    return validation.score(network)[0], test.score(network)[0]
