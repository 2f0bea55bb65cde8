"""A network for the value function of a stochastic game that has its terminal condition by construction."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import Perceptron

from ..costs.preference import Preference
from .game import MeanFieldGame
from .hjb import Phi, Region, paid
from .quadratic import Quadratic, QuadraticValue


class ValueFunction(eqx.Module):
    """phi(x, t) = phi_0(x, t) + (1 - t/T) prod_i (1 - z_i^2) N(z, t) with phi_0(., T) = Psi [@lin2021].

    So phi(., T) = Psi. z = tanh((x - centre) / scale) makes space finite, and the correction fades out with distance,
    where phi is phi_0. That is Psi itself, or, where Psi is quadratic, the value function without running costs, which
    is known: then the equation's residual is bounded on the whole space, and its largest value can be looked for
    everywhere.

    Args:
        network: N, of d + 1 numbers in [-1, 1].
        base: phi_0.
        region: which says z.
        horizon: T.

    Example:
        >>> from wellposed.transport import Gaussian, MeanFieldGame, Preference
        >>> game = MeanFieldGame(
        ...     Gaussian.isotropic(jnp.zeros(2), 0.3), (Preference(Quadratic(4.0, jnp.ones(2))),), nu=0.1
        ... )
        >>> phi = ValueFunction.random(game, Region(jnp.zeros(2), jnp.full(2, 3.0)), 8, jax.random.key(0))
        >>> float(phi(jnp.zeros(2), jnp.array(1.0)))
        4.0
    """

    network: Perceptron
    base: Phi
    region: Region
    horizon: float | Float[Array, ""]

    @classmethod
    def random(
        cls, game: MeanFieldGame, region: Region, width: int, key: Key[Array, ""], depth: int = 2
    ) -> "ValueFunction":
        """A network that begins next to zero.

        Args:
            game: with terminal costs that are linear in the density.
            region: which says where things happen.
            width: of the hidden layers.
            key: of the weights.
            depth: hidden layers.

        Raises:
            ValueError: a terminal cost is not linear in the density.
        """
        widths = (region.dimension + 1, *(width,) * depth, 1)
        network = Perceptron(widths, jnp.tanh, key=key, gain=0.1)
        network = jax.tree.map(lambda a: a.astype(region.dtype) if eqx.is_array(a) else a, network)
        opening = lambda net: net.layers[0].weight
        network = eqx.tree_at(opening, network, 2 * opening(network))  # z is often small: wake the neurons
        return cls(network, _base(game), region, game.horizon)

    @property
    def trainable(self) -> Any:
        """Of the arrays, those of the network."""
        nothing = jax.tree.map(lambda _: False, self)
        return eqx.tree_at(lambda phi: phi.network, nothing, jax.tree.map(eqx.is_array, self.network))

    def __call__(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
        """phi(x, t)."""
        share = t / self.horizon
        z = self.region.squeezed(x)
        inputs = jnp.append(z, jnp.asarray(2 * share - 1, x.dtype))
        return self.base(x, t) + (1 - share) * jnp.prod(1 - z**2) * self.network(inputs)[0]


class Terminal(eqx.Module):
    """Psi(x) at all times: the base of a value function where nothing better is known."""

    game: MeanFieldGame

    def __call__(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
        """Psi(x)."""
        return paid(self.game.terminal, x)


def _base(game: MeanFieldGame) -> Phi:
    costs = game.terminal
    if len(costs) == 1 and isinstance(costs[0], Preference) and isinstance(costs[0].q, Quadratic):
        return QuadraticValue(costs[0].q, game.kinetic, game.nu, game.horizon)
    return Terminal(game)
