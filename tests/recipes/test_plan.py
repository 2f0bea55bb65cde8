"""Settings survive config.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import toy_recipe

from wellposed.errors import InputError
from wellposed.io import write_json
from wellposed.recipes import Plan, read_plan
from wellposed.recipes.plan import _as_settings


@dataclass(frozen=True)
class Inner:
    width: int = 1


@dataclass(frozen=True)
class Outer:
    seed: int = 0
    inner: Inner = Inner()
    images: str | Path = "anatomy"
    operator: Path | None = None
    names: tuple[Literal["a", "b"], ...] = ("a",)


def test_tuples_paths_and_nested_settings_come_back():
    settings = Outer(1, Inner(5), "mine", Path("matrix.npy"), ("b", "a"))
    config = json.loads(json.dumps(Plan("outer", settings).config()))
    assert _as_settings(Outer, config["settings"]) == settings


def test_a_plan_comes_back_from_its_folder(tmp_path):
    plan = Plan("toy", toy_recipe.Settings(seed=4, images=Path("x.npy"), shape=(5, 6)), "smoke", x64=True)
    write_json(tmp_path / "config.json", plan.config())
    recipe, found = read_plan(tmp_path, toy_recipe.RECIPES)
    assert found == plan
    assert recipe is toy_recipe.RECIPE


def test_a_folder_without_a_run_is_bad_input(tmp_path):
    with pytest.raises(InputError, match=r"expected the folder of a run, found no config.json"):
        read_plan(tmp_path, toy_recipe.RECIPES)


@pytest.mark.parametrize(
    "config",
    [
        {"recipe": "toy"},
        {"recipe": "toy", "preset": "full", "x64": False, "settings": {"stops": 1}},
        ["toy"],
    ],
)
def test_a_config_of_another_version_is_bad_input(tmp_path, config):
    write_json(tmp_path / "config.json", config)
    with pytest.raises(InputError, match="expected the settings of a recipe of this version"):
        read_plan(tmp_path, toy_recipe.RECIPES)
