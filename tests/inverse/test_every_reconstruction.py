"""The battery: every public reconstruction keeps the same laws. A new one is one line in RECONSTRUCTIONS."""

import inspect
import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import pytest

import wellposed.inverse as inverse
from wellposed.operators import Convolution, Matrix, Radon, svd

SHAPE = (4, 5)
PRECISIONS = {"float32": 1e-4, "float64": 1e-9}


def normal(shape, dtype, seed=0):
    return jax.random.normal(jax.random.key(seed), shape, dtype)


def matrix(dtype):
    return Matrix(normal((12, 20), dtype) / 8, SHAPE, (3, 4))


def blur(dtype):
    return Convolution(SHAPE, jnp.full((2, 2), 0.25, dtype))


def views(dtype):
    return Radon(SHAPE, jnp.arange(6, dtype=dtype) * math.pi / 6)


def spectrum(dtype):
    return svd(matrix(dtype))


# Name (its first word is the public class) -> the reconstruction in a real dtype, and the shape of its data.
RECONSTRUCTIONS: dict[str, Any] = {
    "SpectralMap": lambda dtype: (inverse.SpectralMap(spectrum(dtype), jnp.arange(12, dtype=dtype)), (3, 4)),
    "Tikhonov": lambda dtype: (inverse.Tikhonov(spectrum(dtype), 0.1), (3, 4)),
    "TSVD": lambda dtype: (inverse.TSVD(spectrum(dtype), 5), (3, 4)),
    "MatrixFreeTikhonov CG": lambda dtype: (inverse.MatrixFreeTikhonov(matrix(dtype), 0.1), (3, 4)),
    "MatrixFreeTikhonov LSMR": lambda dtype: (
        inverse.MatrixFreeTikhonov(matrix(dtype), 0.1, lsmr(dtype)),
        (3, 4),
    ),
    "Landweber": lambda dtype: (inverse.Landweber(blur(dtype), 7), SHAPE),
    "TotalVariation": lambda dtype: (inverse.TotalVariation(matrix(dtype), 0.05, steps=20), (3, 4)),
    "TotalVariation nonnegative": lambda dtype: (
        inverse.TotalVariation(blur(dtype), 0.05, steps=20, nonnegative=True),
        SHAPE,
    ),
    "FBP": lambda dtype: (inverse.FBP(views(dtype)), views(dtype).out_shape),
    "LearnedSVD": lambda dtype: (inverse.LearnedSVD.from_svd(spectrum(dtype), 5), (3, 4)),
}


def lsmr(dtype):
    return lx.LSMR(rtol=PRECISIONS[dtype] / 100, atol=PRECISIONS[dtype] / 100)


@pytest.fixture(params=PRECISIONS)
def precision(request):
    with jax.enable_x64(request.param == "float64"):
        yield request.param


@pytest.fixture(params=RECONSTRUCTIONS)
def case(request, precision):
    f, shape = RECONSTRUCTIONS[request.param](precision)
    return f, normal(shape, precision, 1), PRECISIONS[precision]


@pytest.fixture(params=RECONSTRUCTIONS)
def case64(request):
    with jax.enable_x64(True):
        f, shape = RECONSTRUCTIONS[request.param]("float64")
        yield f, normal(shape, "float64", 1)


def assert_close(got, want, tolerance):
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    assert jnp.abs(got - want).max() <= tolerance * (1 + jnp.abs(want).max())


def assert_derivatives(f, y):
    """jvp agrees with a central difference, and vjp is the adjoint of jvp."""
    direction = normal(y.shape, y.dtype, 2)
    x, moved = jax.jvp(f, (y,), (direction,))
    step = 1e-6
    assert_close(moved, (f(y + step * direction) - f(y - step * direction)) / (2 * step), 1e-6)
    weights = normal(x.shape, x.dtype, 3)
    (pulled,) = jax.vjp(f, y)[1](weights)
    assert_close(jnp.vdot(weights, moved), jnp.vdot(pulled, direction), 1e-8)


def is_reconstruction(thing):
    """A public class that is called with one sample."""
    concrete = inspect.isclass(thing) and issubclass(thing, eqx.Module) and not inspect.isabstract(thing)
    if not concrete or thing.__name__.startswith("Abstract") or "__call__" not in dir(thing):
        return False
    return len(inspect.signature(thing.__call__).parameters) == 2


def test_every_public_reconstruction_is_in_the_battery():
    public = {name for name in dir(inverse) if is_reconstruction(getattr(inverse, name))}
    assert public == {name.split()[0] for name in RECONSTRUCTIONS}


def test_the_names_say_the_class(case, request):
    assert type(case[0]).__name__ == request.node.callspec.params["case"].split()[0]


def test_jit_and_vmap(case):
    f, y, tolerance = case
    x = f(y)
    assert x.dtype == y.dtype
    assert_close(eqx.filter_jit(f)(y), x, tolerance)
    batch = jnp.stack([y, -2 * y, y**2])
    assert_close(jax.vmap(f)(batch), jnp.stack([f(sample) for sample in batch]), tolerance)


def test_derivatives(case64):
    assert_derivatives(*case64)


def test_the_second_call_does_not_compile_again(case):
    f, y, _ = case
    traces = []

    @eqx.filter_jit
    def counted(f, y):
        traces.append(y)
        return f(y)

    counted(f, y)
    counted(f, y + 1)
    assert len(traces) == 1


def test_a_wrong_shape_is_a_clear_error(case):
    f, y, _ = case
    with pytest.raises(ValueError, match=r"expects .* of shape .*, got "):
        f(jnp.zeros((*y.shape[:-1], y.shape[-1] + 1), y.dtype))


class Broken(eqx.Module):
    """A reconstruction that claims twice its derivative."""

    def __call__(self, y):
        return 2 * y - jax.lax.stop_gradient(y)


def test_the_battery_catches_a_broken_derivative():
    with jax.enable_x64(True), pytest.raises(AssertionError):
        assert_derivatives(Broken(), jnp.ones(3))
