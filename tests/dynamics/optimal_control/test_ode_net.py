"""ODENet by hand, and as a residual network where its steps are equal."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import RK4, ode_net, resnet


def test_its_steps_are_the_learned_ones():
    with jax.enable_x64(True):
        steps, x = np.array([0.5, 0.1, 0.4]), np.array([0.1, 0.5])
        flow = eqx.tree_at(lambda f: f.field.layers.h, ode_net(2, 3, jax.random.key(0)), jnp.asarray(steps))
        got = flow(jnp.asarray(x))
        for h, K in zip(steps, np.asarray(flow.field.layers.weight), strict=True):
            x = x + h * np.tanh(K @ x)
    np.testing.assert_allclose(got, x, rtol=1e-12)


def test_with_equal_steps_it_is_the_residual_network_of_every_scheme():
    key, x = jax.random.key(0), jnp.array([0.1, 0.5])
    for scheme in (None, RK4()):
        np.testing.assert_allclose(ode_net(2, 4, key, scheme)(x), resnet(2, 4, key, 1.0, scheme)(x), rtol=1e-5)
