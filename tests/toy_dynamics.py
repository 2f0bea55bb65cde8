"""Systems whose flow is known in closed form."""

import jax
import jax.numpy as jnp

from wellposed.audit.dynamical import Runs

TS = jnp.linspace(0.0, 6.0, 121)


def spring(x0, parameter, ts):
    """dx/dt = (p, -q), a rotation; the parameter does nothing."""
    del parameter
    c, s = jnp.cos(ts), jnp.sin(ts)
    return jnp.stack([c * x0[0] + s * x0[1], c * x0[1] - s * x0[0]], axis=1)


def friction(x0, parameter, ts):
    """The spring with a friction that it does not have."""
    return jnp.exp(-0.1 * ts)[:, None] * spring(x0, parameter, ts)


def runs(f, starts, parameters=None, ts=TS):
    over = None if parameters is None else 0
    return Runs(jax.vmap(f, (0, over, None))(starts, parameters, ts), parameters)
