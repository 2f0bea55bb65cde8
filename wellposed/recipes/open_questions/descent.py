"""Double descent of two message-passing layers on a graph: test error through the interpolation threshold."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from wellposed.simulate import heat_on_graph

from .networks import INFORMED, PLAIN
from .settings import Settings

NODES, QUANTITIES, TIME = 8, 4, 0.3
SHARES = (
    1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 13 / 16, 7 / 8, 15 / 16,
    1, 17 / 16, 9 / 8, 5 / 4, 3 / 2, 2, 3, 4, 8,
)  # fmt: skip


@dataclass(frozen=True)
class Descent:
    """Errors of the fits, over the size of the change that is to be predicted.

    Attributes:
        parameters: numbers of each layer for each quantity.
        equations: how many values each quantity has in the samples: the threshold of the plain layer.
        conserved: as many less one for each sample: what fluxes can reach, the threshold of the informed layer.
        train: kind -> (seeds, widths).
        test: kind -> the same on new initial values of the same graph.
        elsewhere: kind -> the same on other graphs.
    """

    parameters: np.ndarray
    equations: int
    conserved: int
    train: dict[str, np.ndarray]
    test: dict[str, np.ndarray]
    elsewhere: dict[str, np.ndarray]


def descent(settings: Settings) -> Descent:
    """Least squares of minimum norm with more and more random neurons [@belkin2019].

    The state of a node is `QUANTITIES` numbers, each of which diffuses: u(t) = exp(-t L) u(0). Both layers predict the
    change u(t) - u(0) from neighbours, which is to first order in t what they can know. Neurons are
    relu(a . u_i + b . u_j + c), the same for both: the plain layer sums them over the neighbours j, the informed one
    sums the flux relu(a . u_i + b . u_j + c) - relu(a . u_j + b . u_i + c), which is antisymmetric and so conserves.
    """
    equations = settings.descent_samples * NODES
    parameters = np.unique(np.maximum(1, np.round(np.array(SHARES) * equations)).astype(int))
    errors = {part: {INFORMED: [], PLAIN: []} for part in ("train", "test", "elsewhere")}
    for turn in range(settings.descent_seeds):
        for kind, rows in _fits(settings, turn, parameters).items():
            for part, row in zip(errors, rows, strict=True):
                errors[part][kind].append(row)
    stacked = {part: {kind: np.array(rows) for kind, rows in of.items()} for part, of in errors.items()}
    return Descent(parameters, equations, equations - settings.descent_samples, **stacked)


def _fits(settings: Settings, turn: int, parameters: np.ndarray) -> dict[str, tuple[list, list, list]]:
    """Train, test and other graphs' errors of each kind over the widths, for one repetition."""
    rng = np.random.default_rng((13, settings.seed, turn))
    graph = random_graph(rng)
    neurons = rng.normal(size=(2 * QUANTITIES + 1, parameters.max())) / (2 * QUANTITIES) ** 0.5
    train = _samples(rng, [graph] * settings.descent_samples)
    test = _samples(rng, [graph] * 64)
    others = _samples(rng, [random_graph(rng) for _ in range(64)])
    size = np.sqrt((train[2] ** 2).mean())
    seen = train[2] + settings.noise * size * rng.normal(size=train[2].shape)
    found = {}
    for kind in (INFORMED, PLAIN):
        layers = [features(u, near, neurons, kind) for u, near, _ in (train, test, others)]
        rows: tuple[list, list, list] = [], [], []
        for count in parameters:
            weights = np.linalg.lstsq(layers[0][:, :count], _flat(seen), rcond=1e-11)[0]
            truths = seen, test[2], others[2]
            for row, layer, truth in zip(rows, layers, truths, strict=True):
                error = layer[:, :count] @ weights - _flat(truth)
                row.append(float(np.sqrt((error**2).mean()) / size))
        found[kind] = rows
    return found


def random_graph(rng: np.random.Generator) -> Float[np.ndarray, "nodes nodes"]:
    """The adjacency matrix of a ring with a few chords."""
    near = np.roll(np.eye(NODES), 1, axis=1)
    chords = np.triu(rng.uniform(size=(NODES, NODES)) < 0.2, 1)
    return ((near + near.T + chords + chords.T) > 0).astype(float)


def features(
    u: Float[np.ndarray, "samples nodes quantities"],
    near: Float[np.ndarray, "samples nodes nodes"],
    neurons: Float[np.ndarray, "inputs features"],
    kind: str,
) -> Float[np.ndarray, "rows features"]:
    """What each neuron says at each node, the sum over its neighbours; rows are samples and nodes."""
    q = u.shape[-1]
    mine, theirs = u @ neurons[:q], u @ neurons[q : 2 * q] + neurons[2 * q][None, None]
    rows = []
    for a, b, edges in zip(mine, theirs, near, strict=True):
        said = np.maximum(a[:, None] + b[None], 0)  # (i, j, features)
        said = said - said.swapaxes(0, 1) if kind == INFORMED else said
        rows.append(np.einsum("ij,ijf->if", edges, said))
    return np.concatenate(rows)


def _samples(rng: np.random.Generator, graphs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Initial values, their graphs, and the exact changes."""
    u = rng.normal(size=(len(graphs), NODES, QUANTITIES))
    ends = [
        heat_on_graph(np.diag(near.sum(1)) - near, np.ones(NODES), one, TIME)
        for one, near in zip(u, graphs, strict=True)
    ]
    return u, np.stack(graphs), np.stack(ends) - u


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1, x.shape[-1])
