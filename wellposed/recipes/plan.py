"""A plan: what is to be run, as settings in memory and as `config.json`."""

import dataclasses
import os
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wellposed.errors import InputError
from wellposed.io import read_json
from wellposed.recipes.registry import RECIPES, Entry, Preset, Recipe, load_recipe

CONFIG = "config.json"


@dataclass(frozen=True)
class Plan:
    """What is to be run: the recipe's name and settings, and how.

    Args:
        name: of the recipe.
        settings: a frozen dataclass, the recipe's settings.
        preset: the preset that the settings began with.
        x64: True computes in float64.
    """

    name: str
    settings: Any
    preset: Preset = "full"
    x64: bool = False

    def config(self) -> dict[str, Any]:
        """The plan as `config.json` holds it.

        Example:
            >>> @dataclass(frozen=True)
            ... class Settings:
            ...     seed: int = 0
            ...     limits: tuple[float, float] = (0.0, 180.0)
            >>> Plan("demo", Settings()).config()["settings"]
            {'seed': 0, 'limits': [0.0, 180.0]}
        """
        settings = _as_json(dataclasses.asdict(self.settings))
        return {"recipe": self.name, "preset": self.preset, "x64": self.x64, "settings": settings}


def read_plan(folder: Path, recipes: Mapping[str, Entry] = RECIPES) -> tuple[Recipe, Plan]:
    """The recipe and the plan of the run in a folder.

    Raises:
        InputError: the folder holds no run, or one that this version of the library cannot read.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise InputError(f"{folder}: expected the folder of a run, found no {CONFIG} in it: check the path")
    config = read_json(path)
    try:
        recipe = load_recipe(config["recipe"], recipes)
        settings = _as_settings(recipe.settings, config["settings"])
        return recipe, Plan(config["recipe"], settings, config["preset"], config["x64"])
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{path}: expected the settings of a recipe of this version of wellposed, found {error}: "
            "run the recipe again with --overwrite"
        ) from None


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _as_settings(kind: type, values: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        raise TypeError(f"unknown fields {unknown}")
    return kind(**{name: _as_field(hints[name], value) for name, value in values.items()})


def _as_field(hint: Any, value: Any) -> Any:
    """JSON has no tuples, paths or dataclasses: the field's type says what the value was."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _as_settings(hint, value)
    if isinstance(value, list):
        return tuple(value)
    choices = (hint, *typing.get_args(hint))
    return Path(value) if isinstance(value, str) and Path in choices and str not in choices else value
