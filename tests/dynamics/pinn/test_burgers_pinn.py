"""The defect of a field that is known, and what is learned."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import BurgersPINN, FieldNetwork, LevenbergMarquardt, Term, burgers_conditions


class Wave(eqx.Module):
    """u = sin(x) exp(-t), in place of a network."""

    def __call__(self, t, x):
        return jnp.sin(x) * jnp.exp(-t)


def test_the_defect_is_that_of_the_equation():
    with jax.enable_x64(True):
        pinn = BurgersPINN(Wave(), jnp.array(3.0), jnp.log(jnp.array(0.25)))
        t, x = 0.4, 0.7
        u, e = np.sin(x) * np.exp(-t), np.exp(-t)
        want = -u + 3 * u * np.cos(x) * e + 0.25 * u
        np.testing.assert_allclose(BurgersPINN.defect(pinn, jnp.array([t, x])), want, rtol=1e-12)


def test_the_travelling_wave_has_no_defect():
    """u = 1 - tanh((x - t) / (2 nu)) solves Burgers' equation."""
    with jax.enable_x64(True):
        nu = 0.2
        wave = lambda t, x: 1 - jnp.tanh((x - t) / (2 * nu))
        pinn = BurgersPINN(wave, jnp.array(1.0), jnp.log(jnp.array(nu)))
        places = jax.random.uniform(jax.random.key(0), (7, 2))
        np.testing.assert_allclose(jax.vmap(lambda p: BurgersPINN.defect(pinn, p))(places), 0, atol=1e-12)
        found = pinn.grid(jnp.array([0.0, 1.0]), jnp.array([-0.5, 0.5, 1.0]))
        np.testing.assert_allclose(found[1], wave(1.0, jnp.array([-0.5, 0.5, 1.0])), rtol=1e-12)


def test_conditions_are_the_initial_and_boundary_values():
    places, values = burgers_conditions(jax.random.key(0), 20)
    t, x = np.asarray(places).T
    assert (t[:10] == 0).all()
    np.testing.assert_allclose(values[:10], -np.sin(np.pi * x[:10]), rtol=1e-5)
    assert sorted(x[10:].tolist()) == [-1] * 5 + [1] * 5
    assert (np.asarray(values[10:]) == 0).all()


@pytest.mark.parametrize("inverse", [False, True])
def test_coefficients_are_learned_only_in_the_inverse_problem(inverse):
    with jax.enable_x64(True):
        network = FieldNetwork(4, 1, (0.0, 1.0), (-1.0, 1.0), jax.random.key(0))
        pinn = BurgersPINN(network, jnp.array(0.5), jnp.log(jnp.array(0.1)), inverse)
        method = LevenbergMarquardt(pinn, pinn.trainable)
        places, values = burgers_conditions(jax.random.key(1), 8)
        terms = (Term(BurgersPINN.defect, places), Term(BurgersPINN.misfit, (places, values)))
        state = method.start(terms)
        after = method.step(state, terms)
        assert bool(after.accepted)
        assert float(after.loss) < float(state.loss)
        assert (float(method.model_of(after).advection) != 0.5) is inverse
        assert (float(method.model_of(after).viscosity) != pytest.approx(0.1, rel=1e-12)) is inverse
