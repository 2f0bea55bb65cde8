"""The Lipschitz constant of a flow map against closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from toy_dynamics import TS, friction, runs, spring

from wellposed.audit.dynamical import Problem, Runs, well_posed

KEY = jax.random.key(1)


def saddle(x0, parameter, ts):
    rates = jnp.array([0.5, -1.0])
    return jnp.exp(ts[:, None] * rates[None]) * x0[None]


def test_a_rotation_stretches_nothing(springs):
    answer = well_posed.ask(spring, springs, KEY)
    assert answer.number == pytest.approx(1, rel=1e-4)
    assert answer.details["lyapunov_exponent_per_time"] == pytest.approx(0, abs=1e-4)
    assert answer.holds


def test_the_exponent_of_a_saddle_is_its_growth_rate():
    problem = Problem(TS, runs(saddle, jnp.ones((3, 2))), noise=0.01)
    answer = well_posed.ask(saddle, problem, KEY)
    assert answer.number == pytest.approx(np.exp(3), rel=1e-3)
    assert answer.details["lyapunov_exponent_per_time"] == pytest.approx(0.5, rel=1e-3)


def test_only_up_to_the_last_known_state():
    states = np.array(runs(saddle, jnp.ones((3, 2))).states)
    states[:, 61:] = np.nan
    answer = well_posed.ask(saddle, Problem(TS, Runs(states), noise=0.01), KEY)
    assert answer.number == pytest.approx(np.exp(1.5), rel=1e-3)


def test_an_unstable_system_asks_for_an_unstable_map():
    problem = Problem(TS, runs(saddle, jnp.ones((3, 2))), noise=1.0, truth=saddle)
    assert well_posed.ask(saddle, problem, KEY).holds
    answer = well_posed.ask(lambda x0, parameter, ts: saddle(x0, parameter, 0.5 * ts), problem, KEY)
    assert not answer.holds
    assert answer.details["lipschitz_over_that_of_the_system"] == pytest.approx(np.exp(-1.5), rel=1e-3)


def test_a_map_that_breaks_down_is_not_well_posed(springs):
    answer = well_posed.ask(lambda x0, parameter, ts: jnp.nan * friction(x0, parameter, ts), springs, KEY)
    assert not answer.holds
    assert answer.verdict.startswith("No: the map has no finite derivative")


def test_a_map_of_another_shape_is_refused(springs):
    with pytest.raises(ValueError, match=r"expected a map .* of shape \(121, 2\), found one to \(2,\)"):
        well_posed.ask(lambda x0, parameter, ts: x0, springs, KEY)
