"""A small recipe for the tests: it learns to multiply by a number, and can be stopped half-way."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.errors import InputError
from wellposed.recipes import Entry, Recipe, Record
from wellposed.report import Column, Headline, Page, Section, Table


@dataclass(frozen=True)
class Settings:
    """Learn to multiply by a number [@boink2019].

    A recipe for the tests.
    """

    seed: int = 0
    """Seed of all random numbers."""
    factor: float = 3.0
    """The number to be learned."""
    steps: int = 10
    """Number of training steps."""
    images: Path | None = None
    """A file with the training data; none draws random numbers."""
    shape: tuple[int, int] = (2, 3)
    """Height and width of a picture."""
    network: Literal["linear", "deep"] = "linear"
    """Kind of network."""
    pause: float = 0.0
    """Seconds to wait at each step."""


class Scale(eqx.Module):
    factor: Float[Array, ""]
    height: int = eqx.field(static=True)

    def __call__(self, y: Float[Array, "height width"]) -> Float[Array, "height width"]:
        if y.shape[0] != self.height:
            raise ValueError(f"Scale expects a height of {self.height}, got {y.shape[0]}")
        return self.factor * y


def data(settings: Settings, split: str) -> Any:
    return jnp.ones(settings.shape)


def build(settings: Settings, key: Any) -> Scale:
    return Scale(jnp.asarray(0.0, dtype=float), settings.shape[0])


def run(settings: Settings, checkpoints: Path) -> Record:
    if settings.images is not None:
        raise InputError(f"{settings.images}: expected a folder of pictures, found none: check --images")
    checkpoints.mkdir(exist_ok=True)
    count = checkpoints / "step"
    begun = int(count.read_text()) if count.exists() else 0
    for step in range(begun, settings.steps):
        count.write_text(str(step + 1))
        time.sleep(settings.pause)
    model = eqx.tree_at(lambda m: m.factor, build(settings, None), jnp.asarray(settings.factor, dtype=float))
    columns = ("Method", Column("PSNR", "dB", best="max"))
    page = Page(
        "Toy",
        "Learns a *number* [@boink2019].",
        [Section("Results", items=[Table(columns, [("zero", 1.0), ("learned", 30.0)], "Two methods.")])],
        [Headline("PSNR", 30.0, "dB")],
    )
    metrics = {"psnr_db": jnp.asarray(30.0), "gap": float("nan"), "steps_before": begun}
    return Record(metrics, page, model, {"step": [1, 2], "loss": [0.5, 0.1]})


def audit(settings: Settings, model: Scale) -> Record:
    return Record({"lipschitz": model.factor}, Page("Audit", "One answer.", [Section("Well-posed?")]))


RECIPE = Recipe(Settings, data, build, run, {"quick": {"steps": 5}, "smoke": {"steps": 2}}, audit)
RECIPES = {"toy": Entry("toy_recipe", "Learn to multiply by a number")}
