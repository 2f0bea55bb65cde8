"""Mean-field games solved along the paths of agents, by one potential."""

from typing import NamedTuple, cast

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from wellposed.metrics import Interval, mean_interval

from ..costs.cost import per_mass, variation
from ..densities import Gaussian
from ..potential import Potential
from .characteristics import Agent, Characteristics
from .game import MeanFieldGame, known


class Crowd(NamedTuple):
    """Agents where they set out.

    Attributes:
        x: their places.
        log_rho: the logarithm of the initial density there.
    """

    x: Float[Array, "n d"]
    log_rho: Float[Array, " n"]


class Payments(NamedTuple):
    """What one agent pays, and how far its potential is from the HJB equation.

    Attributes:
        kinetic: alpha_L int |v|^2 / 2 dt.
        running: of the running costs.
        terminal: of the terminal costs.
        hjb: int |residual| dt.
        hjb_end: |Phi(x(T), T) - dG/drho|.
    """

    kinetic: Float[Array, ""]
    running: Float[Array, ""]
    terminal: Float[Array, ""]
    hjb: Float[Array, ""]
    hjb_end: Float[Array, ""]


class LagrangianLoss(eqx.Module):
    """J + hjb E int |HJB residual| dt + hjb_end E |Phi(., T) - dG/drho|, for `fit` [@ruthotto2020mfg].

    J is the objective of the `MeanFieldGame` in expectation over agents. The penalties vanish at the optimum: they do
    not change it, they make it easier to find and allow few steps in time.

    Args:
        game: what is played; its nu is 0.
        steps: of RK4.
        hjb: alpha_HJ, at least 0.
        hjb_end: alpha_HJT, at least 0.

    Raises:
        ValueError: the game is stochastic.

    Example:
        >>> from wellposed.transport import KL, Gaussian
        >>> here, there = (Gaussian.isotropic(jnp.array([x, 0.0]), 1.0) for x in (0.0, 1.0))
        >>> loss = LagrangianLoss(MeanFieldGame(here, (KL(5.0, there),)), steps=2)
        >>> phi = Potential.random(2, 8, jax.random.key(0))
        >>> J, terms = loss(phi, crowd(loss.game, jax.random.key(1), 64), jax.random.key(2))
        >>> sorted(terms)
        ['hjb', 'hjb_end', 'kinetic', 'running', 'terminal']

    When it fails: with few steps and no penalties an agent learns to jump between the stages of RK4; judge the result
    by `settle` with more steps.
    """

    game: MeanFieldGame
    steps: int = eqx.field(static=True)
    hjb: float | Float[Array, ""] = 3.0
    hjb_end: float | Float[Array, ""] = 3.0

    def __check_init__(self):
        if known(self.game.nu):
            raise ValueError(
                f"LagrangianLoss expects a game without diffusion, got nu = {self.game.nu}: solve it by a generator "
                "with noise or on a grid."
            )

    def __call__(self, phi: Potential, batch: Crowd, key: Key[Array, ""]) -> tuple[Array, dict[str, Array]]:
        """The mean over agents, with its terms."""
        paid = jax.tree.map(jnp.mean, payments(phi, self.game, batch, self.steps))
        J = paid.kinetic + paid.running + paid.terminal
        return J + self.hjb * paid.hjb + self.hjb_end * paid.hjb_end, paid._asdict()


class FreshCrowds(eqx.Module):
    """Batches for `fit`: agents drawn anew in each step.

    Args:
        game: where they set out.
        size: agents in a batch.
        matched: whether a batch has exactly the mean and the covariance of the initial density, a `Gaussian`: the
            noise of a training in many dimensions is mostly theirs.

    Raises:
        ValueError: the moments shall match those of a density that is no `Gaussian`.
    """

    game: MeanFieldGame
    size: int = eqx.field(static=True)
    matched: bool = eqx.field(static=True, default=False)

    def __check_init__(self):
        if self.matched and not isinstance(self.game.initial, Gaussian):
            raise ValueError(
                f"FreshCrowds matches the moments of a Gaussian, got {type(self.game.initial).__name__}: "
                "leave matched out."
            )

    def __call__(self, key: Key[Array, ""], step: Int[Array, ""]) -> Crowd:
        """The crowd of a step."""
        if not self.matched:
            return crowd(self.game, key, self.size)
        return _at(self.game, cast(Gaussian, self.game.initial).matched_sample(key, self.size))


def crowd(game: MeanFieldGame, key: Key[Array, ""], n: int) -> Crowd:
    """n agents drawn from the initial density."""
    return _at(game, game.initial.sample(key, n))


def _at(game: MeanFieldGame, x: Float[Array, "n d"]) -> Crowd:
    return Crowd(x, jax.vmap(game.initial.log_prob)(x))


def payments(phi: Potential, game: MeanFieldGame, agents: Crowd, steps: int) -> Payments:
    """What each agent pays that follows a potential: a `Payments` of rows."""
    flow = Characteristics(phi, game.running, game.kinetic).flow(game.horizon, steps)

    def of_agent(x: Array, log_rho_0: Array) -> Payments:
        end: Agent = flow(Agent.at(x), log_rho_0)
        log_rho = log_rho_0 - end.log_det
        t = jnp.asarray(game.horizon, x.dtype)
        gap = phi(end.x, t) - variation(game.terminal, end.x, log_rho)
        paid = per_mass(game.terminal, end.x, log_rho)
        return Payments(game.kinetic * end.kinetic, end.running, paid, end.hjb, jnp.abs(gap))

    return jax.vmap(of_agent)(agents.x, agents.log_rho)


class Settlement(NamedTuple):
    """What a crowd pays in the mean, each with a 95 % interval over agents.

    Attributes:
        total: J.
        kinetic: its kinetic part.
        running: of the running costs.
        terminal: of the terminal costs.
        hjb: the mean of int |HJB residual| dt.
    """

    total: Interval
    kinetic: Interval
    running: Interval
    terminal: Interval
    hjb: Interval


def settle(phi: Potential, game: MeanFieldGame, key: Key[Array, ""], n: int = 4096, steps: int = 32) -> Settlement:
    """The objective of a learned potential on agents that it has not seen, with more steps than it was trained with."""
    paid = _settled(phi, game, key, n, steps)
    total = paid.kinetic + paid.running + paid.terminal
    rows = (total, paid.kinetic, paid.running, paid.terminal, paid.hjb)
    return Settlement(*(mean_interval(jnp.asarray(row)) for row in rows))


@eqx.filter_jit
def _settled(phi: Potential, game: MeanFieldGame, key: Key[Array, ""], n: int, steps: int) -> Payments:
    return payments(phi, game, crowd(game, key, n), steps)
