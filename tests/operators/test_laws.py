"""The adjoint law measures what its docstring says."""

import jax
import jax.numpy as jnp
import lineax as lx
import pytest

from wellposed.operators import Matrix, Wrapped, adjoint_error, linear_primitive


def scaled(there, back):
    claim = linear_primitive("scaled", lambda x: there * x, lambda y: back * y)
    return Wrapped(
        lx.FunctionLinearOperator(lambda x: claim(x[:, None])[:, 0], jax.ShapeDtypeStruct((500,), jnp.float32))
    )


def test_a_wrong_factor_is_measured():
    """|<Ax, y> - <x, By>| for B = 3 A is 2 |<Ax, y>|, here about 2 / sqrt(500) |Ax| |y|."""
    right, wrong = scaled(2.0, 2.0), scaled(2.0, 6.0)
    key = jax.random.key(0)
    assert adjoint_error(right, key) < 1e-6
    x, y = (jax.random.normal(k, (500,)) for k in jax.random.split(key))
    assert adjoint_error(wrong, jax.random.key(1)) > 1e-3
    assert jnp.vdot(x, y) != 0


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_lineax_operators_are_welcome(dtype):
    matrix = jax.random.normal(jax.random.key(0), (5, 3), dtype)
    assert adjoint_error(lx.MatrixLinearOperator(matrix), jax.random.key(1)) < 1e-6
    assert adjoint_error(Matrix(matrix).H, jax.random.key(1)) < 1e-6
