"""Recipes are checked when they are made, and imported when they are used."""

import dataclasses
import json
import subprocess
import sys

import pytest
import toy_recipe

from wellposed.errors import InputError
from wellposed.recipes import RECIPES, Recipe, load_recipe

FUNCTIONS = (toy_recipe.data, toy_recipe.build, toy_recipe.run)


@pytest.mark.parametrize("name", RECIPES)
def test_every_registered_recipe_loads_and_has_its_presets(name):
    recipe = load_recipe(name)
    for preset in ("full", "quick", "smoke"):
        assert dataclasses.is_dataclass(recipe.preset(preset))
    assert RECIPES[name].summary


def test_presets_change_the_defaults():
    recipe = load_recipe("toy", toy_recipe.RECIPES)
    assert [recipe.preset(name).steps for name in ("full", "quick", "smoke")] == [10, 5, 2]


def test_an_unknown_recipe_is_bad_input_with_a_hint():
    with pytest.raises(InputError, match=r"toi: expected a recipe.*did you mean toy\?"):
        load_recipe("toi", toy_recipe.RECIPES)
    with pytest.raises(InputError, match="`wellposed list` shows those there are"):
        load_recipe("zzzz", toy_recipe.RECIPES)


def test_settings_must_be_frozen():
    @dataclasses.dataclass
    class Loose:
        seed: int = 0

    with pytest.raises(ValueError, match=r"Recipe\(Loose\) expects a frozen dataclass"):
        Recipe(Loose, *FUNCTIONS)


def test_settings_must_have_a_seed():
    @dataclasses.dataclass(frozen=True)
    class Seedless:
        steps: int = 1

    with pytest.raises(ValueError, match=r"expects a field `seed: int`, found \['steps'\]"):
        Recipe(Seedless, *FUNCTIONS)


def test_settings_must_have_defaults():
    @dataclasses.dataclass(frozen=True)
    class Bare:
        steps: int
        seed: int = 0

    with pytest.raises(ValueError, match=r"a default for every field, found none for \['steps'\]"):
        Recipe(Bare, *FUNCTIONS)


@pytest.mark.parametrize("presets", [{"tiny": {}}, {"smoke": {"stops": 1}}])
def test_presets_must_name_presets_and_fields(presets):
    with pytest.raises(ValueError, match="expects presets"):
        Recipe(toy_recipe.Settings, *FUNCTIONS, presets)


def test_listing_imports_no_heavy_library():
    heavy = ["jax", "numpy", "scipy", "matplotlib", "equinox", "rich"]
    code = (
        "import json, sys; from wellposed.cli import main; code = main(['list']); "
        f"print(json.dumps([code, [name for name in {heavy} if name in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
