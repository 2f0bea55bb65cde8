"""Ensemble Kalman filters: with perturbed observations, and the deterministic transform."""

from collections.abc import Callable
from typing import Any, Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .observed import Assimilated, Observed

Kind = Literal["transform", "perturbed"]
Ensemble = Float[Array, "members state"]


class EnsembleKalman(eqx.Module):
    """The ensemble Kalman filter, whose covariance is that of an ensemble of forecasts.

    With anomalies X = (x_i - mean x) / sqrt(m - 1) and Y those of h(x_i), the gain is K = X Y' (Y Y' + sigma^2 I)^-1.
    `perturbed` moves each member by K (y + sigma e_i - h(x_i)) [@burgers1998]. `transform` moves the mean by K (y -
    mean h) and multiplies the anomalies by (I + Y' Y / sigma^2)^(-1/2), which has no sampling noise [@hunt2007].

    Args:
        model: a map of one state over the time between observations, such as a `Flow`.
        kind: of analysis.
        inflation: the forecast anomalies are multiplied by it: it stands for errors that the ensemble does not see.

    Raises:
        ValueError: for an unknown kind.

    Example:
        >>> still = EnsembleKalman(lambda x: x)
        >>> members = jax.random.normal(jax.random.key(0), (40, 1))
        >>> ys = Observed(jnp.full((30, 1), 2.0), lambda x: x, 1.0)
        >>> found = still(members, ys, jax.random.key(1))
        >>> abs(float(found.states[-1, 0]) - 2) < 0.3, round(float(found.spread[-1]), 1)
        (True, 0.2)

    When it fails: an ensemble smaller than the number of growing directions loses the truth; its spread then lies far
    below its error.
    """

    model: Callable[[Any], Any]
    kind: Kind = eqx.field(static=True, default="transform")
    inflation: float = 1.0

    def __check_init__(self):
        if self.kind not in get_args(Kind):
            raise ValueError(f"EnsembleKalman expects a kind of {list(get_args(Kind))}, got {self.kind!r}.")

    @eqx.filter_jit
    def __call__(self, ensemble: Ensemble, observations: Observed, key: PRNGKeyArray) -> Assimilated:
        """Forecast and analyse at every observation in turn.

        Args:
            ensemble: members one step before the first observation.
            observations: one step of the model apart.
            key: of the perturbed observations; not used by the transform.
        """

        def onward(members: Ensemble, tick: tuple[Array, Array]) -> tuple[Ensemble, tuple[Array, Array, Array]]:
            y, key = tick
            members = self._inflated(jax.vmap(self.model)(members))
            before = members.mean(axis=0)
            members = self.analysis(members, observations, y, key)
            spread = jnp.sqrt(jnp.mean(members.var(axis=0, ddof=1)))
            return members, (before, members.mean(axis=0), spread)

        keys = jax.random.split(key, len(observations.values))
        _, (before, after, spread) = jax.lax.scan(onward, ensemble, (observations.values, keys))
        return Assimilated(after, before, spread, jnp.isfinite(after).all(axis=1))

    def analysis(
        self, members: Ensemble, observations: Observed, y: Float[Array, " observed"], key: PRNGKeyArray
    ) -> Ensemble:
        """The members after one observation."""
        seen = jax.vmap(observations.observe)(members)  # (members, observed)
        sigma, root = observations.sigma, jnp.sqrt(len(members) - 1.0)
        X, Y = (members - members.mean(0)[None]) / root, (seen - seen.mean(0)[None]) / (root * sigma)
        if self.kind == "transform":
            s, V = jnp.linalg.eigh(Y @ Y.T)  # in the space of the ensemble: (I + Y Y')^-1 = V (1 + s)^-1 V'
            s = jnp.maximum(s, 0)
            weights = V @ ((V.T @ (Y @ ((y - seen.mean(0)) / sigma))) / (1 + s))
            mean = members.mean(0) + weights @ X
            return mean[None] + root * (V * (1 + s)[None] ** -0.5) @ V.T @ X
        innovations = y[None] + sigma * _centred(jax.random.normal(key, seen.shape, seen.dtype)) - seen
        whitened = jnp.linalg.solve(jnp.eye(len(y), dtype=Y.dtype) + Y.T @ Y, innovations.T / sigma)
        return members + (Y @ whitened).T @ X

    def _inflated(self, members: Ensemble) -> Ensemble:
        mean = members.mean(axis=0, keepdims=True)
        return mean + self.inflation * (members - mean)


def _centred(noise: Array) -> Array:
    return noise - noise.mean(axis=0, keepdims=True)
