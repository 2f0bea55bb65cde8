"""The latent SDE: a law of motion with noise of its own, learned from irregular series."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .observations import Forecast, Observations, divergence, log_likelihood
from .time_reversed import TimeReversedEncoder

FLOOR = 1e-3  # of the diffusion, which divides the difference of the drifts


class Diffusion(eqx.Module):
    """A diagonal diffusion in (0, 1): each coordinate's own perceptron of that coordinate."""

    nets: eqx.nn.MLP  # stacked

    def __init__(self, latent: int, width: int, *, key: Key[Array, ""]):
        build = lambda key: eqx.nn.MLP(1, 1, width, 1, jax.nn.softplus, jax.nn.sigmoid, key=key)
        self.nets = eqx.filter_vmap(build)(jax.random.split(key, latent))

    def __call__(self, z: Float[Array, " latent"]) -> Float[Array, " latent"]:
        """g(z), positive."""
        return FLOOR + eqx.filter_vmap(lambda net, one: net(one))(self.nets, z[:, None])[:, 0]


class LatentSDE(eqx.Module):
    """A stochastic generative model of irregular time series [@li2020].

    Equation, in the sense of Itô: the prior, and the posterior that is told by its context c(t) what is observed
    from t on,

        dz = h(z) dt + g(z) dW,   dz = f(z, c(t)) dt + g(z) dW,   x_i ~ N(P z(t_i), sigma^2).

    Both share g, so that by Girsanov's theorem KL(posterior || prior) = E int |u|^2 / 2 dt with u = (f - h) / g, to
    which the divergence of z(0) is added. Beyond the last observation the posterior moves as the prior does.

    Both are solved by Euler and Maruyama [@maruyama1955] under one scan, with the increments of W drawn beforehand: at
    fixed steps no tree of bridges is needed, and the integral comes with the same steps.

    Args:
        size: values of an observation.
        t1: where the interval of the equation ends, which begins at 0.
        steps: of equal length on it; between two the path is linear.
        key: of the initial weights.
        latent: numbers of a latent state.
        context: numbers of the context.
        width: of the hidden layers of the drifts (two each) and of the encoder.
        narrow: width of the diffusion's perceptrons.
        noise: sigma, fixed; in the unit of the data.

    Shapes:
        The map takes the `Observations` of one series, times in [0, t1] and a key to values (times, size): one
        draw from the posterior.

    Example:
        >>> model = LatentSDE(3, t1=1.0, steps=10, key=jax.random.key(0))
        >>> model.sample(jax.random.key(1), jnp.linspace(0, 1, 5)).shape
        (5, 3)

    When it fails: the steps are explicit, so a drift that is stiff on them grows without bound.

    See also:
        `negative_elbo`, and `LatentODE`, whose motion has no noise.
    """

    encoder: TimeReversedEncoder
    to_context: eqx.nn.Linear
    head: eqx.nn.Linear
    posterior_drift: eqx.nn.MLP
    prior_drift: eqx.nn.MLP
    diffusion: Diffusion
    decoder: eqx.nn.Linear
    first_mean: Float[Array, " latent"]
    first_log_std: Float[Array, " latent"]
    log_noise: tuple[float, ...] = eqx.field(static=True)
    t1: float = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    def __init__(
        self,
        size: int,
        *,
        t1: float,
        steps: int,
        key: Key[Array, ""],
        latent: int = 4,
        context: int = 64,
        width: int = 128,
        narrow: int = 128,
        noise: float = 0.01,
    ):
        keys = jax.random.split(key, 7)
        drift = lambda inputs, key: eqx.nn.MLP(inputs, latent, width, 2, jax.nn.softplus, key=key)
        self.encoder = TimeReversedEncoder(size, width, key=keys[0])
        self.to_context = eqx.nn.Linear(width, context, key=keys[1])
        self.head = eqx.nn.Linear(context, 2 * latent, key=keys[2])
        self.posterior_drift = drift(latent + context, keys[3])
        self.prior_drift = drift(latent, keys[4])
        self.diffusion = Diffusion(latent, narrow, key=keys[5])
        self.decoder = eqx.nn.Linear(latent, size, key=keys[6])
        self.first_mean = jnp.zeros(latent)
        self.first_log_std = jnp.zeros(latent)
        self.log_noise = (math.log(noise),) * size
        self.t1, self.steps = float(t1), steps

    def __call__(
        self, seen: Observations, ts: Float[Array, " times"], key: Key[Array, ""]
    ) -> Float[Array, "times size"]:
        """One draw from the posterior."""
        return self._decoded(self._posterior(seen, key)[0], ts)

    def sample(self, key: Key[Array, ""], ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        """One draw from the prior, which has seen no series: a path of the learned system, without noise."""
        of_first, of_path = jax.random.split(key)
        unit = jax.random.normal(of_first, self.first_mean.shape)
        z0 = self.first_mean + jnp.exp(self.first_log_std) * unit

        def step(z: Array, dw: Array) -> tuple[Array, Array]:
            z = z + self._h * self.prior_drift(z) + self.diffusion(z) * dw
            return z, z

        states = jax.lax.scan(step, z0, self._increments(of_path))[1]
        return self._decoded(jnp.concatenate([z0[None], states]), ts)

    def forecast(
        self, seen: Observations, ts: Float[Array, " times"], key: Key[Array, ""], samples: int = 32
    ) -> Forecast:
        """Mean and spread at `ts` of draws from the posterior."""
        paths = jax.vmap(lambda key: self(seen, ts, key))(jax.random.split(key, samples))
        return Forecast(paths.mean(0), paths.std(0), jnp.exp(jnp.array(self.log_noise)))

    def elbo(
        self, seen: Observations, target: Observations, key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """The two parts of the evidence lower bound of one series, by one draw: log-likelihood and divergence."""
        states, kl = self._posterior(seen, key)
        return log_likelihood(target, self._decoded(states, target.ts), jnp.array(self.log_noise)), kl

    def _posterior(self, seen: Observations, key: Key[Array, ""]) -> tuple[Float[Array, "points latent"], Array]:
        """The states at the steps, from t = 0 on, and the divergence from the prior along this path."""
        of_first, of_path = jax.random.split(key)
        contexts = jax.vmap(self.to_context)(self.encoder(seen))
        mean, log_std = jnp.split(self.head(contexts[0]), 2)
        z0 = mean + jnp.exp(log_std) * jax.random.normal(of_first, mean.shape)
        begins = self._h * jnp.arange(self.steps)
        observed = seen.mask.any(axis=1)
        next_times = jax.lax.cummin(jnp.where(observed, seen.ts, jnp.inf), reverse=True)
        place = jnp.searchsorted(next_times, begins + 1e-3 * self._h)  # an observation at t is past
        known = jnp.concatenate([contexts, jnp.zeros_like(contexts[:1])])[place]
        more = begins + 1e-3 * self._h < jnp.max(jnp.where(observed, seen.ts, -jnp.inf))

        def step(carry: tuple[Array, Array], now: tuple[Array, Array, Array]) -> tuple[tuple[Array, Array], Array]:
            z, kl = carry
            c, more, dw = now
            h, g = self.prior_drift(z), self.diffusion(z)
            f = jnp.where(more, self.posterior_drift(jnp.concatenate([z, c])), h)
            z = z + self._h * f + g * dw
            return (z, kl + 0.5 * self._h * jnp.sum(((f - h) / g) ** 2)), z

        start = (z0, divergence(mean, log_std, self.first_mean, self.first_log_std))
        (_, kl), states = jax.lax.scan(step, start, (known, more, self._increments(of_path)))
        return jnp.concatenate([z0[None], states]), kl

    @property
    def _h(self) -> float:
        return self.t1 / self.steps

    def _increments(self, key: Key[Array, ""]) -> Float[Array, "steps latent"]:
        return math.sqrt(self._h) * jax.random.normal(key, (self.steps, len(self.first_mean)))

    def _decoded(self, states: Float[Array, "points latent"], ts: Float[Array, " times"]) -> Float[Array, "times size"]:
        """The values at any times, from the states at the steps; NaN outside the interval."""
        place = ts / self._h
        k = jnp.clip(jnp.floor(place + 1e-4).astype(int), 0, self.steps - 1)
        s = jnp.clip(place - k, 0, 1)[:, None]
        inside = (ts >= -1e-4 * self._h) & (ts <= self.t1 + 1e-4 * self._h)
        z = (1 - s) * states[k] + s * states[k + 1]
        return jnp.where(inside[:, None], jax.vmap(self.decoder)(z), jnp.nan)
