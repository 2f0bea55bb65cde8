"""Pictures of states on a graph."""

from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed.report.style import MARKERS, MUTED, SERIES, TEXT_WIDTH

from .problem import Problem
from .study import Energies

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_NODES = 1200  # in a panel
HOPS_NODES = 60  # around the node whose attention is drawn


def embeddings(problem: Problem, found: Energies) -> "Figure":
    """The states at a few times, on the two main axes of the end of training's time, coloured by class."""
    from matplotlib.figure import Figure

    last = (len(found.times) - 1) // 3
    shown = np.unique([0, max(1, last // 6), last // 2, last])
    plane = _main_axes(found.states[last])
    figure = Figure(figsize=(TEXT_WIDTH, 1.15 * TEXT_WIDTH / len(shown)), layout="constrained")
    nodes = np.random.default_rng(0).permutation(problem.graph.nodes)[:MOST_NODES]
    for axes, k in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        state = found.states[k]
        points = (state - state.mean(0, keepdims=True)) @ plane
        _classes(axes, points, problem.labels, nodes)
        (left, bottom), (right, top) = np.quantile(points, (0.01, 0.99), axis=0)  # a few far nodes would hide the rest
        axes.set(xlim=(left, right), ylim=(bottom, top))
        axes.set(title=f"t = {found.times[k]:.3g}", xticks=[], yticks=[])
        axes.grid(visible=False)
    return figure


def attention(problem: Problem, found: Energies) -> "Figure":
    """The edges around one node: the wider and darker, the more attention."""
    import networkx
    from matplotlib.figure import Figure

    near = _around(problem)
    graph, table = networkx.Graph(), problem.graph.table()
    graph.add_nodes_from(near.tolist())
    inside = np.zeros(problem.graph.nodes + 1, bool)
    inside[near] = True
    source, target = np.asarray(table.source_of_slot), np.asarray(table.target_of_slot)
    kept = inside[source] & inside[np.minimum(target, problem.graph.nodes)] & (source != target)
    for i, j, weight in zip(source[kept], target[kept], found.shares[kept], strict=True):
        before = graph.get_edge_data(int(i), int(j), {"share": 0.0})["share"]
        graph.add_edge(int(i), int(j), share=max(float(weight), before))
    place = networkx.spring_layout(graph, seed=0, iterations=100)
    figure = Figure(figsize=(TEXT_WIDTH, 0.62 * TEXT_WIDTH), layout="constrained")
    axes = figure.subplots()
    shares = np.array([share for _, _, share in graph.edges.data("share")])
    drawn: Any = networkx.draw_networkx_edges(
        graph, place, ax=axes, width=0.4 + 4 * shares, edge_color=shares, edge_cmap=_map(), edge_vmin=0.0
    )
    points = np.array([place[int(node)] for node in near])
    _classes(axes, points, problem.labels[near], np.arange(len(near)), 36.0)
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    figure.colorbar(drawn, ax=axes, label="share of attention", shrink=0.8)
    return figure


def _map() -> Any:
    from matplotlib import colormaps

    return colormaps["viridis_r"]


def _around(problem: Problem) -> np.ndarray:
    """Some nodes within a few hops of a node with many neighbours, though not too many."""
    source, target = problem.graph.source, problem.graph.target
    degrees = np.bincount(target, minlength=problem.graph.nodes)
    near = np.array([np.argmin(np.abs(degrees - 12))])
    while len(near) < HOPS_NODES:
        wider = np.unique(np.append(near, source[np.isin(target, near)]))
        if len(wider) == len(near):
            break
        near = (
            wider if len(wider) <= HOPS_NODES else np.append(near, np.setdiff1d(wider, near)[: HOPS_NODES - len(near)])
        )
    return near


def _main_axes(state: np.ndarray) -> np.ndarray:
    _, _, axes = np.linalg.svd(state - state.mean(0, keepdims=True), full_matrices=False)
    return axes[:2].T


def _classes(axes: Any, points: np.ndarray, labels: np.ndarray, nodes: np.ndarray, size: float = 7.0) -> None:
    for k in range(-1, int(labels.max()) + 1):
        chosen = nodes[labels[nodes] == k]
        if len(chosen):
            colour = MUTED[0] if k < 0 else SERIES[k % len(SERIES)][0]
            marker = MARKERS[k % len(MARKERS)]
            axes.scatter(*points[chosen].T, s=size, c=colour, marker=marker, linewidths=0, rasterized=True, zorder=3)
