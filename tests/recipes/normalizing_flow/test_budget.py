"""The budget: a rate whose fall is data, and a number of steps that is measured once."""

import jax
import numpy as np
import pytest

from wellposed.recipes.normalizing_flow.budget import batches, pace_within
from wellposed.recipes.normalizing_flow.run import Held
from wellposed.recipes.normalizing_flow.settings import Settings
from wellposed.transport import FlowMatching, OTFlow, Pairs, PlanarFlow, with_steps


def test_a_measured_pace_is_kept(tmp_path):
    flow = PlanarFlow.random(2, 2, jax.random.key(0))
    lessons = batches(Settings(batch=4), flow, np.ones((8, 2), np.float32), jax.random.key(1))
    found = pace_within(0.05, "planar flow", flow, lessons, 0.1, tmp_path)
    assert found.steps == max(2, int(0.05 / found.cpu_seconds_per_step))
    assert pace_within(60.0, "planar flow", flow, lessons, 0.1, tmp_path) == found


def test_flow_matching_gets_pairs():
    points = np.random.default_rng(0).normal(size=(12, 2)).astype(np.float32)
    lessons = batches(Settings(batch=4), FlowMatching.random(2, 4, jax.random.key(0)), points, jax.random.key(1))
    assert isinstance(lessons(jax.random.key(2), 0), Pairs)


def test_flows_are_chosen_with_fine_steps():
    flow, points = OTFlow.random(2, 8, jax.random.key(0), steps=1), jax.random.normal(jax.random.key(1), (20, 2))
    nll = lambda flow: -float(np.mean([flow.log_prob(x) for x in points]))
    assert float(Held(points, 8)(flow)) == pytest.approx(nll(with_steps(flow, 8)), rel=1e-5)
    assert abs(nll(with_steps(flow, 8)) - nll(flow)) > 1e-3
