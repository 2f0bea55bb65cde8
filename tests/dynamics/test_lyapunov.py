"""Lyapunov exponents against closed forms and the published ones of Lorenz's system."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, Flow, lyapunov_exponents


def lorenz63(t, x, args):
    return jnp.stack([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])


def test_lorenz_1963():
    with jax.enable_x64(True):
        flow = Flow(lorenz63, RK4(), t1=0.05, steps=4)
        start = jax.lax.fori_loop(0, 100, lambda _, x: flow(x), jnp.ones(3))
        found = lyapunov_exponents(flow, start, 3000, 0.05)
        assert float(found.sum()) == pytest.approx(-(10 + 1 + 8 / 3), rel=1e-4)  # the divergence of the field
        assert float(found[0]) == pytest.approx(0.9056, abs=0.06)
        assert float(found[1]) == pytest.approx(0, abs=0.05)


def test_the_leading_ones_alone():
    triple = lambda x: jnp.array([3.0, 2.0, 1.0]) * x
    found = lyapunov_exponents(triple, jnp.zeros(3), 40, leading=2)
    assert found.tolist() == pytest.approx([np.log(3), np.log(2)], rel=1e-3)
