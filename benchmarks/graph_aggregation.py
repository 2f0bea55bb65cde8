"""A weighted sum over the neighbours on a graph with hubs, forward and backward, beside PyTorch's default path.

    python benchmarks/graph_aggregation.py [--nodes 100000] [--edges 1000000] [--channels 64]

PyTorch Geometric's default path without compiled extensions is a gather of the sources (`index_select`), a product with
the weights, and a scatter (`scatter_add_`; here `index_add_` too, which is the faster of the two on some machines); it
is written out here in plain torch. All get the same edges, weights and features, and gradients in features and weights.
"""

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--without-torch", action="store_true")
    options = parser.parse_args()
    edges = power_law(options.nodes, options.edges)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(options.nodes, options.channels)).astype(np.float32)
    w = rng.random(options.edges).astype(np.float32)
    seconds, check = ours(edges, x, w, options.repeats)
    found: dict[str, Any] = {
        "nodes": options.nodes,
        "edges": options.edges,
        "channels": options.channels,
        "most_neighbours": int(np.bincount(edges[:, 1]).max()),
        "wellposed_ms": 1e3 * seconds,
        "peak_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    for way in () if options.without_torch else ("scatter_add_", "index_add_"):
        peer, other = theirs(edges, x, w, options.repeats, way)
        if abs(check - other) > 1e-3 * abs(other):
            raise SystemExit(f"{way} gives another gradient: {other} beside {check}")
        found |= {f"torch_{way}ms": 1e3 * peer, f"times_faster_than_{way}": peer / seconds}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
