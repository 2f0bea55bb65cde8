"""A gated recurrent network that is trained on its own forecasts."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, ArrayLike, Float, PRNGKeyArray

from wellposed.simulate import Trajectories
from wellposed.train import FitResult, fit

from ..reduction.model import AbstractReducedModel
from ..reduction.one_system import one_system
from ..reduction.snapshots import even_step
from .ticks import ticks


class Recurrent(AbstractReducedModel):
    """A gated recurrent unit [@cho2014] that steps from state to state.

        h_0 = m(x_0),   h_{k+1} = GRU(x_k, h_k),   x_{k+1} = x_k + V h_{k+1}

    It is trained in closed loop on windows of `horizon` steps, so its own errors are among its inputs, as they are
    when it forecasts [@vlachas2020]; m, a network, opens the memory at a single state.

    Attributes:
        opening: m.
        cell: the gated recurrent unit.
        readout: V.
        mean: of the training states.
        scale: their standard deviation, one number for all components.
        step: between states, in units of time.

    Example:
        >>> ts = jnp.arange(200) * 0.1
        >>> circle = Trajectories(ts, jnp.stack([jnp.cos(ts), jnp.sin(ts)], axis=1)[None])
        >>> model = Recurrent.init(circle, 16, jax.random.key(0))
        >>> model.predict(jnp.array([1.0, 0.0]), None, ts[:5]).shape
        (5, 2)
    """

    opening: eqx.nn.MLP
    cell: eqx.nn.GRUCell
    readout: eqx.nn.Linear
    mean: Float[Array, " state"]
    scale: Float[Array, ""]
    step: float = eqx.field(static=True)

    @classmethod
    def init(cls, trajectories: Trajectories, hidden: int, key: PRNGKeyArray) -> "Recurrent":
        """An untrained network, in the units of the trajectories, which are those of one system throughout."""
        one_system(trajectories, "Recurrent")
        states = jnp.asarray(trajectories.states)
        size, keys = states.shape[2], jax.random.split(key, 3)
        return cls(
            eqx.nn.MLP(size, hidden, hidden, 1, jnp.tanh, key=keys[0]),
            eqx.nn.GRUCell(size, hidden, key=keys[1]),
            eqx.nn.Linear(hidden, size, key=keys[2]),
            states.mean(axis=(0, 1)),
            states.std(axis=(0, 1)).mean(),
            even_step(trajectories, "Recurrent"),
        )

    @classmethod
    def fit(
        cls,
        trajectories: Trajectories,
        hidden: int,
        optimiser: optax.GradientTransformation,
        *,
        horizon: int,
        batch: int,
        steps: int,
        key: PRNGKeyArray,
        **options: Any,
    ) -> FitResult["Recurrent"]:
        """Train in closed loop, on windows of the trajectories.

        Args:
            trajectories: of one system, longer than the horizon.
            hidden: size of the memory.
            optimiser: from optax.
            horizon: steps of each window.
            batch: windows in a step.
            steps: of training.
            key: of the weights and of the windows.
            options: `folder`, `resume`, `progress` and what else `train.fit` takes.

        Returns:
            Its `model` predicts.

        Raises:
            ValueError: if a window does not fit into the trajectories, their parameters differ, or some of their
                states do not count.
        """
        weights, order = jax.random.split(key)
        model, states = cls.init(trajectories, hidden, weights), jnp.asarray(trajectories.states)
        if states.shape[1] <= horizon:
            raise ValueError(
                f"Recurrent expects trajectories longer than the horizon of {horizon} steps, got {states.shape[1]} "
                "states: take a shorter horizon."
            )
        windows = Windows((states - model.mean[None, None]) / model.scale, horizon, batch)
        trained = eqx.tree_at(lambda m: (m.mean, m.scale), jax.tree.map(eqx.is_inexact_array, model), (False, False))
        return fit(model, forecast_loss, windows, optimiser, steps=steps, key=order, trainable=trained, **options)

    def predict(
        self,
        x0: Float[ArrayLike, " state"],
        parameter: Float[ArrayLike, "..."] | None,
        ts: Float[ArrayLike, " times"],
    ) -> Float[Array, "times state"]:
        """The states at `ts`, times one step apart, from the state at ts[0]; the parameter is None."""
        if parameter is not None:
            raise ValueError("Recurrent expects no parameter, as it was trained without one: give None.")
        x = (jnp.asarray(x0) - self.mean) / self.scale
        xs = self.rolled(x, ticks(ts, self.step, "Recurrent"))
        return self.mean[None] + self.scale * jnp.concatenate([x[None], xs])

    def rolled(self, x: Float[Array, " state"], steps: int) -> Float[Array, "steps state"]:
        """The states after each of some steps, in scaled coordinates."""

        def onward(carry: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], Array]:
            x, h = carry
            h = self.cell(x, h)
            x = x + self.readout(h)
            return (x, h), x

        return jax.lax.scan(onward, (x, self.opening(x)), None, length=steps)[1]

    def equations(self) -> tuple[str, ...]:
        """None: a network."""
        return ()


class Windows(eqx.Module):
    """Batches for `fit`: windows of successive states, from random places of the trajectories, in scaled units.

    Args:
        states: shape (trajectories, times, state).
        horizon: steps in a window.
        size: windows in a batch.
    """

    states: Float[Array, "trajectories times state"]
    horizon: int = eqx.field(static=True)
    size: int = eqx.field(static=True)

    def __call__(self, key: PRNGKeyArray, step: Any) -> Float[Array, "size window state"]:
        """A batch: it depends on the key alone, which is new in each step."""
        of, at = jax.random.split(key)
        rows = jax.random.randint(of, (self.size,), 0, self.states.shape[0])
        starts = jax.random.randint(at, (self.size,), 0, self.states.shape[1] - self.horizon)
        times = starts[:, None] + jnp.arange(self.horizon + 1)[None]
        return self.states[rows[:, None], times]


def forecast_loss(model: Recurrent, batch: Float[Array, "size window state"], key: Any) -> tuple[Array, dict]:
    """The mean square error of the closed loop over a window."""
    found = jax.vmap(lambda x: model.rolled(x, batch.shape[1] - 1))(batch[:, 0])
    return jnp.mean((found - batch[:, 1:]) ** 2), {}
