"""The battery: every public operator keeps the same laws. A new operator joins by one line in OPERATORS."""

import inspect

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import pytest
from jax.flatten_util import ravel_pytree

import wellposed.operators as ops
from wellposed.operators.vectors import normal_like

PRECISIONS = {"float32": 1e-5, "float64": 1e-12}
SHAPE = (4, 5)


def normal(shape, dtype, seed=0):
    return jax.random.normal(jax.random.key(seed), shape, dtype)


def seen(dtype):
    return normal(SHAPE, dtype) > 0


def complex_of(dtype):
    return jnp.promote_types(dtype, jnp.complex64)


def matrix(dtype):
    return ops.Matrix(normal((12, 20), dtype), SHAPE, (3, 4))


# Name (its first word is the public class) -> the operator in a real dtype, with at most some 40 inputs.
OPERATORS = {
    "Matrix": matrix,
    "Matrix complex": lambda dtype: ops.Matrix(normal((12, 20), complex_of(dtype)), SHAPE, (3, 4)),
    "Convolution periodic": lambda dtype: ops.Convolution(SHAPE, normal((3, 3), dtype)),
    "Convolution zero": lambda dtype: ops.Convolution(SHAPE, normal((2, 7), dtype), "zero"),
    "Fourier": lambda dtype: ops.Fourier(seen(dtype), complex_of(dtype)),
    "Fourier real": lambda dtype: ops.Fourier(seen(dtype), dtype),
    "Mask": lambda dtype: ops.Mask(seen(dtype), dtype),
    "Mask complex": lambda dtype: ops.Mask(seen(dtype), complex_of(dtype)),
    "Stack": lambda dtype: ops.Stack(matrix(dtype), ops.Mask(seen(dtype), dtype)),
    "BlockDiagonal": lambda dtype: ops.BlockDiagonal(matrix(dtype), ops.Mask(seen(dtype), dtype)),
    "Radon": lambda dtype: ops.Radon(SHAPE, jnp.linspace(0, 3, 4, dtype=dtype)),
    "Radon fan": lambda dtype: ops.Radon(SHAPE, jnp.linspace(0, 6, 3, dtype=dtype), geometry=ops.Fan(9.0, 4.0)),
    "Wrapped product": lambda dtype: 2.0 * matrix(dtype) @ ops.Convolution(SHAPE, normal((3, 3), dtype)),
    "Wrapped adjoint": lambda dtype: ops.Matrix(normal((12, 20), complex_of(dtype)), SHAPE, (3, 4)).H / 2,
}


@pytest.fixture(params=PRECISIONS)
def precision(request):
    with jax.enable_x64(request.param == "float64"):
        yield request.param


@pytest.fixture(params=OPERATORS)
def A(request, precision):
    return OPERATORS[request.param](precision)


@pytest.fixture(params=OPERATORS)
def A64(request):
    with jax.enable_x64(True):
        yield OPERATORS[request.param]("float64")


def samples(A, seed=0):
    keys = jax.random.split(jax.random.key(seed), 2)
    return normal_like(A.in_structure(), keys[0]), normal_like(A.out_structure(), keys[1])


def flat(x):
    return ravel_pytree(x)[0]


def assert_close(got, want, tolerance):
    got, want = flat(got), flat(want)
    assert got.dtype == want.dtype
    assert jnp.abs(got - want).max() <= tolerance * (1 + jnp.abs(want).max())


def is_mixed(A):
    """From real to complex: the matrix of the adjoint is no conjugate transpose."""
    return any(jnp.isrealobj(x) for x in jax.tree.leaves(samples(A)[0])) and jnp.iscomplexobj(flat(samples(A)[1]))


def assert_adjoint(A, tolerance):
    assert ops.adjoint_error(A, jax.random.key(3)) <= tolerance
    assert ops.adjoint_error(A.H, jax.random.key(4)) <= tolerance


def test_every_public_operator_is_in_the_battery():
    public = {name for name in dir(ops) if inspect.isclass(getattr(ops, name))}
    operators = {name for name in public if issubclass(getattr(ops, name), ops.Operator)} - {"Operator"}
    assert operators == {name.split()[0] for name in OPERATORS}


def test_adjoint(A, precision):
    assert_adjoint(A, PRECISIONS[precision])


def broken(dtype):
    """A wrapped map that claims three times its adjoint."""
    claim = ops.linear_primitive("broken", lambda x: 2 * x, lambda y: 6 * y)
    return ops.Wrapped(lx.FunctionLinearOperator(lambda x: claim(x[:, None])[:, 0], jax.ShapeDtypeStruct((9,), dtype)))


def test_the_adjoint_law_catches_a_broken_operator(precision):
    with pytest.raises(AssertionError):
        assert_adjoint(broken(precision), PRECISIONS[precision])


def test_structures_are_those_of_the_arrays(A, request):
    x, y = samples(A)
    assert type(A).__name__ == request.node.callspec.params["A"].split()[0]
    assert jax.eval_shape(A.mv, x) == A.out_structure()
    assert jax.eval_shape(A.T.mv, y) == jax.eval_shape(A.H.mv, y) == A.in_structure()
    assert A.in_shape == jax.tree.map(jnp.shape, x)
    assert A.T.out_shape == A.in_shape


def test_as_matrix_has_the_columns(A64):
    x, _ = samples(A64)
    _, unravel = ravel_pytree(x)
    basis = jax.vmap(unravel)(jnp.eye(A64.in_size(), dtype=flat(x).dtype))
    columns = jax.vmap(flat)(jax.vmap(A64.mv)(basis)).T
    assert_close(A64.as_matrix(), columns, 1e-12)
    if not is_mixed(A64):
        assert_close(A64.H.as_matrix(), columns.conj().T, 1e-12)


def test_jit_and_vmap(A64):
    x, _ = samples(A64)
    batch = jax.tree.map(lambda leaf: jnp.stack([leaf, 2 * leaf, leaf**2]), x)
    singly = [A64.mv(jax.tree.map(lambda leaf, i=i: leaf[i], batch)) for i in range(3)]
    together = jax.tree.map(lambda *leaves: jnp.stack(leaves), *singly)
    assert_close(jax.vmap(A64.mv)(batch), together, 1e-12)
    assert_close(eqx.filter_jit(lambda A, xs: jax.vmap(A.mv)(xs))(A64, batch), together, 1e-12)


def energy(mv):
    """A quartic function of the data, so that its second derivative still depends on x."""
    return lambda x: sum((jnp.abs(leaf) ** 4).sum() for leaf in jax.tree.leaves(mv(x))) / 100


def jvp_of_vjp(f, x, dx):
    return jax.jvp(jax.grad(f), (x,), (dx,))


def vjp_of_vjp(f, x, dx):
    return jax.vjp(jax.grad(f), x)[1](dx)[0]


def vmap_of_grad(f, x, dx):
    return jax.vmap(jax.grad(f))(jax.tree.map(lambda *pair: jnp.stack(pair), x, dx))


DERIVATIVES = (jvp_of_vjp, vjp_of_vjp, vmap_of_grad)


def test_derivatives_are_those_of_the_matrix(A64):
    (x, _), (dx, _) = samples(A64), samples(A64, seed=1)
    M = A64.as_matrix()
    for derivative in DERIVATIVES:
        got, want = (derivative(energy(mv), x, dx) for mv in (A64.mv, lambda x: M @ flat(x)))
        assert_close(got, want, 1e-11)


def test_no_recompilation_for_an_equal_operator(A, precision, request):
    traces = []

    @eqx.filter_jit
    def forward_and_back(A, x):
        traces.append(A)
        return A.H.mv(A.mv(x))

    again = OPERATORS[request.node.callspec.params["A"]](precision)
    for operator, seed in ((A, 0), (again, 1)):
        forward_and_back(operator, samples(operator, seed)[0])
    assert len(traces) == 1


def test_a_wrong_shape_is_a_sentence(A):
    wrong = jax.tree.map(lambda leaf: jnp.zeros((*leaf.shape[:-1], leaf.shape[-1] + 1)), samples(A)[0])
    with pytest.raises(ValueError, match=r"^\w+(\.T)? expects an array of shape \(.*\), got \(.*\): pad or crop it"):
        A.mv(wrong)


def test_a_batch_is_pointed_to_vmap(A):
    batch = jax.tree.map(lambda leaf: leaf[None], samples(A)[0])
    with pytest.raises(ValueError, match=r"map A\.mv over the batch by vmap"):
        A.mv(batch)


def test_conjugate_gradients_solve_the_regularised_normal_equations(A64):
    _, y = samples(A64)
    normal_map = A64.H @ A64 + 0.5 * lx.IdentityLinearOperator(A64.in_structure())
    psd = lx.TaggedLinearOperator(normal_map, lx.positive_semidefinite_tag)
    solution = lx.linear_solve(psd, A64.H.mv(y), lx.CG(1e-10, 1e-10)).value
    assert_close(normal_map.mv(solution), A64.H.mv(y), 1e-8)


def test_lsmr_solves_least_squares(A64):
    if is_mixed(A64):
        # LSMR makes complex guesses as soon as the data are complex; the real pictures go through CG, above
        with pytest.raises(ValueError, match="expects float64 numbers, got complex128"):
            lx.linear_solve(A64, samples(A64)[1], lx.LSMR(1e-12, 1e-12))
        return
    _, y = samples(A64)
    solution = lx.linear_solve(A64, y, lx.LSMR(1e-12, 1e-12)).value
    left = jax.tree.map(jnp.subtract, A64.mv(solution), y)
    assert_close(A64.H.mv(left), jax.tree.map(jnp.zeros_like, solution), 1e-7)
