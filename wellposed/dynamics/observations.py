"""What a model of time series is shown, and what it has to explain."""

from typing import NamedTuple, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key

from wellposed.train import Minibatches


class Observations(NamedTuple):
    """One series at its own times, padded with slots in which nothing was observed.

    Attributes:
        ts: times, ascending; any in the padding.
        values: what was observed.
        mask: where it was; a value that is not observed is not looked at.
    """

    ts: Float[Array, "*n slots"]
    values: Float[Array, "*n slots size"]
    mask: Bool[Array, "*n slots size"]


class Lesson(NamedTuple):
    """A batch of series for training.

    Attributes:
        seen: what the model sees of each.
        target: what it has to explain: the same, or more.
        weight: of the divergence from the prior; below 1 at first, so that the data are heard before the prior.
    """

    seen: Observations
    target: Observations
    weight: Float[Array, ""]


class Lessons(eqx.Module):
    """Batches of series for `train.fit`, with a weight that rises linearly from 0 to 1.

    Args:
        samples: batches of pairs (seen, target) of `Observations`.
        rise: over how many steps the weight rises; 0 for none.
        cut: the part of the series of which only a beginning of random length is seen, while all is to be explained:
            how much of a series is seen then does not tell how much of it is still to come.

    Example:
        >>> import jax
        >>> some = Observations(jnp.zeros((4, 3)), jnp.zeros((4, 3, 2)), jnp.ones((4, 3, 2), bool))
        >>> lessons = Lessons(Minibatches((some, some), 2, key=jax.random.key(0)), rise=10)
        >>> lesson = lessons(jax.random.key(1), jnp.array(4))
        >>> lesson.seen.values.shape, float(lesson.weight)
        ((2, 3, 2), 0.5)
    """

    samples: Minibatches
    rise: int = eqx.field(static=True, default=0)
    cut: float = eqx.field(static=True, default=0.0)

    def __call__(self, key: Key[Array, ""], step: Array) -> Lesson:
        """Batch number `step`."""
        seen, target = self.samples(key, step)
        if self.cut:
            seen = beginnings(seen, self.cut, key)
        return Lesson(seen, target, jnp.minimum(1.0, (step + 1) / max(self.rise, 1)))


def beginnings(seen: Observations, cut: float, key: Key[Array, ""]) -> Observations:
    """A batch of series in which that part is cut after a random number of observed slots, from one to all.

    Example:
        >>> import jax
        >>> some = Observations(jnp.zeros((4, 3)), jnp.zeros((4, 3, 2)), jnp.ones((4, 3, 2), bool))
        >>> bool((beginnings(some, 1.0, jax.random.key(0)).mask.sum((1, 2)) >= 2).all())
        True
    """
    of_choice, of_length = jax.random.split(key)
    count = jnp.cumsum(seen.mask.any(axis=2), axis=1)  # observed slots so far, (n, slots)
    chosen = jax.random.uniform(of_choice, (len(count),)) < cut
    length = 1 + jnp.floor(jax.random.uniform(of_length, (len(count),)) * count[:, -1])
    kept = (count <= length[:, None]) | ~chosen[:, None]
    return seen._replace(mask=seen.mask & kept[:, :, None])


def first_time(seen: Observations) -> Float[Array, ""]:
    """When one series was first observed.

    Example:
        >>> mask = jnp.array([[False], [True], [True]])
        >>> float(first_time(Observations(jnp.arange(3.0), jnp.zeros((3, 1)), mask)))
        1.0
    """
    return jnp.min(jnp.where(seen.mask.any(axis=1), seen.ts, jnp.inf))


class Forecast(NamedTuple):
    """What a model says about times at which nothing was observed.

    Attributes:
        mean: the expected values.
        spread: standard deviation of the values without noise, as the model does not know them better.
        noise: standard deviation of the noise that an observation would have on top.
    """

    mean: Float[Array | np.ndarray, "*n times size"]
    spread: Float[Array | np.ndarray, "*n times size"]
    noise: Float[Array | np.ndarray, "*n size"]


def log_likelihood(
    target: Observations, mean: Float[Array, "slots size"], log_noise: Float[Array, " size"]
) -> Float[Array, ""]:
    """The log density of what was observed of one series, as `mean` with independent Gaussian noise.

    Example:
        >>> one = Observations(jnp.zeros(2), jnp.array([[0.0], [7.0]]), jnp.array([[True], [False]]))
        >>> round(float(log_likelihood(one, jnp.zeros((2, 1)), jnp.zeros(1))), 4)  # -log(2 pi) / 2
        -0.9189
    """
    error = jnp.where(target.mask, target.values - mean, 0) / jnp.exp(log_noise)[None]
    each = -0.5 * (error**2 + jnp.log(2 * jnp.pi)) - log_noise[None]
    return jnp.sum(jnp.where(target.mask, each, 0))


def log_density(
    z: Float[Array, " size"], mean: Float[Array, " size"], log_std: Float[Array, " size"]
) -> Float[Array, ""]:
    """log N(z; mean, std^2).

    Example:
        >>> round(float(log_density(jnp.ones(1), jnp.zeros(1), jnp.zeros(1))), 4)  # -1/2 - log(2 pi) / 2
        -1.4189
    """
    return jnp.sum(-0.5 * (((z - mean) / jnp.exp(log_std)) ** 2 + jnp.log(2 * jnp.pi)) - log_std)


def divergence(
    mean: Float[Array, " size"],
    log_std: Float[Array, " size"],
    prior_mean: Float[Array, " size"] | None = None,
    prior_log_std: Float[Array, " size"] | None = None,
) -> Float[Array, ""]:
    """KL(N(mean, std^2) || N(prior)), the prior being standard normal unless it is given.

    Example:
        >>> float(divergence(jnp.array([2.0]), jnp.zeros(1)))
        2.0
    """
    m = jnp.zeros_like(mean) if prior_mean is None else prior_mean
    s = jnp.zeros_like(mean) if prior_log_std is None else prior_log_std
    return jnp.sum(s - log_std + 0.5 * (jnp.exp(2 * (log_std - s)) + ((mean - m) / jnp.exp(s)) ** 2 - 1))


@runtime_checkable
class Generative(Protocol):
    """A model with an evidence lower bound: `LatentODE` and `LatentSDE`."""

    def elbo(
        self, seen: Observations, target: Observations, key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Log-likelihood and divergence of one series, by one draw from the posterior."""
        ...


def negative_elbo(
    model: Generative, batch: Lesson, key: Key[Array, ""]
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """The negative evidence lower bound of a batch, per series, as a loss for `train.fit` [@chen2018].

    Args:
        model: of the series.
        batch: series, and the weight of the divergence.
        key: of the draws from the posterior.

    Returns:
        The loss, and its parts `log_likelihood` and `divergence`.
    """
    keys = jax.random.split(key, len(batch.seen.ts))
    fit, kl = (jnp.mean(part) for part in jax.vmap(model.elbo)(batch.seen, batch.target, keys))
    return batch.weight * kl - fit, {"log_likelihood": fit, "divergence": kl}
