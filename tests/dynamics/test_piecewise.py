"""Fields with layers: the residual network by hand, the layer at a time, and the intervals that must agree."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, Adaptive, Euler, Flow, Piecewise


class Layer(eqx.Module):
    weight: jax.Array

    def __init__(self, key):
        self.weight = jax.random.normal(key, (3, 3))

    def __call__(self, t, x, args):
        return jnp.tanh(self.weight @ x)


def field(t0=0.0, t1=1.0):
    return Piecewise.stacked(Layer, 4, jax.random.key(0), t0, t1)


def test_euler_with_a_step_for_each_layer_is_the_residual_network():
    with jax.enable_x64(True):
        layers, x = field(t1=2.0), jnp.array([1.0, -0.5, 0.2])
        got = Flow(layers, Euler(), t1=2.0, steps=4)(x)
        for weight in np.asarray(layers.layers.weight):
            x = x + 0.5 * np.tanh(weight @ np.asarray(x))
    np.testing.assert_allclose(got, x, rtol=1e-13)


def test_several_steps_for_each_layer_and_the_way_back():
    with jax.enable_x64(True):
        flow, x = Flow(field(), RK4(), steps=80), jnp.array([1.0, -0.5, 0.2])
        adaptive = Flow(field(), Adaptive(rtol=1e-10, atol=1e-10))
        np.testing.assert_allclose(flow(x), adaptive(x), atol=1e-7)
        np.testing.assert_allclose(flow.inverse(flow(x)), x, atol=1e-7)


def test_the_adaptive_steps_end_where_the_layers_do():
    """Over a jump of the field no step is rejected."""
    solution = Flow(field(), Adaptive(rtol=1e-3, atol=1e-3)).solve(jnp.ones(3))
    assert int(solution.statistics["rejected"]) <= 1


@pytest.mark.parametrize(("t", "k"), [(-1.0, 0), (0.0, 0), (0.24, 0), (0.26, 1), (0.99, 3), (1.0, 3), (7.0, 3)])
def test_the_layer_at_a_time(t, k):
    layers, x = field(), jnp.ones(3)
    np.testing.assert_array_equal(layers(t, x, None), layers.layer(k)(t, x, None))


def test_field_at_and_step_are_those_of_the_march():
    layers, x = field(), jnp.ones(3)
    flow = Flow(layers, Euler(), steps=8)
    states = flow.trajectory(x)
    for k in (0, 3, 7):
        np.testing.assert_allclose(flow.step(k, states[k]), states[k + 1], rtol=1e-6)
        np.testing.assert_array_equal(flow.field_at(k)(0.0, x, None), layers.layer(k // 2)(0.0, x, None))


def test_the_times_between_the_steps_see_the_slopes_of_their_own_layer():
    """With constant slopes Hermite's cubic is the broken line itself."""

    class Slope(eqx.Module):
        a: jax.Array

        def __call__(self, t, x, args):
            return self.a * jnp.ones_like(x)

    flow = Flow(Piecewise(Slope(jnp.array([1.0, 10.0]))), Euler(), steps=2)
    got = flow.trajectory(jnp.zeros(1), jnp.array([0.25, 0.5, 0.75]))[:, 0]
    np.testing.assert_allclose(got, [0.25, 0.5, 3.0], rtol=1e-6)


def test_it_says_what_does_not_fit():
    with pytest.raises(ValueError, match="a multiple of the 4 layers of its Piecewise field, got 6"):
        Flow(field(), Euler(), steps=6)(jnp.ones(3))
    with pytest.raises(ValueError, match=r"the interval \[0.0, 2.0\] of its Piecewise field, got \[0.0, 1.0\]"):
        Flow(field(t1=2.0), Euler(), steps=4)
