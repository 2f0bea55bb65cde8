"""A gauge-equivariant convolution beside a transcription of the published PyTorch layer, and sums over neighbours.

The sums stand beside `segment_sum` and `index_add`.

Sizes: 9,500 vertices with 10 neighbours, 26 channels of each order up to 2, 2 rings; forward and backward, float32. The
published layer (BSD 3-clause Clear, github.com/Qualcomm-AI-research/gauge-equivariant-mesh-cnn, 2023) turns each
neighbour's features into the frame of the edge, multiplies them by a dense matrix for each ring, turns the results back
and takes their mean. `Published` does the same in PyTorch with its own scatter; both programs get the same weights, and
their results and gradients are compared before they are timed. Steps are taken in turn; medians after a warm-up, and
the speed of a large product in the same run. Without PyTorch, ours is timed alone and no record is written.

    python benchmarks/gem_convolution.py            # writes results/gem-convolution.json
"""

import importlib.util
import statistics
import time
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.geometry import GaugeField, GemConvolution, Surface
from wellposed.io import write_json
from wellposed.metrics import quantile_interval
from wellposed.nn import NeighbourTable, gather_sum
from wellposed.recipes.record import versions

ROOT = Path(__file__).parent.parent
VERTICES, DEGREE, CHANNELS, ORDER, RINGS = 9500, 10, 26, 2, 2
FIELD = GaugeField((CHANNELS,) * (ORDER + 1))
AGGREGATIONS = ((VERTICES, DEGREE, FIELD.dim), (10_000, 6, 32), (10_000, 6, 128), (10_000, 30, 32))
REPEATS = 15
TORCH = importlib.util.find_spec("torch") is not None


def strip(vertices: int, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Source and target of edges between vertices of near indices, as in a mesh whose vertices are numbered well."""
    near = [step for step in range(-(degree + 1) // 2, (degree + 1) // 2 + 1) if step][:degree]
    target = np.repeat(np.arange(vertices), degree)
    return (target + np.tile(near, vertices)) % vertices, target


def surface() -> Surface:
    """Random lengths and angles on such edges."""
    table = NeighbourTable.from_edges(*strip(VERTICES, DEGREE), VERTICES, VERTICES)
    keys = jax.random.split(jax.random.key(0), 3)
    r, theta, connection = (jax.random.uniform(key, (table.slots,)) for key in keys)
    nothing = jnp.zeros((VERTICES, 3))
    frames = jnp.broadcast_to(jnp.eye(3)[None], (VERTICES, 3, 3))
    return Surface(nothing, frames, table, r, 6 * theta, 6 * connection, jnp.ones(VERTICES, bool))


class Ours:
    """Forward and backward by this library, compiled."""

    def __init__(self, layer: GemConvolution, one: Surface, x: jax.Array):
        params, frozen = eqx.partition((layer, x), eqx.is_inexact_array)

        def loss(params: Any, one: Surface) -> jax.Array:
            layer, x = eqx.combine(params, frozen)
            return (layer(x, one) ** 2).mean()

        began = time.perf_counter()
        self.program = jax.jit(jax.value_and_grad(loss)).lower(params, one).compile()
        self.compile_seconds = time.perf_counter() - began
        self.memory_gib = self.program.memory_analysis().temp_size_in_bytes / 2**30
        self.args = params, one

    def __call__(self) -> tuple[float, np.ndarray]:
        value, (_, dx) = self.program(*self.args)
        return float(value), np.asarray(dx)


class Published:
    """Forward and backward by a transcription of the published layer."""

    def __init__(self, layer: GemConvolution, one: Surface, x: jax.Array):
        import torch

        torch.set_num_threads(2)
        of = lambda values: torch.tensor(np.asarray(values))
        self.weight = of(dense(layer)).requires_grad_()  # (rings, in, out)
        self.own = of(dense_own(layer)).requires_grad_()
        self.x = of(x).requires_grad_()
        source, target = of(one.table.source_of_slot).long(), of(one.table.target_of_slot).long()
        before, after = of(one.connection - one.theta), of(one.theta)
        r = of(one.r)
        rings = torch.stack([1 - r, r], dim=1) / DEGREE

        def turned(u: Any, angle: Any) -> Any:
            parts, start = [u[:, :CHANNELS]], CHANNELS
            for order in range(1, ORDER + 1):
                c, s = torch.cos(order * angle)[:, None], torch.sin(order * angle)[:, None]
                a, b = u[:, start : start + CHANNELS], u[:, start + CHANNELS : start + 2 * CHANNELS]
                parts += [c * a - s * b, s * a + c * b]
                start += 2 * CHANNELS
            return torch.cat(parts, dim=1)

        def step() -> tuple[float, np.ndarray]:
            for leaf in (self.weight, self.own, self.x):
                leaf.grad = None
            u = turned(self.x[source], before)
            y = sum(rings[:, i : i + 1] * (u @ self.weight[i]) for i in range(RINGS))
            out = torch.zeros(VERTICES, FIELD.dim).index_add(0, target, turned(y, after)) + self.x @ self.own
            value = (out**2).mean()
            value.backward()
            return float(value.detach()), self.x.grad.numpy()  # pyright: ignore[reportOptionalMemberAccess]

        self.step = step

    def __call__(self) -> tuple[float, np.ndarray]:
        return self.step()


def dense(layer: GemConvolution) -> np.ndarray:
    """The matrix of each ring in the frame of an edge."""
    blocks = []
    for n, weight in enumerate(layer.weights):
        halves = [weight] if n == 0 else jnp.split(weight, 2)
        blocks += [half.reshape(RINGS, FIELD.dim, CHANNELS) for half in halves]
    return np.concatenate(blocks, axis=2)


def dense_own(layer: GemConvolution) -> np.ndarray:
    """The matrix of the self-interaction."""
    full, start = np.zeros((FIELD.dim, FIELD.dim), np.float32), CHANNELS
    full[:CHANNELS, :CHANNELS] = layer.own[0]
    for weight in layer.own[1:]:
        re, im = np.split(np.asarray(weight), 2)
        full[start : start + 2 * CHANNELS, start : start + 2 * CHANNELS] = np.block([[re, im], [-im, re]])
        start += 2 * CHANNELS
    return full


def seconds_in_turn(steps: dict[str, Any], repeats: int = REPEATS) -> dict[str, list[float]]:
    """The seconds of each, one after the other, after a warm-up."""
    for step in steps.values():
        step()
    found: dict[str, list[float]] = {who: [] for who in steps}
    for _ in range(repeats):
        for who, step in steps.items():
            began = time.perf_counter()
            step()
            found[who].append(time.perf_counter() - began)
    return found


def row(seconds: dict[str, list[float]], ours: str = "ours") -> dict[str, Any]:
    """Medians, and how many times faster ours is than each other."""
    medians = {who: statistics.median(of) for who, of in seconds.items()}
    faster = {}
    for who in seconds.keys() - {ours}:
        ratios = np.array(seconds[who]) / np.array(seconds[ours])
        found = quantile_interval(ratios)
        faster[who] = {"median": float(np.median(ratios)), "low": found.low, "high": found.high}
    return {"seconds": medians, "times_faster": faster}


def convolution() -> dict[str, Any]:
    """One convolution, forward and backward."""
    one, layer = surface(), GemConvolution(FIELD, FIELD, rings=RINGS, key=jax.random.key(1))
    x = jax.random.normal(jax.random.key(2), (VERTICES, FIELD.dim))
    ours = Ours(layer, one, x)
    steps: dict[str, Any] = {"ours": ours} | ({"published": Published(layer, one, x)} if TORCH else {})
    answers = {who: step() for who, step in steps.items()}
    for who, (value, dx) in answers.items():
        if not np.isclose(value, answers["ours"][0], rtol=1e-4) or not np.allclose(dx, answers["ours"][1], atol=1e-6):
            raise SystemExit(f"{who} and ours compute different convolutions: nothing is timed.")
    return row(seconds_in_turn(steps)) | {"compile_seconds": ours.compile_seconds, "memory_gib": ours.memory_gib}


def aggregation(nodes: int, degree: int, channels: int) -> dict[str, Any]:
    """The sum over neighbours, forward and backward."""
    source, target = strip(nodes, degree)
    table = NeighbourTable.from_edges(source, target, nodes, nodes)
    x = jax.random.normal(jax.random.key(0), (nodes, channels))
    s, t = jnp.asarray(source), jnp.asarray(target)
    energy = lambda total: (total**2).sum()
    ours = jax.jit(jax.grad(lambda x, table: energy(gather_sum(x, table))))
    segment = jax.jit(jax.grad(lambda x, s, t: energy(jax.ops.segment_sum(x[s], t, nodes, indices_are_sorted=True))))
    steps: dict[str, Any] = {
        "ours": lambda: ours(x, table).block_until_ready(),
        "segment_sum": lambda: segment(x, s, t).block_until_ready(),
    }
    if not np.allclose(steps["ours"](), steps["segment_sum"](), rtol=1e-3, atol=1e-3):
        raise SystemExit("ours and segment_sum sum differently: nothing is timed.")
    if TORCH:
        import torch

        y, si, ti = torch.tensor(np.asarray(x)).requires_grad_(), torch.tensor(source), torch.tensor(target)

        def index_add() -> None:
            y.grad = None
            (torch.zeros(nodes, channels).index_add(0, ti, y[si]) ** 2).sum().backward()

        steps["index_add"] = index_add
    return {"nodes": nodes, "degree": degree, "channels": channels} | row(seconds_in_turn(steps, 31))


def product_seconds() -> float:
    """Of a 2048 x 2048 product: what this machine gives at the moment."""
    a = jnp.ones((2048, 2048))
    product = jax.jit(lambda a: a @ a)
    return statistics.median(seconds_in_turn({"product": lambda: product(a).block_until_ready()}, 7)["product"])


def main() -> None:
    """Everything, to the terminal and to the record."""
    metrics = {
        "convolution": convolution(),
        "aggregations": [aggregation(*sizes) for sizes in AGGREGATIONS],
        "product_2048_seconds": product_seconds(),
        "device": jax.devices()[0].device_kind,
    }
    print(metrics)
    if TORCH:
        record = {"benchmark": "gem-convolution", "metrics": metrics, "versions": versions()}
        write_json(ROOT / "results" / "gem-convolution.json", record)


if __name__ == "__main__":
    main()
