"""The first of two steps: a neural SDE that moves the crowd, learned from the paths that it makes itself."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron

from .game import MeanFieldGame
from .hjb import paid

Velocity = Callable[[Any, Any], Any]


class PathCost(NamedTuple):
    """What one path costs, J = kinetic + running + terminal.

    Attributes:
        kinetic: alpha int |v|^2 / 2 dt.
        running: int Q dt, by the trapezoidal rule.
        terminal: Psi at the end.
    """

    kinetic: Float[Array, ""]
    running: Float[Array, ""]
    terminal: Float[Array, ""]


class NeuralSDE(eqx.Module):
    """A residual network with noise, x_{k+1} = x_k + h v(x_k, t_k) + sqrt(2 nu h) xi_k, that plays a game [@lin2021].

    It is the Euler-Maruyama scheme [@maruyama1955] of dx = v dt + sqrt(2 nu) dW, and a generator: it maps samples of
    rho(0) to samples of rho(t). The velocity is trained through its own paths, by the mean of their costs: no
    density is asked for, so that costs must be linear in it.

    Args:
        velocity_net: of (x, 2t/T - 1).
        nu: the diffusivity.
        horizon: T.
        steps: residual layers.

    Example:
        >>> sde = NeuralSDE.random(2, 16, jax.random.key(0), nu=0.1, steps=8)
        >>> sde.path(jnp.zeros(2), jax.random.key(1)).shape
        (9, 2)
    """

    velocity_net: Perceptron
    nu: float | Float[Array, ""]
    horizon: float | Float[Array, ""]
    steps: int = eqx.field(static=True)

    @classmethod
    def random(
        cls,
        d: int,
        width: int,
        key: Key[Array, ""],
        nu: float | Float[Array, ""],
        horizon: float | Float[Array, ""] = 1.0,
        steps: int = 20,
    ) -> "NeuralSDE":
        """One that hardly moves, with two hidden layers."""
        net = Perceptron((d + 1, width, width, d), jnp.tanh, key=key, gain=0.1)
        return cls(net, nu, horizon, steps)

    @property
    def trainable(self) -> Any:
        """The arrays of the velocity."""
        nothing = jax.tree.map(lambda _: False, self)
        return eqx.tree_at(lambda sde: sde.velocity_net, nothing, jax.tree.map(eqx.is_array, self.velocity_net))

    def velocity(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, " d"]:
        """v(x, t)."""
        return self.velocity_net(jnp.append(x, jnp.asarray(2 * t / self.horizon - 1, x.dtype)))

    def path(self, x0: Float[Array, " d"], key: Key[Array, ""]) -> Float[Array, "nodes d"]:
        """The states at all nodes, x0 among them."""
        return sde_path(self.velocity, self.nu, self.horizon, self.steps, x0, key)

    def __call__(self, x0: Float[Array, " d"], key: Key[Array, ""]) -> Float[Array, " d"]:
        """Where a path ends."""
        return self.path(x0, key)[-1]

    def cost(self, game: MeanFieldGame, x0: Float[Array, " d"], key: Key[Array, ""]) -> PathCost:
        """What one path costs; its mean over rho(0) and noise is J.

        Raises:
            ValueError: a cost is not linear in the density.
        """
        return path_cost(game, self.velocity, self.steps, x0, key)


def sde_path(
    velocity: Velocity,
    nu: float | Float[Array, ""],
    horizon: float | Float[Array, ""],
    steps: int,
    x0: Float[Array, " d"],
    key: Key[Array, ""],
) -> Float[Array, "nodes d"]:
    """The states of dx = v dt + sqrt(2 nu) dW at `steps + 1` nodes, by Euler and Maruyama's scheme [@maruyama1955]."""
    h = jnp.asarray(horizon / steps, x0.dtype)
    noise = jnp.sqrt(2 * nu * h) * jax.random.normal(key, (steps, *x0.shape), x0.dtype)

    def step(x: Array, at: tuple[Array, Array]) -> tuple[Array, Array]:
        t, dw = at
        after = x + h * velocity(x, t) + dw
        return after, after

    _, xs = jax.lax.scan(step, x0, (h * jnp.arange(steps), noise))
    return jnp.concatenate([x0[None], xs])


def path_cost(
    game: MeanFieldGame, velocity: Velocity, steps: int, x0: Float[Array, " d"], key: Key[Array, ""]
) -> PathCost:
    """What a path of dx = v dt + sqrt(2 nu) dW costs in a game."""
    xs = sde_path(velocity, game.nu, game.horizon, steps, x0, key)
    h = game.horizon / steps
    ts = jnp.asarray(h, x0.dtype) * jnp.arange(steps)
    v = jax.vmap(velocity)(xs[:-1], ts)
    q = jax.vmap(lambda x: paid(game.running, x))(xs)
    return PathCost(
        game.kinetic * h * jnp.sum(v**2) / 2, h * (jnp.sum(q) - (q[0] + q[-1]) / 2), paid(game.terminal, xs[-1])
    )


class GeneratorLoss(eqx.Module):
    """The mean cost of paths, for `wellposed.train.fit`; a batch is a set of initial places.

    Args:
        game: which is played.
    """

    game: MeanFieldGame

    def __call__(
        self, model: NeuralSDE, batch: Float[Array, "n d"], key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
        """J and its parts."""
        keys = jax.random.split(key, len(batch))
        parts = jax.tree.map(jnp.mean, jax.vmap(lambda x, k: model.cost(self.game, x, k))(batch, keys))
        return sum(parts, jnp.zeros(())), parts._asdict()


class Starts(eqx.Module):
    """Fresh samples of rho(0) in every step, for `wellposed.train.fit`.

    Args:
        game: whose rho(0).
        count: samples in a batch.
    """

    game: MeanFieldGame
    count: int = eqx.field(static=True)

    def __call__(self, key: Key[Array, ""], step: object) -> Float[Array, "n d"]:
        """A batch."""
        return self.game.initial.sample(key, self.count)
