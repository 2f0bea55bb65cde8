"""Diffusion on a graph by every solver: the linear field beside SciPy's exponential of its matrix."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.sparse import csr_array, identity
from scipy.sparse.linalg import expm_multiply

from wellposed.dynamics import RK4, Adaptive, Euler, Flow, ImplicitEuler
from wellposed.geometry import DiffusionAttention, Grand, GrandPlus, Graph, Gread, Medium

KEY = jax.random.key(0)
NODES, WIDTH, END = 9, 4, 2.0
PAIRS = np.array([[0, 1], [0, 2], [0, 3], [0, 4], [1, 2], [4, 5], [5, 6], [6, 7]])
RTOL, ATOL = 1e-11, 1e-12


@pytest.fixture(scope="module", autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def attention():
    return DiffusionAttention(WIDTH, 4, 2, key=KEY)


def start():
    table = Graph.from_pairs(PAIRS, NODES).with_self_loops().table()
    x = jax.random.normal(KEY, (NODES, WIDTH), float)
    return x, Medium(table, attention()(x, table), x)


def exact(x, medium):
    """exp(T sigmoid(alpha) (A - I)) x, alpha being 0."""
    table = medium.table
    filled = np.asarray(table.filled)
    place = np.asarray(table.target_of_slot)[filled], np.asarray(table.source_of_slot)[filled]
    A = csr_array((np.asarray(medium.shares)[filled], place), shape=(NODES, NODES))
    return expm_multiply((END * 0.5) * (A - identity(NODES)), np.asarray(x))


@eqx.filter_jit
def end(field, solver, steps, x, medium):
    return Flow(field, solver, t1=END, steps=steps)(x, medium)


@pytest.mark.parametrize("method", ["tsit5", "dopri5", "kvaerno5"])
def test_adaptive_steps_are_the_exponential_of_the_linear_field(method):
    x, medium = start()
    found = end(Grand(source=None), Adaptive(method, RTOL, ATOL), None, x, medium)
    np.testing.assert_allclose(found, exact(x, medium), rtol=0, atol=1e-9)


@pytest.mark.parametrize(("solver", "order"), [(Euler(), 1), (ImplicitEuler(1e-13), 1), (RK4(), 4)])
def test_schemes_come_to_the_exponential_in_their_order(solver, order):
    x, medium = start()
    want = exact(x, medium)
    coarse, fine = (float(np.abs(end(Grand(source=None), solver, n, x, medium) - want).max()) for n in (16, 32))
    assert abs(np.log2(coarse / fine) - order) < 0.15
    assert fine < {1: 0.02, 4: 1e-6}[order]


@pytest.mark.parametrize("field", [Grand, Gread, GrandPlus])
@pytest.mark.parametrize("method", ["tsit5", "dopri5"])
def test_adaptive_steps_agree_with_short_steps_of_fields_without_a_matrix(field, method):
    x, medium = start()
    made = {Grand: lambda: Grand(attention()), Gread: lambda: Gread("allen_cahn"), GrandPlus: lambda: sourced()}
    field = made[field]()
    found = end(field, Adaptive(method, RTOL, ATOL), None, x, medium)
    np.testing.assert_allclose(found, end(field, RK4(), 400, x, medium), rtol=0, atol=1e-8)
    short = end(field, ImplicitEuler(1e-13), 100, x, medium)
    long = end(field, ImplicitEuler(1e-13), 50, x, medium)
    np.testing.assert_allclose(2 * short - long, found, rtol=0, atol=2e-3)  # the error of order 1 taken away


def sourced():
    return GrandPlus(jnp.array([1, 5]))


def test_gradients_pass_through_adaptive_steps():
    x, medium = start()
    value = lambda field, solver, steps: (end(field, solver, steps, x, medium) ** 2).sum()
    found = eqx.filter_grad(value)(Grand(attention()), Adaptive("tsit5", RTOL, ATOL), None)
    want = eqx.filter_grad(value)(Grand(attention()), RK4(), 400)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(want), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)
