"""Toy problems whose answers are known: a matrix with chosen singular values, in float64."""

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.audit import Problem
from wellposed.operators import SVD, Matrix

IMAGE, DATUM = (3, 4), (5, 3)


class Redraw(eqx.Module):
    operator: Matrix

    def __call__(self, key, x, level):
        clean = self.operator.mv(x)
        return clean + level * jax.random.normal(key, clean.shape, clean.dtype)


class Linear(eqx.Module):
    """x = reshape(R ravel(y))."""

    R: jax.Array

    def __call__(self, y):
        return (self.R @ y.ravel()).reshape(IMAGE)


@dataclass(frozen=True)
class Toy:
    """A 15 x 12 operator U diag(s) V' with known singular values, and maps through it."""

    U: np.ndarray
    s: np.ndarray
    V: np.ndarray

    @property
    def operator(self) -> Matrix:
        return Matrix(jnp.asarray((self.U * self.s) @ self.V.T), IMAGE, DATUM)

    @property
    def svd(self) -> SVD:
        U, s, Vt = (jnp.asarray(a) for a in (self.U, self.s, self.V.T))
        return SVD(U, s, Vt, IMAGE, DATUM, jnp.zeros((), s.dtype))

    def filtered(self, gains) -> Linear:
        return Linear(jnp.asarray((self.V * gains) @ self.U.T))

    def tikhonov(self, alpha: float) -> Linear:
        return self.filtered(1 / (self.s + alpha / self.s))

    def problem(self, n: int = 6, level: float = 0.01, key=0, **options) -> Problem:
        x_key, noise_key = jax.random.split(jax.random.key(key))
        x = 1 + 0.3 * jax.random.normal(x_key, (n, *IMAGE), self.s.dtype)
        redraw = Redraw(self.operator)
        y = jax.vmap(redraw, in_axes=(0, 0, None))(jax.random.split(noise_key, n), x, level)
        clean = jax.vmap(self.operator.mv)(x)
        return Problem(self.operator, x, y, clean, level, redraw, **{"svd": self.svd, **options})


@pytest.fixture(autouse=True)
def float64():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="session")
def toy() -> Toy:
    rng = np.random.default_rng(0)
    U = np.linalg.qr(rng.standard_normal((15, 12)))[0]
    V = np.linalg.qr(rng.standard_normal((12, 12)))[0]
    return Toy(U, 0.6 ** np.arange(12), V)


@pytest.fixture
def random_map(float64) -> Linear:
    return Linear(jnp.asarray(np.random.default_rng(1).standard_normal((12, 15))))
