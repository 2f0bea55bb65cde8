"""The latent ODE: a series is one unknown initial state and a law of motion."""

import dataclasses
import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .flow import Flow
from .observations import Forecast, Observations, divergence, first_time, log_density, log_likelihood
from .schemes import RK4, AbstractScheme
from .time_reversed import Cell, TimeReversedEncoder


class LatentField(eqx.Module):
    """dz/dt = f(z), a perceptron of two hidden layers: the law of motion of a latent ODE, the same at all times."""

    net: eqx.nn.MLP

    def __call__(self, t: float | Array, z: Float[Array, " latent"], args: None = None) -> Float[Array, " latent"]:
        """The velocity at z."""
        return self.net(z)


class LatentODE(eqx.Module):
    """A generative model of irregular time series [@chen2018] [@rubanova2019].

    Equation:

        z(t_0) ~ N(0, I),   dz/dt = f(z),   x_i ~ N(decode(z(t_i)), sigma^2),

    with q(z(t_0) | x) = N(mu, s^2) from a network that reads the observations backwards, to the first one at t_0. It is
    trained by the evidence lower bound E_q sum_i log p(x_i | z(t_i)) - KL(q || p). Its states at any later times,
    between or beyond the observations, come from one `Flow`, whose steps are the same for every series: one scan serves
    a batch. Neither the law nor the encoder has a clock, so that a series which is observed later is the same series.

    Args:
        size: values of an observation.
        t1: how long the flow is followed from the first observation on; see `until`.
        steps: of the scheme on it.
        key: of the initial weights.
        latent: numbers of a latent state.
        width: of the hidden layers of f (two) and of the decoder (one).
        hidden: of the encoder.
        cell: of the encoder, `rnn` or `gru`.
        noise: sigma before training.
        solver: the scheme of the flow.

    Shapes:
        The map takes the `Observations` of one series and times in [t_0, t_0 + t1] to values (times, size).

    Units:
        Those of the data, which are best brought to a mean of 0 and a spread of 1; the time unit is best chosen so
        that a series lasts a few units.

    Example:
        >>> model = LatentODE(2, t1=1.0, steps=10, key=jax.random.key(0))
        >>> seen = Observations(jnp.array([0.1, 0.5]), jnp.ones((2, 2)), jnp.ones((2, 2), bool))
        >>> model(seen, jnp.linspace(0.1, 1, 5)).shape
        (5, 2)

    When it fails: a path before the first observation, or beyond the flow's interval, is NaN. Beyond the times of
    training the path soon leaves the states that the law was trained on, however well it explains what was seen:
    `Continuity` keeps it there.

    See also:
        `negative_elbo`, `Continuity`, `SeriesRNN`, `LatentSDE`.
    """

    encoder: TimeReversedEncoder
    head: eqx.nn.Linear
    flow: Flow
    decoder: eqx.nn.MLP
    log_noise: Float[Array, " size"]

    def __init__(
        self,
        size: int,
        *,
        t1: float,
        steps: int,
        key: Key[Array, ""],
        latent: int = 4,
        width: int = 20,
        hidden: int = 25,
        cell: Cell = "gru",
        noise: float = 0.3,
        solver: AbstractScheme | None = None,
    ):
        keys = jax.random.split(key, 4)
        self.encoder = TimeReversedEncoder(size, hidden, cell=cell, clock=False, key=keys[0])
        self.head = eqx.nn.Linear(hidden, 2 * latent, key=keys[1])
        field = LatentField(eqx.nn.MLP(latent, latent, width, 2, jax.nn.elu, key=keys[2]))
        self.flow = Flow(field, RK4() if solver is None else solver, t1=t1, steps=steps)
        self.decoder = eqx.nn.MLP(latent, size, width, 1, jax.nn.relu, key=keys[3])
        self.log_noise = jnp.full(size, math.log(noise))

    def posteriors(self, seen: Observations) -> tuple[Float[Array, "slots latent"], Float[Array, "slots latent"]]:
        """Mean and logarithm of the standard deviation of z at each slot, given what was observed there and later."""
        mean, log_std = jnp.split(jax.vmap(self.head)(self.encoder(seen)), 2, axis=1)
        return mean, log_std

    def posterior(self, seen: Observations) -> tuple[Float[Array, " latent"], Float[Array, " latent"]]:
        """The same at the first observation, given all of one series."""
        mean, log_std = self.posteriors(seen)
        return mean[0], log_std[0]

    def path(self, z0: Float[Array, " latent"], ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        """The decoded states at `ts`, counted from the first observation, of the motion that begins at z0."""
        return jax.vmap(self.decoder)(self.flow.trajectory(z0, ts))

    def __call__(self, seen: Observations, ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        """The path that begins at the posterior's mean."""
        return self.path(self.posterior(seen)[0], ts - first_time(seen))

    def forecast(
        self, seen: Observations, ts: Float[Array, " times"], key: Key[Array, ""], samples: int = 32
    ) -> Forecast:
        """Mean and spread at `ts` of paths that begin at draws from the posterior."""
        mean, log_std = self.posterior(seen)
        draws = mean[None] + jnp.exp(log_std)[None] * jax.random.normal(key, (samples, mean.size), mean.dtype)
        paths = jax.vmap(lambda z0: self.path(z0, ts - first_time(seen)))(draws)
        return Forecast(paths.mean(0), paths.std(0), jnp.exp(self.log_noise))

    def until(self, t1: float) -> "LatentODE":
        """The same model on [0, t1], with steps that are no longer."""
        steps = math.ceil(self.flow.scheme_steps() * t1 / float(self.flow.t1) - 1e-6)
        return eqx.tree_at(lambda m: m.flow, self, dataclasses.replace(self.flow, t1=t1, steps=steps))

    def elbo(
        self, seen: Observations, target: Observations, key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The two parts of the evidence lower bound of one series, by one draw: log-likelihood and divergence."""
        fit, kl, _ = self.evidence(seen, target, key)
        return fit, kl

    def evidence(
        self, seen: Observations, target: Observations, key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], Float[Array, ""], Float[Array, ""]]:
        """The two parts of the bound, and the continuity of the same path: see `Continuity`."""
        mean, log_std = self.posteriors(seen)
        z0 = mean[0] + jnp.exp(log_std[0]) * jax.random.normal(key, mean[0].shape, mean.dtype)
        observed, explained = (series.mask.any(axis=1) for series in (seen, target))
        since = lambda series, there: jnp.where(there, series.ts - first_time(seen), 0)  # padding has any times
        states = self.flow.trajectory(z0, jnp.concatenate([since(seen, observed), since(target, explained)]))
        along, later = jnp.split(states, [len(seen.ts)])
        each = jax.vmap(log_density)(along, mean, log_std)
        continuity = jnp.sum(jnp.where(observed, each, 0)) / observed.sum()
        fit = log_likelihood(target, jax.vmap(self.decoder)(later), self.log_noise)
        return fit, divergence(mean[0], log_std[0]), continuity
