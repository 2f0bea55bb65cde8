"""The system of a run, its trajectories, and its autoencoders before training."""

import dataclasses
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Key

from wellposed.dynamics import Architecture, NormalFormAutoencoder, Stage, untrained
from wellposed.simulate import Trajectories

from .settings import Settings
from .systems import load_system
from .systems.from_file import FORMS, system_of_file
from .systems.system import System, Training


class Gathered(NamedTuple):
    """What is learned from, and what it is judged on.

    Attributes:
        system: with what is known of it once it was simulated.
        train: training trajectories.
        test: test trajectories.
        discarded: runs of both that belong to another normal form.
        runs: how many were begun.
    """

    system: System
    train: Trajectories
    test: Trajectories
    discarded: int
    runs: int


def system_of(settings: Settings) -> System:
    """The system that the settings name, or that of their file."""
    if settings.data is not None:
        return system_of_file(settings.data, FORMS[settings.form])
    return load_system(settings.system)


def gather(settings: Settings, folder: Path | None = None) -> Gathered:
    """Simulate, or read and divide; long simulations keep their stages in the folder."""
    system = system_of(settings)
    train, test = jax.random.split(jax.random.fold_in(jax.random.key(settings.seed), 7))
    if settings.data is not None:
        whole = system.simulate(train, 0).trajectories
        order = np.asarray(jax.random.permutation(train, len(whole.states)))
        count = min(settings.test_trajectories, len(order) // 4)
        return Gathered(system, whole.take(order[count:]), whole.take(order[:count]), 0, len(order))
    counts = settings.trajectories, settings.test_trajectories
    if system.prepare is not None:
        system, one, other = system.prepare(train, *counts, folder)
    else:
        one, other = system.simulate(train, counts[0]), system.simulate(test, counts[1])
    runs = settings.trajectories + settings.test_trajectories
    return Gathered(system, one.trajectories, other.trajectories, one.discarded + other.discarded, runs)


def training_of(settings: Settings, system: System) -> Training:
    """What suits the system, with what the settings change."""
    architecture = system.training.architecture._replace(orientation=settings.orientation)
    if settings.time_degree is not None:
        architecture = architecture._replace(time_degree=settings.time_degree)
    loss = dataclasses.replace(system.training.loss, orientation=settings.orientation)
    return Training(architecture, loss, tuple(scaled(stage, settings.effort) for stage in system.training.stages))


def origin_of(gathered: Gathered) -> float | None:
    """The true bifurcation in the scaled parameter that the networks see, or None where it is not known."""
    if gathered.system.critical is None:
        return None
    parameters = np.asarray(gathered.train.parameters)
    low, high = float(parameters.min()), float(parameters.max())
    middle, half = np.float32((low + high) / 2), np.float32((high - low) / 2)
    return float((np.float32(gathered.system.critical()) - middle) / half)


def scaled(stage: Stage, effort: float) -> Stage:
    """A part of the training with more or fewer steps."""
    return stage._replace(steps=max(2, round(effort * stage.steps)))


def data(settings: Settings, split: str) -> Trajectories:
    """The trajectories of a split; there is no validation, since nothing is chosen by one."""
    found = gather(settings)
    return found.test if split == "test" else found.train


def build(settings: Settings, key: Key[Array, ""]) -> NormalFormAutoencoder:
    """All seeds' autoencoders as one pytree, before training."""
    system = system_of(settings)
    architecture: Architecture = training_of(settings, system).architecture
    size = system.size or np.shape(system.simulate(key, 1).trajectories.states)[2]
    keys = jax.random.split(key, settings.seeds)
    return eqx.filter_vmap(lambda key: untrained(system.form, size, architecture, key))(keys)
