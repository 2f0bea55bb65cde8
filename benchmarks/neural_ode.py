"""A training step of a neural ODE beside torchdiffeq: batch 64, MLP 2-64-64-2, rtol 1e-4, in one run.

The data are trajectories of the cubic spiral of torchdiffeq's own demonstration, seen at ten times in [0, 1]; a step
is the gradient of the mean squared error and an update by Adam, in float32. torchdiffeq steps the batch as one system,
and so does everything here; torch gets one thread and two, since so small a network may run faster on one. First the
accuracy: at initial and at trained weights each trajectory is compared with a float64 solution at rtol 1e-10 of the
same field, and of RK4 and RK5 the one is taken whose error is no larger than torchdiffeq's with the fewest evaluations:
the same for both weights in the first row, and for each its own in the second, since torchdiffeq adapts its steps to
the weights too. The first row's error is shown at both weights, and asked for where it was chosen. Then the time:
medians after a warm-up, all in turn, so that what else the machine does falls on all alike; compilation apart.
Writes results/neural-ode.json.
"""

import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from rich.console import Console
from rich.table import Table

from wellposed.dynamics import RK4, RK5, Adaptive, Flow
from wellposed.io import write_json
from wellposed.metrics import quantile_interval
from wellposed.recipes.record import versions

ROOT = Path(__file__).parent.parent
BATCH, WIDTH, TIMES, RTOL, ATOL, RATE = 64, 64, 10, 1e-4, 1e-6, 1e-3
TRAINING, WARM_UP, REPEATS = 1000, 3, 61
TS = np.linspace(0, 1, TIMES, dtype=np.float32)
REFERENCE = Adaptive("dopri8", 1e-10, 1e-12)

SCHEMES = (RK4(), RK5())
PEERS = ((False, 1), (False, 2), (True, 1))  # odeint_adjoint or odeint, and on how many threads

Weights = list[tuple[Any, Any]]


class Field(eqx.Module):
    """dx/dt = MLP(x) of the whole batch."""

    weights: Weights

    def __call__(self, t, x, args):
        for W, b in self.weights[:-1]:
            x = jnp.tanh(x @ W.T + b[None])
        W, b = self.weights[-1]
        return x @ W.T + b[None]


def initial_weights() -> Weights:
    """As torch's linear layers start: uniform in +- 1 / sqrt(inputs)."""
    rng = np.random.default_rng(0)
    draw = lambda n, *shape: rng.uniform(-(n**-0.5), n**-0.5, shape).astype(np.float32)
    return [(draw(n, m, n), draw(n, m)) for n, m in ((2, WIDTH), (WIDTH, WIDTH), (WIDTH, 2))]


def spirals() -> tuple[np.ndarray, np.ndarray]:
    """The starts (batch, 2) and the trajectories (times, batch, 2) of dx/dt = A x^3."""
    x0 = np.random.default_rng(1).uniform(-1.5, 1.5, (BATCH, 2)).astype(np.float32)
    A = np.array([[-0.1, 2.0], [-2.0, -0.1]])
    with jax.enable_x64(True):
        flow = Flow(lambda t, x, args: x**3 @ jnp.asarray(A), REFERENCE)
        return x0, np.asarray(flow.trajectory(x0.astype(float), TS), np.float32)


def predict(solver: Any, steps: int | None, weights: Weights, x0: Any) -> jax.Array:
    """The states at the ten times."""
    adjoint = "checkpointed" if steps is None else "direct"
    return Flow(Field(weights), solver, steps=steps, adjoint=adjoint).trajectory(x0, TS)


def exact(weights: Weights, x0: np.ndarray) -> np.ndarray:
    with jax.enable_x64(True):
        wide = jax.tree.map(lambda w: jnp.asarray(w, float), weights)
        return np.asarray(predict(REFERENCE, None, wide, x0.astype(float)))


class Ours:
    """A compiled training step."""

    def __init__(self, solver: Any, steps: int | None, like: Weights, x0, xs):
        self.optimiser = optax.adam(RATE)
        self.data = jnp.asarray(x0), jnp.asarray(xs)

        def loss(weights, x0, xs):
            return jnp.mean((predict(solver, steps, weights, x0) - xs) ** 2)

        @jax.jit
        def update(weights, state, x0, xs):
            changes, state = self.optimiser.update(jax.grad(loss)(weights, x0, xs), state)
            return optax.apply_updates(weights, changes), state

        start = time.perf_counter()
        self.compiled = update.lower(*self.start(like), *self.data).compile()
        self.seconds = time.perf_counter() - start

    def start(self, weights: Weights) -> list:
        weights = jax.tree.map(jnp.asarray, weights)
        return [weights, self.optimiser.init(weights)]

    def step(self, weights: Weights) -> tuple[Callable[[], None], list]:
        """A step from these weights on, and the box that holds what they become."""
        box = self.start(weights)

        def step() -> None:
            box[:] = jax.block_until_ready(self.compiled(*box, *self.data))

        return step, box


class Torch:
    """The same field and step in torch."""

    def __init__(self, weights: Weights, adjoint: bool = False, threads: int = 1):
        import torch
        import torchdiffeq

        layers = []
        for W, b in weights:
            layer = torch.nn.Linear(W.shape[1], W.shape[0])
            layer.weight.data, layer.bias.data = torch.tensor(np.asarray(W)), torch.tensor(np.asarray(b))
            layers += [layer, torch.nn.Tanh()]
        net = torch.nn.Sequential(*layers[:-1])

        class Function(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.net = net

            def forward(self, t, x):
                return self.net(x)

        self.field, self.ts, self.torch = Function(), torch.tensor(TS), torch
        self.threads = threads
        self.solve = torchdiffeq.odeint_adjoint if adjoint else torchdiffeq.odeint
        self.optimiser = torch.optim.Adam(self.field.parameters(), lr=RATE)

    def predict(self, x0):
        return self.solve(self.field, self.torch.tensor(x0), self.ts, method="dopri5", rtol=RTOL, atol=ATOL)

    def step(self, x0, xs) -> Callable[[], None]:
        x0, xs = self.torch.tensor(x0), self.torch.tensor(xs)

        def step() -> None:
            self.torch.set_num_threads(self.threads)
            self.optimiser.zero_grad()
            loss = ((self.solve(self.field, x0, self.ts, method="dopri5", rtol=RTOL, atol=ATOL) - xs) ** 2).mean()
            loss.backward()
            self.optimiser.step()

        return step


def measured(steps: dict[Any, Callable[[], None]]) -> dict[Any, list[float]]:
    """Seconds of each step, all taken in turn."""
    seconds = {name: [] for name in steps}
    for repeat in range(WARM_UP + REPEATS):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if repeat >= WARM_UP:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def trained_weights(x0, xs) -> Weights:
    step, box = Ours(RK4(), 18, initial_weights(), x0, xs).step(initial_weights())
    for _ in range(TRAINING):
        step()
    return jax.tree.map(np.asarray, box[0])


def torch_errors(cases: dict[str, Weights], x0, truth) -> dict[str, float] | None:
    if importlib.util.find_spec("torchdiffeq") is None:
        return None
    predicted = {case: Torch(w).predict(x0).detach().numpy() for case, w in cases.items()}
    return {case: float(np.abs(x - truth[case]).max()) for case, x in predicted.items()}


def fewest_steps(scheme: Any, weights: Weights, x0, truth, allowed: float) -> int:
    """Steps with which the scheme is no less accurate than allowed, now and with a few more."""
    good = 0
    for steps in range(2, 65):
        good = good + 1 if error_of(scheme, steps, weights, x0, truth) <= allowed else 0
        if good == 3:
            return steps - 2
    raise RuntimeError(f"{type(scheme).__name__} does not reach the error {allowed} with 64 steps")


def cheapest(weights: Weights, x0, truth, allowed: float) -> tuple[Any, int]:
    """The scheme and its steps with the fewest evaluations."""
    found = [(scheme, fewest_steps(scheme, weights, x0, truth, allowed)) for scheme in SCHEMES]
    return min(found, key=evaluations)


def evaluations(of: tuple[Any, int]) -> int:
    scheme, steps = of
    return scheme.stages * steps


def named(of: tuple[Any, int]) -> str:
    scheme, steps = of
    return f"{type(scheme).__name__}, {steps} steps"


def error_of(solver, steps, weights, x0, truth) -> float:
    return float(np.abs(predict(solver, steps, weights, x0) - truth).max())


def main() -> None:
    x0, xs = spirals()
    cases = {"initial": initial_weights(), "trained": trained_weights(x0, xs)}
    truth = {case: exact(w, x0) for case, w in cases.items()}
    peer = torch_errors(cases, x0, truth)
    allowed = peer or dict.fromkeys(cases, RTOL)
    own = {case: cheapest(w, x0, truth[case], allowed[case]) for case, w in cases.items()}
    most = max(own.values(), key=evaluations)
    rows: dict[str, Mapping[str, tuple[Any, int | None]]] = {
        f"wellposed, {named(most)}": dict.fromkeys(cases, most),
        f"wellposed, {' and '.join(map(named, own.values()))}": own,
        **{
            f"wellposed, Adaptive {method}": dict.fromkeys(cases, (Adaptive(method, RTOL, ATOL), None))
            for method in ("dopri5", "tsit5")
        },
    }
    compiled = {of: Ours(*of, cases["initial"], x0, xs) for row in rows.values() for of in row.values()}
    errors = {
        name: {case: error_of(*row[case], w, x0, truth[case]) for case, w in cases.items()}
        for name, row in rows.items()
    }
    # what is the same program at the same weights is timed once
    steps = {(of, case): compiled[of].step(cases[case])[0] for row in rows.values() for case, of in row.items()}
    places = {name: {case: (of, case) for case, of in row.items()} for name, row in rows.items()}
    for adjoint, threads in PEERS if peer else ():
        name = f"torchdiffeq dopri5, {'odeint_adjoint' if adjoint else 'odeint'}, threads: {threads}"
        errors[name], places[name] = peer, {case: (name, case) for case in cases}
        steps |= {(name, case): Torch(weights, adjoint, threads).step(x0, xs) for case, weights in cases.items()}
    seconds = measured(steps)
    times = {
        name: {case: statistics.median(seconds[place]) for case, place in of.items()} for name, of in places.items()
    }
    compiling = {name: max(compiled[of].seconds for of in row.values()) for name, row in rows.items()}
    show([(name, of, times[name]) for name, of in errors.items()], compiling)
    if peer is None:
        print("torchdiffeq is not installed: the steps are those for an error of rtol, and nothing is compared.")
        return
    found = [
        {"solver": name, "errors": of, "seconds_a_step": times[name]}
        | ({"compile_seconds": compiling[name]} if name in compiling else {})
        for name, of in errors.items()
    ]
    ratios = {case: times_faster(seconds, places, times, list(rows)[1], case) for case in cases}
    metrics = {"repeats": REPEATS, "rows": found, "times_faster_than_the_fastest_peer": ratios}
    record = {"benchmark": "neural-ode", "metrics": metrics, "versions": versions()}
    write_json(ROOT / "results" / "neural-ode.json", record)


def times_faster(seconds, places, times, ours: str, case: str) -> dict[str, float]:
    """The median of the ratios of steps that were taken one after the other, with its 95 % interval."""
    peer = min((name for name in times if name.startswith("torchdiffeq")), key=lambda name: times[name][case])
    theirs, own = (np.array(seconds[places[name][case]]) for name in (peer, ours))
    interval = quantile_interval(theirs / own)
    print(f"{case}: {interval:.2f} times faster than {peer}")
    return {"median": interval.quantile, "low": interval.low, "high": interval.high}


def show(rows, compiling) -> None:
    """The table; a ratio is a time over that of the first and of the second row."""
    table = Table(title=f"Neural ODE, a training step (batch {BATCH}, MLP 2-{WIDTH}-{WIDTH}-2, median of {REPEATS})")
    for column in (
        "",
        "error, initial",
        "trained",
        "time, initial",
        "trained",
        "times row 1",
        "times row 2",
        "compiled",
    ):
        table.add_column(column)
    for name, errors, times in rows:
        ratios = [" and ".join(f"{times[c] / base[c]:.1f}" for c in times) for base in (rows[0][2], rows[1][2])]
        compiled = f"{compiling[name]:.1f} s" if name in compiling else ""
        shown = [f"{1000 * t:.2f} ms" for t in times.values()]
        table.add_row(name, *(f"{e:.1e}" for e in errors.values()), *shown, *ratios, compiled)
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
