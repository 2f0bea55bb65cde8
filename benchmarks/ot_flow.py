"""A training step of OT-Flow beside the published PyTorch code, and the exact Laplacian beside Hutchinson's probe.

Sizes: toy (d 2, width 32, batch 4096, 8 steps of RK4) and MINIBOONE (d 43, width 256, batch 1024, 6 steps), float32. A
step is the gradient of the objective and an update by Adam; both programs get the same weights and points, and their
objectives are compared before they are timed. The published code is read from a clone, whose place is the argument:

    git clone https://github.com/EmoryMLIP/OT-Flow && git -C OT-Flow checkout 4d66618
    python benchmarks/ot_flow.py OT-Flow

Steps are taken in turn, so that what else the machine does falls on all alike; medians after a warm-up, compilation
apart. JAX gets two CPU devices (`JAX_NUM_CPU_DEVICES`), torch two threads. The floor is the time of as many
multiply-adds as the formulas ask for, at the speed of a large matrix product measured in the same run. Writes
results/ot-flow.json.
"""

import os

os.environ.setdefault("JAX_NUM_CPU_DEVICES", "2")

import statistics
import sys
import time
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from wellposed.io import write_json
from wellposed.metrics import quantile_interval
from wellposed.recipes.record import versions
from wellposed.train import gradient_by_pieces
from wellposed.transport import OTFlow, Potential, flow_loss

ROOT = Path(__file__).parent.parent
RATE, ALPHAS = 1e-3, (1.0, 30.0, 15.0)
SIZES = {
    "toy": {"d": 2, "width": 32, "batch": 4096, "steps": 8, "piece": 256, "repeats": 31},
    "MINIBOONE": {"d": 43, "width": 256, "batch": 1024, "steps": 6, "piece": 16, "repeats": 6},
}
TRACES = ((2, 32, 4096), (43, 64, 1024), (43, 256, 1024))


class Ours:
    """One step by this library, compiled."""

    def __init__(self, phi: Potential, x: np.ndarray, size: dict[str, int]):
        flow = OTFlow(phi, size["steps"], ALPHAS[0] / ALPHAS[1], ALPHAS[2] / ALPHAS[1])
        params, frozen = eqx.partition(flow, eqx.is_inexact_array)
        optimiser = optax.adam(RATE)

        def loss(params, batch, key):
            return flow_loss(eqx.combine(params, frozen), batch, key)

        def step(params, memory, x):
            (value, _), grads = gradient_by_pieces(loss, params, x, jax.random.key(0), size["piece"])
            updates, memory = optimiser.update(grads, memory, params)
            return optax.apply_updates(params, updates), memory, value

        self.args = (params, optimiser.init(params), jnp.asarray(x))
        began = time.perf_counter()
        self.program = jax.jit(step).lower(*self.args).compile()
        self.compile_seconds = time.perf_counter() - began
        self.memory_gib = self.program.memory_analysis().temp_size_in_bytes / 2**30

    def __call__(self) -> float:
        return ALPHAS[1] * float(self.program(*self.args)[2])


class Published:
    """One step by the published code."""

    def __init__(self, phi: Potential, x: np.ndarray, size: dict[str, int]):
        import torch
        from src.OTFlowProblem import OTFlowProblem  # pyright: ignore[reportMissingImports]
        from src.Phi import Phi  # pyright: ignore[reportMissingImports]

        torch.set_num_threads(2)
        net = Phi(nTh=2, m=size["width"], d=size["d"], alph=list(ALPHAS))
        layers, of = net.N.layers, lambda a: torch.tensor(np.asarray(a))
        with torch.no_grad():
            net.A.copy_(of(phi.quadratic))
            net.w.weight.copy_(of(phi.weight)[None])
            for layer, matrix, bias in (
                (layers[0], phi.opening, phi.opening_bias),
                (layers[1], phi.matrices[0], phi.biases[0]),
            ):
                layer.weight.copy_(of(matrix))
                layer.bias.copy_(of(bias))
        optimiser, points = torch.optim.Adam(net.parameters(), lr=RATE), torch.tensor(x)

        def step() -> float:
            optimiser.zero_grad()
            value, _ = OTFlowProblem(points, net, [0, 1], nt=size["steps"], stepper="rk4", alph=list(ALPHAS))
            value.backward()
            optimiser.step()
            return float(value)

        self.step = step

    def __call__(self) -> float:
        return self.step()


def multiply_adds(size: dict[str, int]) -> float:
    """Of a step: the products with matrices in potential, gradient and Laplacian, three times for the gradient."""
    d, m = size["d"], size["width"]
    evaluation = m * m * d + 2 * m * m + 2 * m * (d + 1)
    return 3.0 * evaluation * size["batch"] * 4 * size["steps"]


def peak() -> float:
    """Multiply-adds a second of a large product."""
    a = jnp.ones((2048, 2048))
    product = jax.jit(lambda a: a @ a)
    return 2048**3 / timed(lambda: product(a).block_until_ready(), 7)


def timed(f: Any, repeats: int) -> float:
    """The median of the seconds, after a warm-up."""
    f()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        f()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def step_row(name: str, size: dict[str, int], peer: bool, speed: float) -> dict[str, Any]:
    """The times of one size, taken in turn."""
    phi = Potential.random(size["d"], size["width"], jax.random.key(0))
    x = np.array(jax.random.normal(jax.random.key(1), (size["batch"], size["d"])))
    ours = Ours(phi, x, size)
    both = {"ours": ours} | ({"published": Published(phi, x, size)} if peer else {})
    objectives = {who: step() for who, step in both.items()}  # the warm-up, too
    if not np.allclose(list(objectives.values()), objectives["ours"], rtol=1e-4):
        raise SystemExit(f"{name}: the two programs compute different objectives, {objectives}: nothing is timed.")
    seconds: dict[str, list[float]] = {who: [] for who in both}
    for _ in range(size["repeats"]):
        for who, step in both.items():
            began = time.perf_counter()
            step()
            seconds[who].append(time.perf_counter() - began)
    row: dict[str, Any] = {
        "size": name,
        **size,
        "seconds": {who: statistics.median(of) for who, of in seconds.items()},
        "objective": objectives,
        "floor_seconds": multiply_adds(size) / speed,
        "compile_seconds": ours.compile_seconds,
        "memory_gib": ours.memory_gib,
    }
    if peer:
        ratios = np.array(seconds["published"]) / np.array(seconds["ours"])
        found = quantile_interval(ratios)
        row["times_faster"] = {"median": float(np.median(ratios)), "low": found.low, "high": found.high}
    return row


def trace_row(d: int, width: int, batch: int) -> dict[str, Any]:
    """The exact Laplacian beside the gradient with one Hutchinson probe, through the same closed-form gradient."""
    phi = Potential.random(d, width, jax.random.key(0))
    keys = jax.random.split(jax.random.key(1))
    x, probes = (jax.random.normal(key, (batch, d)) for key in keys)
    t = jnp.array(0.3)

    def probed(x, v):
        gradient, along = jax.jvp(lambda x: phi.gradient(x, t), (x,), (v,))
        return gradient, v @ along

    exact = jax.jit(jax.vmap(lambda x, v: phi.derivatives(x, t)))
    hutchinson = jax.jit(jax.vmap(probed))
    seconds = [timed(lambda f=f: jax.block_until_ready(f(x, probes)), 21) for f in (exact, hutchinson)]
    return {
        "d": d,
        "width": width,
        "batch": batch,
        "exact_seconds": seconds[0],
        "hutchinson_seconds": seconds[1],
        "ratio": seconds[0] / seconds[1],
        "bound": (width * d + 2 * width + 2 * (d + 1)) / (4 * width + 4 * (d + 1)),
    }


def main() -> None:
    """Everything, to the terminal and to the record."""
    peer = len(sys.argv) > 1
    if peer:
        sys.path.insert(0, sys.argv[1])
    speed = peak()
    rows = [step_row(name, size, peer, speed) for name, size in SIZES.items()]
    traces = [trace_row(*size) for size in TRACES]
    for row in rows:
        print({k: row[k] for k in ("size", "seconds", "objective", "floor_seconds", "compile_seconds", "memory_gib")})
        print("times faster:", row.get("times_faster", "no clone of the published code was given"))
    for row in traces:
        print(row)
    if peer:
        metrics = {"steps": rows, "traces": traces, "multiply_adds_per_second": speed}
        write_json(
            ROOT / "results" / "ot-flow.json", {"benchmark": "ot-flow", "metrics": metrics, "versions": versions()}
        )


if __name__ == "__main__":
    main()
