"""All questions of one map, and the record that they are asked of."""

import json

import jax
import jax.numpy as jnp
import pytest
from toy_dynamics import TS, friction, runs, spring

from wellposed.audit.dynamical import Problem, Runs, draw, six
from wellposed.dynamics import RK4, Flow

FLOW = Flow(lambda t, x, args: jnp.stack([x[1], -x[0]]), RK4(), t1=6.0, steps=120)


@pytest.fixture(scope="module")
def answers(springs):
    learned = lambda x0, parameter, ts: FLOW.trajectory(x0, ts, parameter)
    return {
        "flow": six(learned, springs, jax.random.key(0)),
        "friction": six(friction, springs, jax.random.key(0)),
    }


def test_a_flow_is_audited(answers):
    assert {question: answer.holds for question, answer in answers["flow"].items()} == {
        "well_posed": True,
        "robust": True,
        "structure": True,
        "understandable": True,
        "expressive": True,
        "generalising": True,
    }


def test_answers_are_plain(answers):
    text = json.dumps({q: a.to_json() for q, a in answers["friction"].items()})
    assert "NaN" not in text


def test_every_question_draws_all_maps(answers):
    figures = draw(answers)
    assert list(figures) == list(answers["flow"])
    for figure in figures.values():
        assert figure.axes


def test_sets_of_other_shapes_are_refused():
    right = runs(spring, jnp.ones((2, 2)))
    with pytest.raises(ValueError, match=r"far set: expected states of shape \(n, 121, 2\), found \(2, 60, 2\)"):
        Problem(TS, right, 0.1, elsewhere={"far": Runs(right.states[:, :60])})
    with pytest.raises(ValueError, match=r"test set: expected 2 parameters, found 3"):
        Problem(TS, Runs(right.states, jnp.ones(3)), 0.1)
    with pytest.raises(ValueError, match=r"test set: expected finite initial states"):
        Problem(TS, Runs(jnp.asarray(right.states).at[0, 0].set(jnp.nan)), 0.1)
