"""The methods that are compared: each a network and the graph that it runs on."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Key

from wellposed.dynamics import Euler, Flow
from wellposed.geometry import (
    PDEGCN,
    Blend,
    ChebLayer,
    DeepGraphNetwork,
    DiffusionAttention,
    DiffusionNetwork,
    Grand,
    GrandPlus,
    Graph,
    GraphNetwork,
    Gread,
    diffusion_positions,
    diffusion_rewired,
    gat,
    gcn,
    monet,
    sage,
)

from .problem import Problem
from .tuned import Diffused, Layered, Training, Tuned

POSITIONS, POSITION_WIDTH = 32, 16  # of BLEND
NEIGHBOURS = 16  # of GRAND-nl-rw


class Method(NamedTuple):
    """A network to be trained.

    Attributes:
        build: key -> the network.
        graph: where it runs.
        training: how it is trained.
    """

    build: Callable[[Any], Any]
    graph: Graph
    training: Training


def method(name: str, problem: Problem, settings: Tuned) -> Method:
    """The method of a name on a graph."""
    return _METHODS[name](problem, settings)


def _layered(make: Callable[..., Any], problem: Problem, settings: Tuned) -> Method:
    s = settings.convolution

    def build(key: Key[Array, ""]) -> GraphNetwork:
        first, last = jax.random.split(key)
        layers = make(problem.inputs, s.width, key=first), make(s.width, problem.classes, key=last)
        return GraphNetwork(layers, jax.nn.relu, s.rate)

    return Method(build, problem.graph, s.training)


def _gat(problem: Problem, settings: Tuned) -> Method:
    s: Layered = settings.attention

    def build(key: Key[Array, ""]) -> GraphNetwork:
        first, last = jax.random.split(key)
        hidden = gat(problem.inputs, s.width, s.heads, rate=s.rate, key=first)
        final = gat(s.heads * s.width, problem.classes, 1, averaged=True, rate=s.rate, key=last)
        return GraphNetwork((hidden, final), jax.nn.elu, s.rate)

    return Method(build, problem.graph, s.training)


def _attention(s: Diffused, key: Key[Array, ""]) -> DiffusionAttention:
    """Random but small, so that heads differ and diffusion begins as the plain average."""
    fresh = DiffusionAttention(s.width, s.attention, s.heads, s.kernel, s.normaliser, key=key)
    return eqx.tree_at(lambda a: (a.query, a.key), fresh, replace_fn=lambda w: 0.1 * w)


def diffusion(
    problem: Problem, s: Diffused, field: Callable[[Any], Any], frozen: bool, key: Key[Array, ""]
) -> DiffusionNetwork:
    """A network that diffuses by a field, whose medium has its shares from the start if frozen."""
    keys = jax.random.split(key, 3)
    flow = Flow(field(keys[0]), Euler(), t1=s.time, steps=s.steps)
    attention = _attention(s, keys[1]) if frozen else None
    return DiffusionNetwork(
        problem.inputs,
        s.width,
        problem.classes,
        flow,
        attention,
        rectified=s.rectified,
        input_rate=s.input_rate,
        rate=s.rate,
        key=keys[2],
    )


def _grand_l(problem: Problem, settings: Tuned) -> Method:
    s = settings.linear
    build = functools.partial(diffusion, problem, s, lambda key: Grand(source=s.source), True)
    return Method(build, problem.graph, s.training)


def _diffusing(
    field: Callable[[Problem, Diffused], Callable[[Any], Any]], frozen: bool, problem: Problem, settings: Tuned
) -> Method:
    s = settings.diffusion
    build = functools.partial(diffusion, problem, s, field(problem, s), frozen)
    return Method(build, problem.graph, s.training)


def _nonlinear(problem: Problem, s: Diffused) -> Callable[[Any], Any]:
    return lambda key: Grand(_attention(s, key), s.source)


def _reacting(problem: Problem, s: Diffused) -> Callable[[Any], Any]:
    return lambda key: Gread("blurring_sharpening", s.width)


def _sourced(problem: Problem, s: Diffused) -> Callable[[Any], Any]:
    return lambda key: GrandPlus(jnp.asarray(problem.split.train))


def _rewired(problem: Problem, settings: Tuned) -> Method:
    found = _diffusing(_nonlinear, False, problem, settings)
    return found._replace(graph=diffusion_rewired(problem.graph, NEIGHBOURS))


def _blend(problem: Problem, settings: Tuned) -> Method:
    base = _diffusing(_nonlinear, False, problem, settings)
    positions = diffusion_positions(problem.graph, min(POSITIONS, problem.graph.nodes // 4))

    def build(key: Key[Array, ""]) -> Blend:
        keys = jax.random.split(key)
        return Blend(base.build(keys[0]), positions, POSITION_WIDTH, key=keys[1])

    fixed = (*base.training.fixed, "positions")  # which the decay of weights would erase
    return base._replace(build=build, training=dataclasses.replace(base.training, fixed=fixed))


def waves(problem: Problem, s: Diffused, motion: Any, depth: int, key: Key[Array, ""]) -> PDEGCN:
    """A PDE-GCN of some depth."""
    return PDEGCN(
        problem.inputs,
        s.width,
        problem.classes,
        depth,
        motion,
        input_rate=s.input_rate,
        rate=s.rate,
        key=key,
    )


def _waving(motion: str, problem: Problem, settings: Tuned) -> Method:
    s = settings.waves
    return Method(functools.partial(waves, problem, s, motion, s.steps), problem.graph, s.training)


def deep_gcn(problem: Problem, s: Layered, width: int, depth: int, key: Key[Array, ""]) -> DeepGraphNetwork:
    """GCN with many layers, for the study of depth."""
    keys = jax.random.split(key, 3)
    first, last = gcn(problem.inputs, width, key=keys[0]), gcn(width, problem.classes, key=keys[1])
    middle = lambda key: gcn(width, width, key=key)
    return DeepGraphNetwork(first, middle, last, depth, jax.nn.relu, s.rate, key=keys[2])


def optimiser(training: Training) -> optax.GradientTransformation:
    """With the decay of weights in the gradient, as published, not beside it."""
    first = lambda params: jax.tree_util.tree_map_with_path(lambda path, _: _is_first(path), params)
    decay = optax.add_decayed_weights(training.weight_decay, first if training.decays == "first" else None)
    return optax.chain(decay, getattr(optax, training.optimiser)(training.learning_rate))


def _is_first(path: tuple[Any, ...]) -> bool:
    name = jax.tree_util.keystr(path)
    return name.startswith((".layers[0]", ".first"))


_METHODS: Mapping[str, Callable[[Problem, Tuned], Method]] = MappingProxyType(
    {
        "GCN": functools.partial(_layered, gcn),
        "GAT": _gat,
        "ChebNet": functools.partial(_layered, ChebLayer),
        "MoNet": functools.partial(_layered, monet),
        "GraphSAGE": functools.partial(_layered, sage),
        "GRAND-l": _grand_l,
        "GRAND-nl": functools.partial(_diffusing, _nonlinear, False),
        "GRAND-nl-rw": _rewired,
        "BLEND": _blend,
        "GRAND++": functools.partial(_diffusing, _sourced, True),
        "GREAD": functools.partial(_diffusing, _reacting, True),
        "PDE-GCN-D": functools.partial(_waving, "diffusive"),
        "PDE-GCN-H": functools.partial(_waving, "hyperbolic"),
        "PDE-GCN-M": functools.partial(_waving, "mixed"),
    }
)
