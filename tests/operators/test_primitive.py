"""The linear primitive against the same map written in plain JAX, under every transformation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.operators.primitive import linear_primitive

ROWS, NEIGHBOURS, COLUMNS = 12, 3, 2


def gather(x, table, reverse):
    """Sums the neighbours of each node; the index ROWS stands for no neighbour."""
    padded = jnp.concatenate([x, jnp.zeros_like(x[:1])])
    return padded[table].sum(1)


def damp(x, angle, *, rows):
    """Keeps the first `rows` rows, times the cosine of their angle."""
    return x[:rows] * jnp.cos(angle)[:rows, None]


def damp_back(y, angle, *, rows):
    padding = jnp.zeros((angle.shape[0] - rows, y.shape[1]), y.dtype)
    return jnp.concatenate([y, padding]) * jnp.cos(angle)[:, None]


gather_p = linear_primitive("gather", gather, lambda y, table, reverse: gather(y, reverse, table))
damp_p = linear_primitive("damp", damp, damp_back)


def reverse_of(table):
    lists = [[i for i, row in enumerate(table) for j in row if j == node] for node in range(ROWS)]
    width = max(map(len, lists))
    return np.array([one + [ROWS] * (width - len(one)) for one in lists])


def gather_pair():
    table = np.random.default_rng(0).integers(0, ROWS, (ROWS, NEIGHBOURS))
    tables = jnp.asarray(table), jnp.asarray(reverse_of(table))
    return (lambda x: gather_p(x, *tables)), (lambda x: gather(x, *tables))


def damp_pair():
    angle = jnp.linspace(0, 1, ROWS)
    return (lambda x: damp_p(x, angle, rows=7)), (lambda x: damp(x, angle, rows=7))


def scan_sum(f, x):
    """Three damped applications under remat and scan."""

    def body(carry, _):
        y = f(carry)
        return carry.at[: y.shape[0]].set(0.1 * y), None

    return (jax.checkpoint(lambda x: jax.lax.scan(body, x, None, length=3)[0])(x) ** 2).sum()


def energy(f):
    return lambda x: (f(x) ** 3).sum()


TRANSFORMATIONS = {
    "value": lambda f, x: f(x),
    "jit": lambda f, x: jax.jit(f)(x),
    "jvp": lambda f, x: jax.jvp(f, (x,), (x**2,)),
    "grad": lambda f, x: jax.grad(energy(f))(x),
    "grad of grad": lambda f, x: jax.grad(lambda x: (jax.grad(energy(f))(x) ** 2).sum())(x),
    "jvp of vjp": lambda f, x: jax.jvp(jax.grad(energy(f)), (x,), (x,)),
    "vjp of jvp": lambda f, x: jax.grad(lambda x: jax.jvp(energy(f), (x,), (x,))[1])(x),
    "vmap": lambda f, x: jax.vmap(f)(jnp.stack([x, 2 * x, x**2])),
    "vmap of middle axis": lambda f, x: jax.vmap(f, 1, 2)(jnp.stack([x, 2 * x, x**2], 1)),
    "nested vmap": lambda f, x: jax.vmap(jax.vmap(f))(jnp.arange(1.0, 7).reshape(2, 3, 1, 1) * x[None, None]),
    "vmap of grad": lambda f, x: jax.vmap(jax.grad(energy(f)))(jnp.stack([x, 2 * x])),
    "grad of vmap": lambda f, x: jax.grad(lambda xs: (jax.vmap(f)(xs) ** 2).sum())(jnp.stack([x, 2 * x])),
    "jacfwd": lambda f, x: jax.jacfwd(f)(x),
    "jacrev": lambda f, x: jax.jacrev(f)(x),
    "hessian": lambda f, x: jax.hessian(energy(f))(x),
    "linearize": lambda f, x: jax.linearize(f, x)[1](x),
    "linear_transpose": lambda f, x: jax.linear_transpose(f, x)(f(x)),
    "remat under scan": lambda f, x: jax.jit(jax.grad(lambda x: scan_sum(f, x)))(x),
}


@pytest.mark.parametrize(("pair", "precision"), [(gather_pair, "float32"), (damp_pair, "float64")])
@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_every_transformation_agrees_with_plain_jax(name, pair, precision):
    with jax.enable_x64(precision == "float64"):
        x = jax.random.normal(jax.random.key(0), (ROWS, COLUMNS), precision)
        apply, plain = pair()
        got, want = (TRANSFORMATIONS[name](f, x) for f in (apply, plain))
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5), got, want)
        assert all(leaf.dtype == precision for leaf in jax.tree.leaves(got))


TABLE_TRANSFORMATIONS = {
    "jvp": lambda f, x, a: jax.jvp(f, (x, a), (x, a)),
    "jvp in the table alone": lambda f, x, a: jax.jvp(lambda a: f(x, a), (a,), (a,)),
    "grad": lambda f, x, a: jax.grad(lambda x, a: (f(x, a) ** 2).sum(), (0, 1))(x, a),
    "mixed second derivative": lambda f, x, a: jax.jacfwd(jax.grad(lambda x, a: (f(x, a) ** 2).sum()), 1)(x, a),
    "hessian in the table": lambda f, x, a: jax.hessian(lambda a: (f(x, a) ** 2).sum())(a),
    "vmap over the table": lambda f, x, a: jax.vmap(f, (None, 0))(x, jnp.stack([a, 2 * a])),
    "vmap over both": lambda f, x, a: jax.vmap(f)(jnp.stack([x, -x]), jnp.stack([a, 2 * a])),
    "vmap over the table, then over x": lambda f, x, a: jax.vmap(jax.vmap(f, (None, 0)), (0, None))(
        jnp.stack([x, -x, 3 * x]), jnp.stack([a, 2 * a])
    ),
    "vmap of grad over the table": lambda f, x, a: jax.vmap(
        jax.grad(lambda x, a: (f(x, a) ** 2).sum(), (0, 1)), (None, 0)
    )(x, jnp.stack([a, 2 * a])),
}


@pytest.mark.parametrize("name", TABLE_TRANSFORMATIONS)
def test_a_floating_point_table_is_differentiable_and_batchable(name):
    with jax.enable_x64(True):
        x = jax.random.normal(jax.random.key(0), (ROWS, COLUMNS), float)
        angle = jnp.linspace(0, 1, ROWS)
        got = TABLE_TRANSFORMATIONS[name](lambda x, a: damp_p(x, a, rows=7), x, angle)
        want = TABLE_TRANSFORMATIONS[name](lambda x, a: damp(x, a, rows=7), x, angle)
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12), got, want)


def test_the_transpose_is_the_given_function_and_no_derived_one():
    table = jnp.zeros((ROWS, 1), int)
    x = jnp.ones((ROWS, 1))
    marked = linear_primitive("marked", gather, lambda y, *tables: 5 * y)
    (back,) = jax.linear_transpose(lambda x: marked(x, table, table), x)(x)
    np.testing.assert_array_equal(back, 5 * x)


def test_a_batch_is_one_call_with_the_batch_last():
    table, apply = jnp.zeros((ROWS, 1), int), gather_p
    xs = jnp.ones((4, 5, ROWS, COLUMNS))
    jaxpr = jax.make_jaxpr(jax.vmap(jax.vmap(lambda x: apply(x, table, table))))(xs)
    (call,) = [eqn for eqn in jaxpr.eqns if eqn.primitive.name == "gather"]
    assert str(call.invars[0].aval) == f"float32[{ROWS},{4 * 5 * COLUMNS}]"
