"""Which of the published trainings would have been thrown away."""

import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import Architecture
from wellposed.recipes.normal_form import orientation

ALPHA = np.linspace(-1.0, 1.0, orientation.PUBLISHED_GRID)
cylinder = importlib.import_module("wellposed.recipes.normal_form.systems.cylinder")


def test_signs_are_compared_with_the_origin_and_slopes_with_nothing(monkeypatch):
    betas = jnp.asarray(np.stack([ALPHA, ALPHA + 0.5, -ALPHA, ALPHA**2 - 0.25]))
    monkeypatch.setattr(orientation, "_trained", lambda *of: betas)
    origins = {"centre": 0.0, "left": -0.5, "right": 0.5}
    found = orientation.published_restarts(Architecture(), origins, jax.random.key(0), 4)
    assert {name: of.accepted for name, of in found.items()} == {"centre": 1, "left": 1, "right": 0}
    assert all(of.monotone == 3 for of in found.values())
    assert found["left"].expected == 3
    assert found["right"].expected == np.inf


def test_the_modes_of_the_wake_are_made_of_training_runs_only(monkeypatch):
    class Stop(Exception):
        pass

    def atlas(key, settings, keep, chosen):
        raise Stop(settings.runs, chosen)

    monkeypatch.setattr(cylinder, "wake_atlas", atlas)
    with pytest.raises(Stop) as stopped:
        cylinder.prepare(jax.random.key(0), 30, 10, None)
    runs, chosen = stopped.value.args
    assert runs == 20
    assert len(chosen) == len(set(chosen.tolist()) & set(range(20))) == 15
