"""Transport from one normal density towards another, with a soft terminal cost."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from wellposed.errors import InputError

from ..densities import Gaussian
from .bures_wasserstein import bures_wasserstein


class PenalisedGaussian(NamedTuple):
    """The optimum of alpha W2^2(a, end) / 2 + weight KL(end | b).

    Attributes:
        end: where the transport ends, a normal density between a and b.
        transport_cost: W2^2(a, end) = int int |v|^2 rho dx dt.
        divergence: KL(end | b).
        objective: the least value.
    """

    end: Gaussian
    transport_cost: Float[Array, ""]
    divergence: Float[Array, ""]
    objective: Float[Array, ""]


def penalised_gaussian(
    a: Gaussian, b: Gaussian, weight: float | Float[Array, ""], alpha: float | Float[Array, ""] = 1.0
) -> PenalisedGaussian:
    """The optimum of transport with a terminal Kullback-Leibler cost, in closed form.

    Means and covariances part. The mean solves (alpha I + weight B^-1) m = alpha m_a + weight B^-1 m_b. The covariance
    is S = X^-1 A X^-1 with the map X from the end back to a, for which the slope of the objective vanishes where

        alpha X + weight X A^-1 X = alpha I + weight B^-1,

    so that Y = A^-1/2 X A^-1/2 is the positive root of weight Y^2 + alpha Y = A^-1/2 (alpha I + weight B^-1) A^-1/2.

    Args:
        a: where the mass begins.
        b: the target.
        weight: of the divergence, positive.
        alpha: of the transport, positive.

    Raises:
        InputError: the densities have not the same dimension.
        ValueError: a weight is not positive.

    Example:
        A translation by 1 stops at r / (alpha + r), r = weight / variance:

        >>> a, b = (Gaussian.isotropic(jnp.array([x]), 0.5) for x in (0.0, 1.0))
        >>> round(float(penalised_gaussian(a, b, weight=2.0).end.mean[0]), 4)
        0.8
    """
    if not weight > 0 or not alpha > 0:
        raise ValueError(f"penalised_gaussian expects positive weights, got weight={weight} and alpha={alpha}.")
    if a.mean.shape != b.mean.shape:
        raise InputError(
            f"penalised_gaussian: expected two densities of one dimension, found {len(a.mean)} and {len(b.mean)}: "
            "drop or add coordinates"
        )
    precision = jnp.linalg.inv(b.covariance)
    pull = alpha * jnp.eye(len(a.mean), dtype=a.mean.dtype) + weight * precision
    mean = jnp.linalg.solve(pull, alpha * a.mean + weight * precision @ b.mean)
    root = _function(a.covariance, jnp.sqrt)
    inverse = jnp.linalg.inv(root)
    y = _function(inverse @ pull @ inverse, lambda c: 2 * c / (alpha + jnp.sqrt(alpha**2 + 4 * weight * c)))
    there = jnp.linalg.inv(root @ y @ root)
    end = Gaussian(mean, jnp.linalg.cholesky(there @ a.covariance @ there))
    cost, divergence = bures_wasserstein(a, end), _divergence(end, b)
    return PenalisedGaussian(end, cost, divergence, alpha * cost / 2 + weight * divergence)


def _function(symmetric: Array, f: Callable[[Array], Array]) -> Array:
    values, vectors = jnp.linalg.eigh((symmetric + symmetric.T) / 2)
    return (vectors * f(values)[None]) @ vectors.T


def _divergence(p: Gaussian, q: Gaussian) -> Array:
    white = jnp.linalg.solve(q.factor, jnp.concatenate([p.factor, (p.mean - q.mean)[:, None]], axis=1))
    log_det = lambda g: jnp.sum(jnp.log(jnp.abs(jnp.diagonal(g.factor))))
    return (jnp.sum(white**2) - len(p.mean)) / 2 + log_det(q) - log_det(p)
