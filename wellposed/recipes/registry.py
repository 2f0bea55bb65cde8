"""What a recipe is, and which recipes there are.

A recipe is registered by one line in `RECIPES`; its module is imported only when the recipe is used, so that
`wellposed --help` and `wellposed list` are quick.
"""

import dataclasses
import difflib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from wellposed.errors import InputError
from wellposed.recipes.record import Record

Preset = Literal["full", "quick", "smoke"]


class Entry(NamedTuple):
    """Where a recipe lives, and the line that `wellposed list` shows for it."""

    module: str
    summary: str


RECIPES: Mapping[str, Entry] = MappingProxyType(
    {
        "lsvd": Entry("wellposed.recipes.lsvd", "the learned SVD on tomography of real anatomy, audited"),
        "normal-form": Entry(
            "wellposed.recipes.normal_form", "a bifurcation and its normal form, learned from trajectories"
        ),
        "burgers": Entry(
            "wellposed.recipes.burgers", "a physics-informed network for Burgers' equation, forward and inverse"
        ),
        "optimal-control": Entry("wellposed.recipes.optimal_control", "networks that learn their own time steps"),
        "latent-ode": Entry(
            "wellposed.recipes.latent_ode", "latent ODEs on irregular series, beside recurrent networks"
        ),
        "forecast": Entry("wellposed.recipes.forecast", "chaos forecast by learned maps, and its state from noise"),
        "stable-architectures": Entry("wellposed.recipes.stable_architectures", "depth, accuracy and gradients by law"),
        "sindy-autoencoder": Entry(
            "wellposed.recipes.sindy_autoencoder",
            "coordinates and sparse equations of a Lorenz system in 128 dimensions",
        ),
        "stochastic-game": Entry(
            "wellposed.recipes.stochastic_game",
            "crowds with noise: a value function with its primal-dual gap, and APAC-Net",
        ),
        "koopman": Entry(
            "wellposed.recipes.koopman", "coordinates in which a pendulum turns at a frequency that is learned"
        ),
        "latent-sde": Entry("wellposed.recipes.latent_sde", "a latent SDE that learns the stochastic Lorenz system"),
        "normalizing-flow": Entry(
            "wellposed.recipes.normalizing_flow", "densities by normalizing flows, with straight paths and without"
        ),
        "optimal-transport": Entry(
            "wellposed.recipes.optimal_transport",
            "optimal transport between densities or samples, in 2 to 100 dimensions",
        ),
        "mean-field-game": Entry(
            "wellposed.recipes.mean_field_game", "a crowd around obstacles, in 2 to 100 dimensions, beside a grid"
        ),
        "wall-shear-stress": Entry(
            "wellposed.recipes.wall_shear_stress", "the stress of blood on artery walls, by networks on meshes"
        ),
        "blueprint": Entry(
            "wellposed.recipes.blueprint", "the geometric blueprint: networks and their symmetries, measured"
        ),
        "open-questions": Entry(
            "wellposed.recipes.open_questions", "graph networks that know their equation, double descent, Barron's rate"
        ),
        "coronary-segmentation": Entry(
            "wellposed.recipes.coronary_segmentation",
            "the wall of coronary arteries in CT, by a graph network on a tube",
        ),
        "graph-diffusion": Entry(
            "wellposed.recipes.graph_diffusion", "the classes of a graph's nodes by diffusion on its edges"
        ),
    }
)


@dataclass(frozen=True)
class Recipe:
    """One result: its settings, and what is made of them.

    Args:
        settings: a frozen dataclass; every field has a default (the `full` preset) and a docstring (the help
            of its option), and one is `seed: int`. Its own docstring opens `wellposed run NAME --help`.
        data: (settings, split) -> the data of a split, `train`, `validation` or `test`.
        build: (settings, key) -> the map, a pure `eqx.Module`, as it is before training.
        run: (settings, checkpoints) -> `Record`: trains, compares and draws. `checkpoints` is a folder that
            belongs to this run alone: what lies there when `run` is called was left by a run with the same
            settings that was stopped, and is to be continued.
        presets: `quick` and `smoke` -> the fields that differ from the defaults.
        audit: (settings, trained map) -> `Record` with the answers, for `wellposed audit`.
        apply: (settings, trained map, files, folder) -> the files written, for `wellposed apply`; None
            applies the map to each array file.

    Raises:
        ValueError: the settings or the presets are not as said above.
    """

    settings: type
    data: Callable[[Any, str], Any]
    build: Callable[[Any, Any], Any]
    run: Callable[[Any, Path], Record]
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    audit: Callable[[Any, Any], Record] | None = None
    apply: Callable[[Any, Any, Sequence[Path], Path], Sequence[Path]] | None = None

    def __post_init__(self) -> None:
        name = f"Recipe({self.settings.__name__})"
        if not (dataclasses.is_dataclass(self.settings) and self.settings.__dataclass_params__.frozen):  # pyright: ignore
            raise ValueError(f"{name} expects a frozen dataclass of settings: decorate with @dataclass(frozen=True)")
        fields = {field.name: field for field in dataclasses.fields(self.settings)}
        if "seed" not in fields or fields["seed"].type not in (int, "int"):
            raise ValueError(f"{name} expects a field `seed: int`, found {sorted(fields)}: add it")
        bare = [n for n, f in fields.items() if f.default is f.default_factory is dataclasses.MISSING]
        if bare:
            raise ValueError(f"{name} expects a default for every field, found none for {bare}: give the full preset's")
        for preset, changes in self.presets.items():
            unknown = sorted(set(changes) - set(fields))
            if preset not in get_args(Preset) or unknown:
                raise ValueError(
                    f"{name} expects presets {get_args(Preset)} that name fields of the settings, "
                    f"found {preset!r} with unknown fields {unknown}: correct the name"
                )

    def preset(self, name: Preset) -> Any:
        """The settings of a preset; `full` is the defaults unless the presets say otherwise."""
        return self.settings(**self.presets.get(name, {}))


def load_recipe(name: str, recipes: Mapping[str, Entry] = RECIPES) -> Recipe:
    """Import a recipe by its name; its module holds it as `RECIPE`.

    Raises:
        InputError: there is no recipe of that name.

    Example:
        >>> load_recipe("lsdv", {"lsvd": Entry("wellposed.recipes.lsvd", "the learned SVD")})
        Traceback (most recent call last):
        wellposed.errors.InputError: lsdv: expected a recipe, found none of that name: did you mean lsvd?
    """
    if name not in recipes:
        near = difflib.get_close_matches(name, recipes, n=1)
        hint = f"did you mean {near[0]}?" if near else "`wellposed list` shows those there are"
        raise InputError(f"{name}: expected a recipe, found none of that name: {hint}")
    return importlib.import_module(recipes[name].module).RECIPE
