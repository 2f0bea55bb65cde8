"""A reservoir computer: a random recurrent network of which only the linear read-out is trained."""

import math
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float, PRNGKeyArray

from wellposed.simulate import Trajectories

from ..reduction.model import AbstractReducedModel
from ..reduction.one_system import one_system
from ..reduction.snapshots import even_step
from .ticks import ticks

_FEATURES = 300  # of the map from a state to the reservoir that has listened to the trajectory through it


class Knobs(NamedTuple):
    """What is chosen before training.

    Attributes:
        size: neurons.
        radius: spectral radius of the recurrent matrix; the memory grows with it.
        reach: scale of the input weights.
        leak: a, how much of a state is replaced in a step.
        ridge: weight of |W|^2 in the least squares of the read-out.
        washout: steps of each training trajectory that only warm the reservoir up.
    """

    size: int = 500
    radius: float = 0.4
    reach: float = 0.3
    leak: float = 1.0
    ridge: float = 1e-9
    washout: int = 100


class Reservoir(AbstractReducedModel):
    """An echo state network [@jaeger2004], as it forecasts chaos [@pathak2018].

        r_{k+1} = (1 - a) r_k + a tanh(A r_k + B x_k + b),   x_{k+1} = W q(r_{k+1})

    A, B and b are random; q squares every other neuron, which breaks the symmetry x -> -x; W is one ridge regression.
    A reservoir that is driven by a deterministic system becomes a function of its state [@lu2018]: that function,
    regressed on random features, lets a forecast begin at a single state.

    Attributes:
        A: recurrent weights, with the spectral radius that was asked for.
        B: input weights.
        b: biases.
        W: the read-out, to scaled states.
        features: weights of the random features of a state, with their biases in the last column.
        synchronised: from features to the reservoir.
        mean: of the training states.
        scale: their standard deviation, one number for all components.
        leak: a.
        step: between states, in units of time.

    Example:
        >>> ts = jnp.arange(800) * 0.1
        >>> circle = Trajectories(ts, jnp.stack([jnp.cos(ts), jnp.sin(ts)], axis=1)[None])
        >>> model = Reservoir.fit(circle, jax.random.key(0), Knobs(size=60))
        >>> forecast = model.predict(jnp.array([1.0, 0.0]), None, ts[:32])
        >>> float(jnp.abs(forecast - circle.states[0, :32]).max()) < 0.05
        True

    When it fails: with the wrong radius or reach the closed loop leaves the attractor, which `metrics.invariant_error`
    of a long forecast shows.
    """

    A: Float[Array, "neurons neurons"]
    B: Float[Array, "neurons state"]
    b: Float[Array, " neurons"]
    W: Float[Array, "state neurons"]
    features: Float[Array, "features inputs"]
    synchronised: Float[Array, "neurons known"]
    mean: Float[Array, " state"]
    scale: Float[Array, ""]
    leak: float = eqx.field(static=True)
    step: float = eqx.field(static=True)

    @classmethod
    def fit(cls, trajectories: Trajectories, key: PRNGKeyArray, knobs: Knobs | None = None) -> "Reservoir":
        """Drive the reservoir with each trajectory, and regress the next state on it.

        Raises:
            ValueError: if the times are not evenly spaced, the trajectories end before the washout does, their
                parameters differ, or some of their states do not count.
        """
        one_system(trajectories, "Reservoir")
        knobs = knobs or Knobs()
        states = jnp.asarray(trajectories.states)
        if states.shape[1] < knobs.washout + 10:
            raise ValueError(
                f"Reservoir expects trajectories longer than its washout of {knobs.washout} steps, got "
                f"{states.shape[1]} states: lower the washout."
            )
        step = even_step(trajectories, "Reservoir")
        mean, scale = states.mean(axis=(0, 1)), states.std(axis=(0, 1)).mean()
        x = (states - mean[None, None]) / scale  # (trajectories, times, state)
        weights = _weights(key, knobs, x.shape[2])
        blank = jnp.zeros((x.shape[2], knobs.size))
        model = cls(*weights[:3], blank, weights[3], jnp.zeros((knobs.size, 0)), mean, scale, knobs.leak, step)
        r = jax.vmap(model._driven)(x[:, :-1])[:, knobs.washout :]  # after listening to x_0 ... x_k
        listened = x[:, knobs.washout : -1].reshape(-1, x.shape[2])
        following = x[:, knobs.washout + 1 :].reshape(-1, x.shape[2])
        r = r.reshape(-1, knobs.size)
        W = _ridge(_squared(r), following, knobs.ridge)
        synchronised = _ridge(jax.vmap(model._features)(listened), r, 1e-6)
        return eqx.tree_at(lambda m: (m.W, m.synchronised), model, (W, synchronised))

    def predict(
        self,
        x0: Float[ArrayLike, "*history state"],
        parameter: Float[ArrayLike, "..."] | None,
        ts: Float[ArrayLike, " times"],
    ) -> Float[Array, "times state"]:
        """The states at `ts`, in closed loop.

        Args:
            x0: the state at ts[0], or that state and those before it, oldest first, of shape (history, state), one
                step apart: the reservoir then listens to them, which is more exact.
            parameter: None; a reservoir knows the one system that it was trained on.
            ts: times one step apart.
        """
        if parameter is not None:
            raise ValueError("Reservoir expects no parameter, as it was trained without one: give None.")
        u = (jnp.asarray(x0) - (self.mean if jnp.ndim(x0) == 1 else self.mean[None])) / self.scale
        if u.ndim == 1:
            r = self.synchronised @ self._features(u)  # as if it had listened up to u
        else:
            r, u = self._driven(u)[-1], u[-1]

        def onward(r: Array, _: None) -> tuple[Array, Array]:
            x = self.W @ _squared(r)
            return self._next(r, x), x

        _, xs = jax.lax.scan(onward, r, None, length=ticks(ts, self.step, "Reservoir"))
        return self.mean[None] + self.scale * jnp.concatenate([u[None], xs])

    def equations(self) -> tuple[str, ...]:
        """None: a network."""
        return ()

    def _next(self, r: Float[Array, " neurons"], x: Float[Array, " state"]) -> Float[Array, " neurons"]:
        return (1 - self.leak) * r + self.leak * jnp.tanh(self.A @ r + self.B @ x + self.b)

    def _driven(self, xs: Float[Array, "times state"]) -> Float[Array, "times neurons"]:
        """The reservoir after listening to each state."""

        def listen(r: Array, x: Array) -> tuple[Array, Array]:
            r = self._next(r, x)
            return r, r

        return jax.lax.scan(listen, jnp.zeros(self.b.shape, xs.dtype), xs)[1]

    def _features(self, x: Float[Array, " state"]) -> Float[Array, " known"]:
        hidden = jnp.tanh(self.features[:, :-1] @ x + self.features[:, -1])
        return jnp.concatenate([jnp.ones(1, x.dtype), x, hidden])


def _weights(key: PRNGKeyArray, knobs: Knobs, size: int) -> tuple[Array, Array, Array, Array]:
    """A, B, b and the random features; the spectral radius is that of an eigenvalue computation."""
    keys = jax.random.split(key, 4)
    A = jax.random.normal(keys[0], (knobs.size, knobs.size)) / math.sqrt(knobs.size)
    A = A * (knobs.radius / float(np.abs(np.linalg.eigvals(np.asarray(A))).max()))
    B = knobs.reach * jax.random.uniform(keys[1], (knobs.size, size), minval=-1, maxval=1)
    b = knobs.reach * jax.random.uniform(keys[2], (knobs.size,), minval=-1, maxval=1)
    return A, B, b, jax.random.normal(keys[3], (_FEATURES, size + 1)) / math.sqrt(size)


def _squared(r: Float[Array, "*n neurons"]) -> Float[Array, "*n neurons"]:
    """q: every other neuron squared."""
    odd = jnp.arange(r.shape[-1]) % 2 == 1
    return jnp.where(jnp.broadcast_to(odd, r.shape), r**2, r)


def _ridge(inputs: Float[Array, "n inputs"], targets: Float[Array, "n outputs"], weight: float) -> Array:
    """W with least sum of |W a_i - t_i|^2 / n + weight |W|^2, in float64: the normal equations are ill-conditioned."""
    a, t = np.asarray(inputs, np.float64), np.asarray(targets, np.float64)
    gram = a.T @ a / len(a) + weight * np.eye(a.shape[1])
    return jnp.asarray(np.linalg.solve(gram, a.T @ t / len(a)).T, inputs.dtype)
