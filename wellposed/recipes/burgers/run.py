"""The run: one forward problem, and the inverse one without and with noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from wellposed.dynamics import BurgersPINN, FieldNetwork, burgers_conditions
from wellposed.train import Progress

from .learn import Learned, Task, learn
from .reference import Reference, data
from .settings import Settings

FORWARD, CLEAN, NOISY = "forward", "inverse", "inverse, noisy"
START = (0.0, 0.05)  # c and nu before the inverse problem: no advection, sixteen times the viscosity


@dataclass(frozen=True)
class Findings:
    """All that a run found.

    Attributes:
        settings: of the run.
        reference: the solution.
        forward: the network that was given the equation and its initial and boundary values.
        inverse: `CLEAN` and `NOISY` -> the network that was given measurements.
        u: name -> the network's solution on the grid of the reference.
    """

    settings: Settings
    reference: Reference
    forward: Learned
    inverse: Mapping[str, Learned]
    u: Mapping[str, np.ndarray]

    def error(self, name: str) -> float:
        """|u - reference| / |reference|, Euclidean norms over the grid."""
        truth = self.reference.u
        return float(np.linalg.norm(self.u[name] - truth) / np.linalg.norm(truth))

    def coefficient_errors(self, name: str) -> dict[str, float]:
        """Relative errors of the learned coefficients, in percent."""
        model = self.inverse[name].model
        truth = {"advection": (model.advection, 1.0), "viscosity": (model.viscosity, self.settings.viscosity)}
        return {of: 100 * abs(float(found) / true - 1) for of, (found, true) in truth.items()}


def build(settings: Settings, key: Key[Array, ""]) -> BurgersPINN:
    """The network of the forward problem, before training."""
    return _pinn(settings, key, (1.0, settings.viscosity), inverse=False)


def rounded(model: BurgersPINN) -> BurgersPINN:
    """The trained network in the precision of the run, in which `build` makes it."""
    return jax.tree.map(lambda leaf: jnp.asarray(np.asarray(leaf).astype(jnp.result_type(float))), model)


def _pinn(settings: Settings, key: Key[Array, ""], coefficients: tuple[float, float], inverse: bool) -> BurgersPINN:
    network = FieldNetwork(settings.width, settings.depth, (0.0, 1.0), (-1.0, 1.0), key)
    c, nu = (jnp.asarray(value, float) for value in coefficients)
    return BurgersPINN(network, c, jnp.log(nu), inverse)


def find(settings: Settings, checkpoints: Path, progress: Progress) -> Findings:
    """Everything, in double precision: the last digits of a least-squares problem lie in its small singular values."""
    reference = data(settings, "test")
    checkpoints.mkdir(parents=True, exist_ok=True)
    with jax.enable_x64(True):
        keys = jax.random.split(jax.random.key(settings.seed), 6)
        given = burgers_conditions(keys[0], settings.conditions)
        start = _pinn(settings, keys[1], (1.0, settings.viscosity), inverse=False)
        size = (settings.inside, settings.steps, settings.redraw)
        forward = learn(Task(FORWARD, start, given, *size, keys[2]), checkpoints, progress)
        inverse = {}
        size = (settings.inside, settings.inverse_steps, settings.redraw)
        for name, noise in ((CLEAN, 0.0), (NOISY, settings.noise)):
            measured = _measurements(settings, reference, noise, keys[3])
            start = _pinn(settings, keys[4], START, inverse=True)
            inverse[name] = learn(Task(name, start, measured, *size, keys[5]), checkpoints, progress)
        grid = (jnp.asarray(reference.ts), jnp.asarray(reference.xs))
        u = {name: np.asarray(of.model.grid(*grid)) for name, of in {FORWARD: forward, **inverse}.items()}
    return Findings(settings, reference, forward, inverse, u)


def _measurements(settings: Settings, reference: Reference, noise: float, key: Key[Array, ""]) -> tuple[Array, Array]:
    """u at random places of the grid: the same ones with and without noise."""
    t, x = (jnp.asarray(part.ravel()) for part in np.meshgrid(reference.ts, reference.xs, indexing="ij"))
    first, second = jax.random.split(key)
    places = jax.random.choice(first, len(t), (min(settings.measurements, len(t)),), replace=False)
    u = jnp.asarray(reference.u.ravel())[places]
    u = u + noise * float(reference.u.std()) * jax.random.normal(second, u.shape)
    return jnp.stack([t[places], x[places]], axis=1), u


def metrics(found: Findings) -> dict[str, Any]:
    """Numbers with their units in their names, for `metrics.json`."""
    settings = found.settings
    return {
        "reference": "Cole-Hopf" if settings.data is None else settings.data.name,
        "reference_relative_distance_from_cole_hopf": found.reference.exact,
        "forward_relative_l2_error": found.error(FORWARD),
        "forward_largest_error": float(np.abs(found.u[FORWARD] - found.reference.u).max()),
        "inverse": {
            name: {
                "noise_percent": 100 * (settings.noise if name == NOISY else 0.0),
                "advection": float(of.model.advection),
                "viscosity": float(of.model.viscosity),
                **{f"{what}_error_percent": e for what, e in found.coefficient_errors(name).items()},
                "relative_l2_error": found.error(name),
            }
            for name, of in found.inverse.items()
        },
        "trainings": {
            name: {"steps": len(of.losses), "seconds": of.seconds, "loss": float(of.losses[-1])}
            for name, of in {FORWARD: found.forward, **found.inverse}.items()
        },
    }


def history(found: Findings) -> dict[str, list[Any]]:
    """The loss and the coefficients after each step of each problem."""
    columns: dict[str, list[Any]] = {"training": [], "step": [], "loss": [], "advection": [], "viscosity": []}
    for name, of in {FORWARD: found.forward, **found.inverse}.items():
        for step, (loss, (c, nu)) in enumerate(zip(of.losses.tolist(), of.coefficients.tolist(), strict=True), 1):
            for column, value in zip(columns, (name, step, loss, c, nu), strict=True):
                columns[column].append(value)
    return columns
