import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import FreeMap, MonotoneMap, ParameterMap, is_monotone, zero_of

KEY, ONE = jax.random.key(0), jnp.ones(())
GRID = jnp.linspace(-1.5, 1.5, 101)


def wild(direction):
    """A monotone map with weights far from where it begins."""
    plain = MonotoneMap(0.3 * ONE, ONE, direction * ONE, 16, KEY)
    leaves = lambda m: (m.weights, m.steepness, m.shifts, m.slope)
    drawn = (jax.random.normal(jax.random.fold_in(KEY, i), leaf.shape) for i, leaf in enumerate(leaves(plain)))
    return eqx.tree_at(leaves, plain, tuple(drawn))


@pytest.mark.parametrize("direction", [1, -1])
def test_it_is_monotone_whatever_its_weights(direction):
    parameter_map = wild(direction)
    assert np.all(np.sign(np.diff(jax.vmap(parameter_map)(GRID))) == direction)
    assert bool(is_monotone(parameter_map))


@pytest.mark.parametrize("direction", [1, -1])
def test_the_inverse_is_exact(direction):
    parameter_map = wild(direction)
    back = jax.vmap(lambda a: parameter_map.inverse(parameter_map(a)))(GRID)
    np.testing.assert_allclose(back, GRID, atol=1e-4)


def test_it_begins_as_a_line_almost():
    parameter_map = MonotoneMap(0.3 * ONE, 0.5 * ONE, -ONE, 16, KEY)
    line = -(0.3 + 0.5 * GRID)
    assert np.abs(jax.vmap(parameter_map)(GRID) - line).max() < 16 * 0.02 * 0.5


def test_every_weight_but_the_direction_has_a_gradient():
    gradient = eqx.filter_grad(lambda m: m(0.4 * ONE) ** 2)(wild(1))
    for name in ("offset", "slope", "weights", "steepness", "shifts"):
        assert np.all(np.asarray(getattr(gradient, name)) != 0), name
    assert gradient.direction == 0


def test_the_zero_is_where_beta_vanishes():
    parameter_map = wild(-1)
    assert abs(float(parameter_map(zero_of(parameter_map)))) < 1e-5


class Wave(ParameterMap):
    """Two zeros, so no bifurcation."""

    def __call__(self, alpha):
        return jnp.cos(2 * alpha)

    def inverse(self, beta):
        return beta


def test_a_map_with_two_zeros_has_no_bifurcation_and_is_not_monotone():
    wave = Wave()
    assert np.isnan(zero_of(wave))
    assert not bool(is_monotone(wave))


def test_a_free_map_is_an_autoencoder_that_nothing_keeps_monotone():
    free = FreeMap((8, 8), KEY)
    assert free(ONE).shape == free.inverse(ONE).shape == ()
    drawn = jax.vmap(lambda key: is_monotone(_bent(FreeMap((8, 8), key))))(jax.random.split(KEY, 20))
    assert 0 < int(drawn.sum()) < 20


def _bent(free):
    return eqx.tree_at(lambda m: [layer.weight for layer in m.encoder.layers], free, replace_fn=lambda w: 4 * w)
