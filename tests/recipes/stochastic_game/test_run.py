"""The whole recipe on tiny sizes."""

import json

import jax.numpy as jnp
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import open_run
from wellposed.recipes.stochastic_game.problem import NODES
from wellposed.recipes.stochastic_game.settings import PRESETS, Settings

TINY = {"width": 4, "steps": 4, "snapshots": 2, "generator-steps": 4, "cells": 8, "times": 4, "apac-steps": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "stochastic-game"
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    assert main(["run", "stochastic-game", "--preset", "smoke", "--out", str(folder), *words]) == 0
    return folder


def test_leaves_both_bounds_at_both_diffusivities(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert list(metrics["obstacle"]) == ["low", "high"]
    for of in metrics["obstacle"].values():
        assert of["dual"] < of["primal"]
        gap = 100 * (of["primal"] - of["dual"]) / of["kinetic"]
        assert of["gap_percent_of_kinetic"] == pytest.approx(gap, rel=1e-6)
    assert set(metrics["apac_net"]) == {"bottleneck", "two-diagonals", "quadcopter"}


def test_the_page_shows_the_gap(folder):
    page = (folder / "report.html").read_text()
    for words in ("Primal and dual", "APAC-Net", "quadcopter", "image/gif"):
        assert words in page


def test_a_saved_run_moves_agents(folder):
    with open_run(folder) as (_, _, crowds):
        assert crowds(jnp.array([0.0, 2.0])).shape == (NODES + 1, 2)


@pytest.mark.parametrize(("option", "value"), [("steps", 0), ("cells", 1), ("low", -1.0), ("low", 1.0)])
def test_a_bad_setting_is_a_sentence(option, value):
    with pytest.raises(InputError, match=rf"--{option}: expected .*, found {value}"):
        Settings(**{**PRESETS["smoke"], option: value})
