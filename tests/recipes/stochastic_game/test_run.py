"""The whole recipe on tiny sizes."""

import json

import jax.numpy as jnp
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import open_run
from wellposed.recipes.stochastic_game.obstacle import worse
from wellposed.recipes.stochastic_game.problem import NODES
from wellposed.recipes.stochastic_game.settings import PRESETS, Settings
from wellposed.transport import PrimalDual

TINY = {"width": 4, "steps": 4, "snapshots": 2, "generator-steps": 4, "cells": 8, "times": 4, "apac-steps": 4}


def ran(folder, game):
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    assert main(["run", "stochastic-game", "--preset", "smoke", "--game", game, "--out", str(folder), *words]) == 0
    return json.loads((folder / "metrics.json").read_text())["metrics"], (folder / "report.html").read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "stochastic-game"


@pytest.fixture(scope="module")
def crossed(folder):
    return ran(folder, "obstacle")


def test_leaves_both_bounds_at_both_diffusivities(crossed):
    metrics, page = crossed
    assert list(metrics) == ["obstacle"]
    assert list(metrics["obstacle"]) == ["low", "high"]
    for of in metrics["obstacle"].values():
        assert of["dual_by_largest_residual_of_all"] <= of["dual"] < of["primal"]
        gap = 100 * (of["primal"] - of["dual"]) / of["kinetic"]
        assert of["gap_percent_of_kinetic"] == pytest.approx(gap, rel=1e-6)
    assert "Primal and dual" in page
    assert "image/gif" in page


def test_an_environment_alone_leaves_no_map(tmp_path):
    metrics, page = ran(tmp_path / "run", "bottleneck")
    assert metrics["apac_net"]["bottleneck"]["dimensions"] == 2
    assert "APAC-Net" in page
    assert not (tmp_path / "run" / "model.eqx").exists()


@pytest.mark.usefixtures("crossed")
def test_a_saved_run_moves_agents(folder):
    with open_run(folder) as (_, _, crowds):
        assert crowds(jnp.array([0.0, 2.0])).shape == (NODES + 1, 2)


@pytest.mark.parametrize(("option", "value"), [("steps", 0), ("cells", 1), ("low", -1.0), ("low", 1.0)])
def test_a_bad_setting_is_a_sentence(option, value):
    with pytest.raises(InputError, match=rf"--{option}: expected .*, found {value}"):
        Settings(**{**PRESETS["smoke"], option: value})


def test_of_two_searches_the_worse_counts():
    bound = lambda dual, residual: PrimalDual(
        *(jnp.asarray(v) for v in (9.0, dual, dual - 1, 5.0, residual, 0.0, 0.0, 0.0))
    )
    for pair in ((bound(8.0, 0.1), bound(7.0, 0.3)), (bound(7.0, 0.3), bound(8.0, 0.1))):
        found = worse(*pair)
        assert (float(found.dual), float(found.dual_uniform)) == (7.0, 6.0)
        assert float(found.residual) == pytest.approx(0.3)
