"""Everything that a run finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
from jaxtyping import Array, Float, Key

from wellposed.geometry import Features
from wellposed.io import LabelledGraph
from wellposed.nn import NeighbourTable
from wellposed.train import Progress

from .learn import Trained, trained
from .methods import Method, method
from .problem import Problem, component, problem, read
from .settings import Settings
from .study import DEEP, Depth, Energies, depth_study, energies
from .tuned import Tuned, tuned

LINEAR = "GRAND-l"


class NodeClassifier(eqx.Module):
    """A network with the graph that it knows: from the features of all nodes to the classes' logits."""

    network: Any
    table: NeighbourTable

    def __call__(self, x: Features) -> Float[Array, "nodes classes"]:
        """The features as the file has them, divided by their sums where the training's were."""
        return self.network(x, self.table)


@dataclass(frozen=True)
class Findings:
    """All that a run found, for its record and its page.

    Attributes:
        settings: of the run.
        tuned: what the methods were trained with.
        problem: the full graph and its split.
        methods: the trainings on it, by method.
        component: those on the largest component with redrawn splits.
        component_nodes: how many it has.
        depth: the study of depth.
        energies: of GRAND-l, if it was trained.
        model: the classifier that is kept, and its name.
    """

    settings: Settings
    tuned: Tuned
    problem: Problem
    methods: Mapping[str, Trained]
    component: Mapping[str, Trained]
    component_nodes: int
    depth: Mapping[str, Depth]
    energies: Energies | None
    model: NodeClassifier


def data(settings: Settings, split: str) -> Any:
    """The nodes of a split, with the graph."""
    found, _ = _problem(settings)
    return found, getattr(found.split, split)


def build(settings: Settings, key: Key[Array, ""]) -> NodeClassifier:
    """The classifier that a run keeps, before training: GRAND-l, or else the first method."""
    found, choice = _problem(settings)
    kept = method(kept_method(settings), found, choice)
    return NodeClassifier(kept.build(key), kept.graph.table())


def kept_method(settings: Settings) -> str:
    """The method whose network is kept."""
    return LINEAR if LINEAR in settings.methods else settings.methods[0]


def _problem(settings: Settings) -> tuple[Problem, Tuned]:
    found = read(settings)
    choice = tuned(found.name)
    return problem(found, choice.normalised, settings.seed), choice


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, method by method; trainings that were stopped are taken up from their checkpoints."""
    graph = read(settings)
    choice = tuned(graph.name)
    whole = problem(graph, choice.normalised, settings.seed)
    trainings = len(settings.methods) * (settings.seeds + settings.component_seeds)
    trainings += len(DEEP) * len(settings.depths) * settings.depth_seeds
    with progress.task("graph diffusion", total=trainings) as advance:
        step: Callable[[], None] = lambda: advance(1)
        run = lambda name, how, problems: trained(
            name, how, problems, settings.effort, settings.seed, checkpoints, progress, step
        )
        methods, kept = {}, {}
        for name in settings.methods:
            kept[name] = method(name, whole, choice)
            methods[name] = run(name, [kept[name]] * settings.seeds, [whole] * settings.seeds)
        parts, nodes = _component(graph, choice, settings, run)
        depth = depth_study(whole, choice, settings, checkpoints, progress, step)
    name = kept_method(settings)
    network = methods[name].first
    found = energies(methods[LINEAR].first, whole) if LINEAR in methods else None
    model = NodeClassifier(network, kept[name].graph.table())
    return Findings(settings, choice, whole, methods, parts, nodes, depth, found, model)


def _component(
    graph: LabelledGraph,
    choice: Tuned,
    settings: Settings,
    run: Callable[[str, list[Method], list[Problem]], Trained],
) -> tuple[dict[str, Trained], int]:
    if not settings.component_seeds:
        return {}, 0
    part = component(graph)
    problems = [problem(part, choice.normalised, settings.seed + i) for i in range(settings.component_seeds)]
    methods = {name: [method(name, one, choice) for one in problems] for name in settings.methods}
    found = {name: run(f"{name}-component", methods[name], problems) for name in settings.methods}
    return found, len(part.labels)
