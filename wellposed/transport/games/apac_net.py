"""APAC-Net: a value function and a generator that play against each other."""

from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key

from .environments.environment import Environment
from .hjb import derivatives
from .neural_sde import sde_path


class ResidualNetwork(eqx.Module):
    """u = sigma(W_0 s + b_0), then u <- u + sigma(W_k u + b_k) / 2 twice, then W u + b: APAC-Net's networks [@lin2021].

    Args:
        layers: linear maps, the first and the last among them.
        activation: sigma.
    """

    layers: tuple[eqx.nn.Linear, ...]
    activation: Literal["tanh", "relu"] = eqx.field(static=True)

    @classmethod
    def random(
        cls, inputs: int, width: int, outputs: int, activation: Literal["tanh", "relu"], key: Key[Array, ""]
    ) -> "ResidualNetwork":
        """Three hidden layers of one width."""
        widths = (inputs, width, width, width, outputs)
        keys = jax.random.split(key, 4)
        layers = [eqx.nn.Linear(m, n, key=k) for m, n, k in zip(widths, widths[1:], keys, strict=False)]
        return cls(tuple(layers), activation)

    def __call__(self, s: Float[Array, " inputs"]) -> Float[Array, " outputs"]:
        """One sample."""
        sigma = jnp.tanh if self.activation == "tanh" else jax.nn.relu
        u = sigma(self.layers[0](s))
        for layer in self.layers[1:-1]:
            u = u + sigma(layer(u)) / 2
        return self.layers[-1](u)


class APACNet(eqx.Module):
    """phi(x, t) = (1 - t/T) N(x, t) + (t/T) Psi(x) and G(z, t) = (t/T) N'(z, t) + (1 - t/T) z [@lin2021].

    Both have their conditions by construction: phi(T) = Psi, and G(., 0) leaves the samples of rho(0) where they are.

    Args:
        value_net: N.
        generator_net: N'.
        environment: the game.

    Example:
        >>> from wellposed.transport import bottleneck
        >>> net = APACNet.random(bottleneck(), 8, jax.random.key(0))
        >>> z = jnp.array([-2.0, 0.1])
        >>> net.generate(z, jnp.array(0.0)).tolist() == z.tolist()
        True
    """

    value_net: ResidualNetwork
    generator_net: ResidualNetwork
    environment: Environment

    @classmethod
    def random(cls, environment: Environment, width: int, key: Key[Array, ""]) -> "APACNet":
        """Both networks before training, of one width."""
        for_value, for_generator = jax.random.split(key)
        d = len(environment.initial.sample(key, 1)[0])
        value = ResidualNetwork.random(d + 1, width, 1, "tanh", for_value)
        return cls(value, ResidualNetwork.random(d + 1, width, d, "relu", for_generator), environment)

    @property
    def trainable(self) -> Any:
        """The arrays of the two networks."""
        nothing = jax.tree.map(lambda _: False, self)
        nets = lambda net: (net.value_net, net.generator_net)
        return eqx.tree_at(nets, nothing, jax.tree.map(eqx.is_array, nets(self)))

    def __call__(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
        """phi(x, t)."""
        share = t / self.environment.horizon
        net = self.value_net(jnp.append(x, jnp.asarray(2 * share - 1, x.dtype)))[0]
        return (1 - share) * net + share * self.environment.terminal(x)

    def generate(self, z: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, " d"]:
        """G(z, t), a sample of rho(t) from one of rho(0)."""
        share = t / self.environment.horizon
        return share * self.generator_net(jnp.append(z, jnp.asarray(2 * share - 1, z.dtype))) + (1 - share) * z

    def drift(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
        """d phi/dt + nu Laplace phi - H(x, grad phi): minus what agents should pay at x, at the optimum."""
        d = derivatives(self._phi(), x, t)
        return d.time + self.environment.nu * d.laplacian - self.environment.hamiltonian(x, d.gradient)

    def motion(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, " d"]:
        """-dH/dp at grad phi: the velocity of agents who follow phi."""
        return self.environment.motion(x, jax.grad(self._phi())(x, t))

    def path(self, x0: Float[Array, " d"], key: Key[Array, ""], steps: int = 50) -> Float[Array, "nodes d"]:
        """One agent who follows phi, with noise."""
        return sde_path(self.motion, self.environment.nu, self.environment.horizon, steps, x0, key)

    def _phi(self) -> Any:
        return lambda x, t: self(x, t)


class Played(eqx.Module):
    """Both players' objectives in one loss for `wellposed.train.fit`; a batch is (z, z', t).

    phi ascends E phi(z, 0) + E int (d phi/dt + nu Laplace phi - H) dt less a penalty on the square of the residual,
    with the generator held; the generator descends E int (d phi/dt + nu Laplace phi - H + Q + K / 2) dt, with phi held.
    The published method alternates the two steps, and penalises the norm; here both are taken at once [@lin2021].

    It also asks for the equation along the generator's samples alone. Agents who follow phi soon leave these, and a
    quadcopter falls where phi has learned nothing; so the penalty here looks at as many places that such agents pass.

    Args:
        penalty: lambda.
        steps: of the paths of agents who follow phi, by Euler and Maruyama; 0 looks at the generator's samples alone.
    """

    penalty: float | Float[Array, ""] = 1.0
    steps: int = eqx.field(static=True, default=20)

    def __call__(
        self, model: APACNet, batch: tuple[Array, Array, Array], key: Key[Array, ""]
    ) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
        """The loss whose gradient moves both, and its parts."""
        z, other, t = batch
        env = model.environment
        still = jax.tree.map(lambda a: jax.lax.stop_gradient(a) if eqx.is_array(a) else a, model)
        x, y = jax.vmap(model.generate)(z, t), jax.vmap(model.generate)(other, t)
        alone, company = jax.vmap(env.obstacle)(x), jax.vmap(env.company)(x, y)
        generator = env.horizon * jnp.mean(jax.vmap(still.drift)(x, t) + alone + company / 2)
        drift, defect = _defect(model, *jax.lax.stop_gradient((x, y)), t)
        squares = jnp.mean(defect**2)
        start = jnp.mean(jax.vmap(lambda z: model(z, jnp.zeros((), z.dtype)))(z))
        gain = start + env.horizon * jnp.mean(drift)
        terms = {"value": start, "objective": gain + env.horizon * jnp.mean(alone + company / 2)}
        terms["hjb_residual"] = jnp.sqrt(squares)
        if self.steps:
            there = _defect(model, *_followers(still, z, key, self.steps))[1]
            squares = squares + jnp.mean(there**2)
            terms["hjb_residual_of_followers"] = jnp.sqrt(jnp.mean(there**2))
        return generator - gain + self.penalty * env.horizon * squares, terms


def _defect(
    model: APACNet, x: Float[Array, "n d"], y: Float[Array, "n d"], t: Float[Array, " n"]
) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
    """The drift at agents x, and what is missing to the equation when they meet y."""
    env = model.environment
    drift = jax.vmap(model.drift)(x, t)
    return drift, drift + jax.vmap(env.obstacle)(x) + jax.vmap(env.company)(x, y)


def _followers(
    still: APACNet, z: Float[Array, "n d"], key: Key[Array, ""], steps: int
) -> tuple[Float[Array, "n d"], Float[Array, "n d"], Float[Array, " n"]]:
    """Agents who follow phi, each at a time of its own, with another who is there at that time."""
    for_paths, for_times = jax.random.split(key)
    paths = jax.vmap(lambda z, k: still.path(z, k, steps))(z, jax.random.split(for_paths, len(z)))
    when = jax.random.randint(for_times, (len(z),), 0, steps)
    x, y = (some[jnp.arange(len(z)), when] for some in (paths, jnp.roll(paths, 1, axis=0)))
    return x, y, (still.environment.horizon / steps) * when.astype(z.dtype)


class Encounters(eqx.Module):
    """Pairs of agents at random times, for `wellposed.train.fit`.

    Args:
        environment: whose agents.
        count: pairs in a batch.
    """

    environment: Environment
    count: int = eqx.field(static=True)

    def __call__(self, key: Key[Array, ""], step: object) -> tuple[Array, Array, Array]:
        """(z, z', t)."""
        one, two, when = jax.random.split(key, 3)
        z = self.environment.initial.sample(one, self.count)
        t = self.environment.horizon * jax.random.uniform(when, (self.count,), z.dtype)
        return z, self.environment.initial.sample(two, self.count), t


def apac_optimiser(
    value_rate: optax.ScalarOrSchedule = 4e-4, generator_rate: optax.ScalarOrSchedule = 1e-4, decay: float = 1e-4
) -> optax.GradientTransformation:
    """Adam with the published moments and decay of weights, at a rate for each player [@lin2021].

    Args:
        value_rate: of phi.
        generator_rate: of the generator.
        decay: of weights.
    """
    adam = lambda rate: optax.adamw(rate, b1=0.5, b2=0.9, weight_decay=decay)

    def players(params: APACNet) -> APACNet:
        named = lambda tree, name: jax.tree.map(lambda _: name, tree)
        return APACNet(named(params.value_net, "value"), named(params.generator_net, "generator"), params.environment)

    return optax.multi_transform({"value": adam(value_rate), "generator": adam(generator_rate)}, players)


def feedback_cost(model: APACNet, z: Float[Array, "n d"], key: Key[Array, ""], steps: int = 50) -> Float[Array, ""]:
    """J of agents who follow phi, n of them with noise: what they pay on the way and at the end.

    With company each pays half of what its pairs cost, which are drawn among the n.
    """
    env = model.environment
    keys = jax.random.split(key, len(z))
    xs = jax.vmap(lambda x, k: model.path(x, k, steps))(z, keys)
    h = env.horizon / steps
    ts = h * jnp.arange(steps, dtype=z.dtype)

    def effort(path: Array) -> Array:
        p = jax.vmap(jax.grad(lambda x, t: model(x, t)))(path[:-1], ts)
        return h * jnp.sum(jax.vmap(env.effort)(path[:-1], p) + jax.vmap(env.obstacle)(path[:-1]))

    company = h * jnp.sum(jax.vmap(jax.vmap(env.company))(xs[:, :-1], jnp.roll(xs, 1, axis=0)[:, :-1]), axis=1) / 2
    return jnp.mean(jax.vmap(effort)(xs) + company + jax.vmap(env.terminal)(xs[:, -1]))
