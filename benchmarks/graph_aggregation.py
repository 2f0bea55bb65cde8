"""A weighted sum over the neighbours on a graph with hubs, forward and backward, beside PyTorch's default path.

    python benchmarks/graph_aggregation.py            # writes results/graph-aggregation.json
    python benchmarks/graph_aggregation.py --only memory --nodes 1000000 --edges 10000000

PyTorch Geometric's default path without compiled extensions is a gather of the sources (`index_select`), a product with
the weights, and a scatter (`scatter_add_`; here `index_add_` too, which is the faster of the two on some machines); it
is written out here in plain torch. All get the same edges, weights and features, and gradients in features and weights.

Memory is the most that a child process has held: the graph is made there, its table is built, and the sum and a
training step of a graph convolution of two layers run on it. Without PyTorch no record is written.
"""

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
TORCH = importlib.util.find_spec("torch") is not None
KILOBYTES = 1e9 if sys.platform == "darwin" else 1e9 / 1024  # the unit of the peak memory, to gigabytes
CLASSES = 40
THREADS = 2
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))


def power_law(nodes: int, edges: int, seed: int = 0) -> np.ndarray:
    """Edges whose ends are drawn with probability (i + 1)^-0.6 in random order: degrees fall as a power of 2.7."""
    rng = np.random.default_rng(seed)
    weight = rng.permutation(np.arange(1, nodes + 1) ** -0.6)
    cumulated = np.cumsum(weight / weight.sum())
    return np.minimum(np.searchsorted(cumulated, rng.random((edges, 2))), nodes - 1)


def timed(run: Callable[[], Any], repeats: int) -> float:
    run()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def ours(edges: np.ndarray, x: np.ndarray, w: np.ndarray, repeats: int) -> tuple[float, float]:
    """Seconds of a step, and the sum of the gradient's squares, to be compared."""
    import jax
    import jax.numpy as jnp

    from wellposed.nn import NeighbourTable, gather_sum

    table = NeighbourTable.from_edges(edges[:, 0], edges[:, 1], len(x), len(x))
    weights = jnp.asarray(np.append(w, 0)[np.asarray(table.edge_of_slot)], jnp.float32)
    features = jnp.asarray(x)
    loss = lambda x, w, table: (gather_sum(x, table, w) ** 2).sum()
    step = jax.jit(jax.grad(loss, (0, 1)))
    seconds = timed(lambda: jax.block_until_ready(step(features, weights, table)), repeats)
    return seconds, float((step(features, weights, table)[0] ** 2).sum())


def theirs(edges: np.ndarray, x: np.ndarray, w: np.ndarray, repeats: int, way: str) -> tuple[float, float]:
    import torch

    torch.set_num_threads(THREADS)
    source, target = (torch.from_numpy(np.ascontiguousarray(edges[:, i])) for i in (0, 1))
    features = torch.from_numpy(x).requires_grad_()
    weights = torch.from_numpy(w).requires_grad_()
    index = target[:, None].expand(-1, x.shape[1])

    def step() -> Any:
        messages = features.index_select(0, source) * weights[:, None]
        out = torch.zeros_like(features)
        out = out.scatter_add_(0, index, messages) if way == "scatter_add_" else out.index_add_(0, target, messages)
        return torch.autograd.grad((out**2).sum(), (features, weights))

    return timed(step, repeats), float((step()[0] ** 2).sum())


def speed(nodes: int, edges: int, channels: int, repeats: int) -> dict[str, Any]:
    """Ours and theirs, on one graph."""
    pairs = power_law(nodes, edges)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(nodes, channels)).astype(np.float32)
    w = rng.random(edges).astype(np.float32)
    seconds, check = ours(pairs, x, w, repeats)
    found: dict[str, Any] = {
        "nodes": nodes,
        "edges": edges,
        "channels": channels,
        "most_neighbours": int(np.bincount(pairs[:, 1]).max()),
        "seconds": {"ours": seconds},
        "times_faster": {},
    }
    for way in ("scatter_add_", "index_add_") if TORCH else ():
        peer, other = theirs(pairs, x, w, repeats, way)
        if abs(check - other) > 1e-3 * abs(other):
            raise SystemExit(f"{way} gives another gradient: {other} beside {check}")
        found["seconds"][way] = peer
        found["times_faster"][way] = peer / seconds
    return found


def memory(nodes: int, edges: int, channels: int) -> dict[str, Any]:
    """What a child process needs on a large graph."""
    sizes = [str(size) for size in (nodes, edges, channels)]
    found = subprocess.run([sys.executable, __file__, "--child", *sizes], check=True, capture_output=True, text=True)
    return json.loads(found.stdout)


def child(nodes: int, edges: int, channels: int) -> dict[str, Any]:
    """The table, a sum there and back, and a training step of a graph convolution, with the peak memory after each."""
    import equinox as eqx
    import jax
    import jax.numpy as jnp
    import optax

    from wellposed.geometry import Graph, GraphNetwork, gcn
    from wellposed.nn import gather_sum

    peaks, seconds, clock = {}, {}, [time.perf_counter()]

    def note(stage: str) -> None:
        peaks[stage] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
        clock.append(time.perf_counter())
        seconds[stage] = clock[-1] - clock[-2]

    pairs = power_law(nodes, edges)
    most = int(np.bincount(pairs[:, 1]).max())
    graph = Graph(pairs[:, 0], pairs[:, 1], nodes).with_self_loops()
    note("edges")
    table = graph.table()
    note("table")
    keys = jax.random.split(jax.random.key(0), 4)
    x = jax.random.normal(keys[0], (nodes, channels))
    weights = jax.random.uniform(keys[1], (table.slots,))
    slopes = jax.jit(jax.grad(lambda x, w, table: (gather_sum(x, table, w) ** 2).sum(), (0, 1)))
    jax.block_until_ready(slopes(x, weights, table))
    note("sum")
    del weights
    net = GraphNetwork((gcn(channels, channels, key=keys[2]), gcn(channels, CLASSES, key=keys[3])), jax.nn.relu)
    labels, optimiser = jnp.arange(nodes) % CLASSES, optax.adam(0.01)
    value = lambda net, x, table: optax.softmax_cross_entropy_with_integer_labels(net(x, table), labels).mean()

    @eqx.filter_jit
    def step(net: Any, state: Any, x: Any, table: Any) -> tuple[Any, Any, Any]:
        loss, slope = eqx.filter_value_and_grad(value)(net, x, table)
        updates, state = optimiser.update(slope, state)
        return eqx.apply_updates(net, updates), state, loss

    _, _, loss = step(net, optimiser.init(eqx.filter(net, eqx.is_inexact_array)), x, table)
    if not np.isfinite(float(loss)):
        raise SystemExit("The training step gave no number.")
    note("training_step")
    return {
        "nodes": nodes,
        "edges": edges,
        "channels": channels,
        "classes": CLASSES,
        "most_neighbours": most,
        "slots": table.slots,
        "peak_gb": peaks,
        "seconds_with_compilation": seconds,
    }


def main() -> None:
    """Both parts, to the terminal and to the record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=("speed", "memory"))
    parser.add_argument("--nodes", type=int, help="100,000 for speed, a million for memory")
    parser.add_argument("--edges", type=int, help="ten for each node")
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--child", type=int, nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(*options.child)))
        return
    metrics: dict[str, Any] = {}
    for part, usual in (("memory", 1_000_000), ("speed", 100_000)):
        if options.only in (None, part):
            nodes = options.nodes or usual
            sizes = nodes, options.edges or 10 * nodes, options.channels
            metrics[part] = memory(*sizes) if part == "memory" else speed(*sizes, options.repeats)
    print(json.dumps(metrics, indent=2))
    if TORCH and options.only is None and options.nodes is None:
        from wellposed.io import write_json
        from wellposed.recipes.record import versions

        record = {"benchmark": "graph-aggregation", "metrics": metrics, "versions": versions()}
        write_json(ROOT / "results" / "graph-aggregation.json", record)


if __name__ == "__main__":
    main()
