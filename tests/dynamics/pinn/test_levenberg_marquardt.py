"""Levenberg-Marquardt beside scipy's, and on what it must refuse."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import least_squares

from wellposed.dynamics import LevenbergMarquardt, Term

TS = np.linspace(0, 1, 11)
YS = 2.0 * np.exp(-1.5 * TS) + 0.05 * np.sin(17 * TS)


def off(theta, sample):
    return theta[0] * jnp.exp(-theta[1] * sample[0]) - sample[1]


def test_a_nonlinear_fit_is_scipys():
    with jax.enable_x64(True):
        terms = (
            Term(off, (jnp.asarray(TS[:5]), jnp.asarray(YS[:5])), 5.0),
            Term(off, (jnp.asarray(TS[5:]), jnp.asarray(YS[5:])), 6.0),
        )
        method = LevenbergMarquardt(jnp.array([1.0, 0.0]), True)
        state = method.start(terms)
        losses = [float(state.loss)]
        for _ in range(40):
            state = method.step(state, terms)
            losses.append(float(state.loss))
        want = least_squares(lambda p: p[0] * np.exp(-p[1] * TS) - YS, [1.0, 0.0], xtol=1e-14, ftol=1e-14, gtol=1e-14)
        np.testing.assert_allclose(method.model_of(state), want.x, rtol=1e-7)
        assert losses == sorted(losses, reverse=True)
        np.testing.assert_allclose(losses[-1], 2 * want.cost, rtol=1e-10)  # weights of n / mean: the sum of squares


def test_a_step_that_does_not_help_is_not_taken():
    with jax.enable_x64(True):
        terms = (Term(lambda theta, s: jnp.log(theta[0]) - s, jnp.array([3.0])),)
        method = LevenbergMarquardt(jnp.array([5.0]), True)
        state = method.start(terms, damping=1e-12)
        steep = LevenbergMarquardt(jnp.array([60.0]), True)  # the full step leads to a negative number
        state = steep.start(terms, damping=1e-12)
        after = steep.step(state, terms)
        assert not bool(after.accepted)
        assert float(after.theta[0]) == 60.0
        assert float(after.damping) > float(state.damping)
        assert float(after.loss) == float(state.loss)
