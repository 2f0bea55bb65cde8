"""A ring of excitable tissue with adaptation, near its Hopf bifurcation."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Complex, Float

from .integrate import integrate
from .trajectories import Trajectories

PERIOD = 12.0
GAIN, THRESHOLD, ADAPTATION, SLOWNESS, WIDTH = 6.0, 0.375, 2.75, 10.0, 1.2


def neural_field(state: Float[Array, " twice_n"], current: Float[ArrayLike, ""]) -> Float[Array, " twice_n"]:
    """d(u, a)/dt of the neural field with adaptation of [@kalia2021], on n points of a ring of length 12.

        u' = -u - 2.75 a + w * S(u) + I exp(-(x / 1.2)^2),   a' = (u - a) / 10,
        S(u) = 1 / (1 + exp(-6 (u - 0.375))),   w(x) = exp(-x^2) / sqrt(pi)

    The convolution is the sum over the grid times its spacing, with the shorter distance around the ring.

    Args:
        state: the activity u, then the adaptation a, at the same points.
        current: I, the strength of the input.
    """
    u, a = jnp.split(state, 2)
    n = len(u)
    x = _places(n)
    kernel = PERIOD / n / jnp.sqrt(jnp.pi) * jnp.exp(-(x**2))
    firing = jax.nn.sigmoid(GAIN * (u - THRESHOLD))
    # x is 0 in the middle: rolled there, the kernel's Fourier transform is that of a centred one
    spread = jnp.fft.irfft(jnp.fft.rfft(jnp.fft.ifftshift(kernel)) * jnp.fft.rfft(firing), n)
    drive = current * jnp.exp(-((x / WIDTH) ** 2))
    return jnp.concatenate([-u - ADAPTATION * a + spread + drive, (u - a) / SLOWNESS])


def neural_field_equilibrium(current: float, n: int = 64) -> Float[np.ndarray, " twice_n"]:
    """The stationary bump u = a of an input I, by Newton's method from rest in steps of I.

    Raises:
        RuntimeError: Newton's method does not arrive.

    Example:
        >>> u, a = np.split(neural_field_equilibrium(0.8, 16), 2)
        >>> bool(abs(u - a).max() < 1e-12), int(u.argmax())
        (True, 8)
    """
    return _bumps(np.asarray([current]), n)[0]


def neural_field_growth(current: float, n: int = 64) -> complex:
    """The eigenvalue of largest real part of the linearisation about the stationary bump."""
    with jax.enable_x64(True):
        values = np.linalg.eigvals(np.asarray(_jacobian(neural_field_equilibrium(current, n), current)))
    return complex(values[_leading(values)])


def neural_field_mode(current: float, n: int = 64) -> Complex[np.ndarray, " twice_n"]:
    """The eigenvector of `neural_field_growth`, scaled so that its real part turns with a root mean square of 1.

    Its phase is that in which its mean, weighted by the place along the ring, is positive: it is the same everywhere.
    """
    with jax.enable_x64(True):
        values, modes = np.linalg.eig(np.asarray(_jacobian(neural_field_equilibrium(current, n), current)))
    mode = modes[:, _leading(values)]
    phase = np.linspace(1.0, 2.0, 2 * n) @ mode  # not zero for modes that are even or odd about the bump
    return mode * (abs(phase) / phase) * np.sqrt(2 / np.mean(np.abs(mode) ** 2))


def neural_field_hopf(n: int = 64, between: tuple[float, float] = (0.7, 0.9)) -> float:
    """The input I at which the stationary bump begins to breathe: growth rate zero, by bisection.

    Example:
        >>> round(neural_field_hopf(), 4)
        0.804
    """
    from scipy.optimize import brentq

    return float(brentq(lambda current: neural_field_growth(current, n).real, *between, xtol=1e-8))  # pyright: ignore


def neural_field_trajectories(
    starts: Float[ArrayLike, "trajectories twice_n"],
    currents: Float[ArrayLike, " trajectories"],
    ts: Float[ArrayLike, " times"],
) -> Trajectories:
    """Solutions in distances from the stationary bump of the same input.

    Args:
        starts: distance from the bump at time 0.
        currents: I of each trajectory.
        ts: increasing times from 0 on.
    """
    starts, currents = np.asarray(starts), np.asarray(currents)
    bumps = _bumps(currents, starts.shape[1] // 2)
    found = integrate(neural_field, bumps + starts, currents, ts)
    return found._replace(states=found.states - bumps[:, None])


def _places(n: int) -> Float[Array, " n"]:
    return PERIOD * (jnp.arange(n) - n // 2) / n


def _leading(values: np.ndarray) -> int:
    """The place of the eigenvalue of largest real part, and of positive imaginary part of two that are conjugate."""
    return int(np.argmax(np.real(values) + 1e-12 * np.sign(np.imag(values))))


def _bumps(currents: Float[np.ndarray, " m"], n: int) -> Float[np.ndarray, "m twice_n"]:
    with jax.enable_x64(True):
        bumps, residuals = (np.asarray(part) for part in _newton(jnp.asarray(currents, float), jnp.zeros(2 * n)))
    worst = int(np.argmax(np.nan_to_num(residuals, nan=np.inf)))
    if not residuals[worst] < 1e-10:
        raise RuntimeError(
            f"Newton's method leaves a residual of {residuals[worst]:.1e} at I = {currents[worst]}: take another I."
        )
    return bumps


_jacobian = jax.jit(jax.jacfwd(neural_field))


@jax.jit
def _newton(currents: Float[Array, " m"], rest: Float[Array, " twice_n"]) -> tuple[Array, Array]:
    """Equilibria by eight Newton steps at each quarter of the input, and what is left of the slopes there."""

    def at(current: Array) -> tuple[Array, Array]:
        def step(i, state):
            part = current * jnp.minimum((i // 8 + 1) / 4, 1.0)
            return state - jnp.linalg.solve(jax.jacfwd(neural_field)(state, part), neural_field(state, part))

        state = jax.lax.fori_loop(0, 32, step, rest)
        return state, jnp.abs(neural_field(state, current)).max()

    return jax.lax.map(at, currents)
