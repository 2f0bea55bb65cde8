"""Where the training of a normal-form autoencoder begins: the best affine coordinates."""

import itertools
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from .form import NormalForm

Scalar = Float[Array, ""]
_STEPS = 400


class AffineStart(NamedTuple):
    """z = weight (x - 0) + offset, x = inverse (z - offset), beta = intercept + slope alpha, tau^2 = exp(log_time).

    Attributes:
        weight: shape (d, n).
        inverse: shape (n, d).
        offset: shape (d,).
        intercept: of beta.
        slope: of beta, of either sign.
        log_time: log tau^2.
        residual: what of the latent slopes the normal form does not explain: mean square over mean square.
        log_time_slope: of log tau^2 over the parameter, whose middle has `log_time`; 0 if the time scale is constant.
        form: the normal form with its own numbers, if it has any, as they suit the data; None if it was not looked at.
    """

    weight: Float[Array, "d n"]
    inverse: Float[Array, "n d"]
    offset: Float[Array, " d"]
    intercept: Scalar
    slope: Scalar
    log_time: Scalar
    residual: Scalar
    log_time_slope: Scalar | float = 0.0
    form: NormalForm | None = None


class _Guess(NamedTuple):
    log_size: Scalar
    offset: Float[Array, " d"]
    intercept: Scalar
    log_slope: Scalar
    log_time: Scalar
    log_time_slope: Scalar
    numbers: NormalForm  # its arrays


def affine_start(
    form: NormalForm,
    states: Float[Array, "samples n"],
    slopes: Float[Array, "samples n"],
    alphas: Float[Array, " samples"],
    varying: bool = False,
) -> AffineStart:
    """The affine coordinates and parameter map in which samples follow a normal form best.

    The directions are the principal ones of the slopes, scaled to the states: what an oscillation drags along without
    turning itself, such as the mean of a flow, may be as large as the oscillation.

    Their orientation (which way an oscillation turns, which of two
    equilibria is the stable one, whether beta rises or falls) is what gradients cannot turn round: all of them are
    tried, from several sizes and times, and a handful of numbers is fitted to the slopes in each case.

    Args:
        form: the normal form.
        states: in units of their root mean square.
        slopes: their time derivatives.
        alphas: the parameter of each sample, in [-1, 1].
        varying: whether the time scale may change with the parameter. An oscillation's frequency changes much more
            than it grows; if nothing else explains that change, it decides about beta.
    """
    d = form.dimension
    Vt = np.linalg.svd(np.asarray(slopes, np.float64), full_matrices=False)[2]
    spread = np.sqrt(np.mean((np.asarray(states, np.float64) @ Vt[:d].T) ** 2, axis=0))
    whiten, unwhiten = Vt[:d] / spread[:, None], Vt[:d].T * spread[None]
    z, dz = (jnp.asarray(np.asarray(part) @ whiten.T, jnp.float32) for part in (states, slopes))
    numbers, rest = eqx.partition(form, eqx.is_inexact_array)
    signs, guesses = _guesses(d, float(jnp.sqrt(jnp.mean(dz**2))), numbers)
    found, residuals = _refined(rest, signs, guesses, z, dz, jnp.asarray(alphas, jnp.float32), varying)
    best = int(np.nanargmin(np.asarray(residuals)))
    sign, guess = signs[best], jax.tree.map(lambda leaf: leaf[best], found)
    size = jnp.exp(guess.log_size) * sign[:d]
    return AffineStart(
        size[:, None] * jnp.asarray(whiten, jnp.float32),
        jnp.asarray(unwhiten, jnp.float32) / size[None],
        guess.offset,
        guess.intercept,
        sign[d] * jnp.exp(guess.log_slope),
        guess.log_time,
        residuals[best],
        guess.log_time_slope,
        eqx.combine(guess.numbers, rest),
    )


def _guesses(d: int, speed: float, numbers: NormalForm) -> tuple[Float[Array, "m d_plus_1"], _Guess]:
    """Orientations of z and of beta, and from where the numbers are fitted."""
    cases = list(
        itertools.product(itertools.product((1.0, -1.0), repeat=d + 1), (0.0, -1.2), (-1.2, 0.0, 1.2), (-1.5, 0.0))
    )
    signs, sizes, times, slopes = (np.asarray(part, np.float32) for part in zip(*cases, strict=True))
    zero, on_device = np.zeros(len(cases)), lambda part: jnp.asarray(part, jnp.float32)
    parts = (sizes, np.zeros((len(cases), d)), zero, slopes, times - np.log(speed), zero)
    many = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (len(cases), *leaf.shape)), numbers)
    size, offset, intercept, slope, time, time_slope = map(on_device, parts)
    return on_device(signs), _Guess(size, offset, intercept, slope, time, time_slope, many)


@eqx.filter_jit
def _refined(
    rest: NormalForm, signs: Array, guesses: _Guess, z: Array, dz: Array, alphas: Array, varying: bool
) -> tuple[_Guess, Array]:
    d = z.shape[1]
    optimiser = optax.adam(0.03)

    def residual(guess: _Guess, sign: Array) -> Array:
        size = jnp.exp(guess.log_size) * sign[:d]
        latent, wanted = z * size[None] + guess.offset[None], dz * size[None]
        betas = guess.intercept + sign[d] * jnp.exp(guess.log_slope) * alphas
        log_times = guess.log_time + (guess.log_time_slope if varying else 0.0) * alphas
        form = eqx.combine(guess.numbers, rest)
        slopes = jnp.exp(-log_times)[:, None] * jax.vmap(form)(latent, betas)
        return jnp.mean((wanted - slopes) ** 2) / jnp.mean(wanted**2)

    def refine(guess: _Guess, sign: Array) -> tuple[_Guess, Array]:
        def step(carry, _):
            guess, memory = carry
            updates, memory = optimiser.update(jax.grad(residual)(guess, sign), memory)
            return (jax.tree.map(jnp.add, guess, updates), memory), None

        (guess, _), _ = jax.lax.scan(step, (guess, optimiser.init(guess)), None, length=_STEPS)  # pyright: ignore[reportArgumentType]
        return guess, residual(guess, sign)

    return jax.vmap(refine)(guesses, signs)
