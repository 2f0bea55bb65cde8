"""Shaw's problem, a one-dimensional image restoration, and the methods whose parameter is chosen on it."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import TSVD, Landweber, MatrixFreeTikhonov, Tikhonov, oracle
from wellposed.operators import Matrix, svd

SIZE = 32
NOISE = 1e-2  # standard deviation, where the largest datum is about 4
ALPHAS = np.geomspace(1e-9, 1e2, 34)


class Shaw(NamedTuple):
    """Severely ill-posed: the singular values fall below 1e-15 (Hansen 1998, section 1.4.1)."""

    A: Matrix
    x: jax.Array
    y: jax.Array
    noise_norm: float


class Method(NamedTuple):
    build: Any
    grid: Any
    best: float  # the least error on Shaw's problem, which no rule can beat


@pytest.fixture
def shaw():
    with jax.enable_x64(True):
        t = (jnp.arange(SIZE) + 0.5) * jnp.pi / SIZE - jnp.pi / 2
        sines = jnp.sin(t)[:, None] + jnp.sin(t)[None]
        kernel = (jnp.cos(t)[:, None] + jnp.cos(t)[None]) ** 2 * jnp.sinc(sines) ** 2
        A, x = Matrix(kernel * jnp.pi / SIZE), 2 * jnp.exp(-6 * (t - 0.8) ** 2) + jnp.exp(-2 * (t + 0.5) ** 2)
        noise = NOISE * jax.random.normal(jax.random.key(0), x.shape)
        yield Shaw(A, x, A.mv(x) + noise, NOISE * SIZE**0.5)


METHODS = {
    "Tikhonov": (lambda A, s: lambda alpha: Tikhonov(s, alpha), ALPHAS),
    "TSVD": (lambda A, s: lambda rank: TSVD(s, rank), np.arange(1, 16)),
    "MatrixFreeTikhonov": (lambda A, s: lambda alpha: MatrixFreeTikhonov(A, alpha), ALPHAS[6:]),
    "Landweber": (
        lambda A, s: lambda steps: Landweber(A, steps),
        np.unique(np.geomspace(1, 1e5, 16).astype(int)),
    ),
}


@pytest.fixture(params=METHODS)
def method(request, shaw):
    make, grid = METHODS[request.param]
    build = make(shaw.A, svd(shaw.A))
    best = oracle(build, grid, shaw.y[None], shaw.x[None]).scores.min() ** 0.5
    return Method(build, grid, float(best))
