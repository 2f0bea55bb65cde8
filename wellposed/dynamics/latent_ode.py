"""The latent ODE: a series is one unknown initial state and a law of motion."""

import dataclasses
import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .flow import Flow
from .observations import Forecast, Observations, divergence, log_likelihood
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

        z(0) ~ N(0, I),   dz/dt = f(z),   x_i ~ N(decode(z(t_i)), sigma^2),

    with q(z(0) | x) = N(mu, s^2) from a network that reads the observations backwards. It is trained by the evidence
    lower bound E_q sum_i log p(x_i | z(t_i)) - KL(q || p), and its states at any times, before, between or beyond the
    observations, come from one `Flow`, whose steps are the same for every series: one scan serves a batch.

    Args:
        size: values of an observation.
        t1: where the interval of the flow ends, which begins at 0; see `until`.
        steps: of the scheme on it.
        key: of the initial weights.
        latent: numbers of a latent state.
        width: of the hidden layers of f (two) and of the decoder (one).
        hidden: of the encoder.
        cell: of the encoder, `rnn` or `gru`.
        noise: sigma before training.
        solver: the scheme of the flow.

    Shapes:
        The map takes the `Observations` of one series and times in [0, t1] to values (times, size).

    Units:
        Those of the data, which are best brought to a mean of 0 and a spread of 1; the time unit is best chosen so
        that a series lasts a few units.

    Example:
        >>> model = LatentODE(2, t1=1.0, steps=10, key=jax.random.key(0))
        >>> seen = Observations(jnp.array([0.1, 0.5]), jnp.ones((2, 2)), jnp.ones((2, 2), bool))
        >>> model(seen, jnp.linspace(0, 1, 5)).shape
        (5, 2)

    When it fails: a path beyond the flow's interval is NaN. Far beyond the times of training the law of motion is
    asked about states that it never saw.

    See also:
        `negative_elbo`, `SeriesRNN`, `LatentSDE`.
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
        self.encoder = TimeReversedEncoder(size, hidden, cell=cell, key=keys[0])
        self.head = eqx.nn.Linear(hidden, 2 * latent, key=keys[1])
        field = LatentField(eqx.nn.MLP(latent, latent, width, 2, jax.nn.elu, key=keys[2]))
        self.flow = Flow(field, RK4() if solver is None else solver, t1=t1, steps=steps)
        self.decoder = eqx.nn.MLP(latent, size, width, 1, jax.nn.relu, key=keys[3])
        self.log_noise = jnp.full(size, math.log(noise))

    def posterior(self, seen: Observations) -> tuple[Float[Array, " latent"], Float[Array, " latent"]]:
        """Mean and logarithm of the standard deviation of z(0), given one series."""
        mean, log_std = jnp.split(self.head(self.encoder(seen)[0]), 2)
        return mean, log_std

    def path(self, z0: Float[Array, " latent"], ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        """The decoded states at `ts` of the motion that begins at z(0)."""
        return jax.vmap(self.decoder)(self.flow.trajectory(z0, ts))

    def __call__(self, seen: Observations, ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        """The path that begins at the posterior's mean."""
        return self.path(self.posterior(seen)[0], ts)

    def forecast(
        self, seen: Observations, ts: Float[Array, " times"], key: Key[Array, ""], samples: int = 32
    ) -> Forecast:
        """Mean and spread at `ts` of paths that begin at draws from the posterior."""
        mean, log_std = self.posterior(seen)
        draws = mean[None] + jnp.exp(log_std)[None] * jax.random.normal(key, (samples, mean.size), mean.dtype)
        paths = jax.vmap(lambda z0: self.path(z0, ts))(draws)
        return Forecast(paths.mean(0), paths.std(0), jnp.exp(self.log_noise))

    def until(self, t1: float) -> "LatentODE":
        """The same model on [0, t1], with steps that are no longer."""
        steps = math.ceil(self.flow.scheme_steps() * t1 / float(self.flow.t1) - 1e-6)
        return eqx.tree_at(lambda m: m.flow, self, dataclasses.replace(self.flow, t1=t1, steps=steps))

    def elbo(
        self, seen: Observations, target: Observations, key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The two parts of the evidence lower bound of one series, by one draw: log-likelihood and divergence."""
        mean, log_std = self.posterior(seen)
        z0 = mean + jnp.exp(log_std) * jax.random.normal(key, mean.shape, mean.dtype)
        return log_likelihood(target, self.path(z0, target.ts), self.log_noise), divergence(mean, log_std)
