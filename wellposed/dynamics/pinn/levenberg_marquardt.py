"""Levenberg-Marquardt for small networks: least squares with the whole Jacobian."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Float, PyTree, Shaped

Model = TypeVar("Model")
_LEAST, _MOST = 1e-14, 1e8  # damping


class Term(NamedTuple):
    """One kind of residual, asked at many samples: weight * mean(residual(model, sample)^2) joins the loss.

    Attributes:
        residual: `(model, sample) -> scalar`.
        samples: a tree of arrays with the samples as their first axis.
        weight: of the mean square.
    """

    residual: Callable[[Any, Any], Float[Array, ""]]
    samples: PyTree[Shaped[Array, "samples ..."]]
    weight: float = 1.0


class Iterate(NamedTuple):
    """Where the iteration stands; a tree of arrays, so that it can be stored.

    Attributes:
        theta: the trained numbers of the model.
        damping: mu.
        loss: the sum of the weighted mean squares at theta.
        accepted: whether the last step was taken.
    """

    theta: Float[Array, " size"]
    damping: Float[Array, ""]
    loss: Float[Array, ""]
    accepted: Bool[Array, ""]


class LevenbergMarquardt(eqx.Module):
    """Least squares by damped Gauss-Newton steps [@marquardt1963]: (J'J + mu) step = -J'r.

    mu falls by a factor when a step lowers the loss, and grows by another when it does not; that step is then not
    taken. The whole Jacobian is formed, a row a sample, by reverse mode: right for some thousand numbers, where a
    step costs samples * size^2 and gains what a first-order method needs thousands of steps for.

    Args:
        model: where it begins; what it is made of beside the trained arrays.
        trainable: a tree of booleans as in `equinox.partition`.
        faster: what mu is divided by after a step that was taken.
        slower: what it is multiplied with after one that was not.

    Example:
        >>> line = jnp.array([0.0, 0.0])
        >>> off = lambda line, sample: line[0] + line[1] * sample[0] - sample[1]
        >>> xs = jnp.linspace(0.0, 1.0, 5)
        >>> terms = (Term(off, (xs, 1 + 2 * xs)),)
        >>> method = LevenbergMarquardt(line, True)
        >>> state = method.start(terms)
        >>> for _ in range(20):
        ...     state = method.step(state, terms)
        >>> method.model_of(state).round(3)
        Array([1., 2.], dtype=float32)

    When it fails: in single precision J'J loses the small singular values, which is where the last digits are; take
    double precision.
    """

    model: Any
    trainable: Any
    faster: float = eqx.field(static=True, default=3.0)
    slower: float = eqx.field(static=True, default=2.0)

    def start(self, terms: tuple[Term, ...], damping: float = 1e-2) -> Iterate:
        """The first iterate."""
        theta, _ = ravel_pytree(eqx.filter(self.model, self.trainable))
        mu = jnp.asarray(damping, theta.dtype)
        return Iterate(theta, mu, _loss(self, theta, terms), jnp.array(True))

    def model_of(self, state: Iterate) -> Any:
        """The model at an iterate."""
        return self.at(state.theta)

    def at(self, theta: Float[Array, " size"]) -> Any:
        """The model with these trained numbers."""
        params, frozen = eqx.partition(self.model, self.trainable)
        return eqx.combine(ravel_pytree(params)[1](theta), frozen)

    def step(self, state: Iterate, terms: tuple[Term, ...]) -> Iterate:
        """One step, taken or not; the loss is that of these terms, which may have other samples than before."""
        return _step(self, state, terms)


@eqx.filter_jit
def _loss(method: LevenbergMarquardt, theta: Array, terms: tuple[Term, ...]) -> Float[Array, ""]:
    model = method.at(theta)
    parts = [
        term.weight * jnp.mean(jax.vmap(lambda s, f=term.residual: f(model, s))(term.samples) ** 2) for term in terms
    ]
    return jnp.sum(jnp.stack(parts))


@eqx.filter_jit
def _step(method: LevenbergMarquardt, state: Iterate, terms: tuple[Term, ...]) -> Iterate:
    size = len(state.theta)
    JJ, Jr, loss = jnp.zeros((size, size), state.theta.dtype), jnp.zeros_like(state.theta), jnp.zeros_like(state.loss)
    for term in terms:
        pointwise = jax.value_and_grad(lambda theta, s, f=term.residual: f(method.at(theta), s))
        r, J = jax.vmap(pointwise, in_axes=(None, 0))(state.theta, term.samples)  # (samples,), (samples, size)
        share = term.weight / len(r)
        JJ, Jr, loss = JJ + share * (J.T @ J), Jr + share * (J.T @ r), loss + share * (r @ r)
    factor = jax.scipy.linalg.cho_factor(JJ + state.damping * jnp.eye(size, dtype=JJ.dtype))
    theta = state.theta - jax.scipy.linalg.cho_solve(factor, Jr)
    tried = _loss(method, theta, terms)
    better = tried < loss  # False for NaN, as a factorisation that broke down gives
    mu = jnp.where(better, state.damping / method.faster, state.damping * method.slower)
    return Iterate(
        jnp.where(better, theta, state.theta), jnp.clip(mu, _LEAST, _MOST), jnp.where(better, tried, loss), better
    )
