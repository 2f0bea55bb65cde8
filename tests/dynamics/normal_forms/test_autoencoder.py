"""Coordinates that depend on the parameter."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import Architecture, StuartLandau, untrained
from wellposed.dynamics.normal_forms.autoencoder import Coder
from wellposed.nn import Perceptron

KEYS = jax.random.split(jax.random.key(2), 4)


def test_a_coder_at_a_parameter_has_it_as_one_more_input():
    network = Perceptron((3, 5, 2), jnp.tanh, key=KEYS[0])
    drift, v, alpha = jax.random.normal(KEYS[1], (5,)), jax.random.normal(KEYS[2], (3,)), jnp.asarray(0.7)
    coder = Coder(jnp.ones((2, 3)), jnp.zeros(3), jnp.ones(2), network, drift)
    wider = Perceptron((4, 5, 2), jnp.tanh, key=KEYS[3])
    first = network.layers[0]
    weights = jnp.concatenate([first.weight, drift[:, None]], axis=1)
    wider = eqx.tree_at(
        lambda n: (n.layers[0].weight, n.layers[0].bias, n.layers[1]), wider, (weights, first.bias, network.layers[1])
    )
    expected = jnp.sum(v) + 1.0 + wider(jnp.append(v, alpha))
    np.testing.assert_allclose(coder.at(alpha)(v), expected, rtol=1e-5)
    assert float(jnp.abs(coder(v) - expected).max()) > 1e-2


def test_only_a_parametric_autoencoder_changes_with_the_parameter():
    for parametric in (True, False):
        model = untrained(StuartLandau(), 4, Architecture((6,), (4,), 1, parametric=parametric), KEYS[0])
        if parametric:
            both = lambda m: (m.encoder.drift, m.decoder.drift)
            model = eqx.tree_at(both, model, (jnp.ones(6), jnp.ones(6)))
        x = jnp.arange(4.0)
        moved = [model.at(p).decode(model.at(p).encode(x)) for p in (0.0, 0.5)]
        assert (float(jnp.abs(moved[0] - moved[1]).max()) > 1e-6) == parametric


def test_the_equations_name_the_numbers_of_the_form():
    model = untrained(StuartLandau(-3.0), 4, Architecture((6,), (4,)), KEYS[0])
    assert "c = -3" in model.equations()
