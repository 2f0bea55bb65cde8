"""Lorenz's model of 1996 near its first Hopf bifurcation."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from .integrate import integrate
from .trajectories import Trajectories


def lorenz96(u: Float[Array, " n"], F: Float[ArrayLike, ""]) -> Float[Array, " n"]:
    """du/dt of the Lorenz-96 system [@lorenz1996], in distances u = x - F from its equilibrium x = F.

        dx_i/dt = x_{i-1} (x_{i+1} - x_{i-2}) - x_i + F,   indices modulo n

    Example:
        >>> float(abs(lorenz96(jnp.zeros(8), 0.9)).max())
        0.0
    """
    x = u + F
    return jnp.roll(x, 1) * (jnp.roll(x, -1) - jnp.roll(x, 2)) - u


class Hopf(NamedTuple):
    """The first Hopf bifurcation of an equilibrium when the parameter grows.

    Attributes:
        wave: number of the critical wave around the ring.
        parameter: where its growth rate is zero.
        frequency: of the oscillation there, in radians per unit of time.
    """

    wave: int
    parameter: float
    frequency: float


def lorenz96_hopf(n: int = 64) -> Hopf:
    """The first Hopf bifurcation of x = F in closed form [@vankekem2018].

    Wave l has the eigenvalue `-1 + F (exp(i a) - exp(-2 i a))`, a = 2 pi l / n, so it becomes unstable at
    F = 1 / (cos a - cos 2a), and turns by F (sin a + sin 2a).

    Example:
        >>> wave, F, _ = lorenz96_hopf(64)
        >>> wave, round(F, 4)
        (13, 0.8915)
    """
    angles = 2 * np.pi * np.arange(n // 2 + 1) / n
    growth = np.cos(angles) - np.cos(2 * angles)
    wave = int(np.argmax(growth))
    F = 1 / growth[wave]
    return Hopf(wave, float(F), float(F * (np.sin(angles[wave]) + np.sin(2 * angles[wave]))))


class WaveRuns(NamedTuple):
    """Runs that stayed on the wave they began with, and how many did not.

    Attributes:
        trajectories: those that stayed.
        discarded: how many ended with another dominant wave.
    """

    trajectories: Trajectories
    discarded: int


def lorenz96_trajectories(
    key: Array,
    F: Float[ArrayLike, " trajectories"],
    amplitudes: Float[ArrayLike, " trajectories"],
    ts: Float[ArrayLike, " times"],
    n: int = 64,
    noise: float = 1e-3,
) -> WaveRuns:
    """Runs that begin on the critical wave with small noise; those that end on another wave are left out.

    Waves 13 and 14 of 64 become unstable at almost one F, and two oscillations need four dimensions: a run that
    ends on the other wave belongs to another normal form.

    Args:
        key: of phases and noise.
        F: parameter of each run.
        amplitudes: root mean square of u(0) of each run.
        ts: increasing times from 0 on; a run is judged by its last state.
        n: sites on the ring.
        noise: root mean square of white noise in u(0), relative to its amplitude.
    """
    wave, (phases, white) = lorenz96_hopf(n).wave, jax.random.split(key)
    amplitudes = np.asarray(amplitudes)
    phase = np.asarray(jax.random.uniform(phases, (len(amplitudes), 1))) * 2 * np.pi
    mode = np.sqrt(2) * np.cos(2 * np.pi * wave * np.arange(n)[None] / n + phase)
    rough = noise * np.asarray(jax.random.normal(white, mode.shape))
    found = integrate(lorenz96, amplitudes[:, None] * (mode + rough), F, ts)
    stayed = dominant_wave(found.states[:, -1]) == wave
    return WaveRuns(found.take(stayed), int(np.sum(~stayed)))


def dominant_wave(states: Float[np.ndarray, "n sites"]) -> np.ndarray:
    """The number of the strongest wave of each state, the mean left out.

    Example:
        >>> dominant_wave(np.cos(2 * np.pi * 3 * np.arange(16.0) / 16)[None])
        array([3])
    """
    return 1 + np.argmax(np.abs(np.fft.rfft(states, axis=-1))[:, 1:], axis=-1)
