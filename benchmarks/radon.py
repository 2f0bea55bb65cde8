"""Radon beside deepinv and ASTRA: 256 x 256, 180 angles, 363 detectors, a batch of 8, in one run.

Medians after a warm-up; the compile time apart. deepinv rotates the picture (torch), ASTRA's `linear` projector is
Joseph's method in C++ and takes one picture at a time. Where a peer is not installed, its line says so.
"""

import contextlib
import importlib.util
import statistics
import sys
import time
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table

from wellposed.operators import Radon, adjoint_error

TORCHVISION = [
    "torchvision",
    "torchvision.datasets",
    "torchvision.datasets.folder",
    "torchvision.datasets.utils",
    "torchvision.models",
    "torchvision.ops",
    "torchvision.transforms",
    "torchvision.transforms.functional",
    "torchvision.transforms.v2",
    "torchvision.utils",
]
SIZE, VIEWS, DETECTORS, BATCH, REPEATS = 256, 180, 363, 8, 9


def median(run) -> float:
    """Seconds of one call, the median of some, after a warm-up."""
    run()
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def ours(batch: int):
    angles = jnp.arange(VIEWS) * jnp.pi / VIEWS
    A = Radon((SIZE, SIZE), angles, DETECTORS)
    x = jax.random.uniform(jax.random.key(0), (batch, SIZE, SIZE))
    start = time.perf_counter()
    forward = jax.jit(jax.vmap(A.mv)).lower(x).compile()
    y = forward(x)
    back = jax.jit(jax.vmap(A.T.mv)).lower(y).compile()
    compiled = time.perf_counter() - start
    error = float(adjoint_error(A, jax.random.key(1)))
    times = median(lambda: forward(x).block_until_ready()), median(lambda: back(y).block_until_ready())
    return *times, f"compiled in {compiled:.1f} s, adjoint error {error:.0e}"


def deepinv():
    import torch

    with torchvision_if_it_loads():
        from deepinv.physics import Tomography

    torch.set_num_threads(2)
    physics = Tomography(angles=VIEWS, img_width=SIZE, circle=False)
    x = torch.rand(BATCH, 1, SIZE, SIZE)
    with torch.no_grad():
        y = physics.A(x)
        times = median(lambda: physics.A(x)), median(lambda: physics.A_adjoint(y))
    return *times, f"sinogram {tuple(y.shape[2:])}"


@contextlib.contextmanager
def torchvision_if_it_loads():
    """deepinv imports torchvision, which `Tomography` does not use and which may not fit a CPU build of torch."""
    try:
        import torchvision  # noqa: F401

        yield
    except RuntimeError:
        with mock.patch.dict(sys.modules, {name: mock.MagicMock() for name in TORCHVISION}):
            yield


def astra():
    import astra

    space = astra.create_vol_geom(SIZE, SIZE)
    views = astra.create_proj_geom("parallel", 1.0, DETECTORS, np.arange(VIEWS) * np.pi / VIEWS)
    projector = astra.create_projector("linear", views, space)
    x = np.random.default_rng(0).random((SIZE, SIZE), np.float32)
    number, y = astra.create_sino(x, projector)

    def forward():
        astra.data2d.delete(astra.create_sino(x, projector)[0])

    def back():
        astra.data2d.delete(astra.create_backprojection(y, projector)[0])

    times = median(forward), median(back)
    astra.data2d.delete(number)
    A = Radon((SIZE, SIZE), jnp.arange(VIEWS) * jnp.pi / VIEWS, DETECTORS)
    ours = np.asarray(A.mv(jnp.asarray(x)))
    return *times, f"differs from wellposed by {np.linalg.norm(ours - y) / np.linalg.norm(y):.0e}"


def main() -> None:
    rows = [(f"wellposed, batch of {BATCH}", *ours(BATCH)), ("wellposed, one picture", *ours(1))]
    for name, package, run in (("deepinv, batch of 8", "deepinv", deepinv), ("ASTRA, one picture", "astra", astra)):
        found = importlib.util.find_spec(package) is not None
        rows.append((name, *(run() if found else (None, None, "not installed"))))
    table = Table(title=f"Radon, {SIZE} x {SIZE}, {VIEWS} angles, {DETECTORS} detectors (median of {REPEATS})")
    for column in ("", "forward", "adjoint", "times wellposed", ""):
        table.add_column(column)
    for name, forward, back, note in rows:
        base = rows[1] if "one" in name else rows[0]
        ratio = "" if forward is None else f"{forward / base[1]:.1f} and {back / base[2]:.1f}"
        shown = [f"{1000 * t:.1f} ms" if t else "" for t in (forward, back)]
        table.add_row(name, *shown, ratio, note)
    Console().print(table)


if __name__ == "__main__":
    main()
