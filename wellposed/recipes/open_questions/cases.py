"""The equations with their known solutions: on one mesh or graph to learn from, and on others to judge on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from wellposed.geometry import Cells, Graph, Mesh, cotangent_law, graph_cells, mesh_cells
from wellposed.geometry.graphs.informed import stable_steps
from wellposed.simulate import advection_on_graph, heat_on_graph, uneven_surface, waves_on_graph
from wellposed.simulate.uneven_surfaces import Shape

from .settings import Settings

SEEN = "seen"  # the place to learn from
TIMES = {
    ("heat", "mesh"): 0.1, ("wave", "mesh"): 0.6, ("advection", "mesh"): 0.5,
    ("heat", "graph"): 0.5, ("wave", "graph"): 1.5, ("advection", "graph"): 2.0,
}  # fmt: skip
LATER = 4  # so many times the learned map is applied, to judge it beyond the time that it learned
FREQUENCY = {"mesh": 2.0, "graph": 6.0}
MEAN_DEGREE = 8.0
LEAST_STEPS = 16  # of RK4; a place that asks for more gets them
MARGIN = 1.25  # over the true rates, for those that are passed through in training


@dataclass(frozen=True)
class Place:
    """A mesh or a graph.

    Attributes:
        name: in words.
        positions: of its nodes.
        cells: its control volumes, in float64.
        rates: the true rates of the equation.
        faces: of a mesh.
    """

    name: str
    positions: Float[np.ndarray, "nodes 3"]
    cells: Cells
    rates: Float[np.ndarray, "nodes nodes"]
    faces: np.ndarray | None = None


@dataclass(frozen=True)
class Pairs:
    """Initial states and where the equation takes them.

    Attributes:
        start: (samples, nodes, fields).
        end: after the time, of the same shape.
        later: after `LATER` times that time.
    """

    start: np.ndarray
    end: np.ndarray
    later: np.ndarray


def around(points: Float[np.ndarray, "points 3"]) -> Float[np.ndarray, "points 3"]:
    """The velocity of a rotation around the vertical axis, one radian in a unit of time."""
    return np.stack([-points[:, 1], points[:, 0], np.zeros(len(points))], axis=1)


def graph_law(features: Float[np.ndarray, "*shape features"]) -> Float[np.ndarray, "*shape"]:
    """exp(-2 length^2), and where there is a velocity its upwind part."""
    value = np.exp(-2 * features[..., 0] ** 2)
    return value if features.shape[-1] == 1 else value * (features[..., 1] > 0)


def places(settings: Settings, equation: str, kind: str) -> list[Place]:
    """The first is to learn from, the others are unseen: other nodes, other shapes, other numbers of nodes."""
    n, velocity = settings.nodes, around if equation == "advection" else None
    if kind == "graph":
        sizes = {SEEN: n, "another graph": n, "a larger graph": 3 * n, "a graph with clusters": 2 * n, "a grid": 2 * n}
        chosen = list(sizes.items())[: settings.unseen + 1]
        return [_graph(name, size, settings.seed + k, velocity) for k, (name, size) in enumerate(chosen)]
    surfaces: dict[str, tuple[Shape, int, float]] = {
        SEEN: ("ellipsoid", n, 0.2),
        "a finer sphere": ("sphere", 3 * n, 0.15),
        "another ellipsoid": ("ellipsoid", n, 0.15),
        "a ball with bumps": ("bumps", 3 * n // 2, 0.15),
        "a torus": ("torus", 3 * n // 2, 0.15),
    }
    return [
        _surface(name, Mesh.from_record(uneven_surface(shape, size, settings.seed + k, jitter)), velocity)
        for k, (name, (shape, size, jitter)) in enumerate(list(surfaces.items())[: settings.unseen + 1])
    ]


def _surface(name: str, mesh: Mesh, velocity: Callable | None) -> Place:
    cells = mesh_cells(mesh, velocity)
    return Place(name, mesh.positions, cells, cells.rates(cotangent_law), mesh.faces)


def sphere_place(mesh: Mesh) -> Place:
    """A mesh of the unit sphere for the heat equation."""
    return _surface("sphere", mesh, None)


def _graph(name: str, nodes: int, seed: int, velocity: Callable | None) -> Place:
    """Nodes in the unit square around the origin, joined where they are near."""
    from scipy.spatial import KDTree

    rng = np.random.default_rng((7, seed))
    points = rng.uniform(-0.5, 0.5, (nodes, 2))
    if name == "a graph with clusters":
        centres = rng.uniform(-0.35, 0.35, (8, 2))
        points[nodes // 2 :] = centres[rng.integers(8, size=nodes - nodes // 2)]
        points[nodes // 2 :] += 0.08 * rng.normal(size=(nodes - nodes // 2, 2))
    if name == "a grid":
        side = round(nodes**0.5)
        points = (np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2) + 0.5) / side - 0.5
    reach = (MEAN_DEGREE / (np.pi * len(points))) ** 0.5
    pairs = KDTree(points).query_pairs(reach, output_type="ndarray")
    positions = np.concatenate([points, np.zeros((len(points), 1))], axis=1)
    cells = graph_cells(Graph.from_pairs(pairs, len(points)), positions, reach, velocity)
    return Place(name, positions, cells, cells.rates(graph_law))


def steps_on(equation: str, kind: str, place: Place) -> int:
    """How many steps of RK4 an informed network takes in training: those that are stable for the true rates."""
    rate = float((np.maximum(place.rates.sum(0), place.rates.sum(1)) / np.asarray(place.cells.mass)).max())
    return max(LEAST_STEPS, stable_steps(TIMES[equation, kind], MARGIN * rate, equation == "wave"))


def pairs(equation: str, kind: str, place: Place, samples: int, seed: int) -> Pairs:
    """Random sums of plane waves, without their mean, and where the equation takes them."""
    u = _waves(place.positions, samples, FREQUENCY[kind], seed)
    mass = np.asarray(place.cells.mass)
    u = u - (mass @ u)[None] / mass.sum()
    time = TIMES[equation, kind]
    after = [solution(equation, place, u, t) for t in (0.0, time, LATER * time)]
    return Pairs(*(np.moveaxis(x, 1, 0) for x in after))


def solution(
    equation: str, place: Place, u: Float[np.ndarray, "nodes samples"], time: float
) -> Float[np.ndarray, "nodes samples fields"]:
    """The exact state of the equation on the place after a time, from u at rest."""
    mass = np.asarray(place.cells.mass)
    if equation == "advection":
        return advection_on_graph(place.rates, mass, u, time)[..., None]
    laplacian = np.diag(place.rates.sum(1)) - (place.rates + place.rates.T) / 2
    if equation == "heat":
        return heat_on_graph(laplacian, mass, u, time)[..., None]
    return np.stack(waves_on_graph(laplacian, mass, u, np.zeros_like(u), time), axis=-1)


def _waves(
    positions: Float[np.ndarray, "nodes 3"], samples: int, frequency: float, seed: int
) -> Float[np.ndarray, "nodes samples"]:
    rng = np.random.default_rng((11, seed))
    k = frequency * rng.normal(size=(samples, 8, 3))
    phase, size = rng.uniform(0, 2 * np.pi, (samples, 8)), rng.normal(size=(samples, 8)) / 2
    angle = np.einsum("skd,vd->skv", k, positions) + phase[..., None]
    return np.einsum("sk,skv->vs", size, np.cos(angle))
