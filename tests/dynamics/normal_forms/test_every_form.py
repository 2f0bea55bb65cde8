"""Every normal form: what it says of itself is true."""

import dataclasses
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from wellposed import dynamics
from wellposed.dynamics import NormalForm

# name -> equilibria before and after the bifurcation
FORMS = {"SaddleNode": (2, 0), "Transcritical": (2, 2), "Pitchfork": (1, 3), "Hopf": (1, 1), "StuartLandau": (1, 1)}


def test_every_public_form_is_here():
    public = {name for name in dir(dynamics) if isinstance(getattr(dynamics, name), type)}
    found = {name for name in public if issubclass(getattr(dynamics, name), NormalForm)} - {"NormalForm"}
    assert found == set(FORMS)


@pytest.fixture(params=FORMS)
def form(request):
    of = getattr(dynamics, request.param)
    return of(*(0.5 for _ in dataclasses.fields(of)))


def test_equilibria_are_equilibria_and_their_number_changes_at_zero(form):
    counts = []
    for beta in (-0.3, 0.3):
        equilibria = form.equilibria(beta)
        assert equilibria.shape[1:] == (form.dimension,)
        counts.append(len(equilibria))
        for z in equilibria:
            np.testing.assert_allclose(form(jnp.asarray(z), jnp.asarray(beta)), 0.0, atol=1e-6)
    assert tuple(counts) == FORMS[type(form).__name__]


def test_stability_is_what_small_distances_do(form):
    for beta in (-0.3, 0.3):
        for z in form.equilibria(beta):
            start = jnp.asarray(z, jnp.float32) + 1e-3
            step = lambda x, _, beta=beta: (x + 0.05 * form(x, jnp.asarray(beta)), None)
            end = jax.lax.scan(step, start, None, length=100)[0]
            assert form.stable(z, beta) == (np.linalg.norm(end - z) < 1e-3)


def test_it_is_degenerate_at_zero(form):
    zero = jnp.zeros(form.dimension)
    np.testing.assert_allclose(form(zero, jnp.zeros(())), 0.0)
    eigenvalues = np.linalg.eigvals(np.asarray(jax.jacfwd(form)(zero, jnp.zeros(()))))
    np.testing.assert_allclose(np.real(eigenvalues), 0.0, atol=1e-7)


def test_terms_are_the_equation(form):
    rng = np.random.default_rng(0)
    beta, z = 0.7, rng.normal(size=form.dimension)
    names = {"beta": beta, "z": z[0], "z1": z[0], "z2": z[-1]}
    for number in dataclasses.fields(form):  # one, or the coefficients of a polynomial of beta
        names[number.name] = np.polyval(np.ravel(getattr(form, number.name))[::-1], beta)
    spoken = [eval(term.replace("^", "**"), {}, names) for term in _products(form.terms)]
    np.testing.assert_allclose(form(jnp.asarray(z), jnp.asarray(beta)), spoken, rtol=1e-5)


def _products(terms):
    """The texts with a sign of multiplication where two factors stand side by side."""
    return [re.sub(r"(?<=[\w)]) (?=[\w(])", "*", term) for term in terms]


@pytest.mark.parametrize("beta", [-0.5, -1e-7, 0.0, 2e-6, 0.3])
def test_a_solution_in_closed_form_is_that_of_the_equation(beta):
    form, ts = dynamics.StuartLandau((-2.0, 0.5)), np.linspace(0.0, 20.0, 11)
    z0, beta = jnp.array([0.3, -0.2]), jnp.float32(beta)
    known = lambda beta: form.solution(z0, beta, jnp.asarray(ts, jnp.float32))
    slope = jax.jit(lambda z: form(z, beta))
    solved = solve_ivp(lambda _, z: slope(jnp.asarray(z, jnp.float32)), (0, 20), z0, t_eval=ts, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(known(beta), solved.y.T, atol=1e-4)
    assert np.isfinite(jax.jacfwd(known)(beta)).all()


def test_the_circle_of_hopf_is_a_limit_cycle():
    form, beta = dynamics.Hopf(), 0.49
    radius = form.cycle(beta) or 0.0
    assert radius == pytest.approx(0.7)
    z = radius * jnp.array([0.6, 0.8])
    np.testing.assert_allclose(form(z, jnp.asarray(beta)), [-z[1], z[0]], atol=1e-6)
    for factor, sign in ((0.9, 1.0), (1.1, -1.0)):
        assert np.sign(factor * z @ form(factor * z, jnp.asarray(beta))) == sign
