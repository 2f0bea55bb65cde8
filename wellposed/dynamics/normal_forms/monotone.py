"""Maps from a parameter of a system to the parameter of a normal form."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key

from wellposed.nn import Perceptron

Scalar = Float[Array, ""]
REACH = 2.0  # of the inverse: twice the sampled range, whose ends are -1 and 1
_HALVINGS = 40


class ParameterMap(eqx.Module):
    """A map alpha -> beta with a way back; alpha is the raw parameter, brought from its sampled range to [-1, 1]."""

    @abc.abstractmethod
    def __call__(self, alpha: Scalar) -> Scalar:
        """beta of alpha."""

    @abc.abstractmethod
    def inverse(self, beta: Scalar) -> Scalar:
        """alpha of beta."""


class MonotoneMap(ParameterMap):
    """A strictly monotone map, whatever its weights are.

        beta(alpha) = s (c + |w_0| alpha + sum_k |w_k| tanh(|v_k| alpha + b_k)),   |.| = softplus,   s = 1 or -1

    Its gradient trains, unlike that of the sign that [@kalia2021] compares, so no map has to be thrown away. It has
    exactly one zero, the bifurcation, and its inverse is computed by bisection rather than learned.

    Args:
        offset: c.
        slope: |w_0| as it begins.
        direction: s.
        width: number of neurons.
        key: of the initial v and b; the w_k begin small.

    When it fails: the inverse of a beta that belongs to an alpha beyond twice the sampled range is an end of that.
    """

    offset: Scalar
    slope: Scalar
    weights: Float[Array, " width"]
    steepness: Float[Array, " width"]
    shifts: Float[Array, " width"]
    direction: Scalar

    def __init__(self, offset: Scalar, slope: Scalar, direction: Scalar, width: int, key: Key[Array, ""]):
        steep, shift = jax.random.split(key)
        self.offset, self.slope, self.direction = offset, _inverse_softplus(slope), direction
        self.weights = jnp.broadcast_to(_inverse_softplus(0.02 * slope), (width,))
        self.steepness = jax.random.normal(steep, (width,))
        self.shifts = jax.random.uniform(shift, (width,), minval=-1.0)

    def __call__(self, alpha: Scalar) -> Scalar:
        """beta of alpha."""
        soft = jax.nn.softplus
        curved = jnp.sum(soft(self.weights) * jnp.tanh(soft(self.steepness) * alpha + self.shifts))
        return jax.lax.stop_gradient(self.direction) * (self.offset + soft(self.slope) * alpha + curved)

    def inverse(self, beta: Scalar) -> Scalar:
        """alpha of beta, within `REACH`."""
        rising = jnp.sign(self.direction)

        def halve(_, ends):
            low, high = ends
            middle = (low + high) / 2
            below = rising * self(middle) < rising * beta
            return jnp.where(below, middle, low), jnp.where(below, high, middle)

        ends = jax.lax.fori_loop(0, _HALVINGS, halve, (-REACH * jnp.ones_like(beta), REACH * jnp.ones_like(beta)))
        return (ends[0] + ends[1]) / 2


class FreeMap(ParameterMap):
    """The autoencoder of the parameter in [@kalia2021]: two perceptrons that nothing keeps monotone.

    Args:
        widths: of the hidden layers of the encoder; the decoder has them in reverse.
        key: of the initial weights.
    """

    encoder: Perceptron
    decoder: Perceptron

    def __init__(self, widths: tuple[int, ...], key: Key[Array, ""]):
        there, back = jax.random.split(key)
        self.encoder = Perceptron((1, *widths, 1), jnp.tanh, key=there)
        self.decoder = Perceptron((1, *widths[::-1], 1), jnp.tanh, key=back)

    def __call__(self, alpha: Scalar) -> Scalar:
        """beta of alpha."""
        return self.encoder(alpha[None])[0]

    def inverse(self, beta: Scalar) -> Scalar:
        """What the decoder makes of beta."""
        return self.decoder(beta[None])[0]


def is_monotone(parameter_map: ParameterMap, points: int = 201) -> Bool[Array, ""]:
    """Whether beta rises or falls throughout the sampled range, looked at in some points.

    Example:
        >>> one = jnp.ones(())
        >>> bool(is_monotone(MonotoneMap(0 * one, one, -one, 4, jax.random.key(0))))
        True
    """
    steps = jnp.diff(jax.vmap(parameter_map)(jnp.linspace(-1.0, 1.0, points)))
    return jnp.all(steps > 0) | jnp.all(steps < 0)


def zero_of(parameter_map: ParameterMap, points: int = 401) -> Scalar:
    """The alpha where beta is zero: the bifurcation. NaN where a map has no zero, or several.

    Example:
        >>> one = jnp.ones(())
        >>> parameter_map = MonotoneMap(-0.5 * one, one, one, 4, jax.random.key(0))
        >>> abs(float(parameter_map(zero_of(parameter_map)))) < 1e-6
        True
    """
    grid = jnp.linspace(-REACH, REACH, points)
    betas = jax.vmap(parameter_map)(grid)
    crossing = (betas[:-1] < 0) != (betas[1:] < 0)
    place = jnp.argmax(crossing)
    ends = (grid[place], grid[place + 1])
    rising = jnp.sign(betas[place + 1] - betas[place])

    def halve(_, ends):
        middle = (ends[0] + ends[1]) / 2
        below = rising * parameter_map(middle) < 0
        return jnp.where(below, middle, ends[0]), jnp.where(below, ends[1], middle)

    ends = jax.lax.fori_loop(0, _HALVINGS, halve, ends)
    return jnp.where(jnp.sum(crossing) == 1, (ends[0] + ends[1]) / 2, jnp.nan)


def _inverse_softplus(value: Scalar) -> Scalar:
    return jnp.log(jnp.expm1(value))
