"""What trained autoencoders are worth, on test trajectories and beside the true bifurcation."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from wellposed.dynamics import NormalFormAutoencoder, is_monotone
from wellposed.simulate import Trajectories, until_outside

from .systems.system import System

LIMIT = 0.05  # of the rollout error, for success
_ANGLES = 64


class Judged(NamedTuple):
    """Figures of all seeds.

    Attributes:
        seeds: name -> one number for each seed.
        predicted: the test trajectories as each seed predicts them, shape (seeds, trajectories, times, n).
        errors: root mean square error of each test trajectory over that of the test set, (seeds, trajectories).
        amplitudes: parameters, true amplitudes and those of each seed; None where there is no truth or no cycle.
    """

    seeds: dict[str, np.ndarray]
    predicted: Float[np.ndarray, "seeds n times state"]
    errors: Float[np.ndarray, "seeds n"]
    amplitudes: "Amplitudes | None"


class Amplitudes(NamedTuple):
    """Amplitudes of limit cycles: root mean square distance of the states on them from their mean.

    Attributes:
        parameters: where.
        true: of long simulations.
        learned: of the decoded circles, (seeds, parameters); 0 where a seed has no circle.
    """

    parameters: Float[np.ndarray, " m"]
    true: Float[np.ndarray, " m"]
    learned: Float[np.ndarray, "seeds m"]


def judge(system: System, models: NormalFormAutoencoder, test: Trajectories, amplitudes: Amplitudes | None) -> Judged:
    """All figures of all seeds."""
    predicted = predict(models, test)
    inside = np.ones(test.states.shape[:2], bool) if test.inside is None else np.asarray(test.inside)
    square = np.mean((predicted - np.asarray(test.states)[None]) ** 2, axis=-1)
    centre = np.asarray(models.units.centre)[0]
    size = np.sqrt(np.mean((np.asarray(test.states)[inside] - centre) ** 2))
    counted = np.where(inside[None], square, 0.0)
    errors = np.sqrt(counted.sum(axis=2) / inside.sum(axis=1)) / size
    critical = np.asarray(eqx.filter_vmap(lambda m: m.bifurcation())(models))
    seeds = {
        "rollout_error": np.sqrt(counted.sum(axis=(1, 2)) / inside.sum()) / size,
        "worst_trajectory_error": errors.max(axis=1),
        "reconstruction_error": reconstruction(models, test, inside, size),
        "monotone": np.asarray(eqx.filter_vmap(lambda m: jnp.asarray(is_monotone(m.parameter_map)))(models)),
        "bifurcation": critical,
    }
    seeds["success"] = seeds["monotone"] & (seeds["rollout_error"] <= LIMIT)
    if system.critical is not None:
        seeds |= beside(critical, system.critical(), test, models)
    if system.box is not None:
        seeds |= leaving(predicted, test, system.box)
    if amplitudes is not None:
        seeds["worst_amplitude_error"] = np.max(np.abs(amplitudes.learned / amplitudes.true - 1), axis=1)
    return Judged(seeds, predicted, errors, amplitudes)


def predict(models: NormalFormAutoencoder, test: Trajectories) -> Float[np.ndarray, "seeds n times state"]:
    """All test trajectories from their first states, by all seeds."""
    x0, parameters, ts = (jnp.asarray(part, jnp.float32) for part in (test.states[:, 0], test.parameters, test.ts))
    return np.asarray(_predicted(models, x0, parameters, ts))


@eqx.filter_jit
def _predicted(models: NormalFormAutoencoder, x0: Array, parameters: Array, ts: Array) -> Array:
    each = lambda model: jax.vmap(lambda x0, p: model.predict(x0, p, ts))(x0, parameters)
    return eqx.filter_vmap(each)(models)


def reconstruction(models: NormalFormAutoencoder, test: Trajectories, inside: np.ndarray, size: float) -> np.ndarray:
    """Root mean square of x - psi(phi(x)), over that of the test set."""
    states = jnp.asarray(np.asarray(test.states)[inside], jnp.float32)
    parameters = jnp.repeat(jnp.asarray(test.parameters, jnp.float32), jnp.asarray(inside.sum(axis=1)))

    def back(model: NormalFormAutoencoder, x: Array, p: Array) -> Array:
        here = model.at(p)
        return here.decode(here.encode(x))

    once = eqx.filter_jit(eqx.filter_vmap(jax.vmap(back, (None, 0, 0)), in_axes=(0, None, None)))
    found = np.asarray(once(models, states, parameters))
    return np.sqrt(np.mean((found - np.asarray(states)[None]) ** 2, axis=(1, 2))) / size


def beside(
    critical: np.ndarray, true: float, test: Trajectories, models: NormalFormAutoencoder
) -> dict[str, np.ndarray]:
    """The learned bifurcation beside the true one, and how often beta has the wrong sign on the test set."""
    width = 2 * np.asarray(models.units.half)[0]
    p = jnp.asarray(test.parameters, jnp.float32)
    betas = np.asarray(eqx.filter_vmap(lambda m, p: jax.vmap(m.beta)(p), in_axes=(0, None))(models, p))
    rising = np.sign(betas[:, np.argmax(p)] - betas[:, np.argmin(p)])
    wrong = rising[:, None] * np.sign(betas) != np.sign(np.asarray(p) - true)[None]
    return {
        "bifurcation_error": np.abs(critical - true),
        "bifurcation_error_relative": np.abs(critical / true - 1),
        "bifurcation_error_of_range": np.abs(critical - true) / width,
        "wrong_signs_of_beta": wrong.mean(axis=1),
    }


def leaving(predicted: np.ndarray, test: Trajectories, box: float) -> dict[str, np.ndarray]:
    """When trajectories leave the box, as predicted and in truth, over the length of the window.

    A trajectory that leaves in only one of the two counts as leaving at the end of the window in the other.
    """
    ts = np.asarray(test.ts)
    when = lambda inside: np.append(ts, ts[-1])[np.sum(inside, axis=-1)]
    true = when(until_outside(test.states, box))
    found = np.stack([when(until_outside(one, box)) for one in predicted])
    some = true < ts[-1]
    if not some.any():
        return {}
    late = np.abs(found[:, some] - true[some][None]) / (ts[-1] - ts[0])
    return {"leaving_time_error": late.mean(axis=1), "worst_leaving_time_error": late.max(axis=1)}


def amplitudes_of(system: System, models: NormalFormAutoencoder, key: Any, parameters: np.ndarray) -> Amplitudes | None:
    """Amplitudes beyond the true bifurcation, at equal distances up to the end of the sampled range."""
    if system.saturated is None or system.critical is None or not len(parameters):
        return None
    late = system.saturated(key, parameters)
    true = np.sqrt(np.mean((late.states - late.states.mean(axis=1, keepdims=True)) ** 2, axis=(1, 2)))
    return Amplitudes(np.asarray(late.parameters), true, learned_amplitudes(models, np.asarray(late.parameters)))


def beyond(system: System, models: NormalFormAutoencoder, count: int) -> np.ndarray:
    """Parameters between the true bifurcation and the end of the range, both left out."""
    if system.critical is None:
        return np.empty(0)
    end = float(models.units.middle[0] + models.units.half[0])
    return np.linspace(system.critical(), end, count + 2)[1:-1]


def learned_amplitudes(models: NormalFormAutoencoder, parameters: np.ndarray) -> np.ndarray:
    """The amplitude of the decoded circle |z|^2 = beta for each seed and parameter; 0 where beta is not positive."""
    angles = jnp.linspace(0.0, 2 * jnp.pi, _ANGLES, endpoint=False)
    circle = jnp.stack([jnp.cos(angles), jnp.sin(angles)], axis=-1)

    def one(model: NormalFormAutoencoder, p: Array) -> Array:
        radius = jnp.sqrt(jnp.maximum(model.beta(p), 0.0))
        states = jax.vmap(model.at(p).decode)(radius * circle)
        return jnp.sqrt(jnp.mean((states - states.mean(0)[None]) ** 2))

    both = eqx.filter_vmap(lambda m, p: jax.vmap(lambda p: one(m, p))(p), in_axes=(0, None))
    return np.asarray(both(models, jnp.asarray(parameters, jnp.float32)))
